"""What the administrator edits of the ground: the work calendar, the office hours, the key sites."""
import datetime
import re
from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.audit import record
from grid.calendar import SUBJECT as CALENDAR
from grid.calendar import calendar_warning
from grid.check_plans import keep_plan
from grid.editions import publish
from grid.forms.ground import KeySiteForm
from grid.locate import SUBJECT as TERRITORY
from grid.models import (
    CalendarDay,
    CalendarYear,
    CheckRule,
    KeySite,
    PlaceAlias,
    RetentionRule,
    ThingClass,
    WorkHours,
)


class PublishingAdmin(admin.ModelAdmin):
    """Every change puts a new edition in force and leaves its entry in the trail."""

    subject = ""
    act = ""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save, publish, record; the admin site has already opened a transaction."""
        super().save_model(request, obj, form, change)
        publish(self.subject)
        self._record(request, obj, form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Record while the row still has its key, then delete and publish."""
        self._record(request, obj, ["delete"])
        super().delete_model(request, obj)
        publish(self.subject)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """One by one, so that each leaves its entry."""
        for row in queryset:
            self.delete_model(request, row)

    def _record(self, request: HttpRequest, obj: Any, fields: list[str]) -> None:
        detail = {"fields": "、".join(fields)}
        record(self.act, actor=request.user, subject=obj, detail=detail, request=request, at=timezone.now())


class CalendarAdmin(PublishingAdmin):
    """A table of the work calendar; its page says when a year is missing."""

    subject = CALENDAR

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, below the warning if there is one."""
        warning = calendar_warning(timezone.localdate())
        if warning and request.method == "GET":
            messages.warning(request, warning)
        return super().changelist_view(request, extra_context)


@admin.register(CalendarYear)
class CalendarYearAdmin(CalendarAdmin):
    """A year is entered when its notice is out; until then its deadlines are provisional."""

    act = "calendar_year_entered"
    list_display = ("year", "source")


class YearFilter(admin.SimpleListFilter):
    """The days of one year."""

    title = "年份"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The years that have days."""
        return [(str(day.year), f"{day.year} 年") for day in CalendarDay.objects.dates("date", "year", order="DESC")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The days from 1 January to 31 December."""
        if not re.fullmatch(r"[12]\d{3}", self.value() or ""):
            return queryset
        year = int(self.value())
        return queryset.filter(date__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarAdmin):
    """The days of a year that differ from Monday to Friday, edited in the list."""

    act = "calendar_changed"
    list_display = ("date", "weekday", "is_workday", "name")
    list_editable = ("is_workday", "name")
    list_filter = (YearFilter, "is_workday")
    list_per_page = 60
    ordering = ("-date",)

    @admin.display(description="星期")
    def weekday(self, day: CalendarDay) -> str:
        """The day of the week."""
        return "周" + "一二三四五六日"[day.date.weekday()]


@admin.register(WorkHours)
class WorkHoursAdmin(PublishingAdmin):
    """The office hours, each row from its day on; a past row explains past deadlines and stays."""

    subject, act = CALENDAR, "work_hours_changed"
    list_display = ("effective_from", "morning_start", "morning_end", "afternoon_start", "afternoon_end")


@admin.register(KeySite)
class KeySiteAdmin(PublishingAdmin):
    """The watched places."""

    subject, act = TERRITORY, "key_site_changed"
    list_display = ("code", "name", "category", "community", "grid", "status", "patrol_per_week", "check_time")
    list_filter = ("category", "status", "community")
    list_select_related = ("community", "grid")
    search_fields = ("code", "name")
    form = KeySiteForm

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """The plan of checks is dated from today on."""
        super().save_model(request, obj, form, change)
        keep_plan(obj, at=timezone.now())

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the outlines of community and grid."""
        return super().get_queryset(request).for_list()


@admin.register(PlaceAlias)
class PlaceAliasAdmin(PublishingAdmin):
    """Other names of places, so that an address is found as people write it."""

    subject = TERRITORY
    act = "place_alias_changed"
    list_display = ("name", "site", "community")
    list_select_related = ("site", "community")
    search_fields = ("name", "site__name", "community__name")
    autocomplete_fields = ("site",)


@admin.register(ThingClass)
class ThingClassAdmin(PublishingAdmin):
    """Minor classes of components, of both standards."""

    subject = "thing_classes"
    act = "thing_class_changed"
    list_display = ("code", "name", "major", "standard", "older", "default_owner", "active")
    list_filter = ("standard", "active")
    list_select_related = ("older", "default_owner")
    search_fields = ("code", "name")


@admin.register(RetentionRule)
class RetentionRuleAdmin(PublishingAdmin):
    """How long the street keeps who has left; the first row holds."""

    subject = "retention"
    act = "retention_changed"
    list_display = ("months_after_leaving", "basis")


@admin.register(CheckRule)
class CheckRuleAdmin(PublishingAdmin):
    """The hours of day and night, and by what a check of a key place is marked or refused; the first row holds."""

    subject = "check_rule"
    act = "check_rule_changed"
    list_display = ("day_begins", "night_begins", "far_m", "latest_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one rule."""
        return super().has_add_permission(request) and not CheckRule.objects.exists()
