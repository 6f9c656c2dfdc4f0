"""What the forms of all registers have in common: the verb's refusals stand beside their fields."""
from typing import Any
from uuid import uuid4

from django import forms

from grid.forms.sentences import say_in_words
from grid.models import Community

NO_POSITION = {
    name: dict.fromkeys(("required", "invalid", "min_value", "max_value"), "请在地图上点出位置。")
    for name in ("lon", "lat")
}  # fmt: skip
CLEAR = "clear_"
ENTRY_KEY = "entry_key"
DATE = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


def community_choice() -> forms.ModelChoiceField:
    """The community of a filter, by its code; none is all of them."""
    return forms.ModelChoiceField(
        label="社区", required=False, queryset=Community.objects.without_shapes(), to_field_name="code",
        empty_label="全部社区",
    )  # fmt: skip


def ask_only_who_has_many(form: forms.Form, user: Any, *, all_of: str = "grid.see_registers") -> None:
    """A filter does not ask for the community whoever sees but the own one. Called before the form is read."""
    if not user.has_perm(all_of):
        form.fields.pop("community", None)


class RegisterModelForm(forms.ModelForm):
    """A row of a register; the verb writes it, the form only asks.

    What lies encrypted in a known row (`sealed`) is not sent to the browser: an empty field means that it stays, and
    a tick beside it that it goes. Who must see it reveals it, for a reason.

    A form for a new row carries a key of its own, so that it enters one row however often it is sent.
    """

    sealed: dict[str, str] = {}  # column → attribute that shows it masked
    conflict = False  # whether somebody else was first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            nothing = "请选择" if field.required else "未登记"
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = nothing
            elif isinstance(field, forms.ChoiceField):
                field.choices = [(value, label if value else nothing) for value, label in field.choices]
        say_in_words(self)
        if "lon" in self.fields:  # the summary of what is wrong leads to the map, which bears the field's own id
            self.fields["lon"].label, self.fields["lon"].widget.attrs["id"] = "位置", "lon"
        if self.instance.pk:
            self._keep_sealed()
        elif any(field.name == ENTRY_KEY for field in self._meta.model._meta.fields):
            self.fields[ENTRY_KEY] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=32, empty_value=None,
                error_messages={"max_length": "这张表没有收全。请重新打开登记页再填。"},
            )  # fmt: skip
            self.initial[ENTRY_KEY] = uuid4().hex

    def _keep_sealed(self) -> None:
        for name, shown in self.sealed.items():
            self._seal(name, getattr(self.instance, shown))
        self.order_fields([key for name in self._meta.fields for key in (name, CLEAR + name)])

    def _seal(self, name: str, shown: str) -> None:
        field = self.fields[name]
        self.initial[name], field.required = "", False
        field.help_text = f"现为 {shown or '未登记'}，不改就空着"
        if shown and self._meta.model._meta.get_field(name).blank:
            self.fields[CLEAR + name] = forms.BooleanField(label=f"清除原有{field.label}", required=False)

    def full_clean(self) -> None:
        """One place is one mistake, however many of its numbers are missing."""
        super().full_clean()
        if (wrong := self._errors.pop("lat", None)) and "lon" not in self._errors:
            self._errors["lon"] = wrong

    def clean(self) -> dict[str, Any]:
        """A new value and a tick to clear the old one contradict each other."""
        given = super().clean()
        for name in self.sealed:
            if given.get(CLEAR + name) and given.get(name):
                label = self.fields[name].label
                self.add_error(CLEAR + name, f"既填了新的{label}，又勾选了清除。请只选一样。")
        return given

    def refuse(self, errors: dict[str, str]) -> None:
        """Put what the verb refused beside its field."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def cells(self) -> list[list[forms.BoundField]]:
        """The visible fields as they stand beside each other, the tick that clears one under it."""
        ticks = {name: self[CLEAR + name] for name in self.sealed if CLEAR + name in self.fields}
        own = (field for field in self.visible_fields() if not field.name.startswith(CLEAR))
        return [[field, *([ticks[field.name]] if field.name in ticks else [])] for field in own]

    @property
    def columns(self) -> dict[str, Any]:
        """What the verb is given; a sealed column that nobody filled or cleared is left out."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "photos"}
        cleared = {name for name in self.sealed if given.pop(CLEAR + name, False)}
        stays = {name for name in self.sealed if self.instance.pk and not given.get(name)} - cleared
        return {name: value for name, value in given.items() if name not in stays}

    @property
    def status(self) -> int:
        """The answer's status: 409 for who was second, 422 for what is wrong."""
        return 409 if self.conflict else 422 if self.errors else 200

    def validate_unique(self) -> None:
        """Left to the verb, whose sentence names the other row."""

    def _post_clean(self) -> None:
        """Constraints are left to the verb, whose sentences say what to do; Django's forms have no switch for them."""
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()
