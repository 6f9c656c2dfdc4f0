"""Telling people: everyone concerned, once, not before the time, and never a petitioner."""
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import DutyShift, Notification
from cases import announce
from cases.models import CaseEvent
from cases.workflow import MOVES
from tests.make import NOW, make_case, make_return_reason, make_user, moment, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def later(seconds=30):
    return timezone.now() + timedelta(seconds=seconds)


def tell(case, name=None):
    """Announce the last event of a case: who is told what."""
    event = case.events.order_by("-seq").first()
    assert name in (None, event.move)
    announce.announce(event.pk, at=later())
    return {note.user.username: note.text for note in Notification.objects.filter(slot=f"event:{event.pk}").select_related("user")}


@pytest.fixture
def registered(dispatcher, category, xijing):
    case = make_case(dispatcher, title="占道经营")
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    return case


@pytest.fixture
def dispatched(registered, dispatcher, handler, law_enforcement):
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    return registered


@pytest.fixture
def handled(dispatched, handler):
    move("acknowledge", dispatched, handler)
    return dispatched


def test_every_move_is_either_told_or_known_to_concern_nobody():
    quiet = {"acknowledge"}
    assert set(announce.TELLS) | announce.SILENT | quiet == set(MOVES)
    assert not set(announce.TELLS) & (announce.SILENT | quiet)


def test_a_residents_report_is_told_to_the_desk_and_the_desks_own_is_not(dispatcher, chief, handler, inspector):
    assert set(tell(make_case(None, source="WX"), "report")) == {"dispatcher", "chief"}
    assert tell(make_case(dispatcher), "report") == {}


def test_a_dispatch_is_told_to_the_lead_its_head_and_the_assisting(
    registered, dispatcher, handler, other_handler, inspector, law_enforcement, sanitation
):
    law_enforcement.head = make_user("head", department=law_enforcement)
    law_enforcement.save()
    move("dispatch", registered, dispatcher, lead=law_enforcement, assisting=[sanitation])
    told = tell(registered, "dispatch")
    assert set(told) == {"handler", "head", "other_handler"}
    assert told["handler"] == f"派给城管执法队主办，2016-12-28 17:30 前办结：{registered.number} 占道经营"
    assert told["other_handler"].startswith("请协助城管执法队办理：")
    note = Notification.objects.get(user=handler)
    assert note.url == f"/cases/{registered.number}/" and note.case_number == registered.number


def test_nobody_is_told_of_a_dispatch_before_ten_seconds_are_over(dispatched, handler):
    event = dispatched.events.get(move="dispatch")
    assert event.announce_after - event.recorded_at == timedelta(seconds=10)
    announce.announce_due(at=event.recorded_at + timedelta(seconds=9))
    assert not Notification.objects.filter(user=handler).exists()
    announce.announce_due(at=event.recorded_at + timedelta(seconds=11))
    assert Notification.objects.get(user=handler).slot == f"event:{event.pk}"


def test_an_undone_dispatch_is_told_to_nobody(dispatched, dispatcher, handler):
    events = dispatched.events.count()
    move("undo_dispatch", dispatched, dispatcher, at=NOW + timedelta(seconds=5))
    announce.announce_due(at=later())
    assert not Notification.objects.filter(user=handler).exists() and dispatched.events.count() == events + 1
    assert not CaseEvent.objects.filter(announced_at__isnull=True).exists()


def test_an_undo_that_came_after_the_telling_is_told_as_well(dispatched, dispatcher, handler):
    dispatch = dispatched.events.get(move="dispatch")
    announce.announce(dispatch.pk, at=dispatch.recorded_at)
    move("undo_dispatch", dispatched, dispatcher, at=NOW + timedelta(seconds=10))
    assert tell(dispatched, "undo_dispatch")["handler"].startswith("派遣已撤销")


def test_a_return_is_told_to_the_desk_and_the_third_to_the_chief_alone(handled, handler, dispatcher, chief, inspector):
    move("return", handled, handler, return_reason=make_return_reason(), reason="不属本单位职责")
    told = tell(handled, "return")
    assert set(told) == {"dispatcher", "chief"} and told["dispatcher"].startswith("城管执法队退回：不属本单位职责，请重新派遣")
    put(handled, "in_progress", return_count=1, lead=handler.department)
    move("return", handled, handler, return_reason=make_return_reason(), reason="仍不属本单位")
    assert set(tell(handled, "return")) == {"chief"}


def test_feedback_check_rework_and_closing_each_find_their_people(
    handled, handler, dispatcher, inspector, other_handler, chief
):
    move("feedback", handled, handler, words="已劝离游商五户并安排值守")
    assert set(tell(handled, "feedback")) == {"dispatcher", "inspector", "chief"}
    move("send_check", handled, dispatcher, checker=inspector)
    assert set(tell(handled, "send_check")) == {"inspector"}
    move("rework", handled, inspector, reason="现场仍有游商占道")
    assert set(tell(handled, "rework")) == {"handler"}
    move("acknowledge", handled, handler)
    assert tell(handled, "acknowledge") == {}
    move("feedback", handled, handler, words="再次劝离并设置隔离桩")
    move("send_check", handled, dispatcher, checker=inspector)
    move("pass_check", handled, inspector, words="现场已清")
    assert set(tell(handled, "pass_check")) == {"dispatcher", "chief"}
    move("close", handled, chief, conclusion="同意结案")
    assert tell(handled, "close") == {name: f"已结案：{handled.number} 占道经营" for name in ("dispatcher", "handler")}


def test_a_wish_goes_to_the_chief_and_the_answer_to_the_one_who_asked(handled, handler, chief, dispatcher):
    move("request_extension", handled, handler, until=moment("2016-12-29 17:30"), reason="施工材料未到位")
    assert set(tell(handled, "request_extension")) == {"chief"}
    move("grant_extension", handled, chief)
    assert tell(handled, "grant_extension")["handler"].startswith("延期申请已批准")
    move("request_suspension", handled, handler, review_on=moment("2017-01-10 00:00").date(), reason="待区里统一拆除")
    move("refuse_suspension", handled, chief, reason="条件不具备，继续办理")
    assert tell(handled, "refuse_suspension")["handler"].startswith("挂账申请未批准")


def test_supervision_and_instruction_reach_the_desk_and_the_lead(handled, handler, chief, leader, dispatcher):
    move("supervise", handled, chief, level=1, due=moment("2016-12-22 17:30"), words="请抓紧")
    told = tell(handled, "supervise")
    assert set(told) == {"handler", "dispatcher"} and told["handler"].startswith("1 级督办，2016-12-22 17:30 前办结")
    move("instruct", handled, leader, words="请妥善处理")
    assert set(tell(handled, "instruct")) == {"handler", "dispatcher", "chief"}


def test_a_reminder_reaches_whose_turn_it_is(registered, dispatcher, chief, handler, law_enforcement):
    move("remind", registered, chief)
    assert set(tell(registered, "remind")) == {"dispatcher"}
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    move("remind", registered, chief, at=NOW + timedelta(hours=2))
    assert set(tell(registered, "remind")) == {"handler"}


def test_a_verification_is_asked_of_the_community(dispatcher, community_worker, other_community_worker, xijing):
    case = make_case(dispatcher)
    move("send_verification", case, dispatcher, community=xijing)
    assert set(tell(case, "send_verification")) == {"community_worker"}
    move("answer_verification", case, community_worker, is_true=False)
    assert tell(case)["dispatcher"].startswith("核实结果：不属实")


def test_a_merge_is_told_to_the_masters_department(handled, dispatcher, handler, chief):
    other = make_case(chief, title="占道经营又来")
    move("merge", other, dispatcher, master=handled, reason="同一地点同一事项")
    assert set(tell(other, "merge")) == {"chief"}
    assert tell(handled, "merge")["handler"].startswith(f"{other.number} 已并入本案")


def test_an_urgent_case_at_night_wakes_the_duty_officer(registered, dispatcher, law_enforcement, handler, leader):
    at = timezone.now()
    DutyShift.objects.create(date=at.date(), kind="night", starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=9), user=leader)
    night = moment("2016-12-21 23:30")
    DutyShift.objects.create(date=night.date(), kind="night", starts_at=night, ends_at=night + timedelta(hours=8), user=leader)
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    event = registered.events.get(move="dispatch")
    assert leader not in people(event, night)
    put(registered, "dispatched", urgency="urgent")
    event = CaseEvent.objects.get(pk=event.pk)
    assert leader in people(event, night) and leader not in people(event, moment("2016-12-21 10:00"))


def people(event, at):
    return {person for group, _ in announce.notices_of(event, at=at) for person in group}


# --- once ------------------------------------------------------------------------------------------------------------


def test_the_one_who_did_it_is_not_told(handled, dispatcher, chief):
    move("instruct", handled, make_user("boss", "leader", "dispatcher"), words="请妥善处理")
    assert "boss" not in tell(handled)


def test_an_event_is_told_once_even_when_announced_twice(dispatched, handler):
    event = dispatched.events.get(move="dispatch")
    assert announce.announce(event.pk, at=later()) == 1
    assert announce.announce(event.pk, at=later()) is None
    assert Notification.objects.filter(user=handler).count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_beats_at_once_tell_each_event_once(dispatched, handler):
    from tests.cases.test_concurrency import at_once

    def beat(_):
        try:
            return announce.announce_due(at=later())
        finally:
            connections.close_all()

    claimed = [pk for done in at_once(beat, 10) for pk in done]
    assert sorted(claimed) == sorted(dispatched.events.values_list("pk", flat=True))
    assert Notification.objects.filter(user=handler).count() == 1


def test_a_worker_that_dies_while_telling_leaves_the_event_for_the_next(dispatched, handler, monkeypatch):
    event = dispatched.events.get(move="dispatch")

    def die(*args, **kwargs):
        raise ConnectionError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(announce, "tell_many", die)
        with pytest.raises(ConnectionError):
            announce.announce(event.pk, at=later())
    event = CaseEvent.objects.get(pk=event.pk)
    assert event.announced_at is None and not Notification.objects.filter(user=handler).exists()
    assert announce.announce(event.pk, at=later()) == 1


def test_an_event_that_cannot_be_told_holds_up_no_other(dispatched, handler, dispatcher, monkeypatch):
    bad = make_case(None, source="WX")
    real = announce.notices_of

    def choke(event, *, at):
        if event.case_id == bad.pk:
            raise LookupError("defect")
        return real(event, at=at)

    monkeypatch.setattr(announce, "notices_of", choke)
    with pytest.raises(ExceptionGroup, match="could not be announced"):
        announce.announce_due(at=later())
    assert Notification.objects.filter(user=handler).count() == 1
    assert list(CaseEvent.objects.filter(announced_at__isnull=True)) == list(bad.events.all())


def test_the_task_announces_and_then_looks_for_doubles(dispatcher, chief, category):
    from cases.tasks import announce_events

    place = {"lon": 116.17, "lat": 39.93, "category": category}
    make_case(None, source="WX", title="占道经营熟食摊", **place)
    again = make_case(None, source="WX", title="占道经营熟食摊位", **place)
    assert announce_events() == 2
    assert again.events.filter(move="note", by=None).count() == 1
    assert announce_events() == 1  # the note itself, which concerns nobody
    assert announce_events() == 0 and again.events.filter(move="note").count() == 1


def test_a_quiet_event_is_never_told(dispatcher, chief):
    make_case(None, source="WX", quiet=True)
    assert announce.announce_due(at=later()) == []


# --- petitions -------------------------------------------------------------------------------------------------------


def test_a_petition_is_told_by_number_and_code_name_and_only_behind_the_wall(
    petition_officer, dispatcher, chief, handler, category, law_enforcement
):
    case = make_case(
        petition_officer, source="XF", title="反映金丝雀家门口施工扰民", description="金丝雀电话13800007777"
    )
    move("accept", case, petition_officer, category=category)
    move("register", case, petition_officer, category=category, urgency="normal")
    move("dispatch", case, petition_officer, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("feedback", case, handler, words="已与金丝雀沟通，施工单位承诺夜间停工")
    announce.announce_due(at=later())
    texts = list(Notification.objects.values_list("user__username", "text"))
    assert {name for name, _ in texts} == {"petition_officer", "chief", "handler"}
    for _, text in texts:
        assert text.endswith(f"{case.number} 信访人2016-001") and "施工" not in text and "金丝雀" not in text
