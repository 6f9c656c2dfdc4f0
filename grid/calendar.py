"""The work calendar in force: reading it, seeding it from the published tables, editing it."""
import datetime
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from chinese_calendar import constants
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.notify import tell_many
from grid.editions import Kept, publish
from grid.models import CalendarDay, CalendarYear, WorkHours

SUBJECT = "calendar"
BEIJING = ZoneInfo(settings.TIME_ZONE)
WHERE_TO_ENTER = "/admin/grid/calendaryear/"
FIRST_YEAR = 2004  # the first year that chinesecalendar tabulates
DEFAULT_HOURS = (datetime.time(9), datetime.time(12), datetime.time(13, 30), datetime.time(17, 30))
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利 70 周年纪念日",
}
SEED_SOURCE = "国务院办公厅关于 {year} 年部分节假日安排的通知（据公开汇编）"

Span = tuple[datetime.datetime, datetime.datetime]
Hours = tuple[datetime.time, datetime.time, datetime.time, datetime.time]


@dataclass
class WorkCalendar:
    """What this process knows of working days and hours; all moments it answers are in Beijing time."""

    days: dict[datetime.date, tuple[bool, str]]
    years: frozenset[int]
    hours: list[tuple[datetime.date, Hours]]  # newest first
    _spans: dict[datetime.date, tuple[Span, ...]] = field(default_factory=dict)

    def is_workday(self, day: datetime.date) -> bool:
        """Whether the office works that day; without an entry Monday to Friday."""
        entry = self.days.get(day)
        return entry[0] if entry else day.weekday() < 5

    def note(self, day: datetime.date) -> str:
        """Why a day counts or not: the holiday's name, the make-up day's, or the weekday of a weekend."""
        entry = self.days.get(day)
        if entry:
            return entry[1]
        return WEEKDAYS[day.weekday()] if day.weekday() >= 5 else ""

    def hours_on(self, day: datetime.date) -> Hours:
        """The office hours in force on a day: 09:00–12:00, 13:30–17:30 before the first entered row."""
        return next((hours for start, hours in self.hours if start <= day), DEFAULT_HOURS)

    def spans(self, day: datetime.date) -> tuple[Span, ...]:
        """The morning and the afternoon of a working day; nothing on a day off."""
        if day not in self._spans:
            self._spans[day] = self._spans_of(day)
        return self._spans[day]

    def _spans_of(self, day: datetime.date) -> tuple[Span, ...]:
        if not self.is_workday(day):
            return ()
        marks = [datetime.datetime.combine(day, time, BEIJING) for time in self.hours_on(day)]
        return (marks[0], marks[1]), (marks[2], marks[3])

    def closing(self, day: datetime.date) -> datetime.datetime:
        """When the office closes on that day."""
        return datetime.datetime.combine(day, self.hours_on(day)[3], BEIJING)

    def is_provisional(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether the days reach into a year whose holiday table is not entered."""
        return any(year not in self.years for year in range(first.year, last.year + 1))


def begin_of(day: datetime.date) -> datetime.datetime:
    """The first moment of a day in Beijing."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _read_calendar() -> WorkCalendar:
    hours = WorkHours.objects.order_by("-effective_from").values_list(
        "effective_from", "morning_start", "morning_end", "afternoon_start", "afternoon_end"
    )
    days = CalendarDay.objects.values_list("date", "is_workday", "name")
    return WorkCalendar(
        days={date: (works, name) for date, works, name in days},
        years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
        hours=[(row[0], row[1:]) for row in hours],
    )


_KEPT = Kept(SUBJECT, _read_calendar)


def calendar_in_force() -> WorkCalendar:
    """The calendar that deadlines are counted by."""
    return _KEPT.get()


def calendar_warning(today: datetime.date) -> str:
    """What to tell the desk about a missing holiday table: this year's always, next year's from November."""
    wanted = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    missing = [str(year) for year in wanted if year not in calendar_in_force().years]
    if not missing:
        return ""
    return (
        f"{'、'.join(missing)} 年的节假日安排还没有录入，涉及的期限暂按周一至周五计算，可能变动。"
        "国务院办公厅的通知公布后，请管理员在“工作日历”里录入。"
    )


def tell_of_missing_years(*, at: datetime.datetime) -> int:
    """Tell the administrators of a missing holiday table, once a calendar month; returns how many were told."""
    today = at.astimezone(BEIJING).date()
    words = calendar_warning(today)
    if not words:
        return 0
    keepers = User.objects.with_permission("grid.manage_calendar")
    return tell_many(keepers, text=words, at=at, url=WHERE_TO_ENTER, slot=f"calendar:{today:%Y%m}")


@transaction.atomic
def seed_calendar() -> int:
    """Enter the published holiday tables of 2004–2026; a year that is already there is left as the office has it."""
    present = set(CalendarYear.objects.values_list("year", flat=True))
    last_year = max(constants.holidays).year
    years = [year for year in range(FIRST_YEAR, last_year + 1) if year not in present]
    CalendarYear.objects.bulk_create(
        [CalendarYear(year=year, source=SEED_SOURCE.format(year=year)) for year in years], ignore_conflicts=True
    )
    entries = [(date, False, HOLIDAY_NAMES[name]) for date, name in constants.holidays.items()]
    entries += [(date, True, f"{HOLIDAY_NAMES[name]}调休上班") for date, name in constants.workdays.items()]
    days = [CalendarDay(date=date, is_workday=works, name=name) for date, works, name in entries if date.year in years]
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
    if not WorkHours.objects.exists():
        morning_start, morning_end, afternoon_start, afternoon_end = DEFAULT_HOURS
        WorkHours.objects.create(
            effective_from=datetime.date(FIRST_YEAR, 1, 1),
            morning_start=morning_start,
            morning_end=morning_end,
            afternoon_start=afternoon_start,
            afternoon_end=afternoon_end,
        )
    publish(SUBJECT)
    return len(days)
