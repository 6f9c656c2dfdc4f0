"""The earliest lawful day of force: periods, days off, swaps, what is missing; it warns and never blocks."""
from datetime import date

import pytest

from campaigns.lawful import doubts_about, earliest_forced_day, seed_periods
from campaigns.models import LawPeriod, StructurePaper
from tests.make import moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar(db):
    """The published holidays."""
    from grid.calendar import seed_calendar

    seed_calendar()


def paper(kind, issued, *, served=None, deadline=None):
    """A paper that nobody saves."""
    return StructurePaper(kind=kind, issued_on=issued, served_on=served, deadline_on=deadline)


def papers(**over):
    """The four papers of an ordinary case; a name given None is left out."""
    made = {
        "notice": paper("notice", date(2016, 3, 14), served=date(2016, 3, 14), deadline=date(2016, 3, 24)),
        "urge": paper("urge", date(2016, 9, 20), served=date(2016, 9, 20)),
        "decision": paper("decision", date(2016, 10, 12), served=date(2016, 10, 12)),
        "announcement": paper("announcement", date(2016, 10, 13), deadline=date(2016, 10, 20)),
    }
    return [one for one in {**made, **over}.values() if one]


def test_the_latest_of_all_periods_decides():
    found = earliest_forced_day(papers())
    assert found.earliest == date(2016, 10, 21)  # the announcement's last day was the 20th, a Thursday
    assert "2016-10-21" in found.sentence and not found.provisional


def test_six_months_from_service_hold_force_back():
    late = paper("notice", date(2016, 5, 10), served=date(2016, 5, 10))
    found = earliest_forced_day(papers(notice=late))
    assert found.earliest == date(2016, 11, 11)  # until Thursday 10 November somebody may sue
    words = [line.word for line in found.lines]
    assert any("6 个月至 2016-11-10" in word for word in words) and any("60 日至" in word for word in words)
    assert all(line.ground for line in found.lines)


def test_a_last_day_off_moves_on_and_force_waits_for_a_working_day():
    # Served 1 April: six months end on 1 October, a holiday until the 7th; 8 and 9 October were worked instead.
    notice = paper("notice", date(2016, 4, 1), served=date(2016, 4, 1))
    others = {
        "urge": paper("urge", date(2016, 8, 1), served=date(2016, 8, 1)),
        "decision": paper("decision", date(2016, 9, 1), served=date(2016, 9, 1)),
        "announcement": paper("announcement", date(2016, 9, 2)),
    }
    assert earliest_forced_day(papers(notice=notice, **others)).earliest == date(2016, 10, 9)


def test_a_saturday_that_is_worked_is_a_day_for_force_and_a_plain_one_is_not():
    worked = paper("announcement", date(2016, 10, 13), deadline=date(2016, 10, 7))
    old = {
        "notice": paper("notice", date(2016, 1, 4), served=date(2016, 1, 4)),
        "urge": paper("urge", date(2016, 7, 20), served=date(2016, 7, 20)),
        "decision": paper("decision", date(2016, 9, 1), served=date(2016, 9, 1)),
    }
    assert earliest_forced_day(papers(**old, announcement=worked)).earliest == date(2016, 10, 8)  # make-up Saturday
    plain = paper("announcement", date(2016, 10, 13), deadline=date(2016, 10, 14))
    found = earliest_forced_day(papers(**old, announcement=plain))
    assert found.earliest == date(2016, 10, 17)
    assert "顺延" in found.lines[-1].word


def test_ten_working_days_leave_the_golden_week_out():
    urge = paper("urge", date(2016, 9, 26), served=date(2016, 9, 26))
    early = {
        "notice": paper("notice", date(2016, 1, 4), served=date(2016, 1, 4)),
        "decision": paper("decision", date(2016, 10, 1), served=date(2016, 10, 1)),
        "announcement": paper("announcement", date(2016, 10, 2)),
    }
    # 27 28 29 30 September, 8 9 10 11 12 13 October
    assert earliest_forced_day(papers(urge=urge, **early)).earliest == date(2016, 10, 14)


def test_the_end_of_a_short_month_ends_the_period():
    notice = paper("notice", date(2016, 8, 31), served=date(2016, 8, 31))
    lines = [line.word for line in earliest_forced_day(papers(notice=notice)).lines]
    assert any("6 个月至 2017-02-28" in word for word in lines)


def test_a_paper_served_again_counts_by_its_last_service():
    again = [*papers(), paper("notice", date(2016, 5, 10), served=date(2016, 5, 10))]
    assert earliest_forced_day(again).earliest == date(2016, 11, 11)


@pytest.mark.parametrize(("name", "word"), [
    ("notice", "限期拆除通知书的送达日期"), ("urge", "催告书的送达日期"), ("decision", "强制拆除决定书的送达日期"),
    ("announcement", "强制拆除公告的公告日期"),
])  # fmt: skip
def test_each_missing_paper_is_named(name, word):
    found = earliest_forced_day(papers(**{name: None}))
    assert found.earliest is None and found.missing == (word,)
    assert found.sentence == f"资料不全，无法计算。缺{word}。"


def test_a_paper_without_service_is_missing():
    unserved = paper("urge", date(2016, 9, 20))
    assert "催告书的送达日期" in earliest_forced_day(papers(urge=unserved)).missing


def test_the_period_in_force_on_the_day_of_service_counts():
    LawPeriod.objects.filter(period="suit").update(effective_to=date(2016, 6, 30))
    LawPeriod.objects.create(period="suit", amount=3, unit="month", basis="试行", effective_from=date(2016, 7, 1))
    notice = paper("notice", date(2016, 8, 1), served=date(2016, 8, 1))
    assert any("3 个月至 2016-11-01" in line.word for line in earliest_forced_day(papers(notice=notice)).lines)
    old = paper("notice", date(2014, 8, 1), served=date(2014, 8, 1))
    assert "2014-08-01 有效的“提起行政诉讼”期间" in earliest_forced_day(papers(notice=old)).missing


def test_seeding_twice_keeps_what_an_admin_changed():
    LawPeriod.objects.filter(period="review").update(amount=61)
    assert seed_periods() == 0
    assert LawPeriod.objects.get(period="review").amount == 61


def test_a_year_without_a_holiday_table_is_said_to_be_provisional():
    far = {
        "notice": paper("notice", date(2090, 1, 4), served=date(2090, 1, 4)),
        "urge": paper("urge", date(2090, 7, 20), served=date(2090, 7, 20)),
        "decision": paper("decision", date(2090, 9, 1), served=date(2090, 9, 1)),
        "announcement": paper("announcement", date(2090, 9, 4)),
    }
    assert "尚未录入" in earliest_forced_day(papers(**far)).sentence


def test_too_early_at_night_and_on_a_holiday_are_each_doubted():
    found = earliest_forced_day(papers())
    assert doubts_about(moment("2016-11-11 09:00"), lawful=found) == []
    assert "早 1 天" in doubts_about(date(2016, 10, 20), lawful=found)[0]
    assert "夜间" in doubts_about(moment("2016-11-11 22:00"), lawful=found)[0]
    assert doubts_about(moment("2016-11-11 21:59"), lawful=found) == []
    assert "夜间" in doubts_about(moment("2016-11-11 05:59"), lawful=found)[0]
    assert "元旦" in doubts_about(date(2017, 1, 2), lawful=found)[0]
    assert "周六" in doubts_about(date(2016, 11, 12), lawful=found)[0]


def test_an_owner_who_does_it_himself_is_free_of_all_that():
    found = earliest_forced_day([])
    assert doubts_about(date(2016, 10, 1), lawful=found, mode="voluntary") == []
    assert doubts_about(date(2016, 10, 1), lawful=found, mode="forced")


def test_both_days_of_the_article_were_ordinary_working_days():
    found = earliest_forced_day(papers())
    for day in (date(2015, 11, 19), date(2016, 11, 11)):
        assert not [doubt for doubt in doubts_about(day, lawful=found) if "法定节假日" in doubt]


def test_the_administrator_edits_the_periods_and_the_clerk_does_not(client, admin, clerk):
    row = LawPeriod.objects.get(period="urge")
    address = f"/admin/campaigns/lawperiod/{row.pk}/change/"
    data = {"period": "urge", "amount": 15, "unit": "work_day", "basis": row.basis, "effective_from": "2012-01-01"}
    client.force_login(clerk)
    assert client.post(address, data).status_code in (302, 403)
    row.refresh_from_db()
    assert row.amount == 10
    client.force_login(admin)
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert row.amount == 15 and row.history.count() >= 1
