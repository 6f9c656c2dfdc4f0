"""What is done with one structure: the steps, papers, pictures, and the cases that belong to it."""
import json
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns import ledger, ties
from campaigns.forms.structures import CaseForm, FromCaseForm, PaperForm, PhotosForm, StepForm
from campaigns.lawful import doubts_about, earliest_forced_day
from campaigns.models import Structure
from campaigns.steps import STEPS
from campaigns.views.structures import SEE, attempt, found, keeps, pane_of, sees
from campaigns.views.structures_shown import Listing, Row
from cases.models import Case

HOME = "/ledgers/structures/"
FORM = ["GET", "HEAD", "POST"]


def beside_the_list(request: HttpRequest) -> QueryDict | None:
    """The filters of the ledger that the request came from, or nothing when it came from elsewhere."""
    try:
        page = urlsplit(request.htmx.current_url or "") if request.htmx else None
    except ValueError:
        return None
    return QueryDict(page.query) if page and page.path == HOME else None


def done(request: HttpRequest, structure: Structure, sentence: str) -> HttpResponse:
    """The act is done: pane, row and sums anew beside the list; otherwise the page of the structure."""
    query = beside_the_list(request)
    if query is None:
        messages.success(request, sentence)
        if not request.htmx:
            return redirect(structure)
        response = HttpResponse(status=204)
        response["HX-Redirect"] = structure.get_absolute_url()
        return response
    shown = pane_of(request, structure.number)
    context = {"shown": shown, "row": Row(shown.structure), "listing": Listing(request.user, query), "oob": True}
    response = render(request, "campaigns/structures/_done.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#pane", "innerHTML"
    response["HX-Trigger"] = json.dumps({"dialog-close": True, "toast": {"text": sentence}})
    return response


def sheet(
    request: HttpRequest, form: Any, *, title: str, structure: Structure, status: int, **more: Any
) -> HttpResponse:
    """The form of an act, as a dialog or as a page of the same address."""
    template = "campaigns/structures/_dialog.html" if request.htmx else "campaigns/structures/sheet.html"
    context = {"form": form, "title": title, "structure": structure, "action": request.path, **more}
    return render(request, template, context, status=status)


@login_required
@sees
@require_http_methods(FORM)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step: GET asks, POST takes it."""
    structure, row, now = found(number), STEPS[step], timezone.now()
    if not request.user.has_perm(row.needs):
        raise PermissionDenied("违建台账由台账专员登记。需要时请与台账专员联系。")
    status = 200 if row.fits(structure) else 409
    form = StepForm(row, structure, request.POST or None, request.FILES or None, user=request.user, at=now)
    if request.method == "POST":
        how = {"name": step, "structure": structure, "by": request.user, "at": now, "version": version_of(request)}
        event, status = attempt(form, ties.take_step, **how)
        if event:
            return done(request, structure, f"{number}：{row.button}，已登记")
    return sheet(request, form, title=row.button, structure=structure, status=status, step=row,
                 doubts=doubts_before(row.name, structure, now), fits=row.fits(structure))  # fmt: skip


def version_of(request: HttpRequest) -> int | None:
    """The version that the form was filled in on."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def doubts_before(name: str, structure: Structure, now: Any) -> list[str]:
    """What speaks against force today, shown before a demolition is registered or planned."""
    if name not in ("demolish", "plan"):
        return []
    lawful = earliest_forced_day(structure.papers.all())
    return [lawful.sentence] if lawful.missing else doubts_about(timezone.localdate(now), lawful=lawful)


@login_required
@keeps
@require_http_methods(FORM)
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a paper that moves no stage."""
    structure, now, status = found(number), timezone.now(), 200
    form = PaperForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        paper, status = attempt(form, ledger.add_paper, structure=structure, by=request.user, at=now)
        if paper:
            return done(request, structure, f"已登记{paper}")
    return sheet(request, form, title="登记文书", structure=structure, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def paper(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Correct a paper."""
    structure, now, status = found(number), timezone.now(), 200
    row = get_object_or_404(structure.papers, pk=pk)
    form = PaperForm(request.POST or None, paper=row, user=request.user, at=now)
    if request.method == "POST":
        mended, status = attempt(form, ledger.mend_paper, paper=row, by=request.user, at=now)
        if mended:
            return done(request, structure, f"已改正{mended}")
    return sheet(request, form, title=f"改正{row.get_kind_display()}", structure=structure, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def photos(request: HttpRequest, number: str) -> HttpResponse:
    """Hang further pictures."""
    structure, now, status = found(number), timezone.now(), 200
    form = PhotosForm(request.POST or None, request.FILES or None, user=request.user, at=now)
    if request.method == "POST":
        count, status = attempt(form, ledger.add_photos, structure=structure, by=request.user, at=now)
        if count:
            return done(request, structure, f"已添加照片 {count} 张，处理好后显示")
    return sheet(request, form, title="补充照片", structure=structure, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def open_case(request: HttpRequest, number: str) -> HttpResponse:
    """Open a case out of the ledger."""
    structure, now, status = found(number), timezone.now(), 200
    start = {"version": structure.version, "title": f"{structure.place}违建问题"}
    form = CaseForm(request.POST or None, initial=start, user=request.user, at=now)
    if request.method == "POST":
        case, status = attempt(form, ties.open_case_for, structure=structure, by=request.user, at=now)
        if case:
            return done(request, structure, f"已开案件 {case.number}，由指挥席受理派遣")
    return sheet(request, form, title="开案件", structure=structure, status=status)


@login_required
@permission_required(ties.PROPOSE, raise_exception=True)
@require_http_methods(FORM)
def from_case(request: HttpRequest, number: str) -> HttpResponse:
    """Turn a case into a structure."""
    case, now, status = get_object_or_404(Case.objects.visible_to(request.user), number=number), timezone.now(), 200
    if not ties.may_propose(case, request.user):
        raise Http404("信访件不能转入违建台账。")
    start = {"place": (case.address or case.title)[: ties.PLACE_LENGTH]}
    form = FromCaseForm(request.POST or None, initial=start, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, ties.structure_from_case, case=case, by=request.user, at=now)
        if made:
            messages.success(request, f"{case.number} 已转入违建台账 {made.number}")
            return redirect(made if request.user.has_perm(SEE) else case)
    context = {"form": form, "case": case, "known": ties.structure_of(case)}
    return render(request, "campaigns/structures/from_case.html", context, status=status)
