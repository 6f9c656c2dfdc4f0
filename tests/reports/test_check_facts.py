"""巡查到位率: the weeks of checks in the facts, by community, late checks included, and what the ranking makes of it."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grid.check_weeks import weeks_of
from reports import facts, figures, ranking
from reports.figures import Scope
from reports.models import DailyFact, FactMark
from reports.periods import read_period
from tests.grid.checks_cast import check, make_place
from tests.make import moment
from tests.reports.test_facts import LATER, cast, closed_case  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
TODAY = date(2017, 1, 4)
NOW = moment("2017-01-04 10:00")
DECEMBER, JANUARY = read_period("2016-12"), read_period("2017-01")


@pytest.fixture
def places(xijing, langshan):
    """西井 is asked twice a week from 5 December on, 琅山村 four times."""
    since = date(2016, 12, 5)
    return make_place(xijing, per_week=2, since=since), make_place(langshan, per_week=4, since=since)


def rate(period=DECEMBER, today=TODAY, **scope):
    """(done, planned, per cent)."""
    found = figures.value("patrol_rate", period=period, today=today, scope=Scope.of(**scope))
    return found.top, found.bottom, found.number


def checks(place, by, *days):
    """A check at ten in the morning of each day of December 2016."""
    for day in days:
        check(place, by, at=moment(f"2016-12-{day:02d} 10:00"))


def test_weeks_count_in_the_period_in_which_they_end(places, community_worker, other_community_worker):
    checks(places[0], community_worker, 5, 6, 7, 12)
    checks(places[1], other_community_worker, 26, 27, 28, 31)
    facts.roll_up(at=NOW)
    assert rate() == (3, 18, Decimal(300) / 18)  # three weeks end in December
    assert rate(JANUARY) == (4, 6, Decimal(400) / 6)  # the one that ends on 1 January
    assert rate(community=places[0].community_id) == (3, 6, 50)
    assert rate(JANUARY, community=places[1].community_id) == (4, 4, 100)
    assert rate(read_period("2016-11"))[2] is None and rate(read_period("2017-02"))[2] is None
    assert rate(grid=places[1].grid_id) == (0, 12, 0)
    assert rate(community=places[0].community_id, source="WX")[2] is None  # no fact crosses them


def test_the_facts_say_what_the_desk_says(places, community_worker):
    checks(places[0], community_worker, 5, 12, 13)
    facts.roll_up(at=NOW)
    weeks = [date(2016, 12, 5), date(2016, 12, 12), date(2016, 12, 19)]
    found = weeks_of(weeks, today=TODAY)
    whole = [one.tally for week in found.values() for one in week.values()]
    assert rate()[:2] == (sum(one.done for one in whole), sum(one.planned for one in whole))


def test_a_week_counts_when_it_is_over(places, community_worker):
    facts.roll_up(at=moment("2016-12-11 23:00"))
    assert rate(today=date(2016, 12, 11))[1] == 0 and not DailyFact.objects.exists()
    facts.roll_up(at=moment("2016-12-12 00:01"))
    assert rate(today=date(2016, 12, 12)) == (0, 6, 0)


def test_a_late_check_still_counts_and_a_second_roll_up_writes_nothing(places, community_worker):
    facts.roll_up(at=NOW)
    before = set(DailyFact.objects.values_list("pk", flat=True))
    facts.roll_up(at=NOW)
    assert set(DailyFact.objects.values_list("pk", flat=True)) == before
    late = moment("2016-12-31 10:00")
    check(places[0], community_worker, at=NOW, checked_at=late)
    facts.roll_up(at=NOW + timedelta(minutes=1))
    assert rate(JANUARY)[:2] == (1, 6)


def test_rolled_up_or_rebuilt_the_facts_are_the_same(places, community_worker, cast, category, xijing):  # noqa: F811
    checks(places[0], community_worker, 5, 12)
    for day in ("2016-12-06 09:30", "2016-12-20 09:30"):
        facts.roll_up(at=moment(day))
        closed_case(cast, category, xijing.grids.get(), at=moment(day))
    checks(places[0], community_worker, 20, 30)
    facts.roll_up(at=NOW)
    rolled = facts.fingerprint()
    assert facts.rebuild(at=NOW) == rolled
    assert facts.rebuild(at=moment("2016-12-20 09:30")) == rolled  # what counted stays counted
    assert FactMark.objects.get().checks_until == date(2017, 1, 1)


def test_a_plan_changed_today_leaves_the_weeks_that_were(places, clerk):
    from grid.sites import change_place

    facts.roll_up(at=NOW)
    assert (rate(), rate(JANUARY)) == ((0, 18, 0), (0, 6, 0))
    change_place(places[1], version=1, by=clerk, at=NOW, patrol_per_week=14)
    facts.roll_up(at=NOW + timedelta(days=10))
    later = TODAY + timedelta(days=10)
    assert rate(today=later) == (0, 18, 0)
    assert rate(JANUARY, today=later)[1] == 6 + 2 + 10  # 西井's two, and five days of two halves


def test_the_ranking_uses_it_and_gives_its_weight_away_only_where_nothing_was_planned(
    places, community_worker, cast, category, xijing, langshan  # noqa: F811
):  # fmt: skip
    for grid in (xijing.grids.get(), langshan.grids.get()):
        closed_case(cast, category, grid, at=moment("2016-12-05 09:30"))
    checks(places[0], community_worker, 5, 6, 12)
    facts.roll_up(at=NOW)
    found = {one.name: one for one in ranking.compute(
        "community", DECEMBER, today=TODAY, weights=ranking.weights_in_force())}  # fmt: skip
    assert (found["西井"].rates["patrol"], found["琅山村"].rates["patrol"]) == (50, 0)
    # 10 of 90 parts, satisfaction not being known
    assert (found["西井"].score, found["琅山村"].score) == (Decimal("94.44"), Decimal("88.89"))
    units = ranking.compute("department", DECEMBER, today=TODAY, weights=ranking.weights_in_force())
    assert {one.rates["patrol"] for one in units} == {None}


def test_the_number_opens_its_weeks(client, places, chief, community_worker, xijing):
    checks(places[0], community_worker, 5)
    with time_machine.travel(NOW, tick=False):
        facts.roll_up(at=NOW)
        client.force_login(chief)
        asked = f"period=2016-12&community={xijing.pk}"
        answer = client.get(f"/figures/patrol_rate/?{asked}", follow=True)
        assert answer.redirect_chain == [
            (f"/grid/checks/?first=2016-12-01&last=2016-12-31&community={xijing.pk}", 302)
        ]  # fmt: skip
        whole = answer.context["overview"].whole
        assert (whole.done, whole.planned) == rate()[:2]
        assert [line.site for line in answer.context["lines"]] == [places[0]]
        assert client.post(f"/figures/patrol_rate/export/?{asked}").status_code == 404
        page = client.get("/dashboard/?period=2016-12").content.decode()
        assert "到位率" in page and f"/figures/patrol_rate/?period=2016&amp;community={xijing.pk}" in page
        page = client.get("/rankings/?period=2016-12").content.decode()
        assert f"/figures/patrol_rate/?period=2016-12&amp;community={xijing.pk}" in page and "尚未接入" not in page


@pytest.mark.parametrize("period", ["2017-01-04", "2017-01-03", "2017-02", "2017W01"])
def test_a_period_in_which_no_week_has_ended_opens_an_empty_list(client, places, chief, period):
    with time_machine.travel(NOW, tick=False):
        client.force_login(chief)
        answer = client.get(f"/figures/patrol_rate/?period={period}", follow=True)
    assert answer.status_code == 200 and "这段时间内没有结束的周" in answer.content.decode()
    assert answer.context["lines"] == []


def test_without_plans_nothing_is_written_and_nothing_is_asked_twice(db):
    with CaptureQueriesContext(connection) as seen:
        facts.roll_up(at=LATER)
    assert not DailyFact.objects.exists() and FactMark.objects.get().checks_until is None and len(seen) <= 10


def test_more_places_cost_no_more_queries(places, community_worker, xijing):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            facts.roll_up(at=NOW)
        return len(seen)

    facts.roll_up(at=NOW)
    few = cost()
    for _ in range(5):
        checks(make_place(xijing, since=date(2016, 12, 5)), community_worker, 5, 6)
    facts.roll_up(at=NOW)
    assert cost() == few
