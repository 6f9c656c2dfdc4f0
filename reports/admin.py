"""What the administrator edits of the figures: their targets. Never a number that was counted."""
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import record
from reports.models import FigureTarget


@admin.register(FigureTarget)
class FigureTargetAdmin(admin.ModelAdmin):
    """One row a figure, emptied when there is no target; every change leaves its entry in the trail."""

    list_display = ["figure", "target"]

    def get_readonly_fields(self, request: HttpRequest, obj: FigureTarget | None = None) -> list[str]:
        """A row stays with its figure."""
        return ["figure"] if obj else []

    def save_model(self, request: HttpRequest, obj: FigureTarget, form: Any, change: bool) -> None:
        """Save and record; the admin site has already opened a transaction."""
        super().save_model(request, obj, form, change)
        record(
            "record_changed" if change else "record_added", actor=request.user, subject=obj, request=request,
            detail={"fields": "、".join(form.changed_data)}, at=timezone.now(),
        )  # fmt: skip
