"""The end report of an alert: due when it is over, counted from the logs, said once, frozen."""
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from campaigns.alert_reports import figures_of, report_alert, unreported
from campaigns.errors import AnswersRefused, StepConflict, StepRefused
from campaigns.models import COUNTERS, AlertReport, PatrolLog
from campaigns.patrols import Outing, open_patrol
from campaigns.patrols_roster import assign_leader, lift_alert
from tests.campaigns.test_patrols_roster import alert
from tests.cases.test_concurrency import at_once
from tests.make import moment

pytestmark = pytest.mark.django_db
WORDS = "落实黄色预警措施，检查工地三处，收缴小煤炉两个，均已整改。"
OVER = moment("2016-12-19 09:00")


@pytest.fixture
def outings(xijing, langshan):
    """Two outings while the alert was in force, one the evening before it."""
    for at, community, shift, persons in (
        ("2016-12-16 19:00", xijing, "night", 50), ("2016-12-17 10:00", xijing, "day", 6),
        ("2016-12-17 11:00", langshan, "day", 4),
    ):  # fmt: skip
        outing = Outing(date.fromisoformat(at[:10]), shift, community.department)
        open_patrol(outing, at=moment(at), persons=persons, vehicles=1, stoves_seized=2)


def test_the_numbers_are_those_of_the_outings_in_force_and_of_the_roster(outings, inspector):
    red = alert(inspector)  # Friday 20:00 to Sunday 24:00
    assign_leader(day=date(2016, 12, 17), shift="day", leader_name="陈国强", instead_of="", by=inspector, at=OVER)
    found = figures_of(red)
    assert (found.shifts, found.led, found.outings) == (6, 1, 2)
    assert (found.counters["persons"], found.counters["stoves_seized"], found.counters["leaflets"]) == (10, 4, 0)
    assert [(day.day[-2:], day.leaders, day.outings, day.counters["persons"]) for day in found.days] == [
        ("16", ("", ""), 0, 0), ("17", ("陈国强", ""), 2, 10), ("18", ("", ""), 0, 0)
    ]  # fmt: skip
    for name in COUNTERS:
        assert found.counters[name] == sum(day.counters[name] for day in found.days)


def test_it_is_written_after_the_end_once_and_keeps_its_numbers(outings, inspector):
    red = alert(inspector)
    with pytest.raises(StepRefused, match="还没有结束"):
        report_alert(red, words=WORDS, by=inspector, at=moment("2016-12-18 23:59"))
    lift_alert(red, by=inspector, at=moment("2016-12-18 08:00"))
    with pytest.raises(AnswersRefused, match="至少 10 个字"):
        report_alert(red, words=" 已落实 ", by=inspector, at=OVER)
    assert unreported(at=OVER) == [red] and not AlertReport.objects.exists()
    report_alert(red, words=WORDS, by=inspector, at=OVER)
    assert unreported(at=OVER) == [] and AuditEntry.objects.get(action="alert_reported").actor == inspector
    before = figures_of(red)
    PatrolLog.objects.update(persons=99)
    assert figures_of(red) == before and before.counters["persons"] == 10 and before.shifts == 6
    with pytest.raises(StepConflict, match="已经有人写好"):
        report_alert(red, words=WORDS, by=inspector, at=OVER)


def test_what_never_began_is_not_reported_and_what_is_long_past_not_asked_for(inspector):
    taken_back = alert(inspector)
    lift_alert(taken_back, by=inspector, at=moment("2016-12-16 18:00"))
    with pytest.raises(StepRefused, match="没有开始就撤回"):
        report_alert(taken_back, words=WORDS, by=inspector, at=OVER)
    assert unreported(at=OVER) == []
    later = alert(inspector, start="2016-12-20 00:00", end="2016-12-22 00:00")
    assert unreported(at=moment("2016-12-22 00:00")) == [later]
    assert unreported(at=moment("2017-01-22 00:00")) == []
    report_alert(later, words=WORDS, by=inspector, at=moment("2017-01-22 00:00"))  # it may still be written


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_it_at_once_one_does(inspector):
    red = alert(inspector)

    def write(_):
        try:
            return report_alert(red, words=WORDS, by=inspector, at=OVER)
        except StepConflict as refusal:
            return refusal

    results = at_once(write, 4)
    assert AlertReport.objects.count() == 1 and sum(isinstance(one, StepConflict) for one in results) == 3


def test_a_longer_alert_asks_no_more(outings, inspector, django_assert_num_queries):
    short, long = alert(inspector), alert(inspector, start="2016-12-20 00:00", end="2017-01-18 00:00")
    for one in (short, long):
        with django_assert_num_queries(8):
            figures_of(one)


def test_the_page_is_written_by_the_inspector_and_read_by_who_sees_patrols(client, inspector, leader, outsider, handler):
    red = alert(inspector)
    page = f"/patrols/alerts/{red.pk}/report/"
    for who, status in ((outsider, 403), (handler, 403), (leader, 200)):
        client.force_login(who)
        assert client.get(page).status_code == status
    assert client.post(page, {"words": WORDS}).status_code == 403 and not AlertReport.objects.exists()
    client.force_login(inspector)
    assert "未报" in client.get("/patrols/alerts/").content.decode()
    short = client.post(page, {"words": "好"})
    assert short.status_code == 422 and "至少 10 个字" in short.content.decode() and "好" in short.content.decode()
    assert client.post(page, {"words": ""}).status_code == 422
    assert client.post(page, {"words": WORDS}).status_code == 302
    shown = client.get(page).content.decode()
    assert WORDS in shown and "已报" in shown and "<textarea" not in shown
    assert client.post(page, {"words": WORDS}).status_code == 409
    assert "已报" in client.get("/patrols/alerts/").content.decode()


def test_who_lifts_an_alert_comes_to_its_report_and_the_desk_reminds(client, inspector):
    now = timezone.localtime()
    told = {"start": f"{now - timedelta(days=1):%Y-%m-%d %H:%M}", "end": f"{now + timedelta(days=2):%Y-%m-%d %H:%M}"}
    going = alert(inspector, **told)
    client.force_login(inspector)
    assert "终期报告。" not in client.get("/patrols/").content.decode()
    page = f"/patrols/alerts/{going.pk}/report/"
    assert "预警未结束" in client.get(page).content.decode()
    assert client.post(f"/patrols/alerts/{going.pk}/lift/").url == page
    assert "写终期报告" in client.get("/patrols/").content.decode()
    assert client.post(page, {"words": WORDS}).status_code == 302
    assert "写终期报告" not in client.get("/patrols/").content.decode()
