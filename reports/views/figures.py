"""指标: every figure of a period with its formula, and one figure by source, class, place, department or month."""
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports import breakdown, exporting
from reports.figures import FIGURES, Figure
from reports.models import Dimension
from reports.views.dashboard import as_file, asked_period, period_choice

SEES = permission_required("reports.see_dashboard", raise_exception=True)


def _asked(request: HttpRequest) -> tuple[Figure | None, str]:
    """The figure that the address names, if any, and by what it is split."""
    key, by = request.GET.get("figure", ""), request.GET.get("by", Dimension.COMMUNITY)
    one = FIGURES.get(key)
    if (key and one is None) or by not in breakdown.parts_for(one):
        raise Http404("没有这个指标或分法。")
    return one, by


@login_required
@SEES
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every figure, or one of them split."""
    period, today, (one, by) = asked_period(request), timezone.localdate(), _asked(request)
    parts = breakdown.parts_for(one).items()
    context = period_choice(period, today=today) | {"figure": one, "by": by, "parts": parts}
    if one is None:
        return render(request, "reports/figures.html", context | {"rows": breakdown.compared(period, today=today)})
    cells = breakdown.split(one, by, period, today=today)
    return render(request, "reports/figure_parts.html", context | {"cells": cells, "word": breakdown.PARTS[by]})


@login_required
@SEES
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """One figure split, as a workbook."""
    period, (one, by) = asked_period(request), _asked(request)
    if one is None:
        raise Http404("没有写明是哪个指标。")
    cells = breakdown.split(one, by, period, today=timezone.localdate())
    about = {"figure": one, "word": breakdown.PARTS[by], "period": period, "request": request}
    book = exporting.export_parts(cells, by=request.user, at=timezone.now(), **about)
    return as_file(book, f"{one.key}-by-{by}-{period.key}")
