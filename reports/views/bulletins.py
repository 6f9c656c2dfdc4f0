"""督查通报 on screen: the list, one issue, what is behind its numbers, its documents, the schedules."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case
from reports import exporting
from reports.bulletins import drafting, editing, schedules
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.documents.fonts import substitutions
from reports.documents.pages import set_pages
from reports.documents.pdf import make_pdf, make_picture
from reports.forms.bulletins import ComposeForm, DetailsForm, FilterForm
from reports.models import Bulletin, BulletinSchedule, BulletinState
from reports.views.bulletin_acts import acts_for, is_stale, refused
from reports.views.bulletin_shown import Shown
from reports.views.dashboard import as_file
from reports.views.documents import TYPES, file_response, printed

PAGE_SIZE = 40
VIEWS = {"spread": "双页", "full": "100%", "pages": "成品"}


def find(pk: int) -> Bulletin:
    """The issue with the people who had a hand in it."""
    return get_object_or_404(Bulletin.objects.select_related("issued_by", "submitted_by", "corrects", "created_by"),
                             pk=pk)  # fmt: skip


@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """Every issue, what waits first; the numbers of a year without a gap."""
    form = FilterForm(request.GET)
    chosen = form.answers()
    rows = Bulletin.objects.narrowed(**chosen).for_list()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    years = Bulletin.objects.exclude(year=None).order_by("-year").values_list("year", flat=True).distinct()
    context = {"page_obj": page, "form": form, "chosen": chosen, "years": list(years),
               "may_compose": request.user.has_perm("reports.compose_bulletin")}  # fmt: skip
    return render(request, "reports/bulletins.html", context)


@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, as a workbook."""
    rows = Bulletin.objects.narrowed(**FilterForm(request.GET).answers()).for_list()
    return as_file(exporting.export_bulletins(rows, by=request.user, at=timezone.now(), request=request), "bulletins")


@login_required
@permission_required("reports.compose_bulletin", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    now = timezone.now()
    form = ComposeForm(request.POST or None, today=timezone.localdate())
    if form.is_valid():
        try:
            return redirect(drafting.compose(by=request.user, at=now, **form.answers()))
        except BulletinRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "reports/bulletin_new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One issue on its sheets, with what may be done."""
    bulletin = find(pk)
    view = request.GET.get("view", "")
    return render(request, "reports/bulletin.html", page_context(bulletin, request, view=view))


def page_context(
    bulletin: Bulletin, request: HttpRequest, *, view: str = "", details: DetailsForm | None = None
) -> dict[str, Any]:
    """What the page of an issue is drawn from."""
    shown = Shown(bulletin, request.user, at=timezone.now())
    view = view if view in VIEWS else "spread"
    has_body = bulletin.state != BulletinState.IMPORTED
    return {
        "shown": shown, "bulletin": bulletin, "view": view, "views": VIEWS.items(), "has_body": has_body,
        "acts": acts_for(bulletin, request.user), "steps": bulletin.steps.all(),
        "page_numbers": range(1, len(set_pages(shown.paper)) + 1) if has_body and view == "pages" else (),
        "corrections": bulletin.corrections.exclude(number=None).order_by("pk"),
        "details": details or DetailsForm(initial={name: getattr(bulletin, name) for name in editing.SETTINGS}),
    }  # fmt: skip


@login_required
@permission_required("reports.compose_bulletin", raise_exception=True)
@require_POST
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, whom it is about, whom it goes to."""
    bulletin, form = find(pk), DetailsForm(request.POST)
    try:
        if is_stale(request, bulletin):
            raise BulletinConflict(editing.CHANGED_MEANWHILE)
        if form.is_valid():
            editing.set_details(bulletin, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "已保存。")
            return redirect(bulletin)
    except (BulletinConflict, BulletinForbidden) as refusal:
        return refused(request, bulletin, refusal)
    return render(request, "reports/bulletin.html", page_context(bulletin, request, details=form), status=422)


@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
def number(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The lines behind one number: of an issue as they were frozen, of a draft as they are now."""
    bulletin = find(pk)
    one = _number_of(bulletin, request.user, name)
    rows = Paginator(one.cases, PAGE_SIZE).get_page(request.GET.get("page"))
    seen = Case.objects.visible_to(request.user).for_rows()
    cases = {case.number: case for case in seen.filter(number__in=list(rows))}
    lines = [(text, cases.get(text)) for text in rows]
    context = {"bulletin": bulletin, "number": one, "page_obj": rows, "lines": lines, "hits": set(one.hits)}
    return render(request, "reports/bulletin_number.html", context)


def _number_of(bulletin: Bulletin, user: Any, name: str) -> Any:
    if bulletin.is_frozen:
        return get_object_or_404(bulletin.numbers, name=name)
    shown = Shown(bulletin, user, at=timezone.now())
    shown.blocks  # noqa: B018 the numbers of its tables are known once they are made
    if name not in shown.reading.used:
        raise Http404("这份通报里没有这个数字。")
    return shown.reading.used[name]


def _with_body(pk: int, user: Any) -> Shown:
    bulletin = find(pk)
    if bulletin.state == BulletinState.IMPORTED:
        raise Http404("这一期来自 2016 年原表，无正文。")
    return Shown(bulletin, user, at=timezone.now())


@never_cache
@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
@printed
def document(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The PDF or the Word file, made from the same blocks."""
    if form not in TYPES:
        raise Http404("通报只有 PDF 和 Word 两种文件。")
    shown = _with_body(pk, request.user)
    at = shown.bulletin.issued_at or shown.at
    return file_response(shown.paper, form, at=at, kept="download" in request.GET)


@never_cache
@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
@printed
def picture(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """One page of the made document, as it will be printed."""
    made = make_picture(_with_body(pk, request.user).paper, sheet)
    if made is None:
        raise Http404("这份通报没有这一页。")
    return HttpResponse(made, content_type="image/png")


@never_cache
@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_safe
@printed
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """版式检查: the made PDF, measured."""
    from reports.documents.check import check_layout  # reading PDFs costs a web worker memory that it rarely needs

    shown = _with_body(pk, request.user)
    findings = check_layout(make_pdf(shown.paper, at=shown.at))
    whole = "reports/_bulletin_check.html" if request.htmx else "reports/bulletin_check.html"
    return render(request, whole, {"findings": findings, "stands_in": substitutions(), "bulletin": shown.bulletin})


@login_required
@permission_required("reports.manage_schedules", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: HttpRequest) -> HttpResponse:
    """Which kinds are drafted by themselves."""
    if request.method == "POST" and request.POST.get("kind") in schedules.CAUGHT_UP:
        on = request.POST.get("on") == "1"
        schedules.switch(request.POST["kind"], on=on, by=request.user, at=timezone.now())
        messages.success(request, "已启用自动拟稿。" if on else "已停用自动拟稿。")
        return redirect("/bulletins/schedules/")
    rows = {row.kind: row for row in BulletinSchedule.objects.select_related("changed_by")}
    kinds = [(kind, kind.label, rows.get(kind)) for kind in schedules.CAUGHT_UP]
    return render(request, "reports/bulletin_schedules.html", {"kinds": kinds})
