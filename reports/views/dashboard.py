"""领导驾驶舱: the page, its export, and the subscription to the month's figures."""
import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports import exporting, facts, subscriptions
from reports.dashboard import Dashboard, last_full_period
from reports.ledgers import street_blocks
from reports.periods import Period, Span, period_of, read_period
from reports.points import points_of
from reports.received import received_of

SPANS = (Span.MONTH, Span.QUARTER, Span.YEAR)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_period(request: HttpRequest) -> Period:
    """The month, quarter or year that the address names; the last full one with cases when it names none."""
    key = request.GET.get("period", "")
    if not key:
        return last_full_period(Span.MONTH, today=timezone.localdate())
    period = read_period(key)
    if period is None or period.span not in SPANS or period.first > timezone.localdate():
        raise Http404("没有这个周期。")
    return period


def period_choice(period: Period, *, today: date) -> dict[str, Any]:
    """What templates/reports/_periods.html offers: the other spans, and the one that follows if it has begun."""
    following = period.following()
    return {
        "period": period, "following": following if following.first <= today else None,
        "spans": [(span.label, period_of(span, min(period.last, today))) for span in SPANS],
    }  # fmt: skip


def as_file(book: bytes, name: str) -> HttpResponse:
    """A workbook as a download that no cache keeps."""
    response = HttpResponse(book, content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One page answers: how are we doing, where is it burning, who is late."""
    today, period = timezone.localdate(), asked_period(request)
    board = Dashboard(period, today=today, over_year=request.GET.get("over") != "period")
    context = board.compose() | street_blocks(period.year(), today=today) | received_of(period.year())
    context |= period_choice(period, today=today) | {"today": today}
    context |= facts.standing(at=timezone.now())
    points = points_of(board.whole, request.user) if request.GET.get("map") == "points" else None
    drawn = context["heat"] if points is None else {"pins": points, "live": 1, "pad": 6}
    context |= {"points": points, "map": json.dumps(drawn), "chart": json.dumps(context["chart"])}
    context |= {"subscribed": subscriptions.is_subscribed(request.user), "over": request.GET.get("over")}
    return render(request, "reports/dashboard.html", context)


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Be told when a month's figures are there, or no more."""
    if request.POST.get("wanted") == "yes":
        subscriptions.subscribe(user=request.user, at=timezone.now())
        messages.success(request, "已订阅月报。每月 1 日会收到上月数据的通知。")
    else:
        subscriptions.unsubscribe(user=request.user)
        messages.success(request, "已取消订阅月报。")
    return redirect("/dashboard/")


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The tables of the page as a workbook, with the figures as they are today; the trail keeps who took it."""
    board = Dashboard(asked_period(request), today=timezone.localdate())
    book = exporting.export_dashboard(board, by=request.user, at=timezone.now(), request=request)
    return as_file(book, f"figures-{board.period.key}")
