"""What the phone sends of a check of a key place; the same for queue and plain form."""
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from cases.checking import NO_CATEGORY, Visit
from cases.forms.report import NO_KEY, PhotosField, picks
from cases.models import Category, FieldReport
from cases.sent_once import INCOMPLETE, KEY
from cases.snapping import Fix
from grid.coordinates import GCJ02, WGS84
from grid.models import KeySite, Verdict


class CheckForm(forms.Form):
    """Pictures and verdict; the class of a problem; position and time come by themselves."""

    photos = PhotosField(label="照片")
    verdict = forms.ChoiceField(
        label="结论", choices=Verdict.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选“正常”或“有问题”。", "invalid_choice": INCOMPLETE},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label="什么问题", required=False, queryset=Category.objects.none(), to_field_name="code", empty_label=None,
        widget=forms.RadioSelect, error_messages={
            "invalid_choice": "这一类已经停用。请另选一类，拿不准就选“其他”。",
        },
    )  # fmt: skip
    words = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "说明太长，最多 500 个字。"},
    )  # fmt: skip
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    datum = forms.ChoiceField(required=False, choices=[(WGS84, WGS84), (GCJ02, GCJ02)], widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1e6, widget=forms.HiddenInput)
    origin = forms.ChoiceField(required=False, choices=FieldReport.Origin.choices, widget=forms.HiddenInput)
    pressed = forms.FloatField(required=False, min_value=0, max_value=1e13, widget=forms.HiddenInput)
    key = forms.CharField(  # with the prefix of a check it is the key of a report, of 40 letters
        max_length=38, validators=[RegexValidator(KEY, INCOMPLETE)], widget=forms.HiddenInput,
        error_messages=NO_KEY,
    )  # fmt: skip
    who = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = picks()

    def clean(self) -> dict[str, Any]:
        """A problem has its class; what is normal has none."""
        told = super().clean()
        if told.get("verdict") == Verdict.TROUBLE and not told.get("category") and "category" not in self.errors:
            self.add_error("category", NO_CATEGORY)
        if "key" in self.errors:
            self.add_error(None, INCOMPLETE)  # a hidden field has no place for its sentence
        return told

    def visit(self, site: KeySite, *, key: str) -> Visit:
        """What was sent, for the verb."""
        told = self.cleaned_data
        trouble = told["verdict"] == Verdict.TROUBLE
        return Visit(
            key=key, site=site, verdict=Verdict(told["verdict"]), files=told["photos"], words=told["words"],
            category=told["category"] if trouble else None, fix=self._fix(), checked_at=self._checked_at(),
        )  # fmt: skip

    def _fix(self) -> Fix | None:
        told = self.cleaned_data
        if told["lon"] is None or told["lat"] is None:
            return None
        origin = told["origin"] or FieldReport.Origin.DEVICE
        return Fix(told["lon"], told["lat"], told["datum"] or WGS84, told["accuracy_m"], origin)

    def _checked_at(self) -> datetime | None:
        """When it was sent off by the phone's clock (milliseconds since 1970); the queue may have held it since."""
        told = self.cleaned_data["pressed"]
        return datetime.fromtimestamp(told / 1000, tz=timezone.get_current_timezone()) if told else None

    def sentence(self) -> str:
        """All that must be changed, as one text for the phone's queue."""
        return " ".join(dict.fromkeys(error for errors in self.errors.values() for error in errors))
