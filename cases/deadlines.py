"""The clocks of a case: which limit applies, when it is due and why, and which clock leads now.

Limits are rows (`CaseStandard`), counted in the street's working time (`grid.workdays`). A clock explains itself:
the counted days and hours are kept with it. Whether something is late is always computed from the clock and the
present moment, so that it is right even if no task ever ran.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases.models import Case, CaseClock, CaseStandard
from cases.states import Clock, State, Urgency
from grid import workdays
from grid.workdays import Unit

LEADING = (
    Clock.ACCEPT, Clock.VERIFY, Clock.REGISTER, Clock.DISPATCH, Clock.ACKNOWLEDGE, Clock.HANDLE, Clock.CHECK,
    Clock.REPLY, Clock.SUPERVISE,
)  # fmt: skip
PAUSED_BY_SUSPENSION = (Clock.HANDLE, Clock.CLOSE)
WARN_SHARE = 0.8
WARN_BEFORE_MINUTES = 120  # two working hours
SOON_MINUTES = 24 * 60  # a day before its end every clock is 将到期
EXTENSION_SHARE = 1  # an extension may add at most the limit's own length, once
PETITION_EXTENSION_DAYS = 30  # 信访条例 33: in total, calendar days


@dataclass(frozen=True)
class Limit:
    """How long a step may take, and the row that says so."""

    amount: int
    unit: str
    basis: str


class Standards:
    """The limits in force on a day; the most specific row wins: minor class, major class, source, urgency."""

    def __init__(self, clocks: Iterable[str], *, at: datetime) -> None:
        day = timezone.localdate(at)
        in_force = Q(effective_to__isnull=True) | Q(effective_to__gte=day)
        self._rows = list(
            CaseStandard.objects.filter(in_force, clock__in=list(clocks), effective_from__lte=day).order_by("pk")
        )

    def limit(self, clock: str, case: Case) -> Limit | None:
        """The limit of one clock for one case; None when no row speaks of it."""
        fitting = [row for row in self._rows if row.clock == clock and self._fits(row, case)]
        if not fitting:
            return None
        row = max(fitting, key=self._weight)
        return Limit(row.amount, row.unit, row.note or str(row))

    @staticmethod
    def _fits(row: CaseStandard, case: Case) -> bool:
        kind, major = (case.category.kind, case.category.major_code) if case.category else ("", "")
        return (
            row.category_id in (None, case.category_id)
            and row.kind in ("", kind)
            and row.major_code in ("", major)
            and row.source in ("", case.source)
            and row.urgency in ("", case.urgency)
        )

    @staticmethod
    def _weight(row: CaseStandard) -> tuple:
        named = (row.category_id, row.source, row.major_code, row.kind, row.urgency)
        return (*(bool(one) for one in named), row.effective_from)


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of the moments that exist."""
    known = [moment for moment in moments if moment]
    return min(known) if known else None


def warn_moment(started_at: datetime, due_at: datetime, *, round_the_clock: bool) -> datetime:
    """80 % of the limit or two working hours before its end, whichever is later."""
    if round_the_clock:
        total = (due_at - started_at).total_seconds() / 60
        return started_at + timedelta(minutes=max(total * WARN_SHARE, total - WARN_BEFORE_MINUTES))
    total = workdays.working_time_between(started_at, due_at, Unit.WORK_HOUR).total_seconds() / 3600
    hours = max(total * WARN_SHARE, total - WARN_BEFORE_MINUTES / 60)
    return min(workdays.add_working_time(started_at, hours, Unit.WORK_HOUR).due_at, due_at) if hours > 0 else due_at


def is_round_the_clock(unit: str) -> bool:
    """紧急工作时 and calendar days run day and night."""
    return unit in (Unit.URGENT_HOUR, Unit.URGENT_MINUTE, Unit.CALENDAR_DAY, "")


class Clocks:
    """The clocks of one case while a move is made: loaded once, changed in memory, written once."""

    def __init__(self, case: Case, *, rows: list[CaseClock] | None = None) -> None:
        self.case = case
        stored = case.pk and rows is None
        self.rows: list[CaseClock] = list(case.clocks.order_by("started_at", "pk")) if stored else rows or []
        self._changed: dict[int, tuple[CaseClock, set[str]]] = {}
        self._new: list[CaseClock] = []
        self._gone: list[CaseClock] = []

    def running(self, kind: str) -> CaseClock | None:
        """The clock of this kind that has not stopped."""
        return next((row for row in reversed(self.rows) if row.kind == kind and not row.stopped_at), None)

    def last(self, kind: str) -> CaseClock | None:
        """The latest clock of this kind, running or stopped."""
        return next((row for row in reversed(self.rows) if row.kind == kind), None)

    def start(self, kind: str, *, at: datetime, limit: Limit | None, due_at: datetime | None = None,
              caps: tuple = (), department: Any = None, basis: str = "") -> CaseClock | None:  # fmt: skip
        """Start a clock by a limit, a given moment, or both; the caps (required, statutory) bound it."""
        if limit is None and due_at is None:
            return None
        counted = workdays.add_working_time(at, limit.amount, limit.unit) if limit else None
        due = due_at or counted.due_at
        capped = earliest(due, *caps)
        unit = limit.unit if limit and not due_at and capped == due else ""
        row = CaseClock(
            case=self.case, kind=kind, department=department, started_at=at, amount=limit.amount if unit else None,
            unit=unit, base_due_at=capped, due_at=capped,
            warn_at=warn_moment(at, capped, round_the_clock=is_round_the_clock(unit) and not (due_at or caps)),
            explanation=counted.explanation if unit else [], provisional=bool(unit and counted.provisional),
            basis=(basis or (limit.basis if unit else "按来文或法定时限"))[:100],
        )  # fmt: skip
        self.rows.append(row)
        self._new.append(row)
        return row

    def stop(self, kind: str, *, at: datetime, final: bool = False) -> None:
        """Stop the running clock of a kind; a final stop of a stopped clock only marks it final."""
        row = self.running(kind)
        if row:
            row.stopped_at, row.final = at, final
            self._touch(row, "stopped_at", "final")
        elif final and (row := self.last(kind)) and not row.final:
            row.final = True
            self._touch(row, "final")

    def stop_all(self, *, at: datetime) -> None:
        """Nothing runs any more."""
        for row in self.rows:
            if not row.stopped_at:
                row.stopped_at, row.final = at, True
                self._touch(row, "stopped_at", "final")

    def undo_stop(self, kind: str) -> None:
        """The clock runs on as if it had not stopped: same due."""
        row = self.last(kind)
        if row and row.stopped_at:
            row.stopped_at, row.final = None, False
            self._touch(row, "stopped_at", "final")

    def forget_since(self, moment: datetime, kinds: Iterable[str]) -> None:
        """Drop clocks that started at an undone move; they never counted for anyone."""
        for row in [row for row in self.rows if row.started_at == moment and row.kind in kinds]:
            self.rows.remove(row)
            self._gone.append(row)

    def pause(self, *, at: datetime) -> None:
        """挂账: 处置 and 应结案 stand still from the grant on."""
        for row in self.rows:
            if row.kind in PAUSED_BY_SUSPENSION and not row.stopped_at:
                row.paused_at = at
                self._touch(row, "paused_at")

    def resume(self, *, at: datetime, caps: tuple = ()) -> None:
        """The paused clocks go on with the time they had left; required and statutory dates did not wait."""
        for row in self.rows:
            if row.paused_at:
                row.due_at = earliest(self._moved(row, at), *caps)
                row.warn_at = warn_moment(at, row.due_at, round_the_clock=row.unit in ("urgent_hour", "urgent_minute"))
                row.paused_at = None
                self._touch(row, "due_at", "warn_at", "paused_at")

    @staticmethod
    def _moved(row: CaseClock, at: datetime) -> datetime:
        if row.due_at <= row.paused_at:
            return row.due_at
        if row.unit in (Unit.URGENT_HOUR, Unit.URGENT_MINUTE, Unit.CALENDAR_DAY):
            return at + (row.due_at - row.paused_at)
        left = workdays.working_time_between(row.paused_at, row.due_at, Unit.WORK_HOUR)
        return workdays.add_working_time(at, left.total_seconds() / 3600, Unit.WORK_HOUR).due_at

    def extend(self, kind: str, until: datetime) -> None:
        """延期: the running clock is due at another moment."""
        row = self.running(kind)
        if row:
            row.due_at = until
            row.warn_at = warn_moment(row.started_at, until, round_the_clock=False)
            self._touch(row, "due_at", "warn_at")

    def leading(self) -> CaseClock | None:
        """The nearest due among the clocks that run."""
        live = [row for row in self.rows if row.kind in LEADING and not row.stopped_at]
        return min(live, key=lambda row: (row.due_at, row.kind)) if live else None

    def summary(self) -> dict[str, Any]:
        """The leading clock as the case's own columns."""
        row = self.leading()
        return {
            "due_clock": row.kind if row else "",
            "due_started_at": row.started_at if row else None,
            "due_at": row.due_at if row else None,
            "warn_at": row.warn_at if row else None,
            "paused_at": row.paused_at if row else None,
        }

    def save(self) -> None:
        """Write what changed: one query for new clocks, one for dropped ones, one for each change that rows share."""
        if self._new:
            kept = [row for row in self._new if row in self.rows]
            for row in kept:
                row.case = self.case
            CaseClock.objects.bulk_create(kept)
        shared: dict[tuple, list[int]] = {}
        for row, columns in self._changed.values():
            shared.setdefault(tuple((name, getattr(row, name)) for name in sorted(columns)), []).append(row.pk)
        for change, keys in shared.items():
            CaseClock.objects.filter(pk__in=keys).update(**dict(change))
        if self._gone:
            CaseClock.objects.filter(pk__in=[row.pk for row in self._gone]).delete()
        self._new, self._changed, self._gone = [], {}, []

    def _touch(self, row: CaseClock, *columns: str) -> None:
        if row.pk:
            self._changed.setdefault(row.pk, (row, set()))[1].update(columns)


def owe_reply(case: Case, clocks: Clocks, *, at: datetime) -> None:
    """Somebody more waits for an answer: 回复 starts where the check has passed already (else it starts then)."""
    if case.state == State.CHECKED and not clocks.running(Clock.REPLY):
        clocks.start(Clock.REPLY, at=at, limit=Standards((Clock.REPLY,), at=at).limit(Clock.REPLY, case))


def handling_limit_due(case: Case, *, at: datetime, standards: Standards) -> datetime | None:
    """When 处置 would be due by the standard alone, capped by the document and the law."""
    limit = standards.limit(Clock.HANDLE, case)
    due = workdays.add_working_time(at, limit.amount, limit.unit).due_at if limit else None
    return earliest(due, case.required_at, case.statutory_at)


def closing_due(handle_due: datetime, case: Case, *, standards: Standards) -> datetime:
    """应结案 = 处置 due + 核查 + 回复."""
    due = handle_due
    for clock in (Clock.CHECK, Clock.REPLY):
        limit = standards.limit(clock, case)
        if limit:
            due = workdays.add_working_time(due, limit.amount, limit.unit).due_at
    return due


def extension_limit(row: CaseClock, case: Case) -> datetime:
    """The latest moment to which 延期 may move a clock."""
    if case.is_petition:
        return row.base_due_at + timedelta(days=PETITION_EXTENSION_DAYS)
    return row.base_due_at + (row.base_due_at - row.started_at) * EXTENSION_SHARE


@dataclass(frozen=True)
class TimeLeft:
    """How a clock stands at a moment: its sign (ok, due, over, stop, done) and minutes left (negative: late)."""

    sign: str
    clock: str
    minutes: int


def time_left(case: Case, *, at: datetime) -> TimeLeft | None:
    """The leading clock of a case, as the list shows it; None when nothing runs or ran."""
    if not case.is_open or not case.due_at:
        return None
    label = Clock(case.due_clock).label
    if case.paused_at:
        return TimeLeft("stop", label, int((at - case.paused_at).total_seconds() // 60))
    minutes = int((case.due_at - at).total_seconds() // 60)
    if minutes < 0:
        return TimeLeft("over", label, minutes)
    soon = (case.warn_at and at >= case.warn_at) or minutes <= SOON_MINUTES
    return TimeLeft("due" if soon else "ok", label, minutes)


def default_urgency_for(category: Any) -> str:
    """What a case of this class is unless somebody says otherwise: sudden events are important."""
    return Urgency.IMPORTANT if category and category.major_code == "04" else Urgency.NORMAL
