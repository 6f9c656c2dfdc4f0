"""考核排名: how communities and departments stand, the weights behind it, and what the district and others say."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import exporting, ranking, received
from reports.errors import ReportConflict, ReportRefused
from reports.forms.rankings import DistrictForm, HonourForm, PointsForm, WeightsForm
from reports.models import DistrictRanking, Honour, RankingKind, RankingPoints, RankingWeights
from reports.views.dashboard import as_file, asked_period, period_choice

SEES = permission_required("reports.see_rankings", raise_exception=True)
ENTERS = permission_required("reports.enter_received_data", raise_exception=True)
BOTH = require_http_methods(["GET", "HEAD", "POST"])
MOST = 100


def _kind(request: HttpRequest) -> str:
    asked = request.GET.get("kind")
    return asked if asked in RankingKind.values else RankingKind.COMMUNITY


def _page(request: HttpRequest, form: Form | None = None, error: Exception | None = None, status: int = 200
          ) -> HttpResponse:  # fmt: skip
    kind, period, today = _kind(request), asked_period(request), timezone.localdate()
    published, places = ranking.ranking_of(kind, period, today=today)
    points = RankingPoints.objects.filter(kind=kind, period=period.key).select_related("department", "entered_by")
    weights = published.weights if published else ranking.weights_in_force()
    context = {
        "kind": kind, "kinds": RankingKind.choices, "period": period, "published": published, "places": places,
        "parts": ranking.PARTS, "points": points, "form": form or PointsForm(kind=kind), "error": error,
        "weighted": [(part, getattr(weights, part.weight)) for part in ranking.PARTS], "is_over": period.is_over(today),
    }  # fmt: skip
    return render(request, "reports/rankings.html", context | period_choice(period, today=today), status=status)


@login_required
@SEES
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The ranking of a period, as published or as it stands."""
    return _page(request)


@login_required
@SEES
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook."""
    kind, period, now = _kind(request), asked_period(request), timezone.now()
    _, places = ranking.ranking_of(kind, period, today=timezone.localdate(now))
    about = {"period": period, "word": f"{RankingKind(kind).label}排名", "request": request}
    return as_file(exporting.export_ranking(places, by=request.user, at=now, **about), f"ranking-{kind}-{period.key}")


@login_required
@ENTERS
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Make it known."""
    kind, period = _kind(request), asked_period(request)
    try:
        ranking.publish(kind, period, by=request.user, at=timezone.now())
    except ReportRefused as refusal:
        return _page(request, error=refusal, status=409 if isinstance(refusal, ReportConflict) else 422)
    messages.success(request, f"已发布{period.words}{RankingKind(kind).label}排名。")
    return redirect(f"/rankings/?kind={kind}&period={period.key}")


@login_required
@ENTERS
@require_POST
def points(request: HttpRequest) -> HttpResponse:
    """加分 or 扣分."""
    kind, period = _kind(request), asked_period(request)
    form = PointsForm(request.POST, kind=kind)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        ranking.give_points(kind=kind, period=period, by=request.user, at=timezone.now(), **form.cleaned_data)
    except ReportRefused as refusal:
        return _page(request, form, refusal, status=409 if isinstance(refusal, ReportConflict) else 422)
    return redirect(f"/rankings/?kind={kind}&period={period.key}")


@login_required
@permission_required("reports.manage_weights", raise_exception=True)
@BOTH
def weights(request: HttpRequest) -> HttpResponse:
    """The weights in force and their earlier versions; a change is a new version."""
    now = ranking.weights_in_force()
    form = WeightsForm(request.POST or None, initial={name: getattr(now, name) for name in ranking.WEIGHTS})
    if form.is_valid():
        row = ranking.change_weights(by=request.user, at=timezone.now(), **form.cleaned_data)
        same, new = "没有改动，仍用现行权重。", "已保存为新一版权重。已发布的排名仍用当时的权重。"
        messages.success(request, same if row.pk == now.pk else new)
        return redirect("/rankings/weights/")
    versions = RankingWeights.objects.select_related("made_by")[:MOST]
    context = {"form": form, "versions": versions, "parts": ranking.PARTS}
    return render(request, "reports/weights.html", context, status=422 if form.errors else 200)


@login_required
@ENTERS
@BOTH
def entered(request: HttpRequest) -> HttpResponse:
    """Enter the district's ranking or an honour; what was entered is listed below."""
    honour = request.POST.get("what") == "honour"
    data = request.POST or None
    forms: dict[str, Any] = {
        "district_form": DistrictForm(None if honour else data), "honour_form": HonourForm(data if honour else None)
    }  # fmt: skip
    form, verb = (
        (forms["honour_form"], received.enter_honour) if honour else (forms["district_form"], received.enter_ranking)
    )
    try:
        if form.is_valid():
            verb(by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "已登记荣誉。" if honour else "已录入区考评名次。")
            return redirect("/rankings/received/")
    except ReportRefused as refusal:
        form.add_error(None, str(refusal))
    lists = {"rankings": DistrictRanking.objects.all()[:MOST], "honours": Honour.objects.all()[:MOST]}
    return render(request, "reports/received.html", forms | lists, status=422 if form.errors else 200)
