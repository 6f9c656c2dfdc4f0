"""Dates and moments as offices write them: 2016.3.5, 20160305, 二〇一六年三月五日, a spreadsheet's day number, 3/5."""
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from sheets.meanings import Refused, half_width
from sheets.targets import Column

FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 day 0 of a spreadsheet, made aware later
SERIALS = (18_264, 73_050)  # 1950-01-01 … 2099-12-31: a number outside is no day
YEARS = (1900, 2099)
SEPARATOR = r"[-./年]"
CLOCK = r"(?:[T ]*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2}))?[分秒]?(?:\.\d+)?)?"
WHOLE = re.compile(rf"^(?P<year>\d{{4}}){SEPARATOR}(?P<month>\d{{1,2}})[-./月](?P<day>\d{{1,2}})日?{CLOCK}$")
DIGITS = re.compile(r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2}))?$")
NO_YEAR = re.compile(rf"^(?P<month>\d{{1,2}})(?:[-/]|月)(?P<day>\d{{1,2}})日?{CLOCK}$")
YEAR_LAST = re.compile(rf"^(?P<a>\d{{1,2}})[-./](?P<b>\d{{1,2}})[-./](?P<year>\d{{4}}){CLOCK}$")
SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
WEEKDAY = re.compile(r"\(?(星期|周)[一二三四五六日天]\)?")
NUMERALS = str.maketrans("〇○零一二三四五六七八九两", "0001234567892")
TENS = re.compile(r"(?:([一二三])?十|(廿)|(卅))([一二三四五六七八九])?(?=[月日号])")


@dataclass(frozen=True)
class Found:
    """A moment in Beijing, and what is doubtful about it."""

    moment: datetime
    doubt: str = ""


def read(text: str, column: Column, *, year: int | None) -> Found:
    """The moment that a cell names; a date without a year is of `year`, with a doubt."""
    tidy = _plain(text)
    if SERIAL.match(tidy) and SERIALS[0] <= float(tidy) <= SERIALS[1]:
        whole = FIRST_DAY + timedelta(minutes=round(float(tidy) * 24 * 60))
        return Found(timezone.make_aware(whole))
    for shape in (WHOLE, DIGITS):
        if found := shape.match(tidy):
            return Found(_moment(found, int(found["year"]), column))
    if found := YEAR_LAST.match(tidy):
        return Found(_year_last(found, column))
    if found := NO_YEAR.match(tidy):
        if year is None:
            raise Refused(f"{column.title}没有年份。请改成 2016-03-05 这样。")
        return Found(_moment(found, year, column), f"{column.title}没有年份，按表中的 {year} 年记。")
    raise Refused(f"{column.title}认不出是哪一天。请改成 2016-03-05 这样。")


def _plain(text: str) -> str:
    """Half-width, without weekday and needless blanks, Chinese numerals as digits, 号 as 日."""
    tidy = WEEKDAY.sub("", half_width(text))
    if re.search(r"[一二三四五六七八九十廿]", tidy):
        tidy = TENS.sub(_tens, tidy).translate(NUMERALS)
    tidy = re.sub(r"\s*([-./年月日号时分:])\s*", r"\1", tidy.replace("号", "日"))
    return re.sub(r"(?<=日)(?=\d)", " ", tidy).strip()


def _tens(found: re.Match) -> str:
    """三十一 → 31, 十 → 10, 廿三 → 23."""
    tens = "二" if found[2] else "三" if found[3] else found[1] or "一"
    return f"{tens}{found[4] or '零'}".translate(NUMERALS)


def _year_last(found: re.Match, column: Column) -> datetime:
    """13/11/2016 can only be a day first, 11/13/2016 only a month; 12/11/2016 may be both and is refused."""
    a, b, year = int(found["a"]), int(found["b"]), int(found["year"])
    if a <= 12 and b <= 12 and a != b:
        raise Refused(
            f"{column.title}可能是 {a} 月 {b} 日，也可能是 {b} 月 {a} 日。请改成 {year}-{a:02d}-{b:02d} 这样。"
        )
    month, day = (b, a) if a > 12 else (a, b)
    return _made(year, month, day, found, column)


def _moment(found: re.Match, year: int, column: Column) -> datetime:
    return _made(year, int(found["month"]), int(found["day"]), found, column)


def _made(year: int, month: int, day: int, found: re.Match, column: Column) -> datetime:
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if not YEARS[0] <= year <= YEARS[1]:
        raise Refused(f"{column.title}的年份 {year} 不对。请核对。")
    try:
        whole = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 made aware at once
    except ValueError:
        raise Refused(f"{column.title}没有这一天。请核对年月日。")
    return timezone.make_aware(whole)


def day_words(day: date) -> str:
    """A day as it is written out: 2016-03-05."""
    return f"{day:%Y-%m-%d}"
