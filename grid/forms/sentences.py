"""What a form of the registers says of a wrong field: by the field's own name, what is wrong and what to do."""
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import ModelForm

from sheets.codes import read_phone
from sheets.meanings import Refused
from sheets.targets import Column

SENTENCES = {
    "required": "请填写{label}。",
    "max_length": "{label}太长，有 %(show_value)d 个字，最多 %(limit_value)d 个字。请写短一些。",
    "min_value": "{label}不能小于 %(limit_value)s。请核对。", "max_value": "{label}不能大于 %(limit_value)s。请核对。",
    "max_digits": "{label}的位数太多。请核对。", "max_whole_digits": "{label}太大。请核对。",
    "max_decimal_places": "{label}最多写 %(max)s 位小数。请改正。",
    "invalid_choice": "{label}不在可选的范围内，可能刚被停用。请重新选择。",
}  # fmt: skip
CHOSEN = "请选择{label}。"
INVALID = (  # the most special kind first: a decimal is an integer to Django
    (forms.DateField, "{label}应为日期，例如 2016-12-23。"), (forms.DecimalField, "{label}应为数字。请核对。"),
    (forms.IntegerField, "{label}应为整数。请核对。"),
)  # fmt: skip


def say_in_words(form: forms.BaseForm) -> None:
    """Give every field the sentences that it does not bring along itself."""
    for name, field in form.fields.items():
        own = set(_own_codes(form, name, field))
        for code, sentence in _sentences(field).items():
            if code not in own:
                field.error_messages[code] = sentence.format(label=(field.label or name).split("（")[0])


def _sentences(field: forms.Field) -> dict[str, str]:
    told = dict(SENTENCES)
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        told["required"] = CHOSEN
    invalid = next((sentence for kind, sentence in INVALID if isinstance(field, kind)), None)
    return told | ({"invalid": invalid} if invalid else {})


def _own_codes(form: forms.BaseForm, name: str, field: forms.Field) -> Iterator[str]:
    """The codes for which the form, or a validator of the column, has a sentence already."""
    common: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        common |= getattr(kind, "default_error_messages", {})
    yield from (code for code, told in field.error_messages.items() if told is not common.get(code))
    yield from (one.code for one in _validators(form, name, field) if one.message is not type(one).message)


def _validators(form: forms.BaseForm, name: str, field: forms.Field) -> list[Any]:
    """Those of the field and of its column that speak by a code."""
    columns = {one.name: one.validators for one in form._meta.model._meta.fields} if isinstance(form, ModelForm) else {}
    every = (*field.validators, *columns.get(name, ()))
    return [one for one in every if hasattr(one, "code") and hasattr(one, "message")]


def read_in(form: forms.BaseForm, name: str, title: str, reader: Any) -> str:
    """A field as the tables read the same column. Raises ValidationError."""
    text = form.cleaned_data[name]
    try:
        return reader(text, Column(name, title)).value if text else ""
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from refused


class PhoneMixin:
    """A form with a phone."""

    def clean_phone(self) -> str:
        """A mobile or a landline."""
        return read_in(self, "phone", "电话", read_phone)
