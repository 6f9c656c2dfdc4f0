"""What one case adds to which days, read from its own story and clocks alone: the same story, the same lines.

Times that were inferred (推定) are counted as acts but never judged: the cases of 2016 have no time of 立案 and no
应结案 date, so that their 按期立案率 and 按期结案率 are "–".
"""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from cases.models import CallBack, Case, CaseClock, CaseEvent
from cases.states import ENDED, Clock, Source, State
from reports.models import Measure

PUBLIC = frozenset({Source.SNAP, Source.HOTLINE, Source.PETITION})  # 公众举报: the doors that residents come through
CONTENT = frozenset({CallBack.Satisfaction.SATISFIED, CallBack.Satisfaction.FAIRLY})
JUDGING = (Clock.REGISTER, Clock.HANDLE, Clock.CLOSE)


@dataclass(frozen=True)
class Line:
    """One thing added to one day; `minutes` from dispatch to hand-in."""

    measure: str
    day: date
    department_id: int | None
    minutes: int = 0


@dataclass
class Handling:
    """One department's turn at a case: from the dispatch (or the rework of a 立查立改) to the hand-in that stands."""

    began: datetime
    department_id: int | None
    clock: CaseClock | None
    handled: datetime | None = None
    dropped: datetime | None = None
    extended: bool = False

    @property
    def paused(self) -> bool:
        """挂账: asked of nobody while it lasts."""
        return bool(self.clock and self.clock.paused_at and not self.clock.stopped_at)


@dataclass
class Round:
    """From the first dispatch to the closing; reopening begins another."""

    handlings: list[Handling] = field(default_factory=list)
    reworked: bool = False
    closed: datetime | None = None
    ended: bool = False  # voided or merged: nobody asks for it any more


def day_of(moment: datetime) -> date:
    """The day in Beijing."""
    return timezone.localdate(moment)


def month_ends(first: date, before: date) -> Iterator[date]:
    """The last days of months from a day on, up to but without another day."""
    month = first.replace(day=1)
    while True:
        month = (month + timedelta(days=32)).replace(day=1)
        last = month - timedelta(days=1)
        if last >= before:
            return
        yield last


class Telling:
    """The story of one case, walked event by event; `lines` is what came of it."""

    def __init__(self, case: Case, events: Iterable[CaseEvent], clocks: Iterable[CaseClock], hotline: Any) -> None:
        self.case, self.hotline = case, hotline
        self.clocks = [clock for clock in clocks if clock.kind in JUDGING]
        self.lines: list[Line] = []
        self.lead: int | None = None
        self.accepted: datetime | None = None  # an acceptance that has not led to 立案 yet
        self.inferred = False
        self.supervised = False
        self.dispatch: list[Any] | None = None  # [moment, department, accurate]
        self.dispatches: list[list[Any]] = []
        self.rounds: list[Round] = [Round()]
        for event in events:
            self.walk(event)
        self.finish()

    def add(self, measure: str, moment: datetime, department: int | None = None, minutes: int = 0) -> None:
        """One line."""
        self.lines.append(Line(measure, day_of(moment), department, minutes))

    @property
    def handling(self) -> Handling | None:
        """The turn that runs now."""
        turns = self.rounds[-1].handlings
        return turns[-1] if turns and not turns[-1].dropped else None

    def walk(self, event: CaseEvent) -> None:
        """One event; moves that count nothing have no method."""
        step = getattr(self, f"on_{event.move}", None)
        if step:
            step(event, event.happened_at)
        if event.to_state in ENDED:
            self.supervised = False

    # --- acts, in the order of the move table ----------------------------------------------------------------------

    def on_report(self, event: CaseEvent, at: datetime) -> None:
        """上报."""
        self.add(Measure.REPORTED, at)

    def on_fix_on_spot(self, event: CaseEvent, at: datetime) -> None:
        """立查立改 is reported, accepted and registered in one act; it has no limit to be judged by."""
        self.lead = event.department_id
        for measure in (Measure.REPORTED, Measure.ACCEPTED):
            self.add(measure, at, self.lead)
        self.accepted = at
        self.registered(at)

    def on_accept(self, event: CaseEvent, at: datetime) -> None:
        """受理."""
        self.add(Measure.ACCEPTED, at)
        self.accepted = at

    def on_register(self, event: CaseEvent, at: datetime) -> None:
        """立案, judged by the clock that the acceptance started unless its time was inferred."""
        clock = self.clock(Clock.REGISTER, self.accepted)
        self.registered(at)
        if event.derived:
            self.inferred = True
        elif clock:
            self.add(Measure.REGISTER_JUDGED, at)
            if at <= clock.due_at:
                self.add(Measure.REGISTERED_IN_TIME, at)

    def registered(self, at: datetime) -> None:
        """A case is on the books; the acceptance that led there is told so."""
        self.add(Measure.REGISTERED, at, self.lead)
        if self.case.source in PUBLIC:
            self.add(Measure.REGISTERED_PUBLIC, at, self.lead)
        if self.accepted:
            self.add(Measure.ACCEPTED_REGISTERED, self.accepted, self.lead)
        self.accepted = None

    def on_dispatch(self, event: CaseEvent, at: datetime) -> None:
        """派遣: the last word on a dispatch is known when it is returned or not."""
        self.lead = event.department_id
        self.dispatch = [at, self.lead, True]
        self.dispatches.append(self.dispatch)
        self.begin_handling(at)

    def begin_handling(self, at: datetime) -> None:
        """Somebody's turn begins, with the 处置 clock that started then."""
        self.rounds[-1].handlings.append(Handling(at, self.lead, self.clock(Clock.HANDLE, at)))

    def on_undo_dispatch(self, event: CaseEvent, at: datetime) -> None:
        """As if it had never been."""
        self.dispatches.pop()
        self.rounds[-1].handlings.pop()
        self.dispatch = self.lead = None

    def on_return(self, event: CaseEvent, at: datetime) -> None:
        """退回: the dispatch was not right, the department's turn is over."""
        self.add(Measure.RETURNED, at, self.lead)
        if self.dispatch and self.handling:
            self.dispatch[2] = False
            self.handling.dropped = at
        self.lead = None

    def on_feedback(self, event: CaseEvent, at: datetime) -> None:
        """A hand-in; it stands unless a rework follows."""
        if self.handling:
            self.handling.handled = at

    def on_rework(self, event: CaseEvent, at: datetime) -> None:
        """返工: the hand-in did not stand."""
        self.rounds[-1].reworked = True
        if self.handling:
            self.handling.handled = None
        else:
            self.begin_handling(at)

    def on_grant_extension(self, event: CaseEvent, at: datetime) -> None:
        """延期."""
        if self.handling:
            self.handling.extended = True

    def on_close(self, event: CaseEvent, at: datetime) -> None:
        """结案."""
        self.add(Measure.CLOSED, at, self.lead)
        self.rounds[-1].closed = at

    def on_void(self, event: CaseEvent, at: datetime) -> None:
        """作废 or 并入: nothing more is asked for."""
        self.rounds[-1].ended = True
        if self.handling:
            self.handling.dropped = at

    def on_merge(self, event: CaseEvent, at: datetime) -> None:
        """The follower ends; the master only says so in its story."""
        if event.to_state == State.MERGED:
            self.on_void(event, at)

    def on_reopen(self, event: CaseEvent, at: datetime) -> None:
        """重开: a closing that did not hold is 反弹; a refusal taken back is an acceptance and 立案."""
        if event.from_state == State.CLOSED:
            self.add(Measure.REOPENED, at, self.lead)
        self.rounds.append(Round())
        self.lead = self.dispatch = None
        if event.from_state == State.REJECTED:
            if not self.accepted:
                self.add(Measure.ACCEPTED, at)
                self.accepted = at
            self.registered(at)

    def on_supervise(self, event: CaseEvent, at: datetime) -> None:
        """督办, once until it is lifted."""
        if not self.supervised:
            self.add(Measure.SUPERVISED, at, self.lead)
        self.supervised = True

    def on_lift(self, event: CaseEvent, at: datetime) -> None:
        """The next 督办 counts again."""
        self.supervised = False

    def on_call_back(self, event: CaseEvent, at: datetime) -> None:
        """回访 counts when somebody was reached."""
        if not event.facts.get("reached"):
            return
        self.add(Measure.CALLED_BACK, at, self.lead)
        if event.facts.get("solved"):
            self.add(Measure.SOLVED, at, self.lead)
        if event.facts.get("satisfaction"):
            self.add(Measure.RATED, at, self.lead)
            if event.facts["satisfaction"] in CONTENT:
                self.add(Measure.SATISFIED, at, self.lead)

    # --- what is judged when the whole story is known --------------------------------------------------------------

    def clock(self, kind: str, started: datetime | None) -> CaseClock | None:
        """The clock of a kind that started at a moment."""
        return next((one for one in self.clocks if one.kind == kind and one.started_at == started), None)

    def finish(self) -> None:
        """Dispatches, turns, closings and the hotline's response."""
        for moment, department, accurate in self.dispatches:
            self.add(Measure.DISPATCHED, moment, department)
            if accurate:
                self.add(Measure.DISPATCHED_RIGHT, moment, department)
        for one in self.rounds:
            for turn in one.handlings:
                self.judge_handling(turn)
            self.judge_closing(one)
        self.judge_response()

    def judge_handling(self, turn: Handling) -> None:
        """应处置 and what came of it; a turn that was returned, merged or voided is asked for no more."""
        if turn.handled:
            minutes = int((turn.handled - turn.began).total_seconds() // 60)
            self.add(Measure.HANDLED, turn.handled, turn.department_id, minutes)
        if not turn.clock or turn.paused:
            return
        due, department = turn.clock.due_at, turn.department_id
        ended = turn.handled or turn.dropped
        if ended:
            for last in month_ends(day_of(due), day_of(ended)):
                self.lines.append(Line(Measure.OVERDUE_AT_MONTH_END, last, department))
        if turn.dropped:
            return
        self.add(Measure.HANDLE_DUE, due, department)
        self.add(Measure.HANDLED_OF_DUE if turn.handled else Measure.HANDLE_OVERDUE, due, department)
        if turn.handled and turn.handled <= due:
            self.add(Measure.HANDLED_IN_TIME, due, department)
        if turn.extended:
            self.add(Measure.EXTENDED, due, department)

    def judge_closing(self, one: Round) -> None:
        """应结案 by its own date; a case without one falls due with its 处置 and is not judged 按期."""
        live = [turn for turn in one.handlings if not turn.dropped]
        begins = {turn.began for turn in one.handlings}
        clock = next((c for c in self.clocks if c.kind == Clock.CLOSE and c.started_at in begins), None)
        recorded = clock if clock and not self.inferred else None
        basis = recorded or (live[-1].clock if live else None)
        if one.ended or not basis or (basis.paused_at and not basis.stopped_at):
            return
        due, department = basis.due_at, one.handlings[-1].department_id
        self.add(Measure.CLOSING_DUE, due, department)
        if recorded:
            self.add(Measure.CLOSING_JUDGED, due, department)
        if one.closed:
            self.add(Measure.CLOSED_OF_DUE, due, department)
            if recorded and one.closed <= due:
                self.add(Measure.CLOSED_IN_TIME, due, department)
        if one.reworked:
            self.add(Measure.REWORKED, due, department)

    def judge_response(self) -> None:
        """接诉即办: the hotline's own limit for the first answer."""
        due = self.hotline and self.hotline.response_due_at
        if not due:
            return
        self.add(Measure.RESPONSE_DUE, due, self.lead)
        if self.hotline.responded_at and self.hotline.responded_at <= due:
            self.add(Measure.RESPONDED_IN_TIME, due, self.lead)


def lines_of(case: Case, *, events: Iterable[CaseEvent], clocks: Iterable[CaseClock], hotline: Any) -> list[Line]:
    """The lines of one case, in an order that depends on its story alone."""
    return Telling(case, events, clocks, hotline).lines
