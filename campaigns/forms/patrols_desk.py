"""What the desk asks about patrols: the period of the list, an alert, who leads a shift, a correction."""
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from accounts.models import Department
from campaigns.models import COUNTERS, AlertLevel, PatrolLog, Shift
from campaigns.patrols import MOST, latest_months

MOMENT = "%Y-%m-%dT%H:%M"
NO_DATE = "应为日期，例如 2016-12-23。"
NO_MOMENT = "应为日期和时间，例如 2016-12-23 17:30。"
NONE = "none"


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, error_messages={"invalid": f"{label}{NO_DATE}"})


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    wrong = {"required": f"请填写{label}时间。", "invalid": f"{label}时间{NO_MOMENT}"}
    return forms.DateTimeField(label=label, widget=widget, error_messages=wrong, validators=[_of_our_time])


def _of_our_time(moment: datetime) -> None:
    if not 2000 <= moment.year < 2100:
        raise forms.ValidationError("年份不对。请核对。")


class PatrolFilter(forms.Form):
    """Which logs the list shows: the latest two months at first, and what is left empty is open."""

    first = _day("从")
    last = _day("到")
    shift = forms.ChoiceField(label="班次", required=False, choices=[("", "全部班次"), *Shift.choices])
    level = forms.ChoiceField(
        label="预警", required=False, choices=[("", "全部级别"), *AlertLevel.choices, (NONE, "无预警")]
    )
    team = forms.ModelChoiceField(
        label="巡查单位", required=False, queryset=Department.objects.none(), empty_label="全部单位",
        error_messages={"invalid_choice": "没有这个单位的巡查日志。请重新选择。"},
    )  # fmt: skip

    def __init__(self, query: QueryDict) -> None:
        data = query.copy()
        if not {"first", "last"} & set(data):
            for name, day in zip(("first", "last"), latest_months(), strict=True):
                data[name] = f"{day:%Y-%m-%d}" if day else ""
        super().__init__(data)
        went_out = Exists(PatrolLog.objects.filter(team=OuterRef("pk")))
        self.fields["team"].queryset = Department.objects.filter(went_out).order_by("code")

    def logs(self) -> Any:
        """The logs that are asked for; what cannot be read is left open, and said beside the form."""
        told = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        found = PatrolLog.objects.between(told.get("first"), told.get("last"))
        if told.get("shift"):
            found = found.filter(shift=told["shift"])
        if told.get("level"):
            found = found.filter(alert_level="" if told["level"] == NONE else told["level"])
        return found.of_team(told["team"]) if told.get("team") else found

    def chosen(self) -> list[str]:
        """The names of the filters in use."""
        return [name for name, value in getattr(self, "cleaned_data", {}).items() if value]


class AlertForm(forms.Form):
    """An alert as the document says it."""

    level = forms.ChoiceField(label="级别", choices=AlertLevel.choices, widget=forms.RadioSelect, error_messages={
        "required": "请选择级别。", "invalid_choice": "请选择级别。"})  # fmt: skip
    starts_at = _moment("开始")
    ends_at = _moment("结束")
    document = forms.CharField(label="依据文件", max_length=120, error_messages={
        "required": "请填写依据文件，例如：市空气重污染应急指挥部 2016 年第 12 号预警。",
        "max_length": "依据文件太长，最多 120 个字。"})  # fmt: skip
    measures = forms.CharField(
        label="应急措施", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不填写就用本级别的通用措施。", error_messages={"max_length": "应急措施太长，最多 1,000 个字。"},
    )  # fmt: skip


class AlertReportForm(forms.Form):
    """How an alert went, in words; the numbers come by themselves."""

    words = forms.CharField(label="落实情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明落实了哪些措施、发现和解决了什么问题。数字由巡查日志自动汇总，报后不再变。", error_messages={
        "required": "请填写落实情况。", "max_length": "落实情况太长，最多 1,000 个字。"})  # fmt: skip


class DutyForm(forms.Form):
    """Who leads a shift, and who the page showed before."""

    leader_name = forms.CharField(label="带队处级领导", max_length=30, required=False, error_messages={
        "max_length": "姓名太长，最多 30 个字。"})  # fmt: skip
    instead_of = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["leader_name"].widget.attrs.update(list="known_leaders", autocomplete="off")


class CorrectForm(forms.Form):
    """Every counter as it should stand, why, and what the page showed."""

    turn = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, log: PatrolLog, **options: Any) -> None:
        super().__init__(*args, initial={"turn": log.turn, **log.counters()}, **options)
        for name, (word, unit) in COUNTERS.items():
            sentence = f"{word}应为 0 到 {MOST:,} 的整数。"
            self.fields[name] = forms.IntegerField(
                label=f"{word}（{unit}）", min_value=0, max_value=MOST, error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), sentence),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(
            label="更正理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={
                "required": "请填写更正理由。", "max_length": "更正理由太长，最多 200 个字。"},
            help_text="理由、更正人和时间留在日志上，并记入审计。",
        )  # fmt: skip

    def values(self) -> dict[str, int]:
        """The counters as they should stand."""
        return {name: self.cleaned_data[name] for name in COUNTERS}

    @property
    def counters(self) -> list:
        """The counters' fields."""
        return [self[name] for name in COUNTERS]
