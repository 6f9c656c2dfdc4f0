"""The hand-over sheet of a shift, on screen and on A4."""
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import handover as book
from cases.views.listing import row_of
from cases.views.shown import read_hands

LONGEST = timedelta(days=31)
# Parts that are a filter of the desk, too: there all of them can be leafed through.
ON_DESK = {"todo": "/desk/?todo=1", "over": "/desk/?clock=over", "soon": "/desk/?clock=soon"}


class SinceForm(forms.Form):
    """Since when."""

    since = forms.DateTimeField(
        label="自", required=False, error_messages={"invalid": "起始时间应为日期和时间，例如 2016-12-21 18:00。"},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        self.at = at
        super().__init__(*args, **more)

    def clean_since(self) -> datetime | None:
        """Not in the future, and within a month."""
        since = self.cleaned_data["since"]
        if since and not self.at - LONGEST <= since < self.at:
            raise forms.ValidationError("起始时间应在近 31 天之内，且早于现在。")
        return since


def may_hand_over(user: Any) -> None:
    """Those who take turns at the desk."""
    if not (user.has_perm("cases.see_handover") or user.has_perm("cases.use_desk")):
        raise PermissionDenied("交接班由值班的受理派遣员、科长和督查员使用。")


@login_required
@require_safe
def handover(request: HttpRequest) -> HttpResponse:
    """交接班: new, overdue, returned, pending and waiting cases since the last shift ended; one part alone if asked."""
    may_hand_over(request.user)
    now = timezone.now()
    form = SinceForm(request.GET or None, at=now)
    asked = form.cleaned_data.get("since") if form.is_valid() else None
    since = asked or book.last_left(request.user, at=now)
    context = {"since": since, "now": now, "form": form, "most": book.MOST}
    context |= _part(request, since, now) if request.GET.get("part") else _sheet(request, since, now)
    return render(request, "cases/handover.html", context, status=422 if form.errors else 200)


def _sheet(request: HttpRequest, since: datetime, now: datetime) -> dict[str, Any]:
    """All parts, each with its first cases."""
    parts = book.sheet(request.user, since=since, at=now)
    read_hands([case for part in parts for case in part["cases"]], request.user)
    for part in parts:
        part["href"] = ON_DESK.get(part["key"], "")
        part["rows"] = [row_of(case, request.user, at=now) for case in part["cases"]]
    return {"parts": parts}


def _part(request: HttpRequest, since: datetime, now: datetime) -> dict[str, Any]:
    """One part by pages."""
    key = request.GET["part"]
    found = book.whole_part(request.user, key, since=since, at=now)
    if found is None:
        raise Http404("交接班没有这一项。")
    page = Paginator(found[1], book.MOST).get_page(request.GET.get("page"))
    cases = list(page)
    read_hands(cases, request.user)
    rows = [row_of(case, request.user, at=now) for case in cases]
    part = {"key": key, "word": found[0], "count": page.paginator.count, "href": ON_DESK.get(key, ""), "rows": rows}
    return {"parts": [part], "page_obj": page, "whole": True}
