"""The page on which a ledger is carried away: format, and for those who may: in clear, for a reason.

For the views of ledgers: `return carry_away(request, TARGET, rows, words=…, back="/ledgers/…/?…")`. It stands beside
the verb `exporting.answer` and not in `views`, because every app's views give this page and none may import another's.
"""
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from sheets import exporting
from sheets.errors import AnswerRefused
from sheets.targets import Target

KIND_WANTED = "请选择导出格式。"


class ExportForm(forms.Form):
    """In which format; `unmasked` and `reason` only for those who may."""

    kind = forms.ChoiceField(
        label="格式", choices=[(key, word) for key, (word, _) in exporting.FORMATS.items()], initial="xlsx",
        widget=forms.RadioSelect, error_messages={"required": KIND_WANTED, "invalid_choice": KIND_WANTED},
    )  # fmt: skip
    unmasked = forms.BooleanField(label="导出未脱敏信息，文件注明导出人", required=False)
    reason = forms.CharField(
        label="理由", required=False, max_length=300, help_text="导出未脱敏信息时必填，至少 5 个字，记入审计",
        error_messages={"max_length": "理由太长，最多 300 个字。请缩短。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, may_unmask: bool, **more: Any) -> None:
        super().__init__(data, **more)
        if not may_unmask:
            del self.fields["unmasked"], self.fields["reason"]


def carry_away(
    request: HttpRequest, target: Target, rows: QuerySet, *, words: Iterable[str], back: str
) -> HttpResponseBase:
    """GET asks for format and reason, POST gives the file; `words` name the filters, `back` leads to the list.

    PermissionDenied without the ledger's right to carry away; a reason that is missing or short is the form again, 422.
    """
    personal = [column.title for column in target.columns if column.personal]
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        may_unmask=bool(personal) and request.user.has_perm(target.unmasked_right),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return exporting.answer(
                target, rows, by=request.user, at=timezone.now(), words=words, request=request, **form.cleaned_data
            )
        except AnswerRefused as refusal:
            form.add_error("reason" if "reason" in form.fields else None, str(refusal))
    context = {
        "form": form, "target": target, "count": rows.count(), "back": back, "personal": personal,
        "is_demo": exporting.has_demo(rows),
    }  # fmt: skip
    return render(request, "sheets/export.html", context, status=422 if form.errors else 200)
