"""What is filled in about a year's report."""
from django import forms

from reports.forms.asking import AskingForm


class ReportedForm(AskingForm):
    """A figure as the report printed it."""

    words = forms.CharField(label="报告原文", max_length=60, help_text="照原文写，如：260 余个、近 3000 块")
    exact = forms.BooleanField(label="是确数，与计算值比较", required=False)
    value = forms.DecimalField(
        label="报告值", max_digits=14, decimal_places=2, required=False, help_text="只填数字；约数不填"
    )
    source = forms.CharField(label="出处", max_length=100)
