"""Reminding: before, when and after a clock runs out, once each, in working hours, and nobody else's business."""
from datetime import timedelta

import pytest
from django.db import connections

from accounts.models import DutyShift, Notification
from cases import reminders
from cases.models import Case, TaskSlot
from tests.make import NOW, make_case, make_user, moment, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

DUE = moment("2016-12-28 17:30")  # 处置 of a normal case dispatched on 2016-12-21
WARNED = moment("2016-12-28 15:40")  # two working hours before the closing time are 15:30
BEFORE_WARNING = moment("2016-12-28 15:20")
NEXT_MORNING = moment("2016-12-29 09:10")


@pytest.fixture
def handled(dispatcher, handler, category, xijing, law_enforcement):
    case = make_case(dispatcher, title="占道经营")
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    assert case.due_clock == "handle" and case.due_at == DUE
    return case


def told(slot="", **about):
    notes = Notification.objects.filter(slot__startswith=slot, **about).select_related("user")
    return {note.user.username: note.text for note in notes}


def test_the_handler_is_warned_before_the_time_and_not_earlier(handled, dispatcher):
    reminders.remind(at=BEFORE_WARNING)
    assert told() == {}
    assert reminders.remind(at=WARNED) == 1
    assert told("warn:") == {"handler": f"处置将于 2016-12-28 17:30 到期：{handled.number} 占道经营"}


def test_what_is_said_once_is_not_said_again(handled):
    assert reminders.remind(at=WARNED) == 1
    assert reminders.remind(at=WARNED + timedelta(minutes=1)) == 0
    Notification.objects.all().delete()  # the slot remembers, whatever became of the notice
    assert reminders.remind(at=WARNED + timedelta(minutes=2)) == 0


def test_a_moved_due_is_warned_of_anew(handled, handler, chief):
    reminders.remind(at=WARNED)
    move("request_extension", handled, handler, at=WARNED, until=moment("2016-12-29 17:30"), reason="施工材料未到位")
    move("grant_extension", handled, chief, at=WARNED)
    assert reminders.remind(at=moment("2016-12-29 15:40")) == 1
    assert Notification.objects.filter(slot__startswith="warn:", user=handler).count() == 2


def test_an_overdue_case_goes_to_the_handler_and_to_the_head(handled, law_enforcement, dispatcher, chief):
    law_enforcement.head = make_user("head", department=law_enforcement)
    law_enforcement.save()
    reminders.remind(at=NEXT_MORNING)
    assert told("over:") == dict.fromkeys(("handler", "head"), f"处置已超期，时限 2016-12-28 17:30：{handled.number} 占道经营")


def test_without_a_head_the_chief_is_told(handled, chief):
    reminders.remind(at=NEXT_MORNING)
    assert set(told("over:")) == {"handler", "chief"}


def test_a_clock_of_the_desk_is_the_desks_and_the_chiefs(dispatcher, chief, handler):
    make_case(dispatcher)  # 受理 due 16:20
    reminders.remind(at=moment("2016-12-21 16:30"))
    assert set(told("over:")) == {"dispatcher", "chief"}


def test_a_checker_is_reminded_of_the_check(handled, handler, dispatcher, inspector):
    move("feedback", handled, handler, at=moment("2016-12-22 10:00"), words="已劝离游商五户并安排值守")
    move("send_check", handled, dispatcher, at=moment("2016-12-22 10:10"), checker=inspector)
    reminders.remind(at=moment("2016-12-26 09:30"))
    assert "inspector" in told("over:") and "handler" not in told("over:")


def test_outside_working_hours_only_urgent_cases_are_mentioned(handled, handler, leader):
    evening = moment("2016-12-28 20:00")
    DutyShift.objects.create(
        date=evening.date(), kind="night", starts_at=evening - timedelta(hours=2),
        ends_at=evening + timedelta(hours=12), user=leader,
    )  # fmt: skip
    assert reminders.remind(at=evening) == 0
    put(handled, "in_progress", urgency="urgent")
    reminders.remind(at=evening)
    assert set(told("over:")) == {"handler", "leader"}


def test_a_stopped_clock_and_an_ended_case_say_nothing(handled, dispatcher):
    put(handled, "in_progress", paused_at=NOW)
    assert reminders.remind(at=NEXT_MORNING) == 0
    put(handled, "closed", paused_at=None, closed_at=NOW)
    assert reminders.remind(at=NEXT_MORNING) == 0


def test_a_pause_is_reviewed_on_its_day(handled, handler, chief, dispatcher):
    day = moment("2017-01-10 09:30")
    move("request_suspension", handled, handler, review_on=day.date(), reason="待区里统一拆除")
    move("grant_suspension", handled, chief)
    reminders.remind(at=moment("2017-01-09 09:30"))
    assert told("review:") == {}
    reminders.remind(at=day)
    reminders.remind(at=day + timedelta(hours=1))
    assert set(told("review:")) == {"dispatcher", "chief"}
    assert "挂账复核日 01-10 已到" in told("review:")["dispatcher"]


def test_each_working_morning_one_line_says_how_many_are_late(handled, handler, chief, dispatcher, law_enforcement):
    put(make_case(dispatcher), "in_progress", lead=law_enforcement, due_clock="handle", due_at=moment("2016-12-20 17:30"))
    reminders.remind(at=NEXT_MORNING)
    reminders.remind(at=NEXT_MORNING + timedelta(hours=1))
    assert told("overdue-day:") == {"handler": "本单位有 2 件超期未办，最早一件时限 2016-12-20 17:30"}
    assert told("overdue-day-all:") == {"chief": "全街超期未办 2 件"}
    reminders.remind(at=moment("2016-12-30 09:10"))
    assert Notification.objects.filter(slot__startswith="overdue-day:", user=handler).count() == 2
    holiday = moment("2017-01-01 10:00")
    assert reminders.remind(at=holiday) == 0


def test_petitions_are_reminded_of_by_code_name_behind_the_wall(petition_officer, dispatcher, chief, category):
    case = make_case(petition_officer, source="XF", title="反映施工扰民")
    put(case, "reported", due_at=moment("2016-12-21 14:00"))
    reminders.remind(at=moment("2016-12-21 14:10"))
    assert told("over:") == dict.fromkeys(
        ("petition_officer", "chief"), f"受理已超期，时限 2016-12-21 14:00：{case.number} 信访人2016-001"
    )


@pytest.mark.django_db(transaction=True)
def test_ten_beats_at_once_say_it_once(handled, handler):
    from tests.cases.test_concurrency import at_once

    def beat(_):
        try:
            return reminders.remind(at=WARNED)
        finally:
            connections.close_all()

    assert sum(at_once(beat, 10)) == 1
    assert Notification.objects.filter(user=handler).count() == 1 == TaskSlot.objects.filter(task="warn").count()


def test_a_worker_that_dies_while_telling_leaves_the_slot_free(handled, monkeypatch):
    def die(*args, **kwargs):
        raise ConnectionError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(reminders, "tell_many", die)
        with pytest.raises(ConnectionError):
            reminders.remind(at=WARNED)
    assert not TaskSlot.objects.filter(task="warn").exists()
    assert reminders.remind(at=WARNED) == 1


def test_a_minute_without_news_costs_the_same_however_many_are_late(dispatcher, django_assert_max_num_queries):
    for _ in range(12):
        make_case(dispatcher)
    reminders.remind(at=moment("2016-12-21 16:30"))
    assert Case.objects.overdue(at=moment("2016-12-21 16:31")).count() == 12
    with django_assert_max_num_queries(10):
        assert reminders.remind(at=moment("2016-12-21 16:31")) == 0
