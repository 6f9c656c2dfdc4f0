"""Which weeks of checks the desk looks at."""
import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from grid.check_plans import WEEK, monday_of
from grid.check_weeks import mondays, sunday_of
from grid.models import Community

WEEK_KEY = re.compile(r"^(?P<year>\d{4})-W(?P<week>\d{2})$")
PAST_WEEKS = 12  # that are offered; any other is found by its address
LONGEST = timedelta(days=366)


def week_key(week: date) -> str:
    """2016-W51."""
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02d}"


def week_words(week: date) -> str:
    """12-19 至 12-25."""
    return f"{week:%m-%d} 至 {sunday_of(week):%m-%d}"


def read_week(key: str) -> date | None:
    """The Monday of a week; nothing for what names none."""
    read = WEEK_KEY.match(key)
    try:
        return date.fromisocalendar(int(read["year"]), int(read["week"]), 1) if read else None
    except ValueError:
        return None


class ChecksForm(forms.Form):
    """Week (or the weeks that end between two days), community, only what was missed; a wrong value asks nothing."""

    week = forms.ChoiceField(label="周", required=False)
    community = forms.ModelChoiceField(
        label="社区", required=False, queryset=Community.objects.none(), empty_label="全部社区"
    )
    missed = forms.BooleanField(label="只看漏查", required=False)
    first = forms.DateField(required=False, widget=forms.HiddenInput)
    last = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, today: date, communities: Any) -> None:
        super().__init__(data)
        self.today = today
        self.fields["community"].queryset = communities
        if len(communities) < 2:  # a worker is not asked which one
            self.fields["community"].widget = forms.HiddenInput()
        this = monday_of(today)
        offered = [this - WEEK * back for back in range(PAST_WEEKS)]
        asked = read_week(str(self.data.get("week", "")))
        if asked and asked not in offered and asked <= this:
            offered.append(asked)
        self.fields["week"].choices = [
            (week_key(one), f"{week_words(one)}{'（本周）' if one == this else ''}") for one in offered
        ]
        self.is_valid()

    @property
    def is_span(self) -> bool:
        """Whether weeks that end between two days are asked for: the rows behind a number of the reports."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        return bool(first and last and first <= last and last - first <= LONGEST)

    @property
    def weeks(self) -> list[date]:
        """The Mondays asked for, of a span those of weeks that are over; this week when nothing sound is asked."""
        if self.is_span:
            yesterday = timezone.localdate() - timedelta(days=1)  # as the figures count them
            first, last = self.cleaned_data["first"], min(self.cleaned_data["last"], yesterday)
            return mondays(first, last) if first <= last else []
        return [read_week(self.cleaned_data.get("week") or "") or monday_of(self.today)]

    @property
    def community_asked(self) -> Community | None:
        """Of which community."""
        return self.cleaned_data.get("community")

    @property
    def only_missed(self) -> bool:
        """Whether only what was missed is asked for."""
        return bool(self.cleaned_data.get("missed"))

    @property
    def words(self) -> str:
        """The weeks in words."""
        if self.is_span:
            return f"{self.cleaned_data['first']:%Y-%m-%d} 至 {self.cleaned_data['last']:%Y-%m-%d} 内结束的各周"
        week = self.weeks[0]
        return f"{week:%Y-%m-%d} 至 {sunday_of(week):%Y-%m-%d}"

    @property
    def neighbours(self) -> tuple[str, str]:
        """The weeks before and after; none after this one."""
        week = self.weeks[0] if self.weeks else monday_of(self.today)
        after = week + WEEK
        return week_key(week - WEEK), week_key(after) if after <= self.today else ""
