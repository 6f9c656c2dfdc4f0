"""Deadlines against a slow count made minute by minute from another source of the calendar."""
import datetime

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Notification
from grid.calendar import BEIJING, seed_calendar, tell_of_missing_years
from grid.editions import publish
from grid.models import CalendarDay, CalendarYear, Edition, Unit, WorkHours
from grid.workdays import (
    add_working_time,
    calendar_warning,
    is_workday,
    is_working_moment,
    next_working_moment,
    subtract_working_time,
    working_time_between,
)

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
examples = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
FIRST = datetime.datetime(2016, 1, 1, tzinfo=BEIJING)
MINUTES_TO_END_OF_2027 = (datetime.datetime(2027, 11, 30, tzinfo=BEIJING) - FIRST) // MINUTE
moments = st.integers(0, MINUTES_TO_END_OF_2027).map(lambda minutes: FIRST + MINUTE * minutes)


def at(text):
    """A moment in Beijing."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due(start, amount, unit):
    """The deadline as Beijing time, to the minute."""
    return f"{add_working_time(at(start), amount, unit).due_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def slow_is_workday(day):
    """The other source: the package's own function, and Monday to Friday in the year it does not know."""
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5


def slow_is_working_minute(moment):
    """Whether the minute that begins here is worked, by the clock on the wall."""
    clock = moment.hour * 60 + moment.minute
    return slow_is_workday(moment.date()) and (540 <= clock < 720 or 810 <= clock < 1050)


def slow_add_minutes(start, minutes):
    """Tick through every minute until enough of them were worked."""
    moment = start
    while minutes:
        minutes -= slow_is_working_minute(moment)
        moment += MINUTE
    return moment


def slow_add_days(start, days):
    """Step through the days after the first until enough of them were worked, to closing time."""
    day = start.date()
    while days:
        day += DAY
        days -= slow_is_workday(day)
    return datetime.datetime.combine(day, datetime.time(17, 30), BEIJING)


# --- the calendar of 2016 ------------------------------------------------------------------------------------------

DAYS_OFF_2016 = [
    ("01-01", "01-03"), ("02-07", "02-13"), ("04-02", "04-04"), ("04-30", "05-02"), ("06-09", "06-11"),
    ("09-15", "09-17"), ("10-01", "10-07"),
]  # fmt: skip
MADE_UP_2016 = ["02-06", "02-14", "06-12", "09-18", "10-08", "10-09"]


def test_every_day_of_2016_is_as_the_state_council_published(calendar):
    off = set()
    for first, last in DAYS_OFF_2016:
        day = datetime.date.fromisoformat(f"2016-{first}")
        while day <= datetime.date.fromisoformat(f"2016-{last}"):
            off.add(day)
            day += DAY
    made_up = {datetime.date.fromisoformat(f"2016-{day}") for day in MADE_UP_2016}
    day = datetime.date(2016, 1, 1)
    while day.year == 2016:
        assert is_workday(day) == (day in made_up or (day.weekday() < 5 and day not in off)), day
        day += DAY


# --- 工作日 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2016-03-08 10:00", 2, "2016-03-10 17:30"),
        ("2016-03-11 16:59", 1, "2016-03-14 17:30"),  # over a weekend
        ("2016-02-05 17:00", 1, "2016-02-06 17:30"),  # a Saturday made up before the Spring Festival
        ("2016-02-06 09:00", 2, "2016-02-15 17:30"),  # the festival, and the Sunday made up after it
        ("2016-09-30 09:00", 5, "2016-10-12 17:30"),  # 10-08 and 10-09 are worked
        ("2016-10-03 12:00", 1, "2016-10-08 17:30"),  # started on a holiday
        ("2016-12-30 12:00", 1, "2017-01-03 17:30"),
        ("2020-01-23 12:00", 1, "2020-02-03 17:30"),  # the festival that was lengthened
    ],
)
def test_working_days_end_at_closing_time_of_the_last_one(calendar, start, days, expected):
    assert due(start, days, Unit.WORK_DAY) == expected


@pytest.mark.django_db
@examples
@given(start=moments, days=st.integers(1, 15))
def test_working_days_agree_with_the_slow_count(calendar, start, days):
    assert add_working_time(start, days, Unit.WORK_DAY).due_at == slow_add_days(start, days)


@pytest.mark.django_db
@examples
@given(start=moments, days=st.integers(1, 15))
def test_as_many_working_days_lie_between_start_and_deadline(calendar, start, days):
    assert working_time_between(start, add_working_time(start, days, Unit.WORK_DAY).due_at, Unit.WORK_DAY) == days


# --- 工作时 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2016-03-08 10:00", 2, "2016-03-08 12:00"),  # exactly to the break, not past it
        ("2016-03-08 11:00", 2, "2016-03-08 14:30"),  # through the lunch break
        ("2016-03-08 12:15", 2, "2016-03-08 15:30"),  # started in the break
        ("2016-03-08 16:30", 4, "2016-03-09 12:00"),
        ("2016-03-08 22:00", 2, "2016-03-09 11:00"),  # reported at night
        ("2016-03-11 17:00", 1, "2016-03-14 09:30"),
        ("2016-09-30 17:00", 1, "2016-10-08 09:30"),
        ("2016-03-08 10:00", 0.5, "2016-03-08 10:30"),
    ],
)
def test_working_hours_are_exact_to_the_minute(calendar, start, hours, expected):
    assert due(start, hours, Unit.WORK_HOUR) == expected


@pytest.mark.django_db
@examples
@given(start=moments, minutes=st.integers(1, 30 * 60))
def test_working_hours_agree_with_the_slow_count(calendar, start, minutes):
    reached = add_working_time(start, minutes / 60, Unit.WORK_HOUR)
    assert reached.due_at == slow_add_minutes(start, minutes)
    assert sum(line.get("minutes", 0) for line in reached.explanation) == minutes


@pytest.mark.django_db
@examples
@given(start=moments, length=st.integers(0, 12 * 1440))
def test_working_time_between_two_moments_agrees_with_the_slow_count(calendar, start, length):
    end = start + MINUTE * length
    worked = sum(slow_is_working_minute(start + MINUTE * tick) for tick in range(length))
    assert working_time_between(start, end, Unit.WORK_HOUR) == MINUTE * worked
    assert working_time_between(end, start, Unit.WORK_HOUR) == -MINUTE * worked


@pytest.mark.django_db
@examples
@given(end=moments, minutes=st.integers(1, 20 * 60))
def test_going_back_leaves_exactly_that_much_before_the_end(calendar, end, minutes):
    start = subtract_working_time(end, minutes / 60)
    assert working_time_between(start, end, Unit.WORK_HOUR) == MINUTE * minutes
    assert is_working_moment(start)


@pytest.mark.django_db
@examples
@given(moment=moments)
def test_the_next_working_moment_is_the_first_worked_minute(calendar, moment):
    assert is_working_moment(moment) == slow_is_working_minute(moment)
    assert next_working_moment(moment) == slow_add_minutes(moment, 1) - MINUTE


def test_closing_time_is_not_work_and_opening_time_is(calendar):
    assert is_working_moment(at("2016-03-08 09:00"))
    assert not is_working_moment(at("2016-03-08 12:00"))
    assert not is_working_moment(at("2016-03-08 17:30"))


# --- round the clock, calendar days ---------------------------------------------------------------------------------


def test_urgent_time_runs_through_nights_and_holidays(calendar):
    assert due("2016-09-30 23:00", 4, Unit.URGENT_HOUR) == "2016-10-01 03:00"
    assert due("2016-10-01 23:45", 30, Unit.URGENT_MINUTE) == "2016-10-02 00:15"
    between = working_time_between(at("2016-09-30 23:00"), at("2016-10-01 03:00"), Unit.URGENT_HOUR)
    assert between == datetime.timedelta(hours=4)


def test_calendar_days_count_holidays_and_end_with_the_day(calendar):
    reached = add_working_time(at("2016-09-20 10:00"), 15, Unit.CALENDAR_DAY)
    assert reached.due_at.astimezone(BEIJING) == at("2016-10-05 23:59:59")
    assert working_time_between(at("2016-09-20 10:00"), reached.due_at, Unit.CALENDAR_DAY) == 15


# --- explaining ------------------------------------------------------------------------------------------------------


def test_the_explanation_names_the_holiday_and_the_day_that_makes_up_for_it(calendar):
    lines = add_working_time(at("2016-09-30 09:00"), 2, Unit.WORK_DAY).explanation
    assert lines[0] == {"date": "2016-09-30", "weekday": "周五", "counted": False, "note": "起算当日不计"}
    assert [line["note"] for line in lines[1:8]] == ["国庆节"] * 7
    assert not any(line["counted"] for line in lines[:8])
    assert lines[8] == {
        "date": "2016-10-08", "weekday": "周六", "counted": True, "number": 1, "note": "国庆节调休上班",
    }  # fmt: skip
    assert (lines[9]["number"], lines[9]["to"]) == (2, "17:30")


def test_the_explanation_of_hours_shows_each_stretch(calendar):
    lines = add_working_time(at("2016-03-11 11:00"), 6, Unit.WORK_HOUR).explanation
    assert [(line["date"], line.get("from"), line.get("to"), line["note"]) for line in lines] == [
        ("2016-03-11", "11:00", "12:00", ""),
        ("2016-03-11", "13:30", "17:30", ""),
        ("2016-03-12", None, None, "周六"),
        ("2016-03-13", None, None, "周日"),
        ("2016-03-14", "09:00", "10:00", ""),
    ]


# --- years without a table -------------------------------------------------------------------------------------------


def test_a_deadline_that_reaches_a_year_without_a_table_is_provisional(calendar):
    assert add_working_time(at("2026-12-30 10:00"), 5, Unit.WORK_DAY).provisional
    assert add_working_time(at("2026-12-31 17:00"), 2, Unit.WORK_HOUR).provisional
    assert not add_working_time(at("2026-12-28 10:00"), 3, Unit.WORK_DAY).provisional
    assert not add_working_time(at("2026-12-31 23:00"), 4, Unit.URGENT_HOUR).provisional


def test_the_warning_comes_in_november_and_goes_when_the_year_is_entered(calendar):
    assert calendar_warning(datetime.date(2026, 10, 31)) == ""
    assert "2027 年" in calendar_warning(datetime.date(2026, 11, 1))
    assert "2027 年" in calendar_warning(datetime.date(2027, 3, 1))
    CalendarYear.objects.create(year=2027, source="通知")
    publish("calendar")
    assert calendar_warning(datetime.date(2026, 11, 1)) == ""


def test_administrators_are_told_of_it_once_a_month_and_nobody_else(calendar, admin, dispatcher):
    november, december = at("2026-11-02 09:05"), at("2026-12-01 09:05")
    assert tell_of_missing_years(at=at("2026-10-30 09:05")) == 0
    assert [tell_of_missing_years(at=when) for when in (november, november, december)] == [1, 0, 1]
    assert {notice.user for notice in Notification.objects.all()} == {admin}
    assert "2027 年的节假日安排还没有录入" in Notification.objects.first().text
    CalendarYear.objects.create(year=2027, source="通知")
    publish("calendar")
    assert tell_of_missing_years(at=at("2027-01-04 09:05")) == 0


# --- editing ---------------------------------------------------------------------------------------------------------


def test_a_day_that_the_office_changes_moves_the_deadline(calendar):
    assert due("2016-03-08 10:00", 1, Unit.WORK_DAY) == "2016-03-09 17:30"
    CalendarDay.objects.create(date=datetime.date(2016, 3, 9), is_workday=False, name="停电放假")
    publish("calendar")
    assert due("2016-03-08 10:00", 1, Unit.WORK_DAY) == "2016-03-10 17:30"


def test_new_office_hours_hold_from_their_day_on(calendar):
    WorkHours.objects.create(
        effective_from=datetime.date(2016, 6, 1),
        morning_start="08:30", morning_end="11:30", afternoon_start="14:00", afternoon_end="18:00",
    )  # fmt: skip
    publish("calendar")
    assert due("2016-05-30 10:00", 1, Unit.WORK_DAY) == "2016-05-31 17:30"
    assert due("2016-05-31 10:00", 1, Unit.WORK_DAY) == "2016-06-01 18:00"
    assert due("2016-05-31 17:00", 1, Unit.WORK_HOUR) == "2016-06-01 09:00"


def test_seeding_twice_changes_nothing_and_keeps_what_the_office_edited(calendar):
    CalendarDay.objects.filter(date=datetime.date(2016, 10, 8)).update(is_workday=False, name="本街道放假")
    assert seed_calendar() == 0
    assert CalendarDay.objects.get(date=datetime.date(2016, 10, 8)).name == "本街道放假"
    assert WorkHours.objects.count() == 1


def test_another_process_s_edit_is_seen_once_the_token_is_asked_for_again(calendar, monkeypatch):
    assert is_workday(datetime.date(2016, 3, 9))
    CalendarDay.objects.create(date=datetime.date(2016, 3, 9), is_workday=False, name="停电放假")
    Edition.objects.publish("calendar")  # what another process would have done: this one was not told
    assert is_workday(datetime.date(2016, 3, 9))
    monkeypatch.setattr("grid.editions.CHECK_SECONDS", 0)
    assert not is_workday(datetime.date(2016, 3, 9))


def test_counting_many_deadlines_asks_the_database_only_once(calendar, django_assert_num_queries):
    add_working_time(at("2016-03-08 10:00"), 1, Unit.WORK_DAY)
    with django_assert_num_queries(0):
        for hour in range(50):
            add_working_time(at("2016-03-08 10:00"), hour, Unit.WORK_HOUR)


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_moment_without_time_zone_or_a_negative_or_broken_amount_is_refused(calendar):
    with pytest.raises(ValueError, match="time zone"):
        add_working_time(datetime.datetime(2016, 3, 8, 10), 1, Unit.WORK_DAY)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        add_working_time(at("2016-03-08 10:00"), -1, Unit.WORK_DAY)
    with pytest.raises(ValueError, match="whole"):
        add_working_time(at("2016-03-08 10:00"), 1.5, Unit.WORK_DAY)
    assert add_working_time(at("2016-03-08 10:00"), 0, Unit.WORK_DAY).due_at == at("2016-03-08 10:00")
