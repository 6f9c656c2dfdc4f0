"""Alerts, and the roster they demand: levels × days × filled or not, one leader each, never two."""
from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry, Notification
from campaigns.errors import AnswersRefused, StepRefused
from campaigns.models import AlertLevel, AlertMeasure, PatrolDuty, PollutionAlert
from campaigns.patrols_roster import (
    MEASURES,
    assign_leader,
    board,
    clear_leader,
    declare_alert,
    known_leaders,
    level_at,
    levels_on,
    lift_alert,
    measures_for,
    relays_of,
    seed_measures,
    unfilled_shifts,
)
from tests.cases.test_concurrency import at_once
from tests.make import NOW, moment

pytestmark = pytest.mark.django_db
FRIDAY = date(2016, 12, 16)


def alert(by=None, *, level="red", start="2016-12-16 20:00", end="2016-12-19 00:00", **over):
    """A red alert over a weekend."""
    told = {"document": "市预警〔2016〕12号", "at": NOW, "quiet": True, **over}
    return declare_alert(level=level, starts_at=moment(start), ends_at=moment(end), by=by, **told)


def lead(by, name="陈国强", day=FRIDAY, shift="night", instead_of=""):
    """Fill a shift."""
    return assign_leader(day=day, shift=shift, leader_name=name, instead_of=instead_of, by=by, at=NOW)


# --- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", AlertLevel.values)
@pytest.mark.parametrize("filled", [(), ("day",), ("night",), ("day", "night")])
def test_every_date_of_an_alert_demands_day_and_night_with_a_leader(inspector, level, filled):
    """Friday 20:00 to Sunday 24:00: Friday, Saturday and Sunday, weekend or not; Thursday and Monday are free."""
    alert(inspector, level=level)
    for shift in filled:
        for offset in range(3):
            lead(inspector, day=FRIDAY + timedelta(days=offset), shift=shift)
    days = board(FRIDAY - timedelta(days=1), days=5)
    assert [day.level for day in days] == ["", level, level, level, ""]
    for day in days:
        demanded = bool(day.level)
        assert [(slot.shift, slot.demanded) for slot in day.slots] == [("day", demanded), ("night", demanded)]
        assert [slot.unfilled for slot in day.slots] == [demanded and slot.shift not in filled for slot in day.slots]
    assert unfilled_shifts(FRIDAY - timedelta(days=1), days=5) == 3 * (2 - len(filled))


def test_without_an_alert_nothing_is_red_and_a_shift_may_still_be_filled(inspector):
    lead(inspector)
    day = board(FRIDAY, days=1)[0]
    assert [(slot.unfilled, bool(slot.duty)) for slot in day.slots] == [(False, False), (False, True)]


def test_the_board_asks_three_queries_for_a_week_as_for_a_month(inspector, django_assert_num_queries):
    alert(inspector)
    lead(inspector)
    for days in (7, 31):
        with django_assert_num_queries(3):
            assert len(board(FRIDAY, days=days)) == days


def test_of_two_levels_on_one_date_the_higher_counts_and_each_moment_has_its_own(inspector):
    alert(inspector, level="yellow", start="2016-12-16 00:00", end="2016-12-17 12:00")
    alert(inspector, level="orange", start="2016-12-17 12:00", end="2016-12-18 00:00")
    assert levels_on([FRIDAY, FRIDAY + timedelta(days=1)]) == {FRIDAY: "yellow", FRIDAY + timedelta(days=1): "orange"}
    assert level_at(moment("2016-12-17 11:59")) == "yellow" and level_at(moment("2016-12-17 12:00")) == "orange"
    assert level_at(moment("2016-12-18 00:00")) == ""


# --- one leader ------------------------------------------------------------------------------------------------------


def test_a_second_leader_of_a_shift_is_refused_and_the_other_shift_is_free(inspector):
    lead(inspector)
    with pytest.raises(StepRefused, match="已由陈国强带队，一个班次只有一位"):
        lead(inspector, "李卫东")
    lead(inspector, "李卫东", shift="day")
    assert set(PatrolDuty.objects.values_list("shift", "leader_name")) == {("night", "陈国强"), ("day", "李卫东")}


@pytest.mark.parametrize("names", ["陈国强、李卫东", "陈国强，李卫东", "陈国强 李卫东", "陈国强/李卫东"])
def test_two_names_in_one_box_are_refused(inspector, names):
    with pytest.raises(AnswersRefused, match="只由一位处级领导"):
        lead(inspector, names)


@pytest.mark.parametrize("name", ["陈国强", "李和平", "欧阳及第"])
def test_one_name_is_taken_whatever_it_holds(inspector, name):
    assert lead(inspector, name).leader_name == name


def test_nobody_is_no_leader(inspector):
    with pytest.raises(AnswersRefused, match="请填写带队处级领导"):
        lead(inspector, "  ")


def test_changing_the_leader_names_the_one_before_and_a_stale_page_is_refused(inspector):
    lead(inspector)
    assert lead(inspector, "李卫东", instead_of="陈国强").leader_name == "李卫东"
    with pytest.raises(StepRefused, match="已由李卫东带队"):
        lead(inspector, "王志远", instead_of="陈国强")
    assert AuditEntry.objects.filter(action="patrol_rostered").count() == 2


def test_taking_the_leader_off_leaves_a_demanded_shift_red(inspector):
    alert(inspector)
    lead(inspector)
    clear_leader(day=FRIDAY, shift="night", instead_of="陈国强", by=inspector, at=NOW)
    assert board(FRIDAY, days=1)[0].slots[1].unfilled
    with pytest.raises(StepRefused, match="已经变动"):
        clear_leader(day=FRIDAY, shift="night", instead_of="陈国强", by=inspector, at=NOW)


def test_a_leader_who_is_a_user_is_linked_and_offered(inspector, leader):
    assert lead(inspector, leader.real_name).leader == leader
    assert lead(inspector, "陈国强", shift="day").leader is None
    assert known_leaders() == [leader.real_name, "陈国强"]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_fill_one_shift_at_once_one_wins(inspector):
    def act(number):
        try:
            return lead(inspector, f"领导{number}")
        except StepRefused as refusal:
            return refusal

    results = at_once(act, 10)
    assert sum(isinstance(one, PatrolDuty) for one in results) == 1 == PatrolDuty.objects.count()


# --- alerts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("2016-12-15 00:00", "2016-12-16 20:00", False),
        ("2016-12-15 00:00", "2016-12-16 20:01", True),
        ("2016-12-17 00:00", "2016-12-18 00:00", True),
        ("2016-12-18 23:59", "2016-12-20 00:00", True),
        ("2016-12-19 00:00", "2016-12-20 00:00", False),
    ],
)
def test_overlapping_alerts_are_refused_and_adjoining_ones_are_not(inspector, start, end, overlaps):
    alert(inspector)
    if overlaps:
        with pytest.raises(AnswersRefused, match=r"与红色预警（12-16 20:00 至 12-19 00:00）时间重叠"):
            alert(inspector, level="blue", start=start, end=end)
    else:
        assert alert(inspector, level="blue", start=start, end=end).serial == 2


@pytest.mark.parametrize(
    ("end", "sentence"), [("2016-12-16 20:00", "结束时间应晚于开始时间"), ("2017-12-16 20:00", "最长 30 天")]
)
def test_a_span_that_cannot_be_meant_is_refused(inspector, end, sentence):
    with pytest.raises(AnswersRefused, match=sentence):
        alert(inspector, end=end)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_issue_at_once_one_alert_stands(inspector):
    def act(_):
        try:
            return alert(inspector)
        except StepRefused as refusal:
            return refusal

    results = at_once(act, 10)
    assert sum(isinstance(one, PollutionAlert) for one in results) == 1 == PollutionAlert.objects.count()


def test_lifting_ends_it_now_once_and_frees_the_time(inspector):
    one = alert(inspector)
    at = moment("2016-12-17 09:30")
    assert lift_alert(one, by=inspector, at=at).ends_at == at and level_at(at) == ""
    with pytest.raises(StepRefused, match="已经解除"):
        lift_alert(one, by=inspector, at=at)
    assert alert(inspector, level="orange", start="2016-12-17 09:30").level == "orange"


def test_an_alert_that_has_not_begun_can_be_taken_back(inspector):
    lift_alert(alert(inspector), by=inspector, at=moment("2016-12-16 18:00"))
    assert levels_on([FRIDAY]) == {} and alert(inspector).serial == 2


def test_an_alert_that_is_over_is_not_lifted(inspector):
    with pytest.raises(StepRefused):
        lift_alert(alert(inspector), by=inspector, at=moment("2016-12-19 00:00"))


def test_an_alert_is_relayed_once_to_who_patrols_and_to_nobody_else(inspector, community_worker, handler, leader):
    one = alert(inspector, quiet=False)
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert "community_worker" in told and not told & {"handler", "leader"}
    text = Notification.objects.filter(user=community_worker).get().text
    assert "红色预警" in text and "12-16 20:00 至 12-19 00:00" in text
    Notification.objects.filter(user=community_worker).update(read_at=NOW)
    assert relays_of([one]) == {one.pk: (len(told), 1)}


def test_measures_are_the_administrators_words_and_stay_with_the_alert(inspector):
    assert measures_for("red") == MEASURES["red"] and seed_measures() == 4 and seed_measures() == 0
    AlertMeasure.objects.filter(level="red").update(words="街道自定措施")
    one = alert(inspector)
    AlertMeasure.objects.filter(level="red").update(words="后来改的")
    one.refresh_from_db()
    assert one.measures == "街道自定措施"
