"""The forms of responsibility agreements: a new text, its frame, bands, tasks and variables, parties, and each step."""
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from campaigns.agreement_blocks import KINDS, TABLE_HEAD, VARIABLE_KINDS
from campaigns.agreements import day_words
from campaigns.forms import fields as f
from campaigns.models import AgreementTemplate, PartyKind

CELL_MARKS = ("｜", "|")
YEAR = "年份应为 2000 到 2100 之间的四位数字，例如 2016。"
DEDUCT = "扣分应为 0 到 100 的数字，最多一位小数。不扣写 0。"
WRONG_NUMBER = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
SCORE = {
    "required": "请填写得分。", "invalid": "得分应为 0 到 100 的数字，例如 92.5。",
    "min_value": "得分不能小于 0。请核对。", "max_value": "得分不能大于 100。请核对。",
    "max_decimal_places": "得分最多两位小数。请核对。", "max_digits": "得分最多三位整数、两位小数。请核对。",
    "max_whole_digits": "得分不能大于 100。请核对。",
}  # fmt: skip


def typed_number(mode: str) -> forms.TextInput:
    """A box that keeps what was typed; the browser's own number box drops it when it is none."""
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})


def score_field(label: str) -> forms.DecimalField:
    """0–100 with two decimals."""
    limits = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2}
    return forms.DecimalField(label=label, error_messages=SCORE, widget=typed_number("decimal"), **limits)


class FrameForm(forms.Form):
    """Title, last day of signing, end of the term."""

    title = f.words("名称", required=True)
    sign_by = f.day("签订截止")
    valid_until = f.day("责任期限至")

    def clean(self) -> dict[str, Any]:
        """Signing ends before the term does."""
        data = super().clean()
        if data.get("sign_by") and data.get("valid_until") and data["sign_by"] > data["valid_until"]:
            self.add_error("sign_by", f"签订截止晚于责任期限（{day_words(data['valid_until'])}）。请核对。")
        return data


class NewTemplateForm(FrameForm):
    """A new text, from scratch or after an earlier one."""

    heading = f.words(
        "责任书标题", required=True, hint="印在“责任书”三个字上面，例如 苹果园街道 2016 年国家卫生区复审工作"
    )
    year = forms.IntegerField(
        label="年份", min_value=2000, max_value=2100, widget=typed_number("numeric"),
        error_messages={"required": "请填写年份。", **dict.fromkeys(("invalid", "min_value", "max_value"), YEAR)},
    )  # fmt: skip
    prefix = f.words("编号代字", required=True, most=12, hint="例如 石苹卫责，编成 石苹卫责〔2016〕01号")
    copy_from = forms.ModelChoiceField(
        label="沿用正文", queryset=AgreementTemplate.objects.none(), required=False, empty_label="不沿用，从样本开始",
        error_messages={"invalid_choice": "没有这份责任书。请从列表中选择。"},
    )  # fmt: skip
    field_order = ("title", "heading", "year", "prefix", "sign_by", "valid_until", "copy_from")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["copy_from"].queryset = AgreementTemplate.objects.newest_first()


class BandForm(forms.Form):
    """One score band."""

    lower = score_field("起分（含）")
    name = f.words("等次", required=True, most=20)
    deduct = forms.DecimalField(
        label="扣分", min_value=0, max_value=100, max_digits=4, decimal_places=1, widget=typed_number("decimal"),
        error_messages={"required": "请填写扣分，不扣写 0。", **dict.fromkeys(WRONG_NUMBER, DEDUCT)},
    )  # fmt: skip
    consequence = f.words("奖惩", most=120)


class TemplateTaskForm(forms.Form):
    """One task that comes with the text."""

    text = f.words("任务", required=True, most=200)
    due_on = f.day("完成时限", required=True)
    party_kind = f.choice("适用对象", PartyKind.choices, empty="全部")


class VariableForm(forms.Form):
    """One variable of the text."""

    name = f.words("变量名", required=True, most=20, placeholder="新变量名")
    kind = f.choice("类别", VARIABLE_KINDS.items(), required=True, initial="text")
    required = forms.BooleanField(label="必填", required=False)
    value = f.words("统一内容", most=120, placeholder="统一内容，空着则逐家填写")

    def clean(self) -> dict[str, Any]:
        """A person is named for each party on its own."""
        data = super().clean()
        if data.get("kind") == "person" and data.get("value"):
            self.add_error("value", "人名不能统一填写，请逐家填写。")
        return data


class BlockForm(forms.Form):
    """One block of a text, for whoever writes without a script: a table has a line for each row, cells parted by ｜."""

    kind = f.choice("类别", KINDS.items(), required=True, initial="paragraph")
    text = f.text("内容", most=6000, rows=3)

    def clean(self) -> dict[str, Any]:
        """The block as it is kept, as `block`."""
        data = super().clean()
        kind, text = data.get("kind"), data.get("text", "")
        if kind != "table":
            data["block"] = {"kind": kind, "text": " ".join(text.split())}
            return data
        rows = [self._cells(line) for line in text.splitlines() if line.strip()]
        if any(len(row) != len(TABLE_HEAD) for row in rows):
            self.add_error("text", f"指标表每行写 {len(TABLE_HEAD)} 格（{'、'.join(TABLE_HEAD)}），用“｜”隔开。")
        data["block"] = {"kind": "table", "rows": rows}
        return data

    def _cells(self, line: str) -> list[str]:
        mark = next((mark for mark in CELL_MARKS if mark in line), CELL_MARKS[0])
        return [cell.strip() for cell in line.split(mark)]


def block_rows(blocks: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Blocks as the plain form shows them."""
    return [
        {
            "kind": block["kind"],
            "text": block["text"] if block["kind"] != "table" else "\n".join("｜".join(row) for row in block["rows"]),
        }
        for block in blocks
    ]


class RowSet(forms.BaseFormSet):
    """Rows of which empty ones and those ticked away are left out."""

    def __init__(self, data: Any = None, *args: Any, initial: Any = None, **more: Any) -> None:
        # What was sent stands for itself: held against rows that changed meanwhile, an equal row would count as empty.
        super().__init__(data, *args, initial=initial if data is None else None, **more)

    @property
    def wrong(self) -> list[tuple[int, forms.BoundField]]:
        """(row, field) of what must be changed, in order."""
        if not self.is_bound:
            return []
        return [(n, field) for n, form in enumerate(self.forms, start=1) for field in form if field.errors]

    def kept(self) -> list[dict[str, Any]]:
        """What stays, in order."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [{name: value for name, value in row.items() if name != "DELETE"} for row in rows]


def row_set(form: type[forms.Form], *, extra: int = 2) -> type[RowSet]:
    """A set of rows with some empty ones at its end."""
    return forms.formset_factory(form, formset=RowSet, extra=extra, can_delete=True, max_num=300, absolute_max=400)


BandSet, TemplateTaskSet, VariableSet, BlockSet = map(row_set, (BandForm, TemplateTaskForm, VariableForm, BlockForm))


class ClauseForm(forms.Form):
    """A piece of wording for the library."""

    title = f.words("名称", required=True, most=30)
    active = forms.BooleanField(label="在用", required=False, initial=True)


# --- steps ------------------------------------------------------------------------------------------------------------


class ManyFilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of uploads, each checked as one."""

    widget = ManyFilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file."""
        return [super(ManyFilesField, self).clean(one, initial) for one in data or [None]]


class StepForm(forms.Form):
    """A step that asks nothing."""

    def answers(self) -> dict[str, Any]:
        """What the verb takes."""
        return dict(self.cleaned_data)


class WithdrawForm(StepForm):
    """Why it is taken back."""

    reason = f.text("撤回原因", required=True, most=200, hint="至少 5 个字")


class SignForm(StepForm):
    """Who signed when, and the signed page."""

    signed_on = f.day("签订日期", required=True, initial=timezone.localdate)
    signer = f.words("乙方签字人", required=True, most=30)
    street_signer = f.words("甲方签字人", most=30)
    at_meeting = forms.BooleanField(label="动员会上签订", required=False)
    scans = ManyFilesField(
        label="签字页", help_text="签字后的照片或 PDF，可多选，每个不超过 20 MB",
        error_messages={
            "required": "没有签字页。请上传签字后的照片或 PDF。", "empty": "签字页是空文件，可能没有传完。请重新选择。",
        },
    )  # fmt: skip
    in_force = forms.BooleanField(label="同时生效", required=False, initial=True)


class AssessForm(StepForm):
    """The score."""

    score = score_field("考核得分")
    note = f.words("说明", most=200)


STEP_FORMS: dict[str, type[StepForm]] = {
    "issue": StepForm, "withdraw": WithdrawForm, "sign": SignForm, "start": StepForm, "assess": AssessForm,
    "close": StepForm,
}  # fmt: skip


class FinishForm(forms.Form):
    """When a task was done."""

    finished_on = f.day("完成日期", required=True)


class CheckForm(forms.Form):
    """What the check found."""

    score = score_field("检查得分")


class ReasonForm(forms.Form):
    """Why the names must be printed."""

    reason = f.words(
        "印出姓名的理由", most=200, hint="不填则姓名脱敏；填写（至少 5 个字）则印真实姓名，并记入审计"
    )


def default_score(value: Decimal | None) -> dict[str, Any]:
    """The form of assessment begins with the mean of the tasks."""
    return {"score": value} if value is not None else {}


def today() -> date:
    """In Beijing."""
    return timezone.localdate()
