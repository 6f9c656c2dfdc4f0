"""The year in numbers: what the report printed beside what the ledgers come to, and the rows behind each number."""
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.models import User
from reports.errors import ReportRefused
from reports.models import ReportedFigure
from reports.periods import Period, Span, period_of
from reports.year_figures import FIGURES, YearFigure
from reports.year_sheets import NOTHING, number

EARLIEST = 1950


@dataclass(frozen=True)
class Line:
    """One figure of a year: as it was reported, as it is computed, and by how much they differ."""

    figure: YearFigure
    year: Period
    reported: ReportedFigure | None = None
    computed: Decimal | int | None = None
    told: str = ""

    @property
    def shown(self) -> str:
        """The computed number, or the words told instead of one."""
        return number(self.computed) if self.has_number else self.told or NOTHING

    @property
    def has_number(self) -> bool:
        """Whether a unit belongs behind it."""
        return self.computed is not None

    @property
    def difference(self) -> Decimal | None:
        """Computed − reported; unknown where the report gives no exact number, or nothing can be computed."""
        if self.reported is None or self.reported.value is None or self.computed is None:
            return None
        return Decimal(self.computed) - self.reported.value

    @property
    def difference_words(self) -> str:
        """The difference with its sign; "–" where it is unknown."""
        if self.difference is None:
            return NOTHING
        return f"{'+' if self.difference > 0 else ''}{number(self.difference)}".replace("-", "−")

    @property
    def href(self) -> str:
        """Where its rows are."""
        return f"/year/{self.year.key}/{self.figure.key}/"


def line_of(one: YearFigure, year: Period, reported: ReportedFigure | None = None) -> Line:
    """One figure of a year."""
    return Line(one, year, reported, one.compute(year), one.tell(year) if one.tell else "")


def lines_of(year: Period) -> list[Line]:
    """Every figure of a year in the order of the report."""
    printed = {row.key: row for row in ReportedFigure.objects.filter(year=year.first.year)}
    return [line_of(one, year, printed.get(key)) for key, one in FIGURES.items()]


def rows_for(one: YearFigure, year: Period, user: User) -> QuerySet:
    """The rows that this person may know of, ready for a list."""
    rows = one.rows(year)
    seen = rows.visible_to(user) if hasattr(rows, "visible_to") else rows
    return one.sheet.prepare(seen)


def reported_of(key: str, year: Period) -> ReportedFigure | None:
    """What the report printed of a figure."""
    return ReportedFigure.objects.filter(year=year.first.year, key=key).first()


@transaction.atomic
def enter_reported(
    *, year: int, key: str, words: str, value: Decimal | None, exact: bool, source: str, by: User, at: datetime,
    is_demo: bool = False,
) -> ReportedFigure:  # fmt: skip
    """Enter what the report printed; entering it again corrects it, and the trail keeps both."""
    if key not in FIGURES:
        raise ReportRefused(f"没有“{key}”这个指标。请从年度数据页面进入。")
    if exact and value is None:
        raise ReportRefused("勾选了确数，但没有填报告值。请填写报告值，或取消勾选。")
    row, created = ReportedFigure.objects.update_or_create(
        year=year, key=key,
        defaults={"words": words.strip(), "value": value if exact else None, "exact": exact, "source": source.strip(),
                  "entered_by": by, "entered_at": at, "is_demo": is_demo},
    )  # fmt: skip
    detail = {"period": str(year), "key": key, "words": row.words, "value": str(row.value or "")}
    record("year_reported" if created else "year_report_corrected", actor=by, subject=row, detail=detail, at=at)
    return row


def read_year(year: int, *, today: date) -> Period | None:
    """A year that has begun."""
    return period_of(Span.YEAR, date(year, 1, 1)) if EARLIEST <= year <= today.year else None


def grouped(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the headings of the report."""
    return [(group, list(part)) for group, part in groupby(lines, key=lambda line: line.figure.group)]
