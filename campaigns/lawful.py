"""The earliest day on which force would be lawful, with the working shown (行政强制法 35、37、43、44).

It warns and never blocks: whoever demolishes decides. What is missing is named: 资料不全，无法计算.
How long the periods are stands in LawPeriod, rows with a source and a day from which they hold.
"""
import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.models import LawPeriod, StructurePaper
from campaigns.states import Mode, PaperKind, Period, PeriodUnit
from grid.calendar import calendar_in_force
from grid.workdays import BEIJING, Unit, add_working_time, is_workday

ONE_DAY = datetime.timedelta(days=1)
# 噪声污染防治法 and the office's practice: 22:00–06:00 is night; 行政强制法 43 itself names no hours.
NIGHT_FROM, NIGHT_TO = datetime.time(22), datetime.time(6)
LONGEST_REST = 15  # days; a calendar without a working day in two weeks is broken
SEED = (
    (Period.REVIEW, 60, PeriodUnit.CALENDAR_DAY, "行政复议法：自知道之日起 60 日", datetime.date(1999, 10, 1)),
    (Period.SUIT, 6, PeriodUnit.MONTH, "行政诉讼法（2015-05-01 起施行）：6 个月", datetime.date(2015, 5, 1)),
    (Period.URGE, 10, PeriodUnit.WORK_DAY, "行政强制法 35 条书面催告；天数为本街道设定", datetime.date(2012, 1, 1)),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the working: what is counted, the day from which force is free of it, on what ground."""

    word: str
    day: datetime.date | None
    ground: str


@dataclass(frozen=True)
class Lawful:
    """The earliest lawful day, or why there is none."""

    earliest: datetime.date | None
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    provisional: bool = False

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        if self.missing:
            return f"资料不全，无法计算。缺{'、'.join(self.missing)}。"
        tail = "（该年节假日安排尚未录入，日期可能变动）" if self.provisional else ""
        return f"最早可依法强制拆除：{self.earliest:%Y-%m-%d}{tail}"


def seed_periods() -> int:
    """The usual periods as rows to edit; rows that are there stay as they are. Returns how many are new."""
    return sum(
        LawPeriod.objects.get_or_create(
            period=period, effective_from=since, defaults={"amount": amount, "unit": unit, "basis": basis}
        )[1]
        for period, amount, unit, basis, since in SEED
    )


def earliest_forced_day(papers: Iterable[StructurePaper], *, periods: Iterable[LawPeriod] | None = None) -> Lawful:
    """When force becomes lawful by these papers: the latest of all that must have passed, on a working day."""
    count = _Count(papers, LawPeriod.objects.all() if periods is None else periods)
    count.notice()
    count.urge()
    count.decision()
    count.announcement()
    return count.result()


class _Count:
    """One calculation: gathers lines and what is missing."""

    def __init__(self, papers: Iterable[StructurePaper], periods: Iterable[LawPeriod]) -> None:
        self.papers, self.periods = list(papers), list(periods)
        self.lines: list[Line] = []
        self.missing: list[str] = []
        self.provisional = False

    def _last(self, kind: PaperKind, *, by: str) -> StructurePaper | None:
        """The latest paper of a kind that has this day; a paper served again counts by its last service."""
        dated = [paper for paper in self.papers if paper.kind == kind and getattr(paper, by)]
        if not dated:
            what = "送达日期" if by == "served_on" else "公告日期"
            self.missing.append(f"{kind.label}的{what}")
        return max(dated, key=lambda paper: (getattr(paper, by), paper.pk or 0), default=None)

    def _passes(self, word: str, last: datetime.date, ground: str) -> None:
        self.lines.append(Line(word, last + ONE_DAY, ground))

    def _period(self, period: Period, served: datetime.date) -> None:
        row = next(
            (
                row for row in sorted(self.periods, key=lambda row: row.effective_from, reverse=True)
                if row.period == period and row.effective_from <= served
                and (row.effective_to is None or served <= row.effective_to)
            ),
            None,
        )  # fmt: skip
        if row is None:
            self.missing.append(f"{served:%Y-%m-%d} 有效的“{period.label}”期间")
            return
        last = self._end(served, row)
        length = f"{row.amount} {PeriodUnit(row.unit).label}"
        self._passes(f"{period.label}：{served:%Y-%m-%d} 送达，{length}至 {last:%Y-%m-%d}", last, row.basis)

    def _end(self, served: datetime.date, row: LawPeriod) -> datetime.date:
        """The last day: the day of service is not counted, and a last day off moves on to the next working day."""
        if row.unit == PeriodUnit.WORK_DAY:
            found = add_working_time(datetime.datetime.combine(served, datetime.time(9), BEIJING), row.amount,
                                     Unit.WORK_DAY)  # fmt: skip
            self.provisional |= found.provisional
            return found.due_at.astimezone(BEIJING).date()
        plain = (
            _months_after(served, row.amount) if row.unit == PeriodUnit.MONTH
            else served + ONE_DAY * row.amount
        )  # fmt: skip
        return self._workday_from(plain)

    def _workday_from(self, day: datetime.date) -> datetime.date:
        first = day
        while not is_workday(day):
            day += ONE_DAY
            if (day - first).days > LONGEST_REST:
                raise ValueError("no working day within two weeks: check the calendar")
        self.provisional |= calendar_in_force().is_provisional(first, day)
        return day

    def notice(self) -> None:
        """限期拆除通知: neither reviewed nor sued, and its own last day over."""
        paper = self._last(PaperKind.NOTICE, by="served_on")
        if paper:
            self._period(Period.REVIEW, paper.served_on)
            self._period(Period.SUIT, paper.served_on)
            if paper.deadline_on:
                word = f"通知书限期自行拆除至 {paper.deadline_on:%Y-%m-%d}"
                self._passes(word, paper.deadline_on, "行政强制法 44 条")

    def urge(self) -> None:
        """催告: the time that the paper grants, else the period."""
        paper = self._last(PaperKind.URGE, by="served_on")
        if paper and paper.deadline_on:
            self._passes(f"催告书限期至 {paper.deadline_on:%Y-%m-%d}", paper.deadline_on, "行政强制法 35 条")
        elif paper:
            self._period(Period.URGE, paper.served_on)

    def decision(self) -> None:
        """强制拆除决定: in writing and served."""
        paper = self._last(PaperKind.DECISION, by="served_on")
        if paper:
            self._passes(f"强制拆除决定书 {paper.served_on:%Y-%m-%d} 送达", paper.served_on, "行政强制法 37、38 条")

    def announcement(self) -> None:
        """公告: made known, with a last day to do it oneself."""
        paper = self._last(PaperKind.ANNOUNCEMENT, by="issued_on")
        if paper:
            last = paper.deadline_on or paper.issued_on
            self._passes(f"公告限期自行拆除至 {last:%Y-%m-%d}", last, "行政强制法 44 条")

    def result(self) -> Lawful:
        """The latest of all, on a working day."""
        lines = tuple(self.lines)
        if self.missing:
            return Lawful(None, lines, tuple(self.missing), self.provisional)
        latest = max(line.day for line in lines)
        day = self._workday_from(latest)
        if day != latest:
            note = calendar_in_force().note(latest)
            lines += (Line(f"{latest:%Y-%m-%d}（{note}）不上班，顺延", day, "行政强制法 43 条：法定节假日不得实施"),)
        return Lawful(day, lines, (), self.provisional)


def _months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month; a month too short for it ends the period on its last day (民法典 202 条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def doubts_about(when: datetime.date | datetime.datetime, *, lawful: Lawful, mode: str = Mode.FORCED) -> list[str]:
    """What speaks against demolishing by force then; nothing speaks against an owner who does it himself."""
    if mode != Mode.FORCED:
        return []
    moment = when.astimezone(BEIJING) if isinstance(when, datetime.datetime) else None
    day = moment.date() if moment else when
    doubts = []
    if lawful.missing:
        doubts.append(f"{lawful.sentence}强制拆除前请补齐。")
    elif day < lawful.earliest:
        early = (lawful.earliest - day).days
        doubts.append(f"{day:%Y-%m-%d} 早于最早可强制拆除日 {lawful.earliest:%Y-%m-%d}，早 {early} 天。")
    if not is_workday(day):
        note = calendar_in_force().note(day) or "休息日"
        doubts.append(f"{day:%Y-%m-%d} 是{note}。法定节假日不得实施强制拆除（行政强制法 43 条），休息日从严。")
    if moment and (moment.time() >= NIGHT_FROM or moment.time() < NIGHT_TO):
        doubts.append(f"{moment:%H:%M} 在夜间（22:00–06:00）。夜间不得实施强制拆除（行政强制法 43 条）。")
    return doubts
