"""A clock as the page shows it: from when to when, why, how much is used, and every day that was counted."""
from datetime import datetime, timedelta

from django.utils import timezone

from cases.deadlines import LEADING
from cases.models import CaseClock
from cases.states import Clock
from grid.workdays import Unit


class ClockCard:
    """One clock at a moment."""

    def __init__(self, row: CaseClock, *, at: datetime, secret: bool = False) -> None:
        self._row, self._at = row, at
        self.word = Clock(row.kind).label
        self.started_at, self.due_at, self.stopped_at = row.started_at, row.due_at, row.stopped_at
        self.paused_at, self.basis, self.provisional = row.paused_at, row.basis, row.provisional
        self.department = row.department.short_name if row.department_id and not secret else ""

    @property
    def leads(self) -> bool:
        """Whether it may lead the list; 应结案 only judges."""
        return self._row.kind in LEADING

    @property
    def running(self) -> bool:
        """Not stopped; a paused clock counts as running."""
        return self.stopped_at is None

    @property
    def end(self) -> datetime:
        """Where it stands: stopped, paused, or now."""
        return self.stopped_at or self.paused_at or self._at

    @property
    def minutes(self) -> int:
        """Left of the limit; negative: passed."""
        return int((self.due_at - self.end).total_seconds() // 60)

    @property
    def is_late(self) -> bool:
        """Whether the limit was passed."""
        return self.end > self.due_at

    @property
    def used_minutes(self) -> int:
        """How long it ran, nights and breaks included."""
        return max(0, int((self.end - self.started_at).total_seconds() // 60))

    @property
    def share(self) -> float:
        """How much of the span to the limit is used, in per cent, at most 100."""
        whole = (self.due_at - self.started_at).total_seconds()
        return 100.0 if whole <= 0 else min(100.0, (self.end - self.started_at).total_seconds() / whole * 100)

    @property
    def sign(self) -> str:
        """ok, due, over, stop or done."""
        if self.is_late:
            return "over"
        if not self.running:
            return "done"
        if self.paused_at:
            return "stop"
        near = self.due_at - self._at <= timedelta(days=1) or (self._row.warn_at and self._at >= self._row.warn_at)
        return "due" if near else "ok"

    @property
    def meter(self) -> str:
        """The colour of the bar."""
        return {"over": "bad", "due": "due", "done": "ok", "stop": "mute"}.get(self.sign, "")

    @property
    def limit(self) -> str:
        """处置 5 工作日; 按来文 when the document sets it."""
        row = self._row
        return f"{row.amount} {Unit(row.unit).label}" if row.amount and row.unit else ""

    @property
    def moved_from(self) -> datetime | None:
        """The first limit, when 延期 or a pause moved it."""
        return self._row.base_due_at if self._row.base_due_at != self.due_at else None

    @property
    def explanation(self) -> list[dict]:
        """为什么是这个期限: each day or stretch, counted or not."""
        return [{**line, "day": line["date"][5:], "words": _line_words(line)} for line in self._row.explanation]

    @property
    def due_words(self) -> str:
        """The limit in full, for print: 2016-12-23 17:30."""
        return f"{timezone.localtime(self.due_at):%Y-%m-%d %H:%M}"


def _line_words(line: dict) -> str:
    """09:00–12:00 180 分; 第 2 日; 不计，国庆节."""
    if not line["counted"]:
        return f"不计{'，' + line['note'] if line.get('note') else ''}"
    parts = []
    if line.get("number"):
        parts.append(f"第 {line['number']} 日")
    if line.get("from"):
        parts.append(f"{line['from']}–{line['to']}，{line['minutes']} 分")
    elif line.get("to"):
        parts.append(f"{line['to']} 截止")
    if line.get("note"):
        parts.append(line["note"])
    return "，".join(parts)
