"""What the register of people asks; what stands already is shown masked and may be left as it is."""
from typing import Any

from django import forms

from grid.forms.register import DATE, NO_POSITION, RegisterModelForm, ask_only_who_has_many, community_choice
from grid.forms.sentences import PhoneMixin, read_in
from grid.models import Dwelling, DwellingUse, Resident
from grid.people import ROOM_IN_BUILDING, facts_in, names_room
from grid.querysets import DwellingQuerySet
from sheets.codes import read_id_number

LET_UNREGISTERED = "unregistered"
PERSONAL = ("name", "id_number", "phone")


class DwellingFilterForm(forms.Form):
    """Which dwellings to list; a wrong value filters nothing away."""

    q = forms.CharField(label="户编号、楼院", required=False, max_length=30)
    use = forms.ChoiceField(
        label="用途", required=False,
        choices=[("", "全部用途"), *DwellingUse.choices, (LET_UNREGISTERED, "出租未登记")],
    )  # fmt: skip
    community = community_choice()

    def dwellings(self, user: Any) -> DwellingQuerySet:
        """The dwellings asked for, of those whose people this person reads."""
        ask_only_who_has_many(self, user, all_of="grid.see_people")
        self.is_valid()
        wanted, rows = self.cleaned_data, Dwelling.objects.people_visible_to(user).for_list()
        if wanted.get("use"):
            rows = rows.let_unregistered() if wanted["use"] == LET_UNREGISTERED else rows.used_as(wanted["use"])
        if wanted.get("community"):
            rows = rows.in_community(wanted["community"])
        return rows.named_like(wanted["q"]) if wanted.get("q") else rows


class DwellingForm(RegisterModelForm):
    """A dwelling; community, grid and compound follow."""

    sealed = {"door": "masked_door"}

    class Meta:
        model = Dwelling
        fields = ("building", "door", "use", "rental_registered_on", "area_m2", "lon", "lat")
        widgets = {
            "lon": forms.HiddenInput, "lat": forms.HiddenInput, "rental_registered_on": forms.DateInput(**DATE),
            "door": forms.TextInput(attrs={"autocomplete": "off"}),
        }  # fmt: skip
        help_texts = {"door": "例如 2单元501；平房可以空着"}
        error_messages = NO_POSITION | {"building": {"required": "请填写楼院，写到楼号或院号。"}}

    def clean_building(self) -> str:
        """Told with everything else that is wrong, not only when the verb is reached."""
        if names_room(self.cleaned_data["building"]):
            raise forms.ValidationError(ROOM_IN_BUILDING)
        return self.cleaned_data["building"]


class ResidentForm(PhoneMixin, RegisterModelForm):
    """A person of a dwelling."""

    sealed = {name: f"masked_{name}" for name in PERSONAL}

    class Meta:
        model = Resident
        fields = ("name", "id_number", "phone", "sex", "birth_year", "kind", "home_place", "is_head", "arrived_on")
        widgets = {
            "arrived_on": forms.DateInput(**DATE),
            **{name: forms.TextInput(attrs={"autocomplete": "off"}) for name in PERSONAL},
        }
        error_messages = {"name": {"required": "请填写姓名。"}}

    def clean_id_number(self) -> str:
        """Eighteen characters that check (GB 11643)."""
        return read_in(self, "id_number", "证件号", read_id_number)

    @property
    def columns(self) -> dict[str, Any]:
        """Sex and year follow from a new ID number."""
        given = super().columns
        return given | facts_in(given.get("id_number", ""))


class DepartureForm(forms.Form):
    """When a person left."""

    left_on = forms.DateField(
        label="离开日期", widget=forms.DateInput(**DATE),
        error_messages={"required": "请填写离开日期。", "invalid": "离开日期应为日期，例如 2016-12-23。"},
    )  # fmt: skip


class LeavingForm(DepartureForm):
    """When a resident left; one who would be forgotten in the coming night is confirmed."""

    confirmed = forms.BooleanField(label="离开日期没有写错", required=False)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The tick stands there only when it is asked for."""
        return [field for field in self if field.name != "confirmed" or field.errors or field.data]


class ReasonForm(forms.Form):
    """Why somebody is shown or forgotten; the verb judges it."""

    reason = forms.CharField(
        label="理由", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="至少 5 个字，会记入审计",
    )  # fmt: skip


class FindForm(forms.Form):
    """An exact search; sent by POST, since addresses are logged."""

    text = forms.CharField(
        label="证件号或电话", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="写全，才找得到；每次查找都记入审计", error_messages={"required": "请填写证件号或电话。"},
    )  # fmt: skip
