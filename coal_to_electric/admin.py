"""What the administrator edits of the programme: seasons, limits, equipment, policies, rates. Never a household."""
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from accounts.audit import record
from coal_to_electric.equipment import SUBJECT
from coal_to_electric.models import (
    EquipmentKind,
    EquipmentModel,
    OffPeakRate,
    Programme,
    StageLimit,
    SubsidyPolicy,
)
from grid.editions import publish


class RecordedAdmin(admin.ModelAdmin):
    """Every change leaves its entry in the trail: which fields, by whom. Nothing is deleted."""

    list_per_page = 50

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and record; the admin site has already opened a transaction."""
        super().save_model(request, obj, form, change)
        publish(SUBJECT)
        record(
            "record_changed" if change else "record_added", actor=request.user, subject=obj, request=request,
            detail={"fields": "、".join(form.changed_data)}, at=timezone.now(),
        )  # fmt: skip


class WithHistoryAdmin(RecordedAdmin, SimpleHistoryAdmin):
    """What a row said at any time: an amount paid years ago stays explainable."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """An old version is read, never put back."""
        return True

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, **more: Any) -> HttpResponse:
        """Hiding the button is not enough: a POST would still put the old version back."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("历史版本只供查看。要改政策，请在它的修改页上改。")
        return super().history_form_view(request, object_id, version_id, **more)


@admin.register(Programme)
class ProgrammeAdmin(RecordedAdmin):
    """A season and its target."""

    list_display = ("season", "name", "target", "heating_from", "heating_to", "closed_on", "shown_first")


@admin.register(StageLimit)
class StageLimitAdmin(RecordedAdmin):
    """After how many days a household counts as stuck."""

    list_display = ("stage", "days")


@admin.register(EquipmentKind)
class EquipmentKindAdmin(RecordedAdmin):
    """Kinds of equipment; one that is not offered is refused with its note."""

    list_display = ("name", "code", "method", "offered", "largest_area_m2", "note")


@admin.register(EquipmentModel)
class EquipmentModelAdmin(RecordedAdmin):
    """Models of equipment."""

    list_display = ("name", "kind", "power_kw", "price_yuan", "active")
    list_filter = ("kind", "active")
    list_select_related = ("kind",)


@admin.register(SubsidyPolicy)
class SubsidyPolicyAdmin(WithHistoryAdmin):
    """Policies by kind, payer and days of force; a new rule is a new row."""

    list_display = ("name", "kind", "payer", "basis", "cap_yuan", "covers_low_income", "effective_from", "effective_to")
    list_filter = ("kind", "payer")
    list_select_related = ("kind",)


@admin.register(OffPeakRate)
class OffPeakRateAdmin(WithHistoryAdmin):
    """What is paid for off-peak electricity."""

    list_display = ("payer", "per_kwh_yuan", "cap_kwh", "effective_from", "effective_to", "source")
