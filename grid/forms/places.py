"""What the register of places and the posts ask."""
from typing import Any

from django import forms
from django.utils import timezone

from grid.buildings import read_buildings
from grid.check_plans import too_often
from grid.forms.register import DATE, NO_POSITION, RegisterModelForm, community_choice
from grid.forms.sentences import PhoneMixin, say_in_words
from grid.models import (
    Community,
    KeySite,
    Organisation,
    OrganisationKind,
    PlaceAlias,
    Post,
    PostRole,
    ResponsibilityGrid,
    UnitGrid,
)
from grid.querysets import PlaceAliasQuerySet, PostQuerySet
from grid.registering import RegisterRefused
from grid.sites import PLAN


class PlaceForm(RegisterModelForm):
    """A place; community and grid follow from the position. Buildings one a line: 3号楼 4单元 6层."""

    buildings = forms.CharField(
        label="楼栋", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="小区填，一行一栋，例如：3号楼 4单元 6层",
    )  # fmt: skip

    class Meta:
        model = KeySite
        fields = (
            "name", "category", "subcategory", "status", "patrol_per_week", "check_time",
            "property_company", "note", "lon", "lat",
        )  # fmt: skip
        widgets = {"lon": forms.HiddenInput, "lat": forms.HiddenInput}
        error_messages = NO_POSITION | {
            "name": {"required": "请填写名称。"}, "check_time": {"required": "请选择检查时段，拿不准选“不限”。"},
        }  # fmt: skip
        labels = {"patrol_per_week": "每周检查（次）"}
        help_texts = {
            "patrol_per_week": "填了次数就是重点点位，社区按次数检查，半天算一次；不用检查填 0",
            "check_time": "限定时段的，别的时段检查不计次数",
        }

    def __init__(self, *args: Any, plans: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if plans else PLAN:
            self.fields[name].disabled, self.fields[name].help_text = True, "由台账专员定"
        companies = Organisation.objects.active().of_kind(OrganisationKind.PROPERTY)
        self.fields["property_company"].queryset = companies
        self.fields["property_company"].empty_label = "没有或未登记"
        if self.instance.pk:
            self.initial["buildings"] = "\n".join(one.words for one in self.instance.buildings.all())

    def clean(self) -> dict[str, Any]:
        """A plan that nobody can keep is told with everything else that is wrong."""
        given = super().clean()
        plan = given.get("patrol_per_week"), given.get("check_time")
        if None not in plan and (sentence := too_often(*plan)):
            self.add_error("patrol_per_week", sentence)
        return given

    def clean_buildings(self) -> tuple[dict[str, Any], ...]:
        """One building a line; a line that is not understood is quoted."""
        try:
            return read_buildings(self.cleaned_data["buildings"].splitlines(), counted="行")
        except RegisterRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class PostForm(PhoneMixin, forms.Form):
    """Who answers from which day."""

    role = forms.ChoiceField(label="职责", error_messages={"required": "请选择职责。"})
    holder = forms.CharField(
        label="姓名", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写姓名。"},
    )  # fmt: skip
    phone = forms.CharField(
        label="电话", required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    since = forms.DateField(
        label="到任日期", widget=forms.DateInput(**DATE), help_text="原任到前一天为止",
        error_messages={"required": "请填写到任日期。", "invalid": "到任日期应为日期，例如 2016-12-23。"},
    )  # fmt: skip

    def __init__(self, roles: tuple[PostRole, ...], data: Any = None) -> None:
        super().__init__(data, initial={"since": timezone.localdate(), "role": roles[0]})
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        say_in_words(self)


class OnForm(forms.Form):
    """On which day it is asked who answered."""

    on = forms.DateField(label="哪一天", required=False, widget=forms.DateInput(**DATE))

    @property
    def day(self) -> Any:
        """The day asked for, else today; nonsense is today."""
        self.is_valid()
        return self.cleaned_data.get("on") or timezone.localdate()


class PostFilterForm(OnForm):
    """Whose posts to list: those of a day, today's without one; a wrong value filters nothing away."""

    q = forms.CharField(label="姓名、网格、地点", required=False, max_length=30)
    role = forms.ChoiceField(label="职责", required=False, choices=[("", "全部职责"), *PostRole.choices])
    community = community_choice()
    field_order = ("q", "role", "community", "on")

    def posts(self) -> PostQuerySet:
        """The posts asked for."""
        self.is_valid()
        rows, wanted = Post.objects.for_list().holding_on(self.day), self.cleaned_data
        words = {
            "q": PostQuerySet.named_like, "role": PostQuerySet.with_role, "community": PostQuerySet.in_community
        }  # fmt: skip
        for name, word in words.items():
            if wanted.get(name):
                rows = word(rows, wanted[name])
        return rows


class AliasFilterForm(forms.Form):
    """Which other names to list; a wrong value filters nothing away."""

    q = forms.CharField(label="别名、地点", required=False, max_length=30)
    community = community_choice()

    def aliases(self) -> PlaceAliasQuerySet:
        """The names asked for."""
        self.is_valid()
        rows, wanted = PlaceAlias.objects.for_list(), self.cleaned_data
        if wanted.get("q"):
            rows = rows.named_like(wanted["q"])
        return rows.in_community(wanted["community"]) if wanted.get("community") else rows


class AreaForm(RegisterModelForm):
    """A responsibility grid and its unit grids."""

    class Meta:
        model = ResponsibilityGrid
        fields = ("code", "name", "community", "unit_grids", "active")
        widgets = {"unit_grids": forms.SelectMultiple(attrs={"size": 12})}
        help_texts = {"unit_grids": "按住 Ctrl 可以多选；只能选本社区的网格"}
        error_messages = {
            "code": {"required": "请填写编号。"}, "name": {"required": "请填写名称。"},
            "community": {"required": "请选择社区。"}, "unit_grids": {"required": "请至少选一个单元网格。"},
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = Community.objects.without_shapes()
        self.fields["unit_grids"].queryset = UnitGrid.objects.without_shapes()
