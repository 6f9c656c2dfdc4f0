"""The end report of a pollution alert (终期报告): what was done while it was in force, as it stood then."""
from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models.patrols import PollutionAlert


class AlertReport(models.Model):
    """One report of one alert; `figures` are the sums and the days of `campaigns.alert_reports.Figures`, frozen."""

    alert = models.OneToOneField(PollutionAlert, models.PROTECT, related_name="report", verbose_name="预警")
    words = models.TextField("落实情况", max_length=1000)
    figures = models.JSONField("数字")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报告人"
    )
    reported_at = models.DateTimeField("报告时间")

    class Meta:
        verbose_name = "预警终期报告"
        verbose_name_plural = "预警终期报告"
        ordering = ["-reported_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="an_alert_report_says_something")]

    def __str__(self) -> str:
        """黄色预警终期报告."""
        return f"{self.alert}终期报告"
