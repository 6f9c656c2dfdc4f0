"""What the phone sends of a patrol: presses, pictures, findings, handing in; the same for queue and plain form."""
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Department
from campaigns.models import COUNTERS, PatrolFinding, Shift
from campaigns.patrols import MOST, Found, Outing
from cases.models import Category, FieldReport
from cases.sent_once import INCOMPLETE, KEY
from cases.snapping import MOST_PHOTOS, TOO_MANY_PHOTOS, Fix
from grid.coordinates import WGS84
from grid.models import Community

NOT_A_NUMBER = "应为 0 以上的整数，例如 14。"


class OutingForm(forms.Form):
    """Under which key, by whom, and which shift of which date is meant."""

    key = forms.CharField(max_length=38, error_messages={"required": INCOMPLETE, "max_length": INCOMPLETE})
    who = forms.CharField(required=False, max_length=20)
    day = forms.DateField(error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})
    shift = forms.ChoiceField(choices=Shift.choices, error_messages={
        "required": INCOMPLETE, "invalid_choice": INCOMPLETE})  # fmt: skip
    pressed = forms.FloatField(required=False, min_value=0, max_value=1e13)

    def clean_key(self) -> str:
        """The phone's mark of this very unit."""
        if not KEY.match(self.cleaned_data["key"]):
            raise forms.ValidationError(INCOMPLETE)
        return self.cleaned_data["key"]

    def outing(self, team: Department) -> Outing:
        """The own team's shift."""
        return Outing(self.cleaned_data["day"], self.cleaned_data["shift"], team)

    def pressed_at(self) -> datetime | None:
        """When it was pressed by the phone's clock (milliseconds since 1970), for a log that begins with it."""
        told = self.cleaned_data["pressed"]
        return datetime.fromtimestamp(told / 1000, tz=timezone.get_current_timezone()) if told else None

    def take_refusals(self, errors: dict[str, str]) -> None:
        """Show what a verb refused at the field it names."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    def sentence(self) -> str:
        """All that must be changed, as one text for the phone's queue."""
        return " ".join(dict.fromkeys(error for errors in self.errors.values() for error in errors))


class CountForm(OutingForm):
    """What is added: `<name>_by` from a press, or what was typed against what the page showed (`<name>_seen`)."""

    step = forms.RegexField(r"^[a-z_]+:-?1$", required=False, error_messages={"invalid": INCOMPLETE})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, (word, _) in COUNTERS.items():
            most = f"{word}最多 {MOST:,}。请核对。"
            wrong = {"invalid": f"{word}{NOT_A_NUMBER}", "min_value": f"{word}{NOT_A_NUMBER}", "max_value": most}
            self.fields[name] = forms.IntegerField(
                label=word, required=False, min_value=0, max_value=MOST, error_messages=wrong
            )
            self.fields[f"{name}_seen"] = forms.IntegerField(required=False, error_messages={"invalid": INCOMPLETE})
            self.fields[f"{name}_by"] = forms.IntegerField(
                required=False, min_value=-MOST, max_value=MOST, error_messages=wrong
            )

    def added(self) -> dict[str, int]:
        """The counters that change, each by how many."""
        told = self.cleaned_data
        sums = {name: (told[f"{name}_by"] or 0) + self._typed(name) for name in COUNTERS}
        name, _, by = told["step"].partition(":")
        if name in sums:
            sums[name] += int(by)
        return {name: by for name, by in sums.items() if by}

    def _typed(self, name: str) -> int:
        shown, typed = self.cleaned_data[f"{name}_seen"], self.cleaned_data[name]
        return 0 if shown is None or typed is None else typed - shown


class CloseForm(CountForm):
    """Handing in: where they went, what there is to say, and being sure, since the counters freeze."""

    area = forms.CharField(label="路线点位", required=False, max_length=200, error_messages={
        "max_length": "路线点位太长，最多 200 个字。"})  # fmt: skip
    note = forms.CharField(
        label="情况说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "情况说明太长，最多 500 个字。"},
    )  # fmt: skip
    sure = forms.BooleanField(required=False)


class ShotForm(OutingForm):
    """One picture taken on the way."""

    photo = forms.FileField(label="照片", error_messages={
        "required": "请先拍一张照片。", "empty": "照片是空文件，可能没有传完。请重新上传。"})  # fmt: skip


class FilesInput(forms.FileInput):
    """A file input for several pictures."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to nine pictures; what they hold is looked at when they are stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"accept": "image/*", "multiple": True}), required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> tuple:
        """All the files, perhaps none."""
        files = tuple(super(FilesField, self).clean(file) for file in data or [] if file)
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(TOO_MANY_PHOTOS)
        return files


class FindingForm(OutingForm):
    """A problem found on the way: handed to those whose matter it is, or put right on the spot."""

    kind = forms.ChoiceField(label="怎么办理", choices=PatrolFinding.Kind.choices, error_messages={
        "required": "请选择立查立改还是转案件。", "invalid_choice": "请选择立查立改还是转案件。"})  # fmt: skip
    category = forms.ModelChoiceField(
        label="什么问题", queryset=Category.objects.none(), to_field_name="code", empty_label=None,
        widget=forms.RadioSelect, error_messages={
            "required": "请选一类问题。", "invalid_choice": "这一类已经停用。请另选一类，拿不准就选“其他”。",
        },
    )  # fmt: skip
    photos = FilesField(label="现场照片")
    after_photos = FilesField(label="整改后照片")
    words = forms.CharField(
        label="情况说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "说明太长，最多 500 个字。"},
    )  # fmt: skip
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    datum = forms.ChoiceField(required=False, choices=[(WGS84, WGS84)], widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1e6, widget=forms.HiddenInput)
    origin = forms.ChoiceField(required=False, choices=FieldReport.Origin.choices, widget=forms.HiddenInput)
    community = forms.ModelChoiceField(
        label="所在社区", required=False, queryset=Community.objects.none(), to_field_name="code", empty_label="请选择",
        error_messages={"invalid_choice": "没有这个社区。请重新选择。"},
    )  # fmt: skip
    address = forms.CharField(label="地点", required=False, max_length=60, error_messages={
        "max_length": "地点太长，最多 60 个字。其余写到情况说明里。"})  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        picked = Category.objects.filter(active=True, pick_order__isnull=False).exclude(pick_label="")
        self.fields["category"].queryset = picked.order_by("pick_order", "code")
        self.fields["community"].queryset = Community.objects.without_shapes().order_by("code")

    def clean(self) -> dict[str, Any]:
        """立查立改 says what was done, in at least ten letters."""
        told = super().clean()
        if told.get("kind") == PatrolFinding.Kind.FIXED and len(told.get("words", "").strip()) < 10:
            self.add_error("words", "说明太短。请写明做了什么、结果如何，至少 10 个字。")
        return told

    def found(self, *, key: str) -> Found:
        """What was found, for the verb; browsers and cameras give WGS-84."""
        told = self.cleaned_data
        fix = None
        if told["lon"] is not None and told["lat"] is not None:
            origin = told["origin"] or FieldReport.Origin.DEVICE
            fix = Fix(told["lon"], told["lat"], WGS84, told["accuracy_m"], origin)
        return Found(
            key=key, kind=told["kind"], category=told["category"], before=told["photos"],
            after=told["after_photos"], words=told["words"], fix=fix, community=told["community"],
            address=told["address"],
        )  # fmt: skip
