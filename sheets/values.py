"""What a cell's text means for a column of a ledger, and how a ledger's value is written out again."""
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from rapidfuzz import fuzz, process

from sheets import codes, dates, numbers
from sheets.meanings import Refused, Value, half_width
from sheets.targets import RESOLVERS, Column, Kind, Resolved, Suggestion

RISKY = tuple("=+-@\t\r＝＋－＠")  # a spreadsheet takes a text that begins so for a formula
LEAST_LIKENESS = 55  # of 100
TEXT_LENGTH = 200
PLACES = {Kind.COMMUNITY: "社区", Kind.GRID: "网格"}
YES = {"是", "有", "1", "y", "yes", "true", "√", "✓", "对", "已"}
NO = {"否", "无", "0", "n", "no", "false", "×", "x", "不", "未", "没有", "不是"}
Parser = Callable[[str, Column], Value]


@dataclass
class Reader:
    """Reads the cells of one sheet: the year that incomplete dates belong to, and the names of places, read once."""

    year: int | None = None
    places: dict[Kind, Callable[[str], Resolved]] = field(default_factory=dict)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)  # column → word → the choice's value

    def read(self, text: str, column: Column) -> Value:
        """The value of a cell that is not empty; Refused with the sentence when it is not understood."""
        if column.kind in (Kind.DATE, Kind.MOMENT):
            value = self._date(text, column)
        elif column.kind in PLACES:
            value = self._place(text, column)
        elif column.kind == Kind.CHOICE:
            value = self._choice(text, column)
        else:
            value = PARSERS[column.kind](text, column)
        if column.kind != Kind.TEXT:
            _check_bounds(value.value, column)
        return value

    def _date(self, text: str, column: Column) -> Value:
        found = dates.read(text, column, year=self.year)
        if column.kind == Kind.MOMENT:
            return Value(found.moment, doubt=found.doubt)
        return Value(timezone.localtime(found.moment).date(), doubt=found.doubt)

    def _place(self, text: str, column: Column) -> Value:
        if column.kind not in self.places:
            self.places[column.kind] = RESOLVERS[column.kind]()
        found = self.places[column.kind](half_width(text))
        if found.value is None:
            raise Refused(f"名录中没有这个{PLACES[column.kind]}。", _change_to(found.suggestion))
        return Value(found.value)

    def _choice(self, text: str, column: Column) -> Value:
        tidy = half_width(text)
        if column.name not in self.options:
            words = {half_width(str(word)): value for value, word in column.options()}
            self.options[column.name] = {str(value): value for value in words.values()} | words
        known = self.options[column.name] | dict(column.choice_words)
        if tidy in known:
            return Value(known[tidy])
        words = [str(word) for _, word in column.options()]
        guess = process.extractOne(tidy, words, scorer=fuzz.WRatio, score_cutoff=LEAST_LIKENESS)
        raise Refused(f"选项中没有这种{column.thing or column.title}。", _change_to(guess[0] if guess else ""))


def _change_to(text: str) -> Suggestion | None:
    return Suggestion(f"改为{text}", text) if text else None


def _text(text: str, column: Column) -> Value:
    most = column.most or TEXT_LENGTH
    if len(text) > most:
        raise Refused(f"{column.title}太长，现为 {len(text)} 个字，最多 {most} 个字。")
    return Value(text)


def _yes_no(text: str, column: Column) -> Value:
    tidy = half_width(text).lower()
    if tidy not in YES | NO:
        raise Refused(f"{column.title}应填“是”或“否”。")
    return Value(tidy in YES)


def _check_bounds(value: Any, column: Column) -> None:
    """A value outside the ledger's limits is named with the limit."""
    if column.most is not None and value > column.most:
        raise Refused(f"{_said(value, column)}{_over(column)} {_measured(column.most, column)}，请核对。")
    if column.least is not None and value < column.least:
        raise Refused(f"{_said(value, column)}{_under(column)} {_measured(column.least, column)}，请核对。")


def _over(column: Column) -> str:
    return "晚于" if isinstance(column.most, date) else f"超过{column.most_word}"


def _under(column: Column) -> str:
    return "早于" if isinstance(column.least, date) else "小于下限"


def _said(value: Any, column: Column) -> str:
    return f"{numbers.word_of(column)} {_measured(value, column)} "


def _measured(value: Any, column: Column) -> str:
    if isinstance(value, date):
        return dates.day_words(value)
    number = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
    return f"{number} {numbers.sign_of(column)}".strip()


PARSERS: dict[Kind, Parser] = {
    Kind.TEXT: _text, Kind.YES_NO: _yes_no, Kind.PHONE: codes.read_phone, Kind.ID_NUMBER: codes.read_id_number,
    Kind.CREDIT_CODE: codes.read_credit_code,
} | dict.fromkeys((Kind.NUMBER, Kind.AREA, Kind.MONEY, Kind.COUNT), numbers.read)  # fmt: skip


# --- and out again ------------------------------------------------------------------------------------------------


def show(value: Any, column: Column, *, approximate: bool = False) -> str:
    """A ledger's value as the text that reads back to the same value: 约80, 2016-03-05, 是, the choice's word."""
    if value is None or value == "":
        return ""
    if column.kind == Kind.CHOICE:
        return next((str(word) for key, word in column.options() if key == value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return ("约" if approximate else "") + f"{value.normalize() + 0:f}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return dates.day_words(value)
    return getattr(value, "name", "") or str(value) if column.kind in PLACES else str(value)


def shown(row: Any, column: Column) -> str:
    """What the ledger holds in one cell, in clear."""
    approximate = bool(column.approximate_to and getattr(row, column.approximate_to, False))
    return show(column.value_of(row), column, approximate=approximate)
