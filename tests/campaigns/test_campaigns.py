"""Campaigns: targets against ledgers, days early and late, reported beside computed."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import entries, plans
from campaigns.errors import AnswersRefused, StepForbidden
from campaigns.models import Campaign, EntryKind
from campaigns.progress import Progress, days_of, overview, plain
from campaigns.seeding import seed_kinds
from campaigns.states import Measure
from tests.campaigns.walk import make_structure, walk
from tests.make import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def campaign(clerk):
    """治乱疏解建高端 with the days of the article."""
    return plans.keep_campaign(
        by=clerk, at=NOW, slug="zhiluan-2016", name="治乱疏解建高端", starts_on=date(2015, 11, 19),
        deadline=date(2016, 11, 15), completed_on=date(2016, 11, 11),
    )  # fmt: skip


def test_four_days_early_and_357_beside_358_and_359(campaign, clerk):
    how = {"by": clerk, "at": NOW, "source": "2016 年工作总结"}
    plans.note_reported(campaign, measure=Measure.DAYS, words="357 天", value=Decimal(357), **how)
    plans.note_reported(campaign, measure=Measure.DAYS_EARLY, words="4 天", value=Decimal(4), **how)
    days = days_of(campaign, on=TODAY)
    assert (days.apart, days.inclusive, days.early, days.left) == (358, 359, 4, None)
    told = {one.word: (one.reported, one.computed, one.same) for one in Progress(campaign, on=TODAY).reported}
    assert told["历时"] == ("357 天", "358 天（首尾相差）、359 天（首尾都算）", False)
    assert told["提前"] == ("4 天", "4 天", True)


def test_late_and_running_campaigns_say_by_how_much(clerk):
    late = Campaign(starts_on=date(2016, 1, 1), deadline=date(2016, 11, 15), completed_on=date(2016, 11, 18))
    assert (days_of(late, on=TODAY).early, days_of(late, on=TODAY).late) == (-3, 3)
    running = Campaign(starts_on=date(2016, 1, 1), deadline=date(2016, 12, 31))
    assert days_of(running, on=TODAY).left == 10
    assert days_of(running, on=TODAY).share == Decimal("97.3")  # 355 of 365 days have gone
    assert days_of(running, on=date(2015, 12, 1)).share == 0 and days_of(running, on=date(2017, 2, 1)).share == 100
    missed = Campaign(starts_on=date(2016, 1, 1), deadline=date(2016, 12, 1))
    assert days_of(missed, on=TODAY).late == 20
    open_end = Campaign(starts_on=date(2016, 1, 1))
    assert (days_of(open_end, on=TODAY).share, days_of(open_end, on=TODAY).late) == (None, 0)


def test_targets_for_street_community_department_and_kind(campaign, clerk, xijing, langshan, law_enforcement):
    seed_kinds()
    kind = EntryKind.objects.get(slug="garbage")
    walk(make_structure(clerk, xijing, campaign=campaign, responsible=law_enforcement), clerk)
    walk(make_structure(clerk, langshan, campaign=campaign), clerk)
    walk(make_structure(clerk, langshan), clerk)  # of no campaign
    entries.record_entry(kind, by=clerk, at=NOW, campaign=campaign, community=xijing, place="边府",
                         happened_on=date(2016, 4, 1), quantity=Decimal("13.1"))  # fmt: skip
    how = {"by": clerk, "at": NOW}
    plans.set_target(campaign, measure=Measure.DEMOLISHED, amount=Decimal(1922), **how)
    plans.set_target(campaign, measure=Measure.LAND, amount=Decimal(1000), community=xijing, **how)
    plans.set_target(campaign, measure=Measure.SITES, amount=Decimal(2), department=law_enforcement, **how)
    plans.set_target(campaign, measure=Measure.ENTRIES, kind=kind, amount=Decimal("26.2"), **how)
    done = {one.target.measure: (one.done, one.share) for one in Progress(campaign, on=TODAY).targets}
    assert done == {
        Measure.DEMOLISHED: (Decimal("961.00"), Decimal("50.0")), Measure.LAND: (Decimal("900.1"), Decimal("90.0")),
        Measure.SITES: (Decimal(1), Decimal("50.0")), Measure.ENTRIES: (Decimal("13.1"), Decimal("50.0")),
    }  # fmt: skip


def test_the_same_target_again_changes_its_amount(campaign, clerk, xijing):
    how = {"by": clerk, "at": NOW, "measure": Measure.SITES}
    plans.set_target(campaign, amount=Decimal(5), **how)
    plans.set_target(campaign, amount=Decimal(6), **how)
    plans.set_target(campaign, amount=Decimal(6), community=xijing, **how)
    assert sorted(campaign.targets.values_list("amount", flat=True)) == [Decimal(6), Decimal(6)]


@pytest.mark.parametrize("over", [
    {"amount": Decimal(0)}, {"measure": Measure.ENTRIES}, {"community": "xijing", "department": "law_enforcement"},
])  # fmt: skip
def test_a_target_without_sense_is_refused(campaign, clerk, request, over):
    named = {name: request.getfixturevalue(value) if isinstance(value, str) and name in ("community", "department")
             else value for name, value in over.items()}  # fmt: skip
    with pytest.raises(AnswersRefused):
        plans.set_target(campaign, by=clerk, at=NOW, **{"measure": Measure.SITES, "amount": Decimal(1), **named})
    assert not campaign.targets.exists()


def test_only_a_clerk_keeps_campaigns(campaign, clerk, chief, leader):
    for person in (chief, leader):
        with pytest.raises(StepForbidden):
            plans.keep_campaign(by=person, at=NOW, campaign=campaign, name="改名")
    plans.keep_campaign(by=clerk, at=NOW, campaign=campaign, name="改名")


@pytest.mark.parametrize("over", [
    {"deadline": date(2015, 1, 1)}, {"completed_on": date(2015, 1, 1)}, {"slug": "new"}, {"name": "治乱疏解建高端"},
])  # fmt: skip
def test_a_campaign_out_of_order_is_refused(campaign, clerk, over):
    columns = {"slug": "other", "name": "另一个", "starts_on": date(2016, 1, 1), **over}
    with pytest.raises(AnswersRefused):
        plans.keep_campaign(by=clerk, at=NOW, **columns)
    assert Campaign.objects.count() == 1


def test_the_pages_set_up_show_and_change_a_campaign(client, clerk, leader, xijing):
    client.force_login(clerk)
    data = {"name": "百日整治", "slug": "hundred", "starts_on": "2016-12-01", "deadline": "2017-03-10"}
    assert client.post("/campaigns/new/", {**data, "starts_on": ""}).status_code == 422
    assert client.post("/campaigns/new/", data)["Location"] == "/campaigns/hundred/"
    target = {"measure": "demolished_area", "amount": "500", "community": xijing.pk}
    assert client.post("/campaigns/hundred/targets/", {**target, "amount": "零"}).status_code == 422
    assert client.post("/campaigns/hundred/targets/", target).status_code == 302
    reported = {"measure": "sites", "words": "3 处", "source": "周报"}
    assert client.post("/campaigns/hundred/reported/", reported).status_code == 302
    page = client.get("/campaigns/hundred/").content.decode()
    assert "500" in page and "3 处" in page and "西井社区" in page
    pk = Campaign.objects.get().targets.get().pk
    assert client.post(f"/campaigns/hundred/targets/{pk}/drop/").status_code == 302
    assert client.post("/campaigns/hundred/edit/", {**data, "name": "百日"}).status_code == 302
    client.force_login(leader)
    assert "百日" in client.get("/campaigns/").content.decode()
    assert client.post("/campaigns/hundred/edit/", data).status_code == 403


def test_the_list_and_a_page_ask_no_more_when_there_is_more(client, clerk, xijing, langshan):
    client.force_login(clerk)

    def ask(address):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    def fill(n):
        made = plans.keep_campaign(by=clerk, at=NOW, slug=f"c{n}", name=f"行动{n}", starts_on=date(2016, 1, 1))
        first = Campaign.objects.order_by("pk").first()
        walk(make_structure(clerk, xijing if n % 2 else langshan, campaign=first), clerk)
        plans.set_target(first, by=clerk, at=NOW, measure=list(Measure)[n % 4], amount=Decimal(n + 1),
                         community=xijing if n < 4 else langshan)  # fmt: skip
        return made

    for n in range(4):
        fill(n)
    ask("/campaigns/")
    few = ask("/campaigns/"), ask("/campaigns/c0/")
    for n in range(4, 8):
        fill(n)
    assert (ask("/campaigns/"), ask("/campaigns/c0/")) == few


def test_the_overview_sums_written_off_rows_alone(campaign, clerk, xijing):
    walk(make_structure(clerk, xijing, campaign=campaign), clerk)
    make_structure(clerk, xijing, campaign=campaign)
    sums = overview(on=TODAY)[0][2]
    assert (sums["demolished_m2"], sums["sites"], sums["every"]) == (Decimal("480.50"), 1, 2)


@pytest.mark.parametrize(("value", "shown"), [("91670.30", "91670.3"), ("268.00", "268"), ("0.00", "0"),
                                              ("39225.64", "39225.64"), ("100.00", "100")])  # fmt: skip
def test_no_zeros_that_nobody_measured(value, shown):
    assert str(plain(Decimal(value))) == shown
