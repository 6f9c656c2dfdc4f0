"""What staff fill in before a month is made public."""
from typing import Any

from django import forms


class MonthForm(forms.Form):
    """The introduction, the chosen pairs, and what was looked at."""

    intro = forms.CharField(
        label="导语", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="只写本月做了什么。不写姓名、电话、门牌、车牌，不写信访。",
    )  # fmt: skip
    numbers = forms.MultipleChoiceField(label="整治前后照片", required=False, widget=forms.CheckboxSelectMultiple)
    words_checked = forms.BooleanField(label="已核对导语里标出的字样，确不涉及个人信息", required=False)
    photos_checked = forms.BooleanField(label="已逐张看过，照片里没有能认出的人脸、车牌和门牌", required=False)

    def __init__(self, *args: Any, numbers: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["numbers"].choices = [(number, number) for number in numbers]
