"""What the administrator edits of the cases: classes, limits, hotlines, reasons of return, phrases. Never a case."""
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from accounts.audit import record
from cases.models import CaseStandard, Category, HotlineKind, Phrase, ReturnReason
from cases.workflow import MOVES


class RecordedAdmin(admin.ModelAdmin):
    """Every change leaves its entry in the trail: which fields, by whom."""

    list_per_page = 50

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and record; the admin site has already opened a transaction."""
        super().save_model(request, obj, form, change)
        self._record(request, obj, "record_changed" if change else "record_added", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Record while the row still has its key."""
        self._record(request, obj, "record_changed", ["delete"])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """One by one, so that each leaves its entry."""
        for row in queryset:
            self.delete_model(request, row)

    def _record(self, request: HttpRequest, obj: Any, action: str, fields: list[str]) -> None:
        detail = {"fields": "、".join(fields)}
        record(action, actor=request.user, subject=obj, detail=detail, request=request, at=timezone.now())


class WithHistoryAdmin(RecordedAdmin, SimpleHistoryAdmin):
    """What a row said at any time and who changed it: old deadlines stay explainable, and nothing is put back."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """An old version is read; a change goes the usual way, so that it is recorded."""
        return True

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, **more: Any) -> HttpResponse:
        """Hiding the button is not enough: a POST would still put the old version back."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("历史版本只供查看。要改时限或类别，请在它的修改页上改。")
        return super().history_form_view(request, object_id, version_id, **more)


@admin.register(Category)
class CategoryAdmin(WithHistoryAdmin):
    """Classes; one that cases bear is put out of use, not deleted."""

    list_display = ["code", "name", "major", "kind", "default_department", "evidence_required", "tags", "active"]
    list_filter = ["active", "kind", "major", "evidence_required"]
    list_select_related = ["default_department"]
    search_fields = ["code", "name"]


class CaseStandardForm(forms.ModelForm):
    """A limit; what it is for may stay open, how long it is may not."""

    class Meta:
        model = CaseStandard
        fields = ["clock", "category", "kind", "major_code", "source", "urgency", "amount", "unit", "effective_from",
                  "effective_to", "note"]  # fmt: skip
        help_texts = {
            "category": "不填则对所有小类有效；多条都适用时，取限定最细的一条",
            "effective_from": "只用于此后开始计时的时钟，已开始的不变",
            "note": "会印在案件的“规则”一栏",
        }

    def clean_amount(self) -> int:
        """A limit of nothing would be over at once."""
        amount = self.cleaned_data["amount"]
        if amount < 1:
            raise forms.ValidationError("时限至少为 1。不想计时就把停用日期填上。")
        return amount

    def clean(self) -> dict[str, Any]:
        """A row ends after it begins."""
        cleaned = super().clean()
        start, end = cleaned.get("effective_from"), cleaned.get("effective_to")
        if start and end and end < start:
            self.add_error("effective_to", "停用日期早于起用日期。请改后一个。")
        return cleaned


@admin.register(CaseStandard)
class CaseStandardAdmin(WithHistoryAdmin):
    """Limits of every clock."""

    form = CaseStandardForm
    list_display = ["clock", "amount", "unit", "urgency", "source", "category", "major_code", "effective_from",
                    "effective_to", "note"]  # fmt: skip
    list_filter = ["clock", "source", "urgency"]
    list_select_related = ["category"]
    autocomplete_fields = ["category"]


@admin.register(HotlineKind)
class HotlineKindAdmin(RecordedAdmin):
    """Hotlines; 接诉即办 needs its two limits."""

    list_display = ["code", "name", "swift_response", "response_hours", "resolution_days", "active"]


@admin.register(ReturnReason)
class ReturnReasonAdmin(RecordedAdmin):
    """Reasons of return."""

    list_display = ["code", "name", "active"]


class PhraseForm(forms.ModelForm):
    """A phrase belongs to a move that asks for words."""

    move = forms.ChoiceField(
        label="动作", choices=lambda: [(move.name, move.button) for move in MOVES.values()
                                     if any(ask.kind == "text" for ask in move.asks)],
    )  # fmt: skip

    class Meta:
        model = Phrase
        fields = ["move", "text", "order"]


@admin.register(Phrase)
class PhraseAdmin(RecordedAdmin):
    """Ready sentences."""

    form = PhraseForm
    list_display = ["text", "button", "order"]
    list_filter = ["move"]

    @admin.display(description="动作", ordering="move")
    def button(self, row: Phrase) -> str:
        """The move by its button."""
        return MOVES[row.move].button if row.move in MOVES else row.move
