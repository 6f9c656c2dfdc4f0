"""The form of 随手拍: the same for a browser without script, for the queue of the phone, for residents and staff."""
import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cases.joining import case_of_token
from cases.models import Category, FieldReport
from cases.sent_once import INCOMPLETE, KEY
from cases.snapping import MOST_PHOTOS, NO_PHOTO, TOO_MANY_PHOTOS, Fix, Snap
from grid.coordinates import GCJ02, WGS84
from grid.models import Community

NO_KEY = {"required": INCOMPLETE, "max_length": INCOMPLETE}
PHONE = re.compile(r"^(1[3-9]\d{9}|0\d{9,11})$")


class PhotosInput(forms.FileInput):
    """A file input for several pictures."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """One to nine pictures (or as many as `most`); what they hold is looked at when they are stored."""

    def __init__(self, *, most: int = MOST_PHOTOS, too_many: str = TOO_MANY_PHOTOS, **options: Any) -> None:
        self.most, self.too_many = most, too_many
        widget = PhotosInput(attrs={"accept": "image/*", "multiple": True})
        super().__init__(**{"widget": widget, "error_messages": {"required": NO_PHOTO}, **options})

    def clean(self, data: Any, initial: Any = None) -> tuple[UploadedFile, ...]:
        """All the files, each one of them at least a byte long."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        files = tuple(super(PhotosField, self).clean(file) for file in given if file)
        if self.required and not files:
            raise forms.ValidationError(NO_PHOTO)
        if len(files) > self.most:
            raise forms.ValidationError(self.too_many)
        return files


class ReportForm(forms.Form):
    """Photos, place, class; everything else may stay empty."""

    photos = PhotosField(label="照片")
    category = forms.ModelChoiceField(
        label="什么问题", queryset=Category.objects.none(), to_field_name="code", empty_label=None,
        widget=forms.RadioSelect, error_messages={
            "required": "请选一类问题。", "invalid_choice": "这一类已经停用。请另选一类，拿不准就选“其他”。",
        },
    )  # fmt: skip
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    datum = forms.ChoiceField(required=False, choices=[(WGS84, WGS84), (GCJ02, GCJ02)], widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1e6, widget=forms.HiddenInput)
    origin = forms.ChoiceField(required=False, choices=FieldReport.Origin.choices, widget=forms.HiddenInput)
    community = forms.ModelChoiceField(
        label="所在社区", required=False, queryset=Community.objects.none(), to_field_name="code", empty_label="请选择",
        error_messages={"invalid_choice": "没有这个社区。请重新选择。"},
    )  # fmt: skip
    address = forms.CharField(label="地点", required=False, max_length=60, error_messages={
        "max_length": "地点太长，最多 60 个字。其余写到补充说明里。"})  # fmt: skip
    words = forms.CharField(
        label="补充说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "说明太长，最多 500 个字。"},
    )  # fmt: skip
    name = forms.CharField(label="称呼", required=False, max_length=30, error_messages={
        "max_length": "称呼太长，最多 30 个字。"})  # fmt: skip
    phone = forms.CharField(label="联系电话", required=False, max_length=20, widget=forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}))  # fmt: skip
    same_as = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput, error_messages=NO_KEY)
    who = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = picks()
        self.fields["community"].queryset = Community.objects.without_shapes().order_by("code")

    def clean_key(self) -> str:
        """The phone's mark of this very report."""
        key = self.cleaned_data["key"]
        if not KEY.match(key):
            raise forms.ValidationError(INCOMPLETE)
        return key

    def clean(self) -> dict[str, Any]:
        """A hidden field has no place of its own for its sentence."""
        if "key" in self.errors:
            self.add_error(None, INCOMPLETE)
        return super().clean()

    def clean_phone(self) -> str:
        """A mobile or a landline number, strokes and spaces taken out."""
        phone = re.sub(r"[\s\-－()（）]", "", self.cleaned_data["phone"])
        if phone and not PHONE.match(phone):
            digits = sum(letter.isdigit() for letter in phone)
            raise forms.ValidationError(f"电话应为 11 位手机号或带区号的座机，现为 {digits} 位数字。不想留可以空着。")
        return phone

    def fix(self) -> Fix | None:
        """The position that was sent, if one was."""
        told = self.cleaned_data
        if told.get("lon") is None or told.get("lat") is None:
            return None
        origin = told["origin"] or FieldReport.Origin.DEVICE
        return Fix(told["lon"], told["lat"], told["datum"] or WGS84, told["accuracy_m"], origin)

    def snap(self, *, key: str, device: str, ip: str) -> Snap:
        """What was sent, for the verb; a case to join that cannot be found any more means a new one."""
        told = self.cleaned_data
        return Snap(
            key=key, category=told["category"], files=told["photos"], fix=self.fix(),
            community=told["community"], address=told["address"], words=told["words"], name=told["name"].strip(),
            phone=told["phone"], same_as=case_of_token(told["same_as"]) if told["same_as"] else None,
            device=device, ip=ip,
        )  # fmt: skip

    def sentence(self) -> str:
        """All that must be changed, as one text for the phone's queue."""
        return " ".join(dict.fromkeys(error for errors in self.errors.values() for error in errors))


def picks() -> Any:
    """The classes that the phone shows, in the administrators' order."""
    found = Category.objects.filter(active=True, pick_order__isnull=False).exclude(pick_label="")
    return found.order_by("pick_order", "code")


class NearForm(forms.Form):
    """A position and perhaps a class, for the question what is open near by."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)
    datum = forms.ChoiceField(required=False, choices=[(WGS84, WGS84), (GCJ02, GCJ02)])
    category = forms.CharField(required=False, max_length=4)

    def wgs84(self) -> tuple[float, float]:
        """The position inside the house."""
        told = self.cleaned_data
        return Fix(told["lon"], told["lat"], told["datum"] or WGS84).wgs84

    def chosen(self) -> Category | None:
        """The class, if one is chosen."""
        code = self.cleaned_data["category"]
        return picks().filter(code=code).first() if code else None
