"""All figures of a period beside the span before and the year before; and one figure by the parts of the street.

Each number carries the address of its rows, as on the leaders' page.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from reports.books import Book, Sums, summed
from reports.dashboard import rows_of
from reports.figures import FIGURES, Figure, Part, Value
from reports.models import Dimension
from reports.periods import Period
from reports.scopes import ASKABLE, names_of

MONTH = "month"
PARTS = {**{one.value: one.label for one in ASKABLE}, MONTH: "月份"}  # by what a figure is split


def parts_for(one: Figure | None) -> dict[str, str]:
    """By what a figure can be split: checks of key places are told by community and month, where their rows are."""
    return {key: PARTS[key] for key in (Dimension.COMMUNITY.value, MONTH)} if one and one.is_of_checks else PARTS


@dataclass(frozen=True)
class Cell:
    """A number, what it is about, and where its rows are; `bottom_href` of a rate's denominator."""

    name: str
    value: Value
    href: str
    bottom_href: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not (self.value.top or self.value.bottom)


def _cell(name: str, one: Figure, sums: Sums, period: Period, **scope: str) -> Cell:
    href = rows_of(one.key, period, **scope)
    bottom = rows_of(one.key, period, part=Part.BOTTOM, **scope) if one.bottom else ""
    return Cell(name, Value.of(one, sums), href, bottom)


def compared(period: Period, *, today: date) -> list[tuple[Figure, list[Cell]]]:
    """Every figure: of the period, of the one before, of the same a year before; of a year these two are one."""
    spans = list(dict.fromkeys((period, period.previous(), period.a_year_before())))
    book = Book(min(span.first for span in spans), period.last, today=today)
    sums = [book.sums(span) for span in spans]
    return [
        (one, [_cell(span.words, one, each, span) for span, each in zip(spans, sums, strict=True)])
        for one in FIGURES.values()
    ]


def split(one: Figure, by: str, period: Period, *, today: date) -> list[Cell]:
    """One figure by the keys of a dimension, in the order of the office's lists, or by the months of the year."""
    how: Callable[..., list[Cell]] = _by_month if by == MONTH else _by_dimension
    return how(one, by, period, today=today)


def _by_dimension(one: Figure, by: str, period: Period, *, today: date) -> list[Cell]:
    found = summed((Dimension(by),), period, today=today)[Dimension(by)]
    names = names_of(by)
    known = [key for key in names if key in found] + sorted(found.keys() - names.keys())
    cells = [_cell(names.get(key, "–"), one, found[key], period, **{by: key}) for key in known]
    return [cell for cell in cells if not cell.is_empty]


def _by_month(one: Figure, by: str, period: Period, *, today: date) -> list[Cell]:
    months = [month for month in period.year().months() if month.first <= today]
    book = Book(months[0].first, months[-1].last, today=today)
    return [_cell(month.words, one, book.sums(month), month) for month in months]
