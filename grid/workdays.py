"""Counting working time: when a limit runs out, how much has run, and why.

紧急工作分、紧急工作时 run round the clock. 工作时 run to the minute inside the office hours, the lunch break left out.
工作日: the day of start is not counted and the limit ends at closing time of the n-th working day after it.
日 are calendar days: the day of start is not counted and the limit ends at 23:59:59 of the n-th day after it, since
a period counted in days ends at 24:00 of its last day. A last day that falls on a holiday is not moved on, although
the law would allow it: the office is reminded early rather than late.

Moments come in aware and go out in UTC; days are days in Beijing.
"""
import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grid.calendar import BEIJING, WEEKDAYS, WorkCalendar, calendar_in_force, calendar_warning, seed_calendar
from grid.models import Unit

__all__ = [
    "Deadline",
    "Unit",
    "add_working_time",
    "calendar_warning",
    "closing_time",
    "is_workday",
    "is_working_moment",
    "next_working_moment",
    "seed_calendar",
    "subtract_working_time",
    "working_time_between",
]

ONE_DAY = datetime.timedelta(days=1)
LAST_SECOND = datetime.time(23, 59, 59)
ROUND_THE_CLOCK = {Unit.URGENT_MINUTE: datetime.timedelta(minutes=1), Unit.URGENT_HOUR: datetime.timedelta(hours=1)}
LONGEST = datetime.timedelta(days=366 * 20)


@dataclass(frozen=True)
class Deadline:
    """When a limit runs out (UTC), which days and hours were counted (Beijing), and whether a table is missing.

    Each line of the explanation: date, weekday, counted, and where they apply number (the n-th day), from, to,
    minutes, note; ready to be printed and to be stored as JSON.
    """

    due_at: datetime.datetime
    explanation: list[dict[str, Any]]
    provisional: bool


def is_workday(day: datetime.date) -> bool:
    """Whether the office works that day."""
    return calendar_in_force().is_workday(day)


def closing_time(day: datetime.date) -> datetime.datetime:
    """When the office closes on that day (UTC)."""
    return calendar_in_force().closing(day).astimezone(datetime.UTC)


def is_working_moment(at: datetime.datetime) -> bool:
    """Whether the office is at work at that moment; closing time itself is no longer work."""
    local = _beijing(at)
    return any(start <= local < end for start, end in calendar_in_force().spans(local.date()))


def next_working_moment(at: datetime.datetime) -> datetime.datetime:
    """That moment if the office is at work, otherwise the next opening (UTC)."""
    local, calendar = _beijing(at), calendar_in_force()
    for day in _days_from(local.date()):
        for start, end in calendar.spans(day):
            if local < end:
                return max(start, local).astimezone(datetime.UTC)
    raise AssertionError("the days never end")


def add_working_time(start: datetime.datetime, amount: int | float | Decimal, unit: Unit) -> Deadline:
    """When a limit of `amount` units that starts at `start` runs out; nothing at all runs out at once."""
    local, unit = _beijing(start), Unit(unit)
    if amount < 0:
        raise ValueError("a limit is not negative")
    if amount == 0:
        return Deadline(start.astimezone(datetime.UTC), [], False)
    if unit in ROUND_THE_CLOCK:
        return _clock_deadline(local, ROUND_THE_CLOCK[unit] * float(amount))
    if unit == Unit.WORK_HOUR:
        return _hour_deadline(local, datetime.timedelta(seconds=round(float(amount) * 3600)))
    if amount != int(amount):
        raise ValueError("days are counted whole")
    return _day_deadline(local, int(amount)) if unit == Unit.WORK_DAY else _calendar_day_deadline(local, int(amount))


def subtract_working_time(end: datetime.datetime, hours: int | float | Decimal) -> datetime.datetime:
    """The latest moment from which `hours` 工作时 still lie before `end` (UTC); for warnings ahead of a deadline."""
    local, calendar = _beijing(end), calendar_in_force()
    left = datetime.timedelta(seconds=round(float(hours) * 3600))
    day = local.date()
    while left > datetime.timedelta(0):
        for opening, closing in reversed(calendar.spans(day)):
            span_end = min(closing, local)
            if span_end <= opening:
                continue
            if span_end - opening >= left:
                return (span_end - left).astimezone(datetime.UTC)
            left -= span_end - opening
        day -= ONE_DAY
    return end.astimezone(datetime.UTC)


def working_time_between(
    start: datetime.datetime, end: datetime.datetime, unit: Unit
) -> datetime.timedelta | int:
    """How much ran from start to end: a duration for minutes and hours, a number for days; negative backwards."""
    if end < start:
        return -working_time_between(end, start, unit)
    first, last, unit = _beijing(start), _beijing(end), Unit(unit)
    if unit in ROUND_THE_CLOCK:
        return end - start
    if unit == Unit.CALENDAR_DAY:
        return (last.date() - first.date()).days
    calendar = calendar_in_force()
    days = _days_until(first.date(), last.date())
    if unit == Unit.WORK_DAY:
        return sum(calendar.is_workday(day) for day in days if day > first.date())
    return sum(
        (
            min(closing, last) - max(opening, first)
            for day in days
            for opening, closing in calendar.spans(day)
            if opening < last and closing > first
        ),
        datetime.timedelta(0),
    )


def _beijing(at: datetime.datetime) -> datetime.datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(BEIJING)


def _days_from(day: datetime.date):
    """Every day from that one on; a calendar that never works again is stopped after twenty years."""
    last = day + LONGEST
    while day <= last:
        yield day
        day += ONE_DAY
    raise ValueError("no working time within twenty years: check the calendar")


def _days_until(day: datetime.date, last: datetime.date):
    while day <= last:
        yield day
        day += ONE_DAY


def _line(day: datetime.date, *, counted: bool, note: str = "", **more: Any) -> dict[str, Any]:
    """One line of the explanation."""
    return {"date": day.isoformat(), "weekday": WEEKDAYS[day.weekday()], "counted": counted, **more, "note": note}


def _clock_deadline(start: datetime.datetime, length: datetime.timedelta) -> Deadline:
    """Round the clock: one stretch, nights and holidays included."""
    due = start + length
    line = _line(
        start.date(),
        counted=True,
        note="昼夜连续计算",
        **{"from": f"{start:%H:%M}", "to": f"{due:%m-%d %H:%M}", "minutes": int(length.total_seconds() // 60)},
    )
    return Deadline(due.astimezone(datetime.UTC), [line], False)


def _hour_deadline(start: datetime.datetime, length: datetime.timedelta) -> Deadline:
    """Through the office hours, span by span, until the length is used up."""
    calendar, left, lines = calendar_in_force(), length, []
    for day in _days_from(start.date()):
        spans = calendar.spans(day)
        if not spans:
            lines.append(_line(day, counted=False, note=calendar.note(day)))
        for opening, closing in spans:
            begin = max(opening, start)
            if begin >= closing:
                continue
            end = min(closing, begin + left)
            lines.append(_span_line(calendar, begin, end))
            left -= end - begin
            if not left:
                return Deadline(
                    end.astimezone(datetime.UTC), lines, calendar.is_provisional(start.date(), end.date())
                )
    raise AssertionError("the days never end")


def _span_line(calendar: WorkCalendar, begin: datetime.datetime, end: datetime.datetime) -> dict[str, Any]:
    return _line(
        begin.date(),
        counted=True,
        note=calendar.note(begin.date()),
        **{"from": f"{begin:%H:%M}", "to": f"{end:%H:%M}", "minutes": int((end - begin).total_seconds() // 60)},
    )


def _day_deadline(start: datetime.datetime, amount: int) -> Deadline:
    """Closing time of the n-th working day after the day of start."""
    calendar, number = calendar_in_force(), 0
    lines = [_line(start.date(), counted=False, note="起算当日不计")]
    for day in _days_from(start.date() + ONE_DAY):
        if not calendar.is_workday(day):
            lines.append(_line(day, counted=False, note=calendar.note(day)))
            continue
        number += 1
        lines.append(_line(day, counted=True, number=number, note=calendar.note(day)))
        if number == amount:
            due = calendar.closing(day)
            lines[-1]["to"] = f"{due:%H:%M}"
            return Deadline(due.astimezone(datetime.UTC), lines, calendar.is_provisional(start.date(), day))
    raise AssertionError("the days never end")


def _calendar_day_deadline(start: datetime.datetime, amount: int) -> Deadline:
    """The last second of the n-th day after the day of start; no table is needed, so never provisional."""
    last = start.date() + ONE_DAY * amount
    due = datetime.datetime.combine(last, LAST_SECOND, BEIJING)
    lines = [
        _line(start.date(), counted=False, note="起算当日不计"),
        _line(start.date() + ONE_DAY, counted=True, number=1),
        _line(last, counted=True, number=amount, to=f"{due:%H:%M}", note="自然日，节假日计入"),
    ]
    return Deadline(due.astimezone(datetime.UTC), lines if amount > 1 else [lines[0], lines[2]], False)
