"""Reading the facts: sums over spans of time, at a cost that does not grow with history.

Whole past months are read as one row each; the days of the running month one by one, and the database adds them up.
What falls due today is not judged before the day is over, and what falls due later is not counted at all.
"""
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value

from reports.models import CHECK_COLUMNS, DUE_MEASURES, CaseFact, DailyFact, Dimension, Measure, MonthlyFact
from reports.periods import Period, Span
from reports.querysets import CountersQuerySet

COLUMNS = (*(measure.value for measure in Measure), "handled_minutes", *CHECK_COLUMNS)
DUE_COLUMNS = frozenset({*DUE_MEASURES, *CHECK_COLUMNS})
ONE_DAY = timedelta(days=1)
# How a dimension's key is asked of a line; the department is the line's own, who had the case then.
LINE_KEYS = {
    Dimension.SOURCE: "case__source", Dimension.CATEGORY: "case__category", Dimension.COMMUNITY: "case__community",
    Dimension.GRID: "case__grid", Dimension.DEPARTMENT: "department",
}  # fmt: skip


class Sums(dict[str, int]):
    """Column → sum; what was never counted is zero. `overdue_open` is the stock at the end, None where unknown."""

    def __missing__(self, column: str) -> int:
        return 0

    def __getattr__(self, column: str) -> Any:
        return self[column]

    def add(self, row: dict[str, int]) -> None:
        """Add a row's columns."""
        for column, number in row.items():
            if number:
                self[column] += number


@dataclass(frozen=True)
class Scope:
    """Which part of the street: dimension → key (of the database or a code); nothing means all of it."""

    parts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, **parts: Any) -> "Scope":
        """Scope.of(community=community.pk, source="WX")."""
        return cls(tuple(sorted((Dimension(name).value, str(key)) for name, key in parts.items())))

    @property
    def is_summed(self) -> bool:
        """Whether the facts keep its sums; of two dimensions crossed the lines are counted."""
        return len(self.parts) < 2

    def lines(self, lines: QuerySet) -> QuerySet:
        """The lines that lie in it."""
        for dimension, key in self.parts:
            if dimension == Dimension.MAJOR:
                kind, _, code = key.partition(":")
                wanted = Q(case__category__kind=kind, case__category__major_code=code)
                lines = lines.filter(wanted if key else Q(case__category=None))
            else:
                lines = lines.filter(**{LINE_KEYS[Dimension(dimension)]: key or None})
        return lines


def last_counted(measure: str, last: date, today: date) -> date:
    """The last day that counts: today for acts, yesterday for what falls due."""
    return min(last, today - ONE_DAY if measure in DUE_COLUMNS else today)


def whole_months(first: date, last: date) -> list[Period]:
    """The months that lie between two days as a whole."""
    touched = Period(Span.DAY, first, last).months() if first <= last else []
    return [month for month in touched if first <= month.first and month.last <= last]


def rows_between(first: date, last: date, *, today: date) -> list[CountersQuerySet]:
    """The sums that cover some days until today: a whole past month by its one row, the days around them one by one."""
    last = min(last, today)
    months = whole_months(first, min(last, today.replace(day=1) - ONE_DAY))
    if not months:
        return [DailyFact.objects.between(first, last)] if first <= last else []
    around = ((first, months[0].first - ONE_DAY), (months[-1].last + ONE_DAY, last))
    days = [DailyFact.objects.between(start, end) for start, end in around if start <= end]
    return [MonthlyFact.objects.between(months[0].first, months[-1].first), *days]


def _added(
    rows: list[CountersQuerySet], by: tuple[str, ...], *, today: date,
    stock: Iterable[tuple[CountersQuerySet, str]] = (),
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The columns of these rows added up by the database in one question; what falls due today is not judged yet.

    `stock`: rows of which one column alone is added up, apart from the others, as `stock`.
    """
    judged = ~Q(day=today)
    parts = []
    for one in rows:
        late = judged if one.model is DailyFact else None
        sums = {f"sum_{name}": Sum(name, filter=late if name in DUE_COLUMNS else None) for name in COLUMNS}
        parts.append(one.order_by().values(*by).annotate(**sums, stock=Value(0)))
    nothing = {f"sum_{name}": Value(0) for name in COLUMNS}
    parts += [one.order_by().values(*by).annotate(**nothing, stock=Sum(column)) for one, column in stock]
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        yield {name: row[name] for name in by} | {
            name: int(row[f"sum_{name}"] or 0) for name in COLUMNS
        } | {"stock": int(row["stock"] or 0)}  # fmt: skip


def _known(period: Period, today: date) -> bool:
    """Whether 超期未办 at the end of a period is known: of days inside a past month nobody kept how it stood."""
    return period.last >= today or (period.last + ONE_DAY).day == 1


def _still_open(period: Period, today: date) -> list[CountersQuerySet]:
    """The sums in whose `handle_overdue` everything stands that fell due until the end of a period and is not handled.

    Past months by their rows: of the days of ten years no database finds the few that count without stepping on most.
    """
    month, last = today.replace(day=1), min(period.last, today - ONE_DAY)
    months = MonthlyFact.objects.filter(day__lt=month, day__lte=last)
    return [months, DailyFact.objects.between(month, last)] if month <= last else [months]


def summed(
    dimensions: Iterable[str], period: Period, *, today: date, keys: Iterable[str] = ()
) -> dict[str, dict[str, Sums]]:
    """Dimension → key → sums of a period; a key of which nothing was counted has sums of nothing."""
    known, keys = _known(period, today), tuple(keys)
    found = {one: defaultdict(lambda: Sums(overdue_open=0 if known else None)) for one in dimensions}

    def mine(rows: CountersQuerySet) -> CountersQuerySet:
        rows = rows.filter(dimension__in=found)
        return rows.filter(key__in=keys) if keys else rows

    rows = [mine(one) for one in rows_between(period.first, period.last, today=today)]
    stock = []
    if known:
        stock += [(mine(one), "handle_overdue") for one in _still_open(period, today)]
        if period.last < today:
            month = MonthlyFact.objects.filter(day=period.last.replace(day=1), overdue_at_month_end__gt=0)
            stock.append((mine(month), "overdue_at_month_end"))
    for row in _added(rows, ("dimension", "key"), today=today, stock=stock):
        sums = found[row.pop("dimension")][row.pop("key")]
        if known:
            sums["overdue_open"] += row["stock"]
        sums.add({name: row[name] for name in COLUMNS})
    return found


class Book:
    """The sums of the whole street over some days, read once; asked for whole months, or for all it was read for."""

    def __init__(self, first: date, last: date, *, today: date) -> None:
        self.today = today
        rows = [one.of(Dimension.ALL, "") for one in rows_between(first, last, today=today)]
        late = DailyFact.objects.of(Dimension.ALL, "").overdue(today=today, until=last)
        self.rows = list(_added(rows, ("day",), today=today, stock=[(late, "handle_overdue")]))
        self.backlog = sorted((row["day"], row["stock"]) for row in self.rows if row["stock"])

    def sums(self, period: Period) -> Sums:
        """The sums of a period."""
        found = Sums(overdue_open=self._overdue(period))
        for row in self.rows:
            if period.first <= row["day"] <= period.last:
                found.add({name: row[name] for name in COLUMNS})
        return found

    def _overdue(self, period: Period) -> int | None:
        """超期未办 when the period ended: overdue over that month's end, and what is still not handled today."""
        if not _known(period, self.today):
            return None
        backlog = sum(number for day, number in self.backlog if day <= period.last)
        if period.last >= self.today:
            return backlog
        month = period.last.replace(day=1)
        return backlog + sum(row["overdue_at_month_end"] for row in self.rows if month <= row["day"] <= period.last)


def overdue_lines(scope: Scope, period: Period, *, today: date) -> QuerySet[CaseFact] | None:
    """The lines of 超期未办 at the end of a period; None where nobody kept how it stood (days inside a past month)."""
    still = Q(measure=Measure.HANDLE_OVERDUE, day__lte=last_counted(Measure.HANDLE_OVERDUE, period.last, today))
    if period.last < today:
        if (period.last + ONE_DAY).day != 1:
            return None
        still |= Q(measure=Measure.OVERDUE_AT_MONTH_END, day=period.last)
    return scope.lines(CaseFact.objects.filter(still))


def crossed_sums(scope: Scope, period: Period, *, today: date) -> Sums:
    """The sums of a scope that no fact keeps (two dimensions crossed), counted over its lines."""
    lines = scope.lines(CaseFact.objects.between(period.first, min(period.last, today)))
    lines = lines.exclude(day=today, measure__in=sorted(DUE_COLUMNS)).order_by()
    sums = Sums()
    for measure, number, minutes in lines.values_list("measure").annotate(Count("pk"), Sum("minutes")):
        sums.add({measure: number, "handled_minutes": minutes})
    overdue = overdue_lines(scope, period, today=today)
    sums["overdue_open"] = None if overdue is None else overdue.count()
    return sums
