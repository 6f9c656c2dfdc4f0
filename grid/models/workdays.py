"""The work calendar: which days count as work (调休 included) and the hours of a working day."""
from django.db import models
from django.db.models import F, Q


class Unit(models.TextChoices):
    """What a limit is counted in: round the clock, within working hours, in working days, in calendar days."""

    URGENT_MINUTE = "urgent_minute", "紧急工作分"
    URGENT_HOUR = "urgent_hour", "紧急工作时"
    WORK_HOUR = "work_hour", "工作时"
    WORK_DAY = "work_day", "工作日"
    CALENDAR_DAY = "calendar_day", "日"


class CalendarYear(models.Model):
    """A year whose holiday table is entered; a year without one counts Monday to Friday and is provisional."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField("依据", max_length=100, help_text="如：国务院办公厅关于 2016 年部分节假日安排的通知")

    class Meta:
        verbose_name = "日历年度"
        verbose_name_plural = "日历年度"
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year} 年"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday or has a holiday's name: 放假 or 调休上班."""

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("说明", max_length=30, help_text="如：国庆节、国庆节调休上班")

    class Meta:
        verbose_name = "日历日"
        verbose_name_plural = "日历日"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"


class WorkHours(models.Model):
    """The hours of a working day in Beijing time, from a day on until the next row takes over."""

    effective_from = models.DateField("起用日期", unique=True)
    morning_start = models.TimeField("上午上班")
    morning_end = models.TimeField("上午下班")
    afternoon_start = models.TimeField("下午上班")
    afternoon_end = models.TimeField("下午下班")

    class Meta:
        verbose_name = "作息时间"
        verbose_name_plural = "作息时间"
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(morning_start__lt=F("morning_end"))
                & Q(morning_end__lte=F("afternoon_start"))
                & Q(afternoon_start__lt=F("afternoon_end")),
                name="work_hours_run_forward",
                violation_error_message="四个时间应当依次往后：上午上班、上午下班、下午上班、下午下班。请改正先后。",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.effective_from:%Y-%m-%d} 起 {self.morning_start:%H:%M}–{self.morning_end:%H:%M}、"
            f"{self.afternoon_start:%H:%M}–{self.afternoon_end:%H:%M}"
        )
