"""The forms of bulletins: which list, a new draft, a block's words, the head of an issue, a reason."""
from datetime import date, timedelta
from typing import Any

from django import forms

from reports.bulletins.drafting import days_for
from reports.bulletins.editing import LONGEST
from reports.models import BulletinKind, BulletinState

DAY_WANTED = "请选日期，例如 2016-12-21。"


class FilterForm(forms.Form):
    """Which issues the list shows."""

    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部类型"), *BulletinKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *BulletinState.choices])
    year = forms.IntegerField(label="年份", required=False, min_value=2000, max_value=2100)

    def answers(self) -> dict[str, Any]:
        """What was asked for; a filter that means nothing is no filter."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None if name == "year" else self.cleaned_data.get(name) or ""
                for name in self.fields}  # fmt: skip


class ComposeForm(forms.Form):
    """A new draft: of which kind, about which days."""

    kind = forms.ChoiceField(label="类型", choices=BulletinKind.choices, initial=BulletinKind.WEEKLY)
    day = forms.DateField(
        label="统计日期", error_messages={"required": DAY_WANTED, "invalid": DAY_WANTED},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="周报、月报、季报、年报取这一天所在的整周、整月、整季、整年",
    )  # fmt: skip
    last = forms.DateField(
        label="截止日期", required=False, error_messages={"invalid": DAY_WANTED},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="只用于日常督查和专项，不填为同一天",
    )  # fmt: skip
    topic = forms.CharField(
        label="专项名称", required=False, max_length=20, help_text="只用于专项，取案件标签，例如 蓝天行动"
    )

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["day"].initial = today - timedelta(days=7)

    def answers(self) -> dict[str, Any]:
        """What `compose` takes."""
        given = self.cleaned_data
        kind, first, last = given["kind"], given["day"], given["last"] or given["day"]
        if kind not in (BulletinKind.DAILY, BulletinKind.SPECIAL):
            period = days_for(kind, first)
            first, last = period.first, period.last
        return {"kind": kind, "first": first, "last": last, "topic": given["topic"]}


class DetailsForm(forms.Form):
    """The head of an issue."""

    title = forms.CharField(label="标题", max_length=80, error_messages={"required": "请填写标题。"},
                            widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}))  # fmt: skip
    scope = forms.CharField(label="通报对象", required=False, max_length=60)
    addressee = forms.CharField(label="主送", required=False, max_length=100)
    copies = forms.CharField(label="抄送", required=False, max_length=100)


class BlockForm(forms.Form):
    """The words of a block."""

    lead = forms.CharField(label="小标题（楷体）", required=False, max_length=60)
    text = forms.CharField(
        label="正文", max_length=LONGEST, error_messages={"required": "正文是空的。请填写，或删除这一段。"},
        widget=forms.Textarea(attrs={"rows": 5}), help_text="花括号里的数字随案件更新，例如 {受理}；可以移动，不要改字",
    )  # fmt: skip


class AddForm(forms.Form):
    """A new block."""

    kind = forms.ChoiceField(label="新增", choices=[("text", "段落"), ("heading", "标题"), ("annex", "附件说明")])
    text = forms.CharField(label="内容", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
                           error_messages={"required": "新增内容是空的。请填写。"})  # fmt: skip


class NoForm(forms.Form):
    """Nothing is asked."""


class SubmitForm(forms.Form):
    """What the submitter answers for."""

    confirmed = forms.BooleanField(label="已核对，不涉及个人信息", required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由，至少 5 个字。"},
    )  # fmt: skip
