"""What the administrator edits of the ground: the work calendar, the office hours, the key sites."""
import datetime
from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.audit import record
from grid.calendar import SUBJECT as CALENDAR
from grid.calendar import calendar_warning
from grid.editions import publish
from grid.forms import KeySiteForm
from grid.locate import SUBJECT as TERRITORY
from grid.models import CalendarDay, CalendarYear, KeySite, WorkHours


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
        if not (self.value() or "").isdigit():
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
    list_display = ("code", "name", "category", "community", "grid", "status", "patrol_per_week")
    list_filter = ("category", "status", "community")
    list_select_related = ("community", "grid")
    search_fields = ("code", "name")
    form = KeySiteForm

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the outlines of community and grid."""
        return super().get_queryset(request).for_list()
