"""What the list of findings asks: which ones, and why one is right as it is."""
from datetime import datetime, timedelta
from typing import Any

from django import forms

from grid.cross_checks import checks_for
from grid.forms.register import community_choice
from grid.querysets import FindingQuerySet
from grid.sweeping import seen_by

RESOLVED_WITHIN = timedelta(days=30)
TO_DO, ASIDE, RESOLVED = "", "aside", "resolved"


class FindingFilterForm(forms.Form):
    """Which findings to list; a wrong value filters nothing away."""

    kind = forms.ChoiceField(label="核对项", required=False, widget=forms.HiddenInput)  # the links choose it
    community = community_choice()
    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[(TO_DO, "待办"), (ASIDE, "已搁置"), (RESOLVED, f"近 {RESOLVED_WITHIN.days} 天已改正")],
    )  # fmt: skip

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.user = user
        self.fields["kind"].choices = [("", "全部"), *((check.kind, check.word) for check in checks_for(user))]
        if not user.has_perm("grid.see_registers"):
            del self.fields["community"]  # a worker has but one

    def findings(self, *, at: datetime) -> FindingQuerySet:
        """The findings asked for, of every kind that this person may know of."""
        self.is_valid()
        rows, wanted = seen_by(self.user).for_list(), self.cleaned_data
        rows = {
            ASIDE: FindingQuerySet.set_aside, RESOLVED: lambda rows: rows.resolved_since(at - RESOLVED_WITHIN),
        }.get(wanted.get("state"), FindingQuerySet.to_do)(rows)  # fmt: skip
        return rows.in_community(wanted["community"]) if wanted.get("community") else rows

    @property
    def chosen(self) -> str:
        """The kind asked for, or nothing."""
        return self.cleaned_data.get("kind", "")

    @property
    def state_word(self) -> str:
        """What is listed, in words."""
        return dict(self.fields["state"].choices)[self.cleaned_data.get("state", TO_DO)]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered."""
        return any(self.cleaned_data.values())


class AsideForm(forms.Form):
    """Why a finding is right as it is; the verb judges the reason."""

    reason = forms.CharField(
        label="理由", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="至少 5 个字，例如 没有物业，由居委会代管。不要写姓名、电话、证件号",
        error_messages={"max_length": "理由太长，最多 200 个字。请缩短。"},
    )  # fmt: skip
