"""What is filled in about rankings: weights, points, and what the district and others say."""
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Department
from reports.forms.asking import AskingForm
from reports.models import RankingKind
from reports.ranking import PARTS


class WeightsForm(AskingForm):
    """Six weights in per cent; together a hundred."""

    note = forms.CharField(label="说明", max_length=100, required=False, help_text="例如：2017 年考核办法")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for part in PARTS:
            self.fields[part.weight] = forms.IntegerField(label=f"{part.word} %", min_value=0, max_value=100)
        self.order_fields([*(part.weight for part in PARTS), "note"])
        self.speak()

    def clean(self) -> dict[str, Any]:
        """The sum."""
        found = super().clean()
        total = sum(found.get(part.weight) or 0 for part in PARTS)
        if not self.errors and total != 100:
            raise forms.ValidationError(f"六项权重相加应为 100，现为 {total}。请改到合计 100。")
        return found


class PointsForm(AskingForm):
    """加分 or 扣分 for one unit."""

    department = forms.ModelChoiceField(Department.objects.none(), label="单位", empty_label="请选择")
    points = forms.DecimalField(
        label="分值", max_digits=5, decimal_places=2, min_value=Decimal(-100), max_value=Decimal(100),
        help_text="扣分写负数",
    )  # fmt: skip
    reason = forms.CharField(label="理由", min_length=2, max_length=100)

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        units = Department.objects.active().order_by("code")
        in_question = units.communities() if kind == RankingKind.COMMUNITY else units.exclude(kind="community")
        self.fields["department"].queryset = in_question


class DistrictForm(AskingForm):
    """The district's ranking as received."""

    period = forms.CharField(label="周期", max_length=10, help_text="2016-05 或 2016Q2")
    rank = forms.IntegerField(label="名次", min_value=1, required=False)
    of = forms.IntegerField(label="参评单位数", min_value=1, initial=9)
    score = forms.DecimalField(label="得分", max_digits=6, decimal_places=2, required=False)
    words = forms.CharField(label="原文表述", max_length=40, required=False, help_text="没有确切名次时照原文写")
    source_document = forms.CharField(label="来源文件", max_length=100)


class HonourForm(AskingForm):
    """An honour as received."""

    name = forms.CharField(label="荣誉", max_length=60)
    holder = forms.CharField(label="获得单位", max_length=60)
    year = forms.IntegerField(label="年度", min_value=1950, max_value=2100)
    source_document = forms.CharField(label="来源文件", max_length=100, required=False)
