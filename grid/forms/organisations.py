"""What the register of organisations asks."""
from typing import Any

from django import forms
from django.utils import timezone

from grid.forms.register import DATE, NO_POSITION, RegisterModelForm, ask_only_who_has_many, community_choice
from grid.forms.sentences import PhoneMixin
from grid.models import Licence, Organisation, OrganisationKind
from grid.organisations import PERSONAL
from grid.querysets import OrganisationQuerySet

LACKING = "lacking"


class OrganisationFilterForm(forms.Form):
    """Which organisations to list; a wrong value filters nothing away."""

    q = forms.CharField(label="名称、编号、信用代码", required=False, max_length=30)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *OrganisationKind.choices])
    papers = forms.ChoiceField(label="证照", required=False, choices=[("", "不限"), (LACKING, "缺证或过期")])
    community = community_choice()

    def organisations(self, user: Any) -> OrganisationQuerySet:
        """The organisations asked for, of those that this person sees."""
        ask_only_who_has_many(self, user)
        self.is_valid()
        wanted, rows = self.cleaned_data, Organisation.objects.visible_to(user).active().for_list()
        if wanted.get("kind"):
            rows = rows.of_kind(wanted["kind"])
        if wanted.get("community"):
            rows = rows.in_community(wanted["community"])
        if wanted.get("papers"):
            rows = rows.lacking_papers(day=timezone.localdate())
        return rows.named_like(wanted["q"]) if wanted.get("q") else rows


class OrganisationForm(PhoneMixin, RegisterModelForm):
    """An organisation; community and grid follow from the position."""

    sealed = {"responsible_person": "masked_person", "phone": "masked_phone"}

    class Meta:
        model = Organisation
        fields = (
            "name", "kind", "uscc", "nature", "staff", "responsible_person", "post", "phone", "door_front_m", "honour",
            "active", "lon", "lat",
        )  # fmt: skip
        widgets = {
            "lon": forms.HiddenInput, "lat": forms.HiddenInput,
            **{name: forms.TextInput(attrs={"autocomplete": "off"}) for name in PERSONAL},
        }  # fmt: skip
        error_messages = NO_POSITION | {"name": {"required": "请填写名称。"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["active"]
            return
        del self.fields["kind"]  # the number's letter says the kind


class LicenceForm(RegisterModelForm):
    """One paper, had or lacking."""

    class Meta:
        model = Licence
        fields = ("kind", "number", "valid_until", "missing")
        widgets = {"valid_until": forms.DateInput(**DATE)}
