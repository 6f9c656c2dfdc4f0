"""Telling people what happened: each event once, from the event row itself (the outbox), never before its time.

Claim and notices are one transaction: a worker that dies in between leaves the event unannounced, and two beats that
reach for the same event find one row to claim. What is told holds no personal data; petitions go by code name.
"""
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.notify import tell_many
from cases import addressees as to
from cases.models import Assignment, Case, CaseEvent, CaseRequest
from cases.states import State
from cases.telling import moment_words

AT_ONCE = 200
STUCK_AFTER = timedelta(minutes=5)
RETURNS_BEFORE_CHIEF = 2

Notice = tuple[list[User], str]  # whom, and what


def _report(event: CaseEvent, case: Case) -> list[Notice]:
    """The desk learns of what others entered; what it entered itself, it knows."""
    desk = to.desk_of(case)
    if event.by_id in {person.pk for person in desk}:
        return []
    return [(desk, "新收案件，待受理")]


def _fixed(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.able("pass_check", case), "立查立改，待核查")]


def _verification(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.verifiers_of(case), "请核实并反馈")]


def _verified(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.desk_of(case), "核实结果：" + ("属实" if event.facts.get("is_true") else "不属实"))]


def _ended(event: CaseEvent, case: Case) -> list[Notice]:
    words = {"reject": "不予受理", "void": "已作废", "close": "已结案"}[event.move]
    return [(to.registrar_of(case), words), (_last_lead(event, case), words)]


def _last_lead(event: CaseEvent, case: Case) -> list[User]:
    """The department from which this very event took the case."""
    rows = Assignment.objects.filter(case=case, role=Assignment.Role.LEAD, ended_at=event.happened_at)
    departments = list(rows.values_list("department", flat=True))
    return to.people_of(departments) if departments else []


def _dispatched(event: CaseEvent, case: Case) -> list[Notice]:
    if _was_undone(event):
        return []
    due = f"，{moment_words(event.facts['due'])} 前办结" if event.facts.get("due") else ""
    lead = event.facts.get("lead", "")
    return [
        (to.lead_of(case), f"派给{lead}主办{due}"),
        (to.assisting_in(case), f"请协助{lead}办理"),
    ]


def _was_undone(event: CaseEvent) -> bool:
    return CaseEvent.objects.filter(case=event.case_id, seq=event.seq + 1, move="undo_dispatch").exists()


def _undone(event: CaseEvent, case: Case) -> list[Notice]:
    """Only if the dispatch was told already, which the waiting time all but rules out."""
    told = CaseEvent.objects.filter(
        case=case, seq=event.seq - 1, move="dispatch", announced_at__lt=event.recorded_at
    ).first()
    return [(to.people_of([told.department_id]), "派遣已撤销")] if told else []


def _returned(event: CaseEvent, case: Case) -> list[Notice]:
    words = f"{event.facts.get('department', '')}退回：{event.facts.get('reason', '')}"
    if case.return_count >= RETURNS_BEFORE_CHIEF:
        return [(to.chiefs_of(case), f"{words}，已退回 {case.return_count} 次，请值班科长派遣")]
    return [(to.able("dispatch", case), f"{words}，请重新派遣")]


def _handed_in(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.able("send_check", case), "已反馈，待转核查")]


def _to_check(event: CaseEvent, case: Case) -> list[Notice]:
    return [([case.checker] if case.checker_id else to.able("pass_check", case), "请核查")]


def _checked(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.able("close", case), "核查通过，待结案")]


def _rework(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.lead_of(case), "核查未通过，请返工")]


def _asked(event: CaseEvent, case: Case) -> list[Notice]:
    kind = "延期" if event.move == "request_extension" else "挂账"
    return [(to.chiefs_of(case), f"申请{kind}，请审批")]


def _decided(event: CaseEvent, case: Case) -> list[Notice]:
    kind = CaseRequest.Kind.EXTENSION if event.move.endswith("extension") else CaseRequest.Kind.SUSPENSION
    asked = (
        CaseRequest.objects.filter(case=case, kind=kind, decided_at=event.happened_at)
        .select_related("requested_by").first()
    )  # fmt: skip
    words = "已批准" if event.move.startswith("grant") else "未批准"
    return [([asked.requested_by] if asked else [], f"{kind.label}申请{words}")]


def _resumed(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.lead_of(case), "挂账已恢复，时限续走")]


def _merged(event: CaseEvent, case: Case) -> list[Notice]:
    if event.facts.get("follower"):
        return [(to.lead_of(case), f"{event.facts['follower']} 已并入本案")]
    words = f"已并入 {event.facts.get('master', '')}"
    return [(to.registrar_of(case), words), (_last_lead(event, case), words)]


def _reopened(event: CaseEvent, case: Case) -> list[Notice]:
    words = "已重开，待派遣" if event.to_state == State.REGISTERED else "已重开，待受理"
    return [(to.desk_of(case), words)]


def _supervised(event: CaseEvent, case: Case) -> list[Notice]:
    words = f"{event.facts.get('level')} 级督办，{moment_words(event.facts.get('due'))} 前办结"
    return [(to.desk_of(case), words), (to.lead_of(case), words)]


def _lifted(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.lead_of(case), "督办已解除")]


def _instructed(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.desk_of(case), "有领导批示"), (to.lead_of(case), "有领导批示")]


def _reminded(event: CaseEvent, case: Case) -> list[Notice]:
    return [(to.on_turn(case), "催办，请尽快办理")]


def _noted(event: CaseEvent, case: Case) -> list[Notice]:
    """Of notes a handover is told, to the heir, and what a reporter says under the code, to those who act on it."""
    if event.facts.get("wish"):
        return [(to.desk_of(case), "上报人说没有解决，请决定是否重开")]
    if event.facts.get("added"):
        return [(to.desk_of(case), "上报人补充了情况"), (to.lead_of(case), "上报人补充了情况")]
    heir = event.facts.get("to") if event.facts.get("handed_over") else None
    return [(list(User.objects.active().filter(pk=heir)), "任务已移交给你")] if heir else []


# A move that is not named here concerns nobody but those who look at the case.
TELLS: dict[str, Callable[[CaseEvent, Case], list[Notice]]] = {
    "report": _report, "fix_on_spot": _fixed, "send_verification": _verification, "answer_verification": _verified,
    "reject": _ended, "void": _ended, "close": _ended, "dispatch": _dispatched, "undo_dispatch": _undone,
    "return": _returned, "feedback": _handed_in, "send_check": _to_check, "pass_check": _checked, "rework": _rework,
    "request_extension": _asked, "request_suspension": _asked, "grant_extension": _decided,
    "refuse_extension": _decided, "grant_suspension": _decided, "refuse_suspension": _decided, "resume": _resumed,
    "merge": _merged, "reopen": _reopened, "supervise": _supervised, "lift": _lifted, "instruct": _instructed,
    "remind": _reminded, "note": _noted,
}  # fmt: skip
SILENT = frozenset({"accept", "register", "reply", "call_back", "split", "name_thing"})
NIGHT_CALL = "紧急案件，请值班人员处理"
WAKES = frozenset({"report", "fix_on_spot", "register", "dispatch", "rework"})  # an urgent one at night


def notices_of(event: CaseEvent, *, at: datetime) -> list[Notice]:
    """Whom an event concerns, and what they are told; the one who did it is left out."""
    case, told = event.case, []
    tells = TELLS.get(event.move)
    if tells:
        told += tells(event, case)
    if event.move in WAKES and not (event.move == "dispatch" and _was_undone(event)):
        told.append((to.night_watch(case, at=at), NIGHT_CALL))
    return [(to.others(people, than=event.by_id), words) for people, words in told if people]


@transaction.atomic
def announce(event_id: int, *, at: datetime) -> int | None:
    """Claim an event and tell those it concerns; how many notices are new, or None when another had it already."""
    case_id = CaseEvent.objects.filter(pk=event_id).values_list("case", flat=True).first()
    if case_id is None:  # a demonstration case that was renewed meanwhile
        return None
    # A move of the case waits meanwhile, so that an undo comes either before the telling or after it.
    list(Case.objects.select_for_update().filter(pk=case_id).values_list("pk"))
    if not CaseEvent.objects.filter(pk=event_id, announced_at__isnull=True).update(announced_at=at):
        return None
    about = ("case__petition", "case__registrar", "case__checker", "case__verifier", "case__lead")
    event = CaseEvent.objects.select_related(*about).filter(pk=event_id).first()
    subject, new = to.subject_of(event.case), 0
    for people, words in notices_of(event, at=at):
        new += tell_many(
            people, text=f"{words}：{subject}", at=at, url=event.case.get_absolute_url(), kind="event",
            case_number=event.case.number, slot=f"event:{event.pk}",
            outside=to.words_outside(event.case, words) if words == NIGHT_CALL or event.move == "dispatch" else "",
        )  # fmt: skip
    return new


def due_events(*, at: datetime) -> QuerySet:
    """The events whose turn it is, oldest first."""
    return CaseEvent.objects.unannounced(at=at)


def announce_due(*, at: datetime, limit: int = AT_ONCE, only: int | None = None) -> list[int]:
    """Announce what is due, or one event of it; the ids of the events announced now.

    An event that cannot be told does not hold up those behind it; the errors are raised together at the end.
    """
    due = due_events(at=at) if only is None else due_events(at=at).filter(pk=only)
    done, errors = [], []
    for event_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            if announce(event_id, at=at) is not None:
                done.append(event_id)
        except Exception as error:  # raised again below: one event must not hold up the rest
            error.add_note(f"event {event_id}")
            errors.append(error)
    if errors:
        raise ExceptionGroup("events that could not be announced", errors)
    return done


def waiting_events(user: Any) -> QuerySet:
    """The outbox: what nobody was told of yet, oldest first, of the cases that this person sees."""
    return (
        CaseEvent.objects.filter(announced_at__isnull=True, case__in=Case.objects.visible_to(user))
        .select_related("case__petition", "by", "department").order_by("announce_after", "pk")
    )  # fmt: skip


def is_stuck(event: CaseEvent, *, at: datetime) -> bool:
    """Whether an event should have been told long ago: the worker stands still, or the event cannot be told."""
    return event.announced_at is None and at - event.announce_after > STUCK_AFTER
