"""What the caller fills in: the answer, what came of the call, and why a case is not reopened."""
from typing import Any

from django import forms

from cases.forms.echo import MOST_WORDS
from cases.models import CallBack, Phrase, Reply


def _as_bool(value: str) -> bool:
    return value == "yes"


class CallFields(forms.Form):
    """What came of a call."""

    reached = forms.TypedChoiceField(
        label="电话", choices=(("yes", "已接通"), ("no", "未接通")), coerce=_as_bool, empty_value=None, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    solved = forms.TypedChoiceField(
        label="问题解决了吗", choices=(("", "未问"), ("yes", "已解决"), ("no", "没有解决")), coerce=_as_bool,
        empty_value=None, required=False,
    )  # fmt: skip
    satisfaction = forms.ChoiceField(
        label="满意度", choices=[("", "未问"), *CallBack.Satisfaction.choices], required=False
    )
    note = forms.CharField(
        label="回访记录", required=False, max_length=MOST_WORDS,
        error_messages={"max_length": f"回访记录太长，最多 {MOST_WORDS} 个字。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AnswerForm(CallFields):
    """The final answer to one who waits."""

    channel = forms.ChoiceField(
        label="答复方式", choices=Reply.Channel.choices, error_messages={"invalid_choice": "答复方式不在可选范围内。"}
    )
    words = forms.CharField(
        label="答复内容", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="已按处置结果起草，请改成对上报人说的话，不写工作人员姓名。",
        error_messages={"max_length": "答复太长，最多 2000 个字。"},
    )  # fmt: skip
    everybody = forms.BooleanField(required=False)
    field_order = ["channel", "words", "everybody", "reached", "solved", "satisfaction", "note"]

    def __init__(self, *args: Any, others: int = 0, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["everybody"].label = f"同样答复本案其余 {others} 位从公众号来的上报人"
        if not others:
            del self.fields["everybody"]

    def clean(self) -> dict[str, Any]:
        """A phone is answered or not; whoever is reached is told something."""
        told = super().clean()
        by_phone = told.get("channel") == Reply.Channel.PHONE
        if by_phone and told.get("reached") is None:
            self.add_error("reached", "电话答复请选择是否接通。")
        silent = by_phone and told.get("reached") is False
        if not silent and not (told.get("words") or "").strip() and "words" not in self.errors:
            self.add_error("words", "请填写答复内容。")
        return told

    @property
    def phrases(self) -> list[str]:
        """The ready sentences for an answer."""
        return list(Phrase.objects.filter(move="reply").values_list("text", flat=True)[:4])


class HearForm(CallFields):
    """How it went, asked of one who was answered."""

    def clean_reached(self) -> bool:
        """Asked first."""
        if self.cleaned_data["reached"] is None:
            raise forms.ValidationError("请选择是否接通。")
        return self.cleaned_data["reached"]


class KeepForm(forms.Form):
    """Why it is not reopened, in words for the reporter."""

    words = forms.CharField(
        label="给上报人的话", max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明为什么不重开，上报人凭查询码可以看到。",
        error_messages={"required": "请写明为什么不重开。", "max_length": f"太长，最多 {MOST_WORDS} 个字。"},
    )  # fmt: skip
