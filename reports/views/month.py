"""每月公开: the public page of a month, which knows no visitor, and the page on which staff make it public."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grid.models import Photo
from grid.photos import PhotoNotReady, photo_response
from reports import publicity
from reports.dashboard import last_full_period
from reports.errors import ReportConflict, ReportRefused
from reports.forms.month import MonthForm
from reports.models import PublishedMonth
from reports.periods import Period, Span, read_period

KEPT = cache_control(public=True, max_age=300)
BY_CONTENT = decorator_from_middleware(ConditionalGetMiddleware)
PUBLISHES = permission_required("reports.publish_month", raise_exception=True)
LISTED = 60  # months


def _public(template: str, **context: Any) -> HttpResponse:
    """A page for everybody: made without the request, so that no visitor's session, name or token can be in it."""
    return HttpResponse(render_to_string(template, context))


def _live(month: str) -> PublishedMonth:
    row = PublishedMonth.objects.live().of_month(month).first()
    if row is None:
        raise Http404("这个月的情况没有公开。")
    return row


@BY_CONTENT
@KEPT
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The months that are public."""
    rows = PublishedMonth.objects.live().for_list()[:LISTED]
    return _public("reports/months.html", months=[read_period(row.month) for row in rows])


@BY_CONTENT
@KEPT
@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """One month as it was published."""
    row = _live(month)
    return _public("reports/month.html", row=row, period=read_period(row.month))


@KEPT
@require_safe
def picture(request: HttpRequest, month: str, nth: int, which: str) -> HttpResponse:
    """A picture of a published pair; nothing else is reachable here."""
    pairs = _live(month).pairs
    if nth >= len(pairs) or which not in ("before", "after"):
        raise Http404("没有这张照片。")
    try:
        response = photo_response(Photo.objects.get(pk=pairs[nth][which]), "image")
    except (Photo.DoesNotExist, PhotoNotReady) as reason:
        raise Http404("没有这张照片。") from reason
    del response["Cache-Control"]
    return response


# --- staff ---------------------------------------------------------------------------------------------------------


def _month(month: str) -> Period:
    period = publicity.read_month(month, today=timezone.localdate())
    if period is None:
        raise Http404("没有这个月份。")
    return period


@login_required
@PUBLISHES
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last full month with cases."""
    return redirect(f"/month/{last_full_period(Span.MONTH, today=timezone.localdate()).key}/edit/")


def _desk(request: HttpRequest, period: Period, form: MonthForm, found: list, status: int = 200) -> HttpResponse:
    today, following = timezone.localdate(), period.following()
    context = {
        "period": period, "form": form, "candidates": found, "chosen": set(form["numbers"].value() or ()),
        "live": PublishedMonth.objects.live().of_month(period.key).select_related("published_by").first(),
        "figures": publicity.cleared_figures(period, today=today), "is_over": period.is_over(today),
        "preview": publicity.marked(form["intro"].value() or ""),
        "following": following if following.first <= today else None,
    }  # fmt: skip
    return render(request, "reports/month_edit.html", context, status=status)


@login_required
@PUBLISHES
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, month: str) -> HttpResponse:
    """Preview, choose, publish."""
    period = _month(month)
    found = publicity.candidates(period)
    form = MonthForm(request.POST or None, numbers=[one.case.number for one in found])
    if request.POST.get("act") != "publish" or not form.is_valid():
        return _desk(request, period, form, found, 422 if form.errors else 200)
    try:
        now = timezone.now()
        publicity.publish(period, by=request.user, at=now, today=timezone.localdate(now), **form.cleaned_data)
    except ReportRefused as refusal:
        form.add_error(None, str(refusal))
        return _desk(request, period, form, found, 409 if isinstance(refusal, ReportConflict) else 422)
    messages.success(request, f"已公开{period.words}的情况。")
    return redirect(f"/month/{month}/edit/")


@login_required
@PUBLISHES
@require_POST
def withdraw(request: HttpRequest, month: str) -> HttpResponse:
    """Take it from public view."""
    period = _month(month)
    try:
        publicity.withdraw(period, by=request.user, at=timezone.now())
    except ReportConflict as refusal:
        found = publicity.candidates(period)
        form = MonthForm({}, numbers=[one.case.number for one in found])
        form.add_error(None, str(refusal))
        return _desk(request, period, form, found, 409)
    messages.success(request, f"已撤下{period.words}的公开页面。")
    return redirect(f"/month/{month}/edit/")
