"""Acts on many cases: one dialog or page, each case on its own, and a result that names each refusal."""
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases.bulk import BULK_MOVES, BulkResult, chosen_cases, make_each, undo_each
from cases.exporting import export_cases
from cases.forms.bulk import BulkForm, bulk_form
from cases.models import Case
from cases.register_sheet import REGISTER
from cases.views.listing import Listing
from cases.views.moves import version_seen
from cases.workflow import MOVES
from sheets.carrying import ExportForm
from sheets.errors import AnswerRefused


def _numbers(request: HttpRequest) -> list[str]:
    return request.POST.getlist("n") or request.GET.getlist("n")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, action: str) -> HttpResponse:
    """One act on the ticked cases: GET asks, POST makes it case by case."""
    if action not in BULK_MOVES:
        raise Http404("这个动作不能批量办理。")
    if not (request.user.has_perm("cases.bulk_cases") and request.user.has_perm(MOVES[action].permission)):
        raise PermissionDenied("批量办理须由受理派遣员或值班科长操作。")
    cases, now = chosen_cases(request.user, _numbers(request)), timezone.now()
    form = bulk_form(action, cases, request.user, at=now, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answer(request, form, run(request, form, at=now))
    return _sheet(request, {"form": form, "action": action}, status=422 if form.errors else 200)


def run(request: HttpRequest, form: BulkForm, *, at: datetime) -> BulkResult:
    """Make the move on each case with the version its row showed; one that others moved meanwhile is told, too."""
    master = _master(form) if form.move.name == "merge" else None
    versions = _versions(request)
    overtaken = [case for case, _ in form.left_out if versions.get(case.number, case.version) != case.version]
    return make_each(
        form.move.name, [case for case in [*form.cases, *overtaken] if case is not master], by=request.user, at=at,
        versions=versions, answers={case.number: form.answers_for(case, master=master) for case in form.cases},
    )  # fmt: skip


def _versions(request: HttpRequest) -> dict[str, int]:
    """Case → the version that its row showed."""
    seen = {number: version_seen(request.POST.get(f"version-{number}", "")) for number in _numbers(request)}
    return {number: version for number, version in seen.items() if version is not None}


def _master(form: BulkForm) -> Case:
    return next(case for case in form.cases if case.number == form.cleaned_data["master"])


def _sheet(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    template = "cases/_bulk_dialog.html" if request.htmx else "cases/bulk.html"
    return render(request, template, context, status=status)


def _answer(request: HttpRequest, form: BulkForm, result: BulkResult) -> HttpResponse:
    """All went: a line at the foot, with 撤销 after a dispatch. Some did not: which, and why."""
    button, done = form.move.button, len(result.done)
    undo = f"/cases/bulk/undo/?{urlencode({'n': [case.number for case in result.done]}, doseq=True)}"
    undo = undo if form.move.name == "dispatch" and done else ""
    if not result.refused and not request.htmx:
        messages.success(request, f"已{button} {done} 件", extra_tags=undo)
        return HttpResponseRedirect("/desk/")
    toast = {"text": f"已{button} {done} 件", **({"undo": undo, "target": "#list"} if undo else {})}
    events: dict[str, Any] = {"list-changed": True, **({"toast": toast} if done else {})}
    if not result.refused:
        response = HttpResponse(status=204)
        events["dialog-close"] = True
    else:
        response = _sheet(request, {"form": form, "result": result, "action": form.move.name})
    response["HX-Trigger"] = json.dumps(events)
    return response


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back a bulk dispatch within ten seconds."""
    result = undo_each(chosen_cases(request.user, _numbers(request)), by=request.user, at=timezone.now())
    text = f"已撤销派遣 {len(result.done)} 件"
    if result.refused:
        text += f"，{len(result.refused)} 件没有撤销：{result.refused[0][1]}"
    if not request.htmx:
        messages.add_message(request, messages.WARNING if result.refused else messages.SUCCESS, text)
        return HttpResponseRedirect("/desk/")
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(
        {"list-changed": True, "toast": {"text": text, "kind": "bad" if result.refused else ""}}
    )
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """The ticked cases, or all of the list's filter, as a file; names and phones masked unless a reason is given."""
    if not request.user.has_perm("cases.export_cases"):
        raise PermissionDenied("你的角色不能导出案件。需要时请向系统管理员申请。")
    form = ExportForm(
        request.POST if "kind" in request.POST else None, may_unmask=request.user.has_perm(REGISTER.unmasked_right)
    )
    if not form.is_valid():  # the bar of the list sends the ticked numbers alone: the form asks for the rest
        return _ask(request, form)
    now, numbers = timezone.now(), _numbers(request)
    listing = Listing(request.user, request.GET, at=now)
    cases = listing.visible.filter(number__in=numbers) if numbers else listing.every
    words = [*listing.filter.chosen, *(["搜索"] if listing.filter.text else []), *(["勾选"] if numbers else [])]
    try:
        return export_cases(cases, by=request.user, at=now, words=words, request=request, **form.cleaned_data)
    except AnswerRefused as refusal:
        form.add_error("reason" if "reason" in form.fields else None, str(refusal))
        return _ask(request, form)


def _ask(request: HttpRequest, form: ExportForm) -> HttpResponse:
    context = {"numbers": _numbers(request), "listing": Listing(request.user, request.GET), "form": form}
    template = "cases/_export_dialog.html" if request.htmx else "cases/export.html"
    return render(request, template, context, status=422 if form.errors else 200)
