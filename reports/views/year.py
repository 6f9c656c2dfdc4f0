"""年度数据: what the year's report printed beside what the ledgers come to, and the rows behind every number."""
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import exporting
from reports import year as year_verbs
from reports.dashboard import last_full_period
from reports.errors import ReportRefused
from reports.forms.year import ReportedForm
from reports.periods import Period, Span
from reports.views.dashboard import as_file
from reports.year_figures import FIGURES, YearFigure

PAGE_SIZE = 50
SEES = permission_required("reports.see_dashboard", raise_exception=True)
ENTERS = permission_required("reports.enter_received_data", raise_exception=True)


def _year(number: int) -> Period:
    found = year_verbs.read_year(number, today=timezone.localdate())
    if found is None:
        raise Http404("没有这个年度。")
    return found


def _figure(key: str) -> YearFigure:
    if key not in FIGURES:
        raise Http404("没有这个指标。")
    return FIGURES[key]


@login_required
@SEES
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last full year that has cases."""
    return redirect(f"/year/{last_full_period(Span.YEAR, today=timezone.localdate()).key}/")


@login_required
@SEES
@require_safe
def page(request: HttpRequest, year: int) -> HttpResponse:
    """Every figure of the year: reported, computed, difference, and where its rows are."""
    asked = _year(year)
    following = year_verbs.read_year(year + 1, today=timezone.localdate())
    groups = year_verbs.grouped(year_verbs.lines_of(asked))
    return render(request, "reports/year.html", {"year": asked, "groups": groups, "following": following})


@login_required
@SEES
@require_safe
def rows(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """The rows that make one figure; petitions as the role allows."""
    asked, one = _year(year), _figure(key)
    found = Paginator(year_verbs.rows_for(one, asked, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "year": asked, "line": year_verbs.line_of(one, asked, year_verbs.reported_of(key, asked)), "page_obj": found,
        "lines": [list(one.sheet.cells(row)) for row in found], "head": one.sheet.head,
        "hidden": one.rows(asked).count() - found.paginator.count, "base": FIGURES.get(one.over),
    }  # fmt: skip
    return render(request, "reports/year_rows.html", context)


@login_required
@SEES
@require_POST
def export(request: HttpRequest, year: int) -> HttpResponse:
    """The page as a workbook."""
    asked = _year(year)
    about = {"year": asked, "by": request.user, "at": timezone.now(), "request": request}
    return as_file(exporting.export_year(year_verbs.lines_of(asked), **about), f"year-{year}")


@login_required
@SEES
@require_POST
def export_rows(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """The rows behind one figure as a workbook; petitions as the role allows."""
    asked, one = _year(year), _figure(key)
    about = {"figure": one, "year": asked, "by": request.user, "at": timezone.now(), "request": request}
    book = exporting.export_year_rows(year_verbs.rows_for(one, asked, request.user), **about)
    return as_file(book, f"year-{year}-{key}")


@login_required
@ENTERS
@require_http_methods(["GET", "HEAD", "POST"])
def reported(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """Enter or correct what the report printed."""
    asked, one = _year(year), _figure(key)
    row = year_verbs.reported_of(key, asked)
    now = {name: getattr(row, name) for name in ReportedForm.base_fields} if row else {}
    form = ReportedForm(request.POST or None, initial=now)
    try:
        if form.is_valid():
            year_verbs.enter_reported(year=year, key=key, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, f"已录入“{one.name}”的报告值。")
            return redirect(f"/year/{year}/{key}/")
    except ReportRefused as refusal:
        form.add_error("value", str(refusal))
    context = {"year": asked, "line": year_verbs.line_of(one, asked, row), "form": form}
    return render(request, "reports/year_reported.html", context, status=422 if form.errors else 200)
