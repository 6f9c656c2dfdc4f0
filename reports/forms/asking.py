"""A form whose refusals are the house's sentences: which field, why, what to do."""
from typing import Any

from django import forms


class AskingForm(forms.Form):
    """Every field says by its label what it wants."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.speak()

    def speak(self) -> None:
        """Give the fields their sentences; again after fields were added."""
        for field in self.fields.values():
            field.error_messages = {**field.error_messages, **_sentences(field)}


def _sentences(field: forms.Field) -> dict[str, str]:
    label = str(field.label).removesuffix(" %")  # a sentence is a pattern for its numbers: no per cent in it
    if isinstance(field, forms.IntegerField):
        return _sentences_of_number(field, label)
    verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
    found = {"required": f"请{verb}{label}。", "invalid_choice": f"{label}不在可选范围内。请从列表中选择。"}
    if getattr(field, "max_length", None):
        found["max_length"] = f"{label}太长，最多 {field.max_length} 个字。请缩短。"
    if getattr(field, "min_length", None):
        found["min_length"] = f"{label}太短，至少 {field.min_length} 个字。请写明。"
    return found


def _sentences_of_number(field: forms.IntegerField, label: str) -> dict[str, str]:
    """A whole number, or a decimal with its places, and its bounds."""
    kind = f"最多 {field.decimal_places} 位小数的数字" if isinstance(field, forms.DecimalField) else "整数"
    least, most = field.min_value, field.max_value
    bounds = f" {least} 到 {most} 之间的" if most is not None else f"不小于 {least} 的" if least is not None else ""
    wrong = f"{label}应为{bounds}{kind}。请核对。"
    codes = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
    return {"required": f"请填写{label}。", **dict.fromkeys(codes, wrong)}
