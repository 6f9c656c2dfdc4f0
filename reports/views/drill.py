"""The rows behind a number: every figure on every page opens here."""
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reports import exporting, figures
from reports.dashboard import last_full_period
from reports.figures import FIGURES, Part
from reports.models import Dimension
from reports.periods import Period, Span, read_period
from reports.querysets import CaseFactQuerySet
from reports.scopes import read_scope
from reports.views.dashboard import as_file

PAGE_SIZE = 50


def _asked(request: HttpRequest, key: str) -> tuple[str, str, dict[str, Any]]:
    """Which lines the address asks for: the part, the scope's name, and what figures.rows takes."""
    named = request.GET.get("period")
    period = read_period(named) if named else last_full_period(Span.MONTH, today=timezone.localdate())
    scope = read_scope(request.GET)
    if key not in FIGURES or period is None or scope is None:
        raise Http404("没有这个指标、周期或范围。")
    part = Part.BOTTOM if request.GET.get("part") == Part.BOTTOM and FIGURES[key].bottom else Part.TOP
    return part, scope[1], {"period": period, "today": timezone.localdate(), "scope": scope[0]}


def _aged(request: HttpRequest, key: str, lines: CaseFactQuerySet, period: Period) -> tuple[figures.Age | None, Any]:
    """The group of 超期未办 that the address asks for, and its lines; of a past period none is known."""
    today = timezone.localdate()
    known = key == "overdue_open" and period.last >= today
    age = next((one for one in figures.AGES if known and one.key == request.GET.get("age")), None)
    return age, lines.aged(age.least, age.most, today=today) if age else lines


def _checks_behind(period: Period, scope: figures.Scope) -> str:
    """Where the rows of a figure of checks stand: the weeks that ended in the period, of one community or of all."""
    if any(dimension != Dimension.COMMUNITY for dimension, _ in scope.parts):
        raise Http404("巡查到位率只分到社区。请按社区看。")
    asked = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    community = dict(scope.parts).get(Dimension.COMMUNITY)
    return f"/grid/checks/?{urlencode(asked | ({'community': community} if community else {}))}"


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """One figure of a period and part of the street, with the cases that make it; petitions as the role allows."""
    part, scope_words, asked = _asked(request, key)
    if FIGURES[key].is_of_checks:
        return redirect(_checks_behind(asked["period"], asked["scope"]))
    found = figures.value(key, **asked)
    age, lines = _aged(request, key, figures.rows(key, part=part, user=request.user, **asked), asked["period"])
    page = Paginator(lines.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    ages = figures.overdue_ages(**asked) if key == "overdue_open" else []
    whole = dict(ages)[age] if age else (found.bottom if part == Part.BOTTOM else found.top) or 0
    context = {
        "value": found, "period": asked["period"], "scope_words": scope_words, "part": part, "page_obj": page,
        "ages": ages, "age": age, "hidden": whole - page.paginator.count,
    }  # fmt: skip
    return render(request, "reports/drill.html", context)


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@require_POST
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The same rows as a workbook."""
    part, _, asked = _asked(request, key)
    if FIGURES[key].is_of_checks:
        raise Http404("点位检查的明细不是案件，请在点位检查里看。")
    age, lines = _aged(request, key, figures.rows(key, part=part, user=request.user, **asked), asked["period"])
    name = f"{FIGURES[key].name} {age.words}" if age else FIGURES[key].name
    about = {"name": name, "period": asked["period"], "request": request}
    book = exporting.export_rows(lines, by=request.user, at=timezone.now(), **about)
    return as_file(book, f"{key}-{asked['period'].key}")
