"""What a year's report printed: each figure in its own words, beside which the computed one is shown."""
from django.db import models
from django.db.models import Q


class ReportedFigure(models.Model):
    """One figure of a published yearly report; `value` stays empty where the report gives words only (260 余)."""

    year = models.PositiveSmallIntegerField("年度")
    key = models.SlugField("指标", max_length=40, help_text="reports.year 里的指标名")
    words = models.CharField("报告原文", max_length=60)
    value = models.DecimalField("报告值", max_digits=14, decimal_places=2, null=True, blank=True)
    exact = models.BooleanField("确数", default=True, help_text="约数、余数只作文字，不参与计算")
    source = models.CharField("出处", max_length=100)
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    entered_at = models.DateTimeField("录入时间")
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "年度报告值"
        verbose_name_plural = "年度报告值"
        ordering = ["-year", "key"]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="a_figure_is_reported_once_a_year"),
            models.CheckConstraint(
                condition=Q(exact=True, value__isnull=False) | Q(exact=False, value__isnull=True),
                name="only_an_exact_figure_has_a_value",
                violation_error_message="确数要填报告值；约数只写原文，不填数值。",
            ),
        ]

    def __str__(self) -> str:
        """The figure in its own words."""
        return self.words
