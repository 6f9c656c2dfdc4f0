"""The code on a component's plate as a question: what is typed becomes the component, or a sentence why not."""

from typing import Any

from django import forms

from grid.models import Thing
from grid.registering import RegisterRefused
from grid.things_near import thing_on_plate

LONGEST = 40  # seventeen digits with room for the spaces of a plate


class ThingField(forms.CharField):
    """A component by its code, among those that this person sees in the register."""

    def __init__(self, user: Any, **more: Any) -> None:
        self.user = user
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
        super().__init__(**{"label": "部件标识码", "required": False, "widget": widget, **more})

    def prepare_value(self, value: Any) -> str:
        """A component shows as its code."""
        return value.code if isinstance(value, Thing) else value or ""

    def clean(self, value: Any) -> Thing | None:
        """The component; nothing for nothing."""
        typed = super().clean(value)
        if not typed:
            return None
        if len(typed) > LONGEST:
            raise forms.ValidationError("部件标识码太长，应为 16 位或 17 位数字。请对照标牌核对。")
        try:
            return thing_on_plate(typed, self.user)
        except RegisterRefused as refusal:
            raise forms.ValidationError(refusal.errors["code"])
