"""The winter's revisits and who is stuck."""
from datetime import date, timedelta

import pytest

from coal_to_electric import revisits, summary
from coal_to_electric.errors import AnswersRefused, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import Household, Programme, StageLimit
from coal_to_electric.progress import take
from coal_to_electric.querysets import before
from coal_to_electric.states import ORDER, Stage, cumulated, next_stage
from tests.coal_to_electric.make import TODAY, bring, make_household
from tests.make import NOW

pytestmark = pytest.mark.django_db
WARM = {"channel": "visit", "reached": True, "heating_works": True, "satisfaction": "satisfied"}


def due(on=TODAY):
    """Numbers of those who are due."""
    return [one.number for one in Household.objects.to_revisit(on=on)]


@pytest.fixture
def powered(household, clerk):
    """A household with power since May."""
    return bring(household, "power_on", clerk)


def test_who_has_power_is_due_when_the_heating_season_begins(powered):
    assert powered.revisit_due_on == date(2016, 11, 15)
    assert due(date(2016, 11, 14)) == [] and due(date(2016, 11, 15)) == [powered.number]


def test_a_warm_home_is_done_a_cold_one_or_a_closed_door_comes_back(powered, other_community_worker):
    worker = other_community_worker
    revisits.revisit(powered, by=worker, at=NOW, on=TODAY, channel="visit", reached=False)
    assert due() == [] and due(TODAY + timedelta(days=1)) == [powered.number] and powered.revisit_date is None
    cold = {**WARM, "heating_works": False, "satisfaction": "dissatisfied"}
    with pytest.raises(AnswersRefused, match="请写明情况"):
        revisits.revisit(powered, by=worker, at=NOW, on=TODAY, **cold)
    revisits.revisit(powered, by=worker, at=NOW, on=TODAY, words="北屋一台不热", **cold)
    assert due(TODAY + timedelta(days=2)) == [] and due(TODAY + timedelta(days=3)) == [powered.number]
    revisits.revisit(powered, by=worker, at=NOW, on=TODAY, **WARM)
    powered.refresh_from_db()
    assert powered.revisit_due_on is None and powered.stage == Stage.REVISIT and powered.revisits.count() == 3


def test_a_revisit_is_refused_without_power_elsewhere_and_in_the_future(household, clerk, community_worker, leader):
    with pytest.raises(HouseholdRefused, match="还没有通电"):
        revisits.revisit(household, by=clerk, at=NOW, on=TODAY, **WARM)
    bring(household, "power_on", clerk)
    for nobody in (community_worker, leader):
        with pytest.raises(HouseholdForbidden):
            revisits.revisit(household, by=nobody, at=NOW, on=TODAY, **WARM)
    with pytest.raises(AnswersRefused, match="采暖是否正常"):
        revisits.revisit(household, by=clerk, at=NOW, on=TODAY, channel="phone", reached=True)
    with pytest.raises(AnswersRefused, match="还没有到"):
        revisits.revisit(household, by=clerk, at=NOW, on=TODAY + timedelta(days=1), **WARM)
    assert revisits.revisit(household, by=clerk, at=NOW, on=TODAY, **WARM).heating_works


def test_a_closed_season_and_who_withdrew_are_left_in_peace(powered, clerk, programme):
    Programme.objects.update(closed_on=TODAY)
    assert due() == []
    Programme.objects.update(closed_on=None)
    take("withdraw", powered, by=clerk, at=NOW, on=TODAY, exit_reason="改为市政集中供暖")
    assert due() == []
    take("rejoin", powered, by=clerk, at=NOW, on=TODAY, rejoin_reason="又搬回来居住")
    assert due() == [powered.number]


def test_who_waits_longer_than_the_limit_is_stuck(household, clerk, programme):
    take("survey", household, by=clerk, at=NOW, on=TODAY - timedelta(days=15), eligible=True)
    StageLimit.objects.filter(stage=Stage.VISIT).update(days=15)
    assert not Household.objects.stuck(summary.limits(), on=TODAY).exists()
    StageLimit.objects.filter(stage=Stage.VISIT).update(days=14)
    assert list(Household.objects.stuck(summary.limits(), on=TODAY)) == [household]
    Programme.objects.update(closed_on=TODAY)
    assert not Household.objects.stuck(summary.limits(), on=TODAY).exists()


def test_nobody_is_stuck_before_a_survey_that_was_entered_today(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan)
    limits = summary.limits()
    assert list(Household.objects.stuck(limits, on=one.stage_on + timedelta(days=limits["survey"]))) == []
    assert list(Household.objects.stuck(limits, on=one.stage_on + timedelta(days=limits["survey"] + 1))) == [one]


def test_stages_follow_each_other_both_ways():
    assert next_stage("") == Stage.SURVEY and next_stage(Stage.REVISIT) is None and before(Stage.SURVEY) == ""
    assert all(next_stage(before(stage)) == stage for stage in ORDER)
    assert cumulated({"": 3, "survey": 2, "revisit": 1})[Stage.SURVEY] == 3
    assert cumulated({"": 3, "survey": 2, "revisit": 1})[Stage.VISIT] == 1


def test_the_figures_of_the_head_are_counted_from_the_rows(programme, clerk, langshan):
    Programme.objects.update(target=2)
    programme.refresh_from_db()
    for _ in range(3):
        bring(make_household(programme, clerk, langshan), "accept", clerk)
    head = summary.summary_of(programme, Household.objects.of_season(2016))
    assert (head.target, head.eligible, head.completed, str(head.rate), str(head.over)) == (2, 3, 3, "150.0", "50.0")
    assert head.tick_x == "66.67" and head.length == 100 and head.waiting == 3
    whole, lines = summary.funnel(Household.objects.all())
    assert whole.counts == lines[0].counts == (3,) * 9 + (0,) * 4
