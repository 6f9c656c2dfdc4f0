"""Fields with the ledger's own sentences."""
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from coal_to_electric.models import Household
from grid.models import Community, UnitGrid
from sheets.codes import read_id_number, read_phone
from sheets.meanings import Refused
from sheets.targets import Column

DAYS = [
    MinValueValidator(date(2000, 1, 1), "日期太早。请核对年份。"),
    MaxValueValidator(date(2099, 12, 31), "日期太晚。请核对年份。"),
]


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label, required=required, help_text=help_text, validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应为日期，例如 2016-10-21。"},
    )  # fmt: skip


def words(label: str, *, required: bool = True, most: int = 60, help_text: str = "", rows: int = 0) -> forms.CharField:
    """One line, or several `rows`."""
    widget: Any = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=widget,
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}太长，最多 {most} 个字。请缩短。"},
    )  # fmt: skip


def number(label: str, *, least: Any = 0, most: Any = None, required: bool = False, help_text: str = "",
           places: int = 0) -> forms.Field:  # fmt: skip
    """A whole number, or a decimal with some places."""
    kind = forms.DecimalField if places else forms.IntegerField
    more = {"decimal_places": places, "max_digits": 10} if places else {}
    wrong = {
        "required": f"请填写{label}。", "invalid": f"{label}应为数字。", "min_value": f"{label}不能小于 {least}。",
        "max_value": f"{label}不能大于 {most}。请核对。", "max_decimal_places": f"{label}最多 {places} 位小数。",
        "max_digits": f"{label}太大。请核对。", "max_whole_digits": f"{label}太大。请核对。",
    }  # fmt: skip
    low = Decimal(str(least)) if places else least
    bounds = {"min_value": low, "max_value": most}
    return kind(label=label, required=required, help_text=help_text, error_messages=wrong, **bounds, **more)


def choice(label: str, pairs: Any, *, required: bool = True, radio: bool = False) -> forms.ChoiceField:
    """One of a few."""
    wrong = {"required": f"请选择{label}。", "invalid_choice": f"{label}不在可选范围内。请从列表中选择。"}
    widget = forms.RadioSelect if radio else forms.Select
    return forms.ChoiceField(label=label, choices=pairs, required=required, error_messages=wrong, widget=widget)


def yes_no(label: str, *, required: bool = True, yes: str = "是", no: str = "否") -> forms.TypedChoiceField:
    """Yes or no, said aloud."""
    return forms.TypedChoiceField(
        label=label, choices=(("yes", yes), ("no", no)), coerce=lambda value: value == "yes", empty_value=None,
        required=required, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), f"请选择{label}。"),
    )  # fmt: skip


class CheckedText(forms.CharField):
    """A phone or an ID number, read as spreadsheets read them, so that both doors take the same."""

    def __init__(self, reader: Any, label: str, **more: Any) -> None:
        self.reader, self.column = reader, Column("", label)
        wrong = {"max_length": f"{label}太长。请核对，只填一个号码。"}
        super().__init__(label=label, max_length=30, required=False, error_messages=wrong, **more)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> str:
        """The number in its one spelling."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.reader(text, self.column).value
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


def phone(label: str = "联系电话") -> CheckedText:
    """A phone."""
    return CheckedText(read_phone, label)


def id_number(label: str = "证件号") -> CheckedText:
    """An ID number, its birth date and check digit tried."""
    return CheckedText(read_id_number, label)


class CommunityChoice(forms.ModelChoiceField):
    """A community of the street."""

    def __init__(self) -> None:
        wrong = {"required": "请选择社区。", "invalid_choice": "没有这个社区。请从列表中选择。"}
        rows = Community.objects.without_shapes().order_by("code")
        super().__init__(rows, label="社区", empty_label="请选择", error_messages=wrong)


class GridChoice(forms.ModelChoiceField):
    """A unit grid; may stay open."""

    def __init__(self) -> None:
        rows = UnitGrid.objects.without_shapes().order_by("code")
        wrong = {"invalid_choice": "没有这个网格。请从列表中选择。"}
        super().__init__(rows, label="网格", required=False, empty_label="不指定", error_messages=wrong)


class VersionedForm(forms.Form):
    """A form that says from which state of the household it was decided."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, household: Household, data: Any = None, files: Any = None, initial: Any = None) -> None:
        self.household = household
        start = {"version": household.version, "on": timezone.localdate(), **(initial or {})}
        super().__init__(data, files, initial=start)
