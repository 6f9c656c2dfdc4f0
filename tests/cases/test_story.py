"""Stories walked end to end: from report to closing."""
import pytest

from cases import trail
from cases.errors import MoveForbidden, MoveRefused
from cases.states import State
from tests.make import make_case, make_return_reason, moment, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def walk_to_checking(case, category, cast, department, grid, urgency="normal"):
    """Report … 核查中 by the usual hands."""
    dispatcher, handler, inspector = cast
    move("accept", case, dispatcher, at=moment("2016-12-21 14:30"), category=category)
    move("register", case, dispatcher, at=moment("2016-12-21 14:40"), category=category, grid=grid, urgency=urgency)
    move("dispatch", case, dispatcher, at=moment("2016-12-21 14:50"), lead=department)
    move("acknowledge", case, handler, at=moment("2016-12-21 15:00"))
    move("feedback", case, handler, at=moment("2016-12-22 10:00"), words="已劝离游商五户并安排值守")
    move("send_check", case, dispatcher, at=moment("2016-12-22 10:10"), checker=inspector)


def test_a_grid_event_goes_from_report_to_closing(
    dispatcher, handler, inspector, law_enforcement, xijing, category
):
    case = make_case(dispatcher)
    assert case.number == "WG-2016-001" and case.due_clock == "accept"
    assert case.due_at == moment("2016-12-21 16:20")
    walk_to_checking(case, category, (dispatcher, handler, inspector), law_enforcement, xijing.grids.get())
    move("pass_check", case, inspector, at=moment("2016-12-22 14:00"), words="现场已清")
    assert case.due_at is None  # nobody waits for an answer
    move("close", case, dispatcher, at=moment("2016-12-22 15:00"), conclusion="同意结案")
    assert case.state == State.CLOSED
    handle = case.clocks.get(kind="handle")
    assert handle.due_at == moment("2016-12-28 17:30") and handle.final
    assert [event.move for event in case.events.order_by("seq")] == [
        "report", "accept", "register", "dispatch", "acknowledge", "feedback", "send_check", "pass_check", "close",
    ]  # fmt: skip
    assert trail.first_break(case) == ""


def test_a_named_reporter_must_be_answered_before_closing(
    dispatcher, handler, inspector, law_enforcement, xijing, category
):
    case = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    walk_to_checking(case, category, (dispatcher, handler, inspector), law_enforcement, xijing.grids.get())
    move("pass_check", case, inspector, at=moment("2016-12-22 14:00"), words="现场已清")
    assert case.due_clock == "reply"
    with pytest.raises(MoveRefused, match="1 位上报人"):
        move("close", case, dispatcher, conclusion="同意结案")
    move("reply", case, dispatcher, to_whom=case.reporters.get(), channel="phone", words="已处理", final=True)
    assert case.due_at is None
    move("close", case, dispatcher, conclusion="同意结案")
    assert case.state == State.CLOSED


def test_rework_runs_on_the_same_clock(dispatcher, handler, inspector, law_enforcement, xijing, category):
    case = make_case(dispatcher)
    walk_to_checking(case, category, (dispatcher, handler, inspector), law_enforcement, xijing.grids.get())
    due = case.clocks.get(kind="handle").due_at
    move("rework", case, inspector, at=moment("2016-12-22 14:00"), reason="现场仍有散摊")
    handle = case.clocks.get(kind="handle")
    assert handle.stopped_at is None and handle.due_at == due and case.rework_count == 1
    move("acknowledge", case, handler, at=moment("2016-12-22 15:00"))
    assert case.state == State.IN_PROGRESS


def test_nobody_of_the_handling_department_checks(
    dispatcher, handler, inspector, law_enforcement, xijing, category
):
    case = make_case(dispatcher)
    walk_to_checking(case, category, (dispatcher, handler, inspector), law_enforcement, xijing.grids.get())
    with pytest.raises(MoveForbidden):
        move("pass_check", case, handler, words="通过")
    move("pass_check", case, inspector, words="通过")
    assert case.state == State.CHECKED


def test_a_third_dispatch_after_two_returns_is_the_chiefs(
    dispatcher, chief, handler, law_enforcement, xijing, category
):
    case, reason = make_case(dispatcher), make_return_reason()
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    for _ in range(2):
        move("dispatch", case, dispatcher, lead=law_enforcement)
        move("return", case, handler, return_reason=reason, reason="不属本单位职责范围")
    with pytest.raises(MoveForbidden, match="值班科长"):
        move("dispatch", case, dispatcher, lead=law_enforcement)
    move("dispatch", case, chief, lead=law_enforcement)
    assert case.state == State.DISPATCHED and case.return_count == 2


def test_suspension_pauses_and_resuming_gives_the_time_that_was_left(
    dispatcher, chief, handler, law_enforcement, xijing, category
):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("request_suspension", case, handler, review_on=moment("2017-01-10 09:00").date(), reason="等待产权单位立项")
    move("grant_suspension", case, chief, at=moment("2016-12-26 17:30"))
    assert case.state == State.SUSPENDED and case.paused_at
    move("resume", case, chief, at=moment("2017-01-10 09:00"))
    assert case.due_at == moment("2017-01-11 17:30")  # two working days were left
