"""What the register of components asks."""
from typing import Any

from django import forms

from accounts.models import Department
from grid.forms.register import DATE, NO_POSITION, RegisterModelForm, ask_only_who_has_many, community_choice
from grid.models import Thing, ThingClass, ThingState
from grid.querysets import ThingQuerySet
from grid.uploads import ManyFiles, PhotosField


class ThingClassField(forms.ModelChoiceField):
    """One of the classes of both standards, which mostly have the same names."""

    def label_from_instance(self, obj: ThingClass) -> str:
        """With the standard, where it is the newer one."""
        return obj.label


class ThingFilterForm(forms.Form):
    """Which components to list; a wrong value filters nothing away."""

    q = forms.CharField(label="标识码、位置", required=False, max_length=30)
    thing_class = ThingClassField(
        label="小类", required=False, queryset=ThingClass.objects.all(), empty_label="全部小类"
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *ThingState.choices])
    community = community_choice()
    owner = forms.ModelChoiceField(
        label="权属单位", required=False, queryset=Department.objects.active(), to_field_name="code",
        empty_label="全部权属单位",
    )  # fmt: skip

    def things(self, user: Any) -> ThingQuerySet:
        """The components asked for, of those that this person sees."""
        ask_only_who_has_many(self, user)
        self.is_valid()
        wanted, things = self.cleaned_data, Thing.objects.visible_to(user).for_list()
        words = {
            "q": ThingQuerySet.named_like, "thing_class": ThingQuerySet.of_class, "state": ThingQuerySet.with_state,
            "community": ThingQuerySet.in_community, "owner": ThingQuerySet.owned_by,
        }  # fmt: skip
        for name, word in words.items():
            if wanted.get(name):
                things = word(things, wanted[name])
        return things


class ThingForm(RegisterModelForm):
    """A component as it is entered; community and grid follow from the position."""

    photos = PhotosField(
        label="照片", required=False, widget=ManyFiles(attrs={"accept": "image/*"}), help_text="可选多张"
    )

    class Meta:
        model = Thing
        fields = (
            "thing_class", "code", "state", "owner", "owner_name", "maintainer", "address", "lon", "lat",
            "installed_on", "note",
        )  # fmt: skip
        widgets = {
            "lon": forms.HiddenInput, "lat": forms.HiddenInput,
            "installed_on": forms.DateInput(**DATE),
        }  # fmt: skip
        help_texts = {"code": "标牌上的 16 位或 17 位数字；没有标牌就空着，由系统编号"}
        field_classes = {"thing_class": ThingClassField}
        error_messages = NO_POSITION | {"thing_class": {"required": "请选择小类。"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["thing_class"].queryset = ThingClass.objects.active()
        for name in ("owner", "maintainer"):
            self.fields[name].queryset = Department.objects.active()
        self.fields["code"].required = False
        if self.instance.pk:  # what stands on the plate does not change; a wrong one is retired and recorded anew
            del self.fields["code"], self.fields["thing_class"]
