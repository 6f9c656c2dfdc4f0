"""Spans of time that figures are asked for: a day, a week, a month, a quarter, a year (Asia/Shanghai)."""
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices

QUARTERS = "一二三四"
YEARS = range(1950, 2200)  # what an address may ask for: spans before and after have days, too
SHAPES = {
    "day": re.compile(r"^(\d{4})-(\d{2})-(\d{2})$"), "week": re.compile(r"^(\d{4})-?W(\d{2})$"),
    "month": re.compile(r"^(\d{4})-(\d{2})$"), "quarter": re.compile(r"^(\d{4})Q([1-4])$"),
    "year": re.compile(r"^(\d{4})$"),
}  # fmt: skip


class Span(TextChoices):
    """How long."""

    DAY = "day", "日"
    WEEK = "week", "周"
    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    YEAR = "year", "年"


@dataclass(frozen=True)
class Period:
    """One span; `key` is how addresses and rows name it: 2016-12-21, 2016W51, 2016-12, 2016Q4, 2016."""

    span: str
    first: date
    last: date

    @property
    def key(self) -> str:
        """Its name in addresses."""
        first = self.first
        if self.span == Span.WEEK:
            return f"{first.isocalendar().year}W{first.isocalendar().week:02d}"
        if self.span == Span.QUARTER:
            return f"{first.year}Q{(first.month + 2) // 3}"
        return first.isoformat()[: {Span.DAY: 10, Span.MONTH: 7, Span.YEAR: 4}[Span(self.span)]]

    @property
    def words(self) -> str:
        """As people say it: 2016年12月, 2016年第四季度."""
        first = self.first
        return {
            Span.DAY: f"{first.year}年{first.month}月{first.day}日",
            Span.WEEK: f"{first.year}年{first.month}月{first.day}日—{self.last.month}月{self.last.day}日",
            Span.MONTH: f"{first.year}年{first.month}月",
            Span.QUARTER: f"{first.year}年第{QUARTERS[(first.month - 1) // 3]}季度",
            Span.YEAR: f"{first.year}年",
        }[Span(self.span)]

    def previous(self) -> "Period":
        """The span just before."""
        return period_of(self.span, self.first - timedelta(days=1))

    def following(self) -> "Period":
        """The span just after."""
        return period_of(self.span, self.last + timedelta(days=1))

    def a_year_before(self) -> "Period":
        """The same span of the year before; a week 52 weeks back, 29 February as 28."""
        if self.span == Span.WEEK:
            return period_of(self.span, self.first - timedelta(weeks=52))
        day = self.first - timedelta(days=(self.first.month, self.first.day) == (2, 29))
        return period_of(self.span, day.replace(year=day.year - 1))

    def months(self) -> list["Period"]:
        """The months it touches."""
        found, month = [], period_of(Span.MONTH, self.first)
        while month.first <= self.last:
            found.append(month)
            month = month.following()
        return found

    def year(self) -> "Period":
        """The year in which it ends."""
        return period_of(Span.YEAR, self.last)

    def is_over(self, today: date) -> bool:
        """Whether all its days have passed."""
        return self.last < today


def period_of(span: str, day: date) -> Period:
    """The span of a kind in which a day lies."""
    if span == Span.DAY:
        return Period(span, day, day)
    if span == Span.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(span, first, first + timedelta(days=6))
    length = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[Span(span)]
    first = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    beyond = first.year * 12 + first.month - 1 + length
    return Period(span, first, date(beyond // 12, beyond % 12 + 1, 1) - timedelta(days=1))


def read_period(key: str) -> Period | None:
    """The span that a name means, or None for words that name none."""
    for span, shape in SHAPES.items():
        found = shape.match(key)
        if not found:
            continue
        numbers = [int(part) for part in found.groups()]
        try:
            return period_of(span, _first_day(span, *numbers)) if numbers[0] in YEARS else None
        except ValueError:
            return None
    return None


def _first_day(span: str, year: int, *rest: int) -> date:
    if span == Span.WEEK:
        return date.fromisocalendar(year, rest[0], 1)
    if span == Span.QUARTER:
        return date(year, rest[0] * 3 - 2, 1)
    return date(year, *rest, *[1] * (2 - len(rest)))
