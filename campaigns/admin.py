"""What the administrator edits of campaigns: the measures of an alert, the periods of the law before force."""
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import record
from campaigns.models import AlertMeasure, LawPeriod


class RecordedAdmin(admin.ModelAdmin):
    """A change leaves its entry in the trail: which fields, by whom."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and record; the admin site has already opened a transaction."""
        super().save_model(request, obj, form, change)
        action = "record_changed" if change else "record_added"
        detail = {"fields": "、".join(form.changed_data)}
        record(action, actor=request.user, subject=obj, detail=detail, request=request, at=timezone.now())


@admin.register(AlertMeasure)
class AlertMeasureAdmin(RecordedAdmin):
    """The words of a level; a change holds for alerts issued from now on, and leaves its entry in the trail."""

    list_display = ["level", "words"]


@admin.register(LawPeriod)
class LawPeriodAdmin(RecordedAdmin):
    """The periods that must pass before force; a new rule is a new row with the day from which it holds."""

    list_display = ["period", "amount", "unit", "effective_from", "effective_to", "basis"]
    list_filter = ["period"]
