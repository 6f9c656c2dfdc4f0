"""The kinds of question in the forms of ledgers, each with its sentences."""
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from accounts.models import Department
from cases.sent_once import INCOMPLETE
from grid.models import Community, Photo, UnitGrid
from grid.photos import PhotoRefused, store_photo
from grid.uploads import ManyFiles, PhotosField

FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2999, 12, 31)
MOMENT = "%Y-%m-%dT%H:%M"
LONGEST_KEY = 18  # digits of a key that every database holds


def words(label: str, *, required: bool = False, most: int = 60, hint: str = "", **attrs: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}太长，最多 {most} 个字。请缩短。"},
    )  # fmt: skip


def text(label: str, *, required: bool = False, most: int = 300, hint: str = "", rows: int = 2) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "class": "input--short"}),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}太长，最多 {most} 个字。请缩短。"},
    )  # fmt: skip


def day(label: str, *, required: bool = False, hint: str = "", initial: Any = None) -> forms.DateField:
    """A day in Beijing."""
    return forms.DateField(
        label=label, required=required, help_text=hint, initial=initial,
        validators=[MinValueValidator(FIRST_DAY, f"{label}太早。请核对年份。"),
                    MaxValueValidator(LAST_DAY, f"{label}太晚。请核对年份。")],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应为日期，例如 2016-12-23。"},
    )  # fmt: skip


def _possible(moment: datetime) -> None:
    if not FIRST_DAY <= timezone.localdate(moment) <= LAST_DAY:
        raise forms.ValidationError("年份不对。请核对。")


def moment(label: str, *, required: bool = False, hint: str = "") -> forms.DateTimeField:
    """A moment in Beijing."""
    return forms.DateTimeField(
        label=label, required=required, help_text=hint, validators=[_possible],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应为日期和时间，例如 2016-12-23 09:30。"},
    )  # fmt: skip


def area(label: str, *, required: bool = False, hint: str = "") -> forms.DecimalField:
    """Square metres, two decimals."""
    return decimal(f"{label}（㎡）", name=label, required=required, hint=hint)


def decimal(
    label: str, *, name: str = "", places: int = 2, required: bool = False, hint: str = ""
) -> forms.DecimalField:
    """A number with at most so many decimals, never a float."""
    name = name or label
    sentence = f"{name}应是数字，最多 {places} 位小数。" if places else f"{name}应是整数。"
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal(0), max_digits=12, decimal_places=places, help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": f"请填写{name}。", "invalid": sentence, "max_decimal_places": sentence,
            "min_value": f"{name}不能小于 0。", "max_digits": f"{name}太大。请核对。",
            "max_whole_digits": f"{name}太大。请核对。",
        },
    )  # fmt: skip


def count(label: str, *, required: bool = False, hint: str = "") -> forms.IntegerField:
    """A whole number from 0 on."""
    return forms.IntegerField(
        label=label, required=required, min_value=0, max_value=1_000_000, help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": f"请填写{label}。", "invalid": f"{label}应是整数。", "min_value": f"{label}不能小于 0。",
            "max_value": f"{label}太大，最多 1,000,000。请核对。",
        },
    )  # fmt: skip


def choice(
    label: str, pairs: Any, *, required: bool = False, empty: str = "未填", initial: Any = None
) -> forms.ChoiceField:
    """One of a fixed list; an optional one begins with nothing."""
    return forms.ChoiceField(
        label=label, required=required, initial=initial, choices=list(pairs) if required else [("", empty), *pairs],
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"{label}不在可选范围内。请从列表中选择。"},
    )  # fmt: skip


def tick(label: str, *, hint: str = "") -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, help_text=hint)


def photos(label: str, *, hint: str = "可选多张，最多 9 张") -> PhotosField:
    """Pictures."""
    return PhotosField(label=label, required=False, widget=ManyFiles(attrs={"accept": "image/*"}), help_text=hint)


def community(*, required: bool = False, hint: str = "") -> forms.ModelChoiceField:
    """A community of the street."""
    return forms.ModelChoiceField(
        Community.objects.without_shapes(), label="社区", required=required, empty_label="选择社区", help_text=hint,
        error_messages={"required": "请选择社区。", "invalid_choice": "没有这个社区。请从列表中选择。"},
    )  # fmt: skip


def department(label: str, *, required: bool = False) -> forms.ModelChoiceField:
    """A department in use."""
    return forms.ModelChoiceField(
        Department.objects.active(), label=label, required=required, empty_label="未定",
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"{label}不在可选范围内。请从列表中选择。"},
    )  # fmt: skip


class SeveralRows(forms.ModelMultipleChoiceField):
    """Several rows; a key longer than any database holds is one that is not in the list."""

    def clean(self, value: Any) -> Any:
        """The rows, or the sentence."""
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


def departments(label: str) -> SeveralRows:
    """Several departments, communities left out: they take no part in enforcement."""
    return SeveralRows(
        Department.objects.active().exclude(kind="community"), label=label, required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value"), f"{label}不在可选范围内。请从列表中选择。"
        ),
    )  # fmt: skip


def grid() -> forms.ModelChoiceField:
    """A unit grid, for those without a map."""
    return forms.ModelChoiceField(
        UnitGrid.objects.without_shapes().order_by("code"), label="网格", required=False, empty_label="随位置带出",
        error_messages={"invalid_choice": "没有这个网格。请从列表中选择。"},
    )  # fmt: skip


def version(*, required: bool = True) -> forms.IntegerField:
    """Which state the page showed, so that two at once do not overwrite each other."""
    return forms.IntegerField(
        widget=forms.HiddenInput, required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
        min_value=1, max_value=2**31 - 1,
    )  # fmt: skip


def position(label: str) -> forms.FloatField:
    """Longitude or latitude, WGS-84, set by the map."""
    wrong = {"invalid": f"{label}读不出来。请在地图上重新点选。"}
    return forms.FloatField(label=label, required=False, widget=forms.HiddenInput, error_messages=wrong)


class LedgerForm(forms.Form):
    """What the forms of ledgers share: pictures are stored once, refusals of the verb stand beside their questions."""

    pictures: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: Any, at: Any, **more: Any) -> None:
        self.user, self.at = user, at
        super().__init__(*args, **more)

    @property
    def today(self) -> date:
        """Today in Beijing."""
        return timezone.localdate(self.at)

    @property
    def has_files(self) -> bool:
        """Whether pictures are asked."""
        return any(isinstance(field, PhotosField) for field in self.fields.values())

    def stored(self, name: str) -> list[Photo]:
        """The pictures of a question, kept as evidence; one that cannot be used is refused by its name."""
        kept = []
        for file in self.cleaned_data.get(name) or []:
            try:
                kept.append(store_photo(file, by=self.user, at=self.at))
            except PhotoRefused as refusal:
                self.add_error(name, f"{file.name}：{refusal}")
        return kept

    def take_refusals(self, errors: dict[str, str]) -> None:
        """Put the verb's refusals beside their questions."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)
