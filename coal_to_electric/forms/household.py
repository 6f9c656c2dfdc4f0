"""Entering a household and mending what is written of it."""
from typing import Any

from django import forms

from coal_to_electric.forms import fields
from coal_to_electric.ledger import PERSONAL
from coal_to_electric.models import Household
from coal_to_electric.models.household import LARGEST_AREA
from coal_to_electric.states import Origin, Tenure

KEPT = "留空表示不改"


class HouseholdForm(forms.Form):
    """What the ledger says of a household, apart from its steps."""

    householder = fields.words("户主", most=30)
    id_number = fields.id_number()
    phone = fields.phone()
    community = fields.CommunityChoice()
    grid = fields.GridChoice()
    address = fields.words("地址", most=100, help_text="写到排、号，例如：琅山村平房区27排1号")
    dwelling = fields.words("房屋类型", most=20)
    tenure = fields.choice("房屋性质", [("", "未登记"), *Tenure.choices], required=False)
    floor_area_m2 = fields.number("房屋面积（㎡）", least="0.1", most=2000, places=2)
    heating_area_m2 = fields.number("采暖面积（㎡）", least="0.1", most=LARGEST_AREA, places=2, required=True)
    heating_area_approximate = forms.BooleanField(label="采暖面积为约数", required=False)
    family_size = fields.number("人口", least=1, most=30)
    low_income = forms.BooleanField(label="低保户", required=False)
    stoves_before = fields.number("原炉具数", most=20)
    coal_tons = fields.number("年用煤量（吨）", least="0", most=50, places=2)
    note = fields.words("备注", required=False, most=200, rows=2)

    GROUPS = (
        ("住户", ("householder", "id_number", "phone", "family_size", "low_income")),
        ("房屋", ("community", "grid", "address", "dwelling", "tenure", "floor_area_m2", "heating_area_m2",
                "heating_area_approximate")),
        ("取暖", ("stoves_before", "coal_tons", "origin", "note")),
    )

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The form in the order of the paper."""
        return [(word, [self[name] for name in names if name in self.fields]) for word, names in self.GROUPS]

    @property
    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "sure")}


class NewHouseholdForm(HouseholdForm):
    """A household that is not in the ledger yet; `sure` after the warning that others live at the same address."""

    origin = fields.choice("来源", Origin.choices)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"dwelling": "平房", "origin": Origin.ADDED})


class EditHouseholdForm(HouseholdForm):
    """Personal fields are empty: they are never shown here, and an empty one stays as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, household: Household, data: Any = None) -> None:
        start = {name: getattr(household, name) for name in self.base_fields if hasattr(household, name)}
        super().__init__(data, initial={**start, **dict.fromkeys(PERSONAL, "")})
        masks = {"householder": household.shown_name, "id_number": household.shown_id, "phone": household.shown_phone}
        for name, mask in masks.items():
            self.fields[name].required = False
            self.fields[name].help_text = f"现为 {mask or '未登记'}，{KEPT}"

    @property
    def values(self) -> dict[str, Any]:
        """Without the personal fields that were left empty."""
        return {name: value for name, value in super().values.items() if value or name not in PERSONAL}
