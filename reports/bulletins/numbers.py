"""The numbers of a bulletin: linked to what they count while it is a draft, and the lines behind each of them.

In a text a number is a word in braces, {受理}; the word says the figure and the part of the street, the bulletin says
the days. What stands in print is made anew whenever the draft is looked at, and frozen when it is issued.
"""
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cases.models import Case
from cases.states import Source
from reports.books import Sums, last_counted
from reports.figures import FIGURES
from reports.models import CaseFact
from reports.periods import Period, Span, period_of

TOKEN = re.compile(r"\{([^{}]*)\}")
NOTHING = "–"
JOINT = "·"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Number:
    """A value as printed, and the case numbers of the lines that made it; of a rate also those that passed."""

    name: str
    figure: str
    value: str
    cases: list[str] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)


# The word in braces → the figure; of those with `TOP` the numerator alone is told.
TOP = ".top"
WORD_FIGURES = {
    "上报": "reported", "受理": "accepted", "立案": "registered", "派遣": "dispatched", "处置完成": "handled",
    "应处置": "handle_due", "按期处置": f"handling_on_time{TOP}", "超期待处置": f"overdue_rate{TOP}",
    "结案": "closed", "应结案": "closing_due", "退回": "returned", "返工": f"rework_rate{TOP}",
    "反弹": "reopened", "督办": "supervised", "处置率": "handling_rate", "按期处置率": "handling_on_time",
    "结案率": "closing_rate", "返工率": "rework_rate", "立案率": "registration_rate", "退回率": "return_rate",
    "满意率": "satisfaction_rate",
}  # fmt: skip
SOURCES = {
    "市区监管通知单": Source.NOTICE, "网格事件": Source.GRID, "微信随手拍": Source.SNAP, "转办单": Source.TRANSFER,
    "热线": Source.HOTLINE, "信访": Source.PETITION,
}  # fmt: skip
# Every word that may stand in braces: a figure, the same of the period before, or what was taken on by each door.
WORDS = (*WORD_FIGURES, *(f"上期{word}" for word in WORD_FIGURES), *(f"受理{JOINT}{word}" for word in SOURCES))
WANTED = sorted(
    {str(part) for key in WORD_FIGURES.values() for one in [FIGURES[key.removesuffix(TOP)]]
     for part in (one.top, one.bottom) if part}
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing counted."""

    measure: str
    department: int | None
    community: int | None
    source: str
    number: str


class Reading:
    """The lines of a bulletin's days, read once; the same lines make the values and stand behind them."""

    def __init__(self, first: date, last: date, *, today: date, topic: str = "") -> None:
        self.first, self.last, self.today, self.topic = first, last, today, topic
        self.used: dict[str, Number] = {}
        self._lines: dict[bool, dict[str, list[Line]]] = {}

    def number(self, word: str) -> Number:
        """What a word in braces stands for; KeyError for a word that means nothing."""
        if word not in self.used:
            self.used[word] = self._read(word)
        return self.used[word]

    def of(self, word: str, name: str, **scope: Any) -> Number:
        """A figure of one department, community or source, under a name of its own."""
        name = f"{word}{JOINT}{name}"
        if name not in self.used:
            self.used[name] = self._make(name, word, earlier=False, scope=scope)
        return self.used[name]

    def _read(self, word: str) -> Number:
        if JOINT in word:
            figure, _, source = word.partition(JOINT)
            return self._make(word, figure, earlier=False, scope={"source": SOURCES[source].value})
        return self._make(word, word.removeprefix("上期"), earlier=word.startswith("上期"), scope={})

    def _make(self, name: str, word: str, *, earlier: bool, scope: dict[str, Any]) -> Number:
        key = WORD_FIGURES[word]
        one = FIGURES[key.removesuffix(TOP)]
        hits = self.lines(one.top, earlier=earlier, **scope)
        if key.endswith(TOP) or not one.bottom:
            return Number(name, key, f"{len(hits):,}", hits)
        cases = self.lines(one.bottom, earlier=earlier, **scope)
        number = one.compute(Sums({one.top: len(hits), one.bottom: len(cases)}))
        return Number(name, key, NOTHING if number is None else f"{number:.1f}%", cases, hits)

    def lines(self, measure: str, *, earlier: bool = False, **scope: Any) -> list[str]:
        """The case numbers of the lines of a measure, of a part of the street."""
        found = self._all(earlier)[measure]
        return [one.number for one in found if all(getattr(one, part) == key for part, key in scope.items())]

    def keys(self, measure: str, part: str) -> set[Any]:
        """The departments, communities or sources that a measure has lines of."""
        return {getattr(one, part) for one in self._all(False)[measure]} - {None}

    def _all(self, earlier: bool) -> dict[str, list[Line]]:
        if earlier not in self._lines:
            first, last = self._days(earlier)
            lines: dict[str, list[Line]] = {measure: [] for measure in WANTED}
            for line in _lines_of(first, last, today=self.today, topic=self.topic):
                lines[line.measure].append(line)
            self._lines[earlier] = lines
        return self._lines[earlier]

    def _days(self, earlier: bool) -> tuple[date, date]:
        if not earlier:
            return self.first, self.last
        before = span_before(self.first, self.last)
        return before.first, before.last


def whole_span(first: date, last: date) -> Period | None:
    """The day, week, month, quarter or year that the days are; None when they are no whole one."""
    found = (period_of(span, first) for span in Span.values)
    return next((period for period in found if (period.first, period.last) == (first, last)), None)


def span_before(first: date, last: date) -> Period:
    """The whole month, quarter, year … before one that the days are; else as many days just before them."""
    period = whole_span(first, last)
    if period:
        return period.previous()
    return Period(Span.DAY, first - (last - first) - ONE_DAY, first - ONE_DAY)


def _lines_of(first: date, last: date, *, today: date, topic: str) -> Iterable[Line]:
    lines = CaseFact.objects.between(first, last).filter(measure__in=WANTED)
    if topic:
        lines = lines.filter(case__in=Case.objects.tagged(topic))
    rows = lines.order_by("case__number", "nth").values_list(
        "measure", "day", "department_id", "case__community_id", "case__source", "case__number"
    )
    for measure, day, department, community, source, number in rows.iterator(chunk_size=2000):
        if day <= last_counted(measure, last, today):
            yield Line(measure, department, community, source, number)


def words_in(text: str) -> list[str]:
    """The words in braces of a text."""
    return TOKEN.findall(text)


def unknown_words(text: str) -> list[str]:
    """Those that mean nothing."""
    return [word for word in words_in(text) if word not in WORDS]


def parts_of(text: str, reading: Reading) -> list[dict[str, str]]:
    """A text in pieces: plain ones {t}, and numbers {t, n} with their names."""
    parts, at = [], 0
    for found in TOKEN.finditer(text):
        if found.start() > at:
            parts.append({"t": text[at : found.start()]})
        parts.append({"t": reading.number(found.group(1)).value, "n": found.group(1)})
        at = found.end()
    return [*parts, {"t": text[at:]}] if at < len(text) else parts
