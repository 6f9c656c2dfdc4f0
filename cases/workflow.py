"""The one workflow of the street: one table, and one function that makes a move.

A row is the whole truth of a move: buttons, form fields, the API, permissions, clocks, the diagram in the docs and
the tests all read it. Who may (`cases.<name>_case`, and how far) stands in `accounts.roles`.
Nothing else assigns `case.state`.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases import answers as a
from cases import effects as do
from cases import postponing, rules, search, trail
from cases.deadlines import Clocks, Standards
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.models import Case, CaseEvent
from cases.secrecy import names_to_veil, veil
from cases.states import OPEN, Clock, Source, State

__all__ = ["MOVES", "AnswersRefused", "Move", "MoveConflict", "MoveForbidden", "MoveRefused", "begin", "make",
           "moves_for"]  # fmt: skip

BEGINNING: frozenset[State] = frozenset()
SAME = None  # the state stays
BEFORE = "before"  # back to where it was
ANY_OPEN = OPEN
EVERY = frozenset(State)

REPORTED, VERIFYING, ACCEPTED, REGISTERED = State.REPORTED, State.VERIFYING, State.ACCEPTED, State.REGISTERED
DISPATCHED, RETURNED, IN_PROGRESS, SUSPENDED = State.DISPATCHED, State.RETURNED, State.IN_PROGRESS, State.SUSPENDED
FEEDBACK, CHECKING, REWORK, CHECKED = State.FEEDBACK_SUBMITTED, State.CHECKING, State.REWORK, State.CHECKED
CLOSED, REJECTED, VOIDED, MERGED = State.CLOSED, State.REJECTED, State.VOIDED, State.MERGED


@dataclass(frozen=True)
class Move:
    """One row of the table. `clock` is said in words; `effect` does it; `rules` refuse with a sentence."""

    name: str
    button: str
    from_: frozenset[State]
    to: Any  # a State, SAME, BEFORE, or a dict from → to
    asks: tuple[a.Ask, ...] = ()
    clock: str = ""
    effect: Callable[[Any], None] = do.nothing
    rules: tuple[Callable[[Any], None], ...] = ()
    key: str = ""
    icon: str = "arrow-right"
    confirm: bool = False  # a dialog with a reason comes first
    anyone_seeing: bool = False  # whoever sees the case, however far the role reaches
    nobody: bool = False  # the system or a resident may make it, too
    clocks: tuple[Clock, ...] = field(default=(), repr=False)  # whose limits the effect looks up

    @property
    def permission(self) -> str:
        """The permission it needs."""
        return f"cases.{self.name}_case"

    def target(self, state: State, *, before: State | None = None) -> State:
        """Where it leads from a state."""
        if self.to is SAME:
            return state
        if self.to == BEFORE:
            return before
        return self.to[state] if isinstance(self.to, dict) else self.to


REOPENED = {CLOSED: REGISTERED, REJECTED: REGISTERED, VOIDED: REPORTED, MERGED: REPORTED}
WORDS, PHOTOS = a.WORDS, a.PHOTOS
HANDLING = (Clock.ACKNOWLEDGE, Clock.HANDLE, Clock.CHECK, Clock.REPLY)

_TABLE = (
    Move("report", "上报", BEGINNING, REPORTED, (), "受理自收件起算", do.report, (), "N", "plus",
         nobody=True, clocks=(Clock.ACCEPT,)),
    Move("fix_on_spot", "立查立改", BEGINNING, CHECKING, (a.FEEDBACK, a.BEFORE_PHOTOS, a.AFTER_PHOTOS),
         "核查起算；上报人不得核查", do.fix_on_spot, (), "", "tool", clocks=(Clock.CHECK,)),
    Move("send_verification", "转核实", {REPORTED}, VERIFYING, (a.COMMUNITY, a.VERIFIER, WORDS.optional),
         "核实起算，受理继续", do.send_verification, (rules.verifier_is_named,), "E", "search",
         clocks=(Clock.VERIFY,)),
    Move("answer_verification", "核实反馈", {VERIFYING}, REPORTED, (a.TRUE, WORDS.optional, PHOTOS),
         "核实停止", do.answer_verification, (rules.actor_is_verifier,), "E", "clipboard-check", anyone_seeing=True),
    Move("accept", "受理", {REPORTED, VERIFYING}, ACCEPTED, (a.CATEGORY,), "受理停止，立案起算；信访法定时限起算",
         do.accept, (), "A", "check", clocks=(Clock.REGISTER, Clock.CLOSE)),
    Move("reject", "不予受理", {REPORTED, VERIFYING, ACCEPTED}, REJECTED, (a.REASON, a.PUBLIC_WORDS),
         "全部停止；同时答复上报人", do.reject, (), "T", "ban", confirm=True),
    Move("register", "立案", {ACCEPTED}, REGISTERED, (a.CATEGORY, a.GRID.optional, a.URGENCY), "立案停止，派遣起算",
         do.register, (rules.register_needs_grid,), "L", "clipboard-check", clocks=(Clock.DISPATCH,)),
    Move("dispatch", "派遣", {REGISTERED, RETURNED}, DISPATCHED,
         (a.LEAD, a.ASSISTING, a.DUE, a.DUTY_LEADER, WORDS.optional), "派遣停止，签收、处置起算", do.dispatch,
         (rules.lead_can_take_it, rules.chief_decides_after_returns, rules.due_is_within_standard,
          rules.blue_sky_has_leader), "D", "send", clocks=HANDLING),
    Move("undo_dispatch", "撤销派遣", {DISPATCHED}, BEFORE, (), "恢复派遣前的时钟", do.undo_dispatch,
         (rules.undone_in_time,), "", "arrow-back-up"),
    Move("acknowledge", "签收", {DISPATCHED, REWORK}, IN_PROGRESS, (), "签收停止", do.acknowledge, (), "S",
         "pencil-check"),
    Move("return", "退回", {DISPATCHED, IN_PROGRESS}, RETURNED, (a.RETURN_REASON, a.REASON),
         "本单位处置结束，派遣起算；来文时限不变", do.return_, (rules.petition_is_returned_early,), "R",
         "corner-up-left", confirm=True, clocks=(Clock.DISPATCH,)),
    Move("feedback", "提交反馈", {IN_PROGRESS}, FEEDBACK, (a.FEEDBACK, PHOTOS), "处置暂停止，核查起算", do.feedback,
         (rules.evidence_is_there,), "B", "tool", clocks=(Clock.CHECK,)),
    Move("send_check", "转核查", {FEEDBACK}, CHECKING, (a.CHECKER, WORDS.optional), "", do.send_check,
         (rules.checker_is_fresh,), "V", "clipboard-check"),
    Move("pass_check", "核查通过", {CHECKING}, CHECKED, (WORDS, PHOTOS), "核查、处置停止；有人待答复则回复起算",
         do.pass_check, (rules.actor_is_fresh,), "Q", "circle-check", anyone_seeing=True, clocks=(Clock.REPLY,)),
    Move("rework", "返工", {CHECKING}, REWORK, (a.REASON, PHOTOS), "处置继续，时限不变；签收起算", do.rework,
         (rules.actor_is_fresh,), "W", "arrow-back-up", confirm=True, anyone_seeing=True,
         clocks=(Clock.ACKNOWLEDGE, Clock.HANDLE)),
    Move("reply", "回复", {ACCEPTED, REGISTERED, DISPATCHED, RETURNED, IN_PROGRESS, SUSPENDED, FEEDBACK, CHECKING,
                          REWORK, CHECKED, REJECTED}, SAME, (a.TO_WHOM, a.CHANNEL, WORDS, a.FINAL),
         "全部办结答复后，回复停止", do.reply, (rules.final_comes_last,), "H", "message-circle"),
    Move("call_back", "回访", {CHECKED, CLOSED}, SAME,
         (a.CALLED, a.REACHED, a.SOLVED, a.SATISFACTION, WORDS.optional), "", do.call_back, (), "", "phone"),
    Move("close", "结案", {CHECKED}, CLOSED, (a.CONCLUSION, a.OUTCOME), "全部停止", do.close,
         (rules.nobody_is_owed, rules.nothing_is_pending, rules.petition_has_outcome), "F", "circle-check"),
    Move("request_extension", "申请延期", {IN_PROGRESS, REWORK}, SAME, (a.UNTIL, a.REASON), "时钟照走",
         postponing.request_extension, (rules.extension_is_askable,), "Y", "calendar-time", confirm=True),
    Move("grant_extension", "批准延期", {IN_PROGRESS, REWORK}, SAME, (WORDS.optional,), "处置、应结案延后",
         postponing.grant_extension, (rules.extension_is_pending,), "Y", "calendar-check", clocks=HANDLING),
    Move("refuse_extension", "不准延期", {IN_PROGRESS, REWORK}, SAME, (a.REASON,), "", postponing.refuse_request,
         (rules.extension_is_pending,), "", "calendar-x", confirm=True),
    Move("request_suspension", "申请挂账", {IN_PROGRESS}, SAME, (a.REVIEW_ON, a.REASON), "时钟照走",
         postponing.request_suspension, (rules.suspension_is_askable,), "G", "player-pause", confirm=True),
    Move("grant_suspension", "批准挂账", {IN_PROGRESS}, SUSPENDED, (WORDS.optional,), "处置、应结案自批准起停表",
         postponing.grant_suspension, (rules.suspension_is_pending,), "G", "player-pause"),
    Move("refuse_suspension", "不准挂账", {IN_PROGRESS}, SAME, (a.REASON,), "", postponing.refuse_request,
         (rules.suspension_is_pending,), "", "player-play", confirm=True),
    Move("resume", "恢复", {SUSPENDED}, IN_PROGRESS, (WORDS.optional,), "处置、应结案按剩余时间续走",
         postponing.resume, (), "", "player-play"),
    Move("merge", "合并", {REPORTED, ACCEPTED, REGISTERED, RETURNED, DISPATCHED, IN_PROGRESS}, MERGED,
         (a.MASTER, a.REASON), "本案停止；主案取最早时限", do.merge, (rules.master_fits,), "M", "git-merge",
         confirm=True),
    Move("split", "拆分", {ACCEPTED, REGISTERED, IN_PROGRESS}, SAME, (a.PARTS, WORDS.optional),
         "子案承接收件时间和来文时限", do.nothing, (rules.parts_are_two,), "", "git-fork", confirm=True),
    Move("void", "作废", {REPORTED, VERIFYING, ACCEPTED, REGISTERED, RETURNED, DISPATCHED, IN_PROGRESS}, VOIDED,
         (a.REASON, a.PUBLIC_WORDS), "全部停止；先告知上报人", do.void, (rules.void_is_allowed,), "Z", "trash",
         confirm=True),
    Move("reopen", "重开", {CLOSED, REJECTED, VOIDED, MERGED}, REOPENED, (a.REASON,), "新时钟；原结案仍计入当月",
         do.reopen, (rules.reopen_is_allowed,), "", "refresh", confirm=True, clocks=(Clock.DISPATCH, Clock.ACCEPT)),
    Move("supervise", "督办", ANY_OPEN, SAME, (a.LEVEL, a.SUPERVISE_DUE, WORDS), "督办起算", do.supervise,
         (rules.supervise_is_ahead,), "I", "eye"),
    Move("lift", "解除督办", ANY_OPEN, SAME, (WORDS.optional,), "督办停止", do.lift, (rules.is_supervised,), "",
         "eye-off"),
    Move("instruct", "批示", ANY_OPEN, SAME, (WORDS,), "", do.nothing, (), "", "writing"),
    Move("remind", "催办", ANY_OPEN, SAME, (WORDS.optional,), "", do.nothing, (rules.not_reminded_lately,), "U",
         "bell-ringing"),
    Move("name_thing", "关联部件", ANY_OPEN, SAME, (a.THING, WORDS.optional), "", do.name_thing,
         (rules.thing_is_another, rules.thing_stands_here), "", "map-pin"),
    Move("note", "批注", EVERY, SAME, (WORDS, PHOTOS), "", do.note, (), "C", "message", anyone_seeing=True,
         nobody=True),
)  # fmt: skip
MOVES: dict[str, Move] = {move.name: move for move in _TABLE}

# The one blue button: what usually comes next from each state, best first.
NEXT: dict[State, tuple[str, ...]] = {
    REPORTED: ("accept",), VERIFYING: ("answer_verification", "accept"), ACCEPTED: ("register",),
    REGISTERED: ("dispatch",), RETURNED: ("dispatch",), DISPATCHED: ("acknowledge",), REWORK: ("acknowledge",),
    IN_PROGRESS: ("grant_suspension", "grant_extension", "feedback"), SUSPENDED: ("resume",),
    FEEDBACK: ("send_check",), CHECKING: ("pass_check",), CHECKED: ("reply", "close"),
}  # fmt: skip


@dataclass
class Step:
    """One move being made: what rules and effects read and fill."""

    move: Move
    case: Case
    by: Any
    at: datetime
    answers: dict[str, Any]
    clocks: Clocks
    standards: Standards
    reach: frozenset[str] = frozenset()
    quiet: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    department: Any = None
    request: Any = None
    undone: Any = None


def _refuse_state(move: Move, case: Case) -> None:
    if case.state not in move.from_:
        raise MoveRefused(f"{case.number}：{case.get_state_display()}，不能{move.button}。")


def _reaches(move: Move, case: Case, user: Any) -> bool:
    """Whether this person may make this move on this very case (see accounts.roles.REACH)."""
    reach = user.reach_of(move.permission)
    if ("petitions" in reach) if case.is_petition else ("all" in reach):
        return True
    if "lead" in reach and case.lead_id and case.lead_id == user.department_id and not move.anyone_seeing:
        return True
    return move.anyone_seeing and bool(reach) and Case.objects.visible_to(user).filter(pk=case.pk).exists()


def _authorise(move: Move, case: Case, user: Any) -> None:
    if user is None:
        if not move.nobody:
            raise MoveForbidden(f"{move.button}须由工作人员办理。")
    elif not user.has_perm(move.permission):
        raise MoveForbidden(f"你的角色不能{move.button}。需要时请向系统管理员申请。")
    elif not _reaches(move, case, user):
        raise MoveForbidden(f"{case.number} 不在你的办理范围内，不能{move.button}。")


def _words(move: Move, answers: dict[str, Any]) -> str:
    """What the move says in the story: the reason, the words or the conclusion."""
    name = next((ask.name for ask in move.asks if ask.name in ("words", "reason", "conclusion")), "")
    return str(answers.get(name) or "").strip()


def _veiled(move: Move, answers: dict[str, Any], case: Case | None = None) -> dict[str, Any]:
    """The answers with the names behind the case and all phones replaced, before any column or event keeps them."""
    texts = [ask for ask in move.asks if ask.kind in ("text", "line", "parts") and answers.get(ask.name)]
    names = names_to_veil(case) if case and texts else {}
    told = {ask.name: answers[ask.name] for ask in texts}
    veiled = {
        name: veil(words, names) if isinstance(words, str) else [veil(str(part), names) for part in words]
        for name, words in told.items()
    }
    return {**answers, **veiled}


def _step(move: Move, case: Case, by: Any, at: datetime, answers: dict[str, Any], quiet: bool) -> Step:
    reach = by.reach_of(move.permission) if by else frozenset()
    standards = Standards(move.clocks, at=at)
    rows = [] if case.pk is None else None
    step = Step(move, case, by, at, answers, Clocks(case, rows=rows), standards, reach, quiet)
    step.words = _words(move, answers)
    return step


def _lock(case: Case) -> Case:
    """The row as it is now, held until the end (PostgreSQL; SQLite holds the whole file)."""
    detail = {Source.PETITION: ["petition"], Source.GRID: ["grid_event"]}.get(Source(case.source), [])
    return Case.objects.select_for_update(of=("self",)).select_related("category", *detail).get(pk=case.pk)


@transaction.atomic
def make(
    name: str, case: Case, *, by: Any, at: datetime | None = None, version: int | None = None, derived: bool = False,
    quiet: bool = False, **answers: Any,
) -> CaseEvent:  # fmt: skip
    """Make a move and return its event; `case` is brought up to date.

    `version` is what the person saw; a newer one is a MoveConflict. `at` is when it happened (default: now);
    `derived` marks an inferred time; a `quiet` event is told to nobody (replay of past years).
    Raises MoveForbidden (403), AnswersRefused (422), MoveConflict and MoveRefused (409).
    """
    move, at = MOVES[name], at or timezone.now()
    seen, case_now = case, _lock(case)
    if version is not None and version != case_now.version:
        raise _overtaken(case_now)
    _authorise(move, case_now, by)
    _refuse_state(move, case_now)
    refusals = a.check(move.asks, answers)
    if refusals:
        raise AnswersRefused(refusals)
    step = _step(move, case_now, by, at, _veiled(move, answers, case_now), quiet)
    for rule in move.rules:
        rule(step)
    move.effect(step)
    event = _commit(step, derived=derived)
    if name == "split":
        _open_parts(step)
    _bring_up_to_date(seen, case_now)
    return event


def _bring_up_to_date(seen: Case, written: Case) -> None:
    """The caller's object says what the database now says, without asking it again."""
    for column in Case._meta.concrete_fields:
        setattr(seen, column.attname, getattr(written, column.attname))
        if column.is_relation and column.is_cached(written):
            column.set_cached_value(seen, column.get_cached_value(written))


def _overtaken(case: Case) -> MoveConflict:
    last = case.events.order_by("-seq").first()
    who = last.by_name or "系统"
    return MoveConflict(f"{case.number} 已由{who}{MOVES[last.move].button}，未重复操作。请看最新情况。")


def _commit(step: Step, *, derived: bool) -> CaseEvent:
    """The winning update, conditional on state and version, and the event, in one transaction."""
    case, move = step.case, step.move
    before = State(step.undone.from_state) if step.undone else None
    target = move.target(State(case.state), before=before)
    event = trail.compose(
        case, move=move.name, from_state=case.state, to_state=target, by=step.by, at=step.at,
        words=step.words, facts=step.facts, derived=derived, quiet=step.quiet,
        department=step.department,
    )  # fmt: skip
    step.clocks.save()
    # A note of the system's own changes nothing that a person saw: a form already open stays good.
    seen_by_nobody = step.by is None and not step.changes and target == case.state
    written = {
        **step.changes, **step.clocks.summary(), "state": target, "version": case.version + (not seen_by_nobody),
        "event_count": event.seq, "last_hash": event.hash, "last_event_at": event.happened_at,
    }  # fmt: skip
    won = Case.objects.filter(pk=case.pk, state=case.state, version=case.version).update(**written)
    if not won:
        raise MoveConflict(f"{case.number} 刚被他人办理，未重复操作。请看最新情况。")
    event.save()
    for column, value in written.items():
        setattr(case, column, value)
    search.keep_up(case, step.changes)
    return event


@transaction.atomic(savepoint=False)
def begin(
    name: str, case: Case, *, by: Any, at: datetime, derived: bool = False, quiet: bool = False, story: str = "",
    facts: dict | None = None, **answers: Any,
) -> CaseEvent:  # fmt: skip
    """Write a new case with its first event (上报, 立查立改); `story` is what that event says.

    Called by cases.intake, which prepares the case. Raises MoveForbidden and AnswersRefused.
    """
    move = MOVES[name]
    if by is None and not move.nobody:
        raise MoveForbidden(f"{move.button}须由工作人员办理。")
    if by is not None and not by.has_perm(move.permission):
        raise MoveForbidden(f"你的角色不能{move.button}。需要时请向系统管理员申请。")
    refusals = a.check(move.asks, answers)
    if refusals:
        raise AnswersRefused(refusals)
    step = _step(move, case, by, at, _veiled(move, answers), quiet)
    step.words = story or step.words
    move.effect(step)
    for column, value in {**step.changes, **step.clocks.summary()}.items():
        setattr(case, column, value)
    case.state, case.last_event_at = move.to, at
    case.save(force_insert=True)
    event = trail.compose(
        case, move=name, from_state="", to_state=case.state, by=by, at=at, words=step.words,
        facts={**step.facts, **(facts or {})}, derived=derived, quiet=quiet,
    )  # fmt: skip
    event.save()
    case.event_count, case.last_hash = event.seq, event.hash
    Case.objects.filter(pk=case.pk).update(event_count=event.seq, last_hash=event.hash)
    step.clocks.save()
    return event


def _open_parts(step: Step) -> None:
    """Each part becomes a registered case that inherits receipt and required date."""
    from cases.intake import open_part

    parent = step.case
    for title in [str(part).strip() for part in step.answers["parts"] if str(part).strip()]:
        part = open_part(parent, title=title, by=step.by, at=step.at)
        make("accept", part, by=step.by, at=step.at, category=parent.category)
        make("register", part, by=step.by, at=step.at, category=parent.category, grid=part.grid, urgency=part.urgency)


def offered(case: Case, user: Any, among: Iterable[str] = MOVES) -> list[Move]:
    """The moves that state and role allow, in the table's order; rules may still refuse with their sentence."""
    return [
        move
        for move in map(MOVES.__getitem__, among)
        if case.state in move.from_ and user.has_perm(move.permission) and _reaches_on_screen(move, case, user)
    ]


def _reaches_on_screen(move: Move, case: Case, user: Any) -> bool:
    """As `_reaches`, for a case the user already sees, without asking the database."""
    reach = user.reach_of(move.permission)
    if ("petitions" in reach) if case.is_petition else ("all" in reach):
        return True
    if move.anyone_seeing:
        return bool(reach) and (move.name == "note" or user.pk in (case.checker_id, case.verifier_id)
                                or case.verifier_department_id == user.department_id)  # fmt: skip
    return "lead" in reach and case.lead_id is not None and case.lead_id == user.department_id


def moves_for(case: Case, user: Any, *, at: datetime, pending: frozenset[str] = frozenset()) -> list[Move]:
    """What the page offers: no decision without a request, no lifting without 督办, no undo after ten seconds."""
    return [move for move in offered(case, user) if _makes_sense(move, case, user, at, pending)]


def _makes_sense(move: Move, case: Case, user: Any, at: datetime, pending: frozenset[str]) -> bool:
    if move.name in ("grant_extension", "refuse_extension"):
        return "extension" in pending
    if move.name in ("grant_suspension", "refuse_suspension"):
        return "suspension" in pending
    if move.name in ("request_extension", "request_suspension"):
        return move.name.removeprefix("request_") not in pending
    if move.name == "undo_dispatch":
        return bool(case.dispatched_at) and at - case.dispatched_at <= trail.UNDO_SPAN
    if move.name == "void" and case.state in (DISPATCHED, IN_PROGRESS):
        return user.has_perm("cases.void_dispatched_cases")
    if move.name == "reopen" and case.state == VOIDED:
        return user.has_perm("cases.reopen_voided_cases")
    return move.name != "lift" or bool(case.supervise_level)


def next_move(case: Case, moves: list[Move], *, owed: bool = True) -> Move | None:
    """The one blue button among the offered moves; answering comes before closing only while somebody is `owed` it."""
    by_name = {move.name: move for move in moves if owed or move.name != "reply"}
    return next((by_name[name] for name in NEXT.get(State(case.state), ()) if name in by_name), None)
