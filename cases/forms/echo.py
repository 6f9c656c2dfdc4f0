"""What the holder of a code fills in."""
from django import forms

from cases.adding import MOST_PHOTOS, TOO_MANY_PHOTOS
from cases.echo import MOST_WORDS
from cases.forms.report import PhotosField
from cases.models import CallBack

YES_NO = (("yes", "已解决"), ("no", "没有解决"))
TOO_LONG = f"说明太长，最多 {MOST_WORDS} 个字。请缩短后再提交。"


class CodeForm(forms.Form):
    """The code alone."""

    code = forms.CharField(
        label="查询码", max_length=40,
        error_messages={"required": "请填写查询码。", "max_length": "查询码是 8 个字母和数字。"},
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "maxlength": "20"}
        ),
    )  # fmt: skip


class OpinionForm(forms.Form):
    """满意或不满意, and why."""

    solved = forms.TypedChoiceField(
        label="问题解决了吗", choices=YES_NO, coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        error_messages={"required": "请选择问题是否解决。", "invalid_choice": "请选择问题是否解决。"},
    )  # fmt: skip
    satisfaction = forms.ChoiceField(
        label="对办理满意吗", choices=CallBack.Satisfaction.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择是否满意。", "invalid_choice": "请选择是否满意。"},
    )  # fmt: skip
    words = forms.CharField(
        label="说明", required=False, max_length=MOST_WORDS, error_messages={"max_length": TOO_LONG},
        help_text="没有解决的，请写明还有什么问题。", widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class MoreForm(forms.Form):
    """补充情况."""

    words = forms.CharField(
        label="补充情况", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    photos = PhotosField(
        label="照片", required=False, most=MOST_PHOTOS, too_many=TOO_MANY_PHOTOS,
        help_text=f"最多 {MOST_PHOTOS} 张，可以不附。",
    )  # fmt: skip
