"""The page of a batch: its preview, how far the worker is, what became of it."""
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sheets.batches import target_of
from sheets.committing import may_undo
from sheets.error_list import error_list_of
from sheets.exporting import FORMATS
from sheets.models import ImportBatch, Result, Stage
from sheets.views.refusing import refusals, seen_batch
from sheets.views.shown import shown_columns, shown_rows

PAGE_SIZE = 100
SHOWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("全部", (Result.FINE, Result.WARNED, Result.DUPLICATE, Result.ERROR, Result.SAME, Result.SKIPPED)),
    "problems": ("有问题", (Result.ERROR, Result.DUPLICATE, Result.WARNED)),
    "fit": ("可导入", (Result.FINE, Result.WARNED)),
    "ignored": ("忽略", (Result.IGNORED, Result.SKIPPED, Result.SAME)),
}


@never_cache
@login_required
@require_safe
@refusals
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the step at which the batch is."""
    return page_of(request, seen_batch(request, pk))


def page_of(request: HttpRequest, one: ImportBatch, *, error: str = "", status: int = 200) -> HttpResponse:
    """The page of a batch's step, with what was refused."""
    if one.stage == Stage.MAPPING:
        return redirect(f"/imports/{one.pk}/columns/")
    if one.stage in (Stage.JUDGING, Stage.WRITING):
        return render(request, "sheets/working.html", {"batch": one})
    if one.stage == Stage.READY:
        context = _preview(request, one) | {"error": error}
        return render(request, "sheets/preview.html", context, status=status)
    return render(request, "sheets/result.html", _result(request, one) | {"error": error}, status=status)


def counted(one: ImportBatch) -> dict[str, Any]:
    """How many rows are shown by each tab, and how many of each kind there are."""
    counts = {result: one.counts.get(result, 0) for result in Result.values}
    tabs = [(key, word, sum(counts[result] for result in results)) for key, (word, results) in SHOWS.items()]
    troubled = sum(counts[result] for result in SHOWS["problems"][1])
    return {"counts": counts, "tabs": tabs, "troubled": troubled, "fit": counts[Result.FINE] + counts[Result.WARNED],
            "bad": counts[Result.ERROR] + counts[Result.DUPLICATE]}  # fmt: skip


def _preview(request: HttpRequest, one: ImportBatch) -> dict[str, Any]:
    target, numbers = target_of(one), counted(one)
    show = request.GET.get("show", "problems" if numbers["troubled"] else "all")
    show = show if show in SHOWS else "all"
    page = Paginator(one.rows.with_result(*SHOWS[show][1]), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "batch": one, "target": target, "show": show, "page_obj": page, "columns": shown_columns(one, target),
        "rows": shown_rows(page, one, target), **numbers,
    }  # fmt: skip


def _result(request: HttpRequest, one: ImportBatch) -> dict[str, Any]:
    written, created = one.rows.written().count(), one.rows.created_anew().count()
    return {
        "batch": one, "target": target_of(one), **counted(one), "kept": one.rows.kept_in_ledger()[:PAGE_SIZE],
        "may_undo": may_undo(one, request.user, at=timezone.now()), "written": written, "created": created,
        "updated": written - created,
    }  # fmt: skip


@never_cache
@login_required
@require_safe
@refusals
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the worker is; when it is done the page is loaded anew."""
    one = seen_batch(request, pk)
    if one.stage not in (Stage.JUDGING, Stage.WRITING):
        return HttpResponse(headers={"HX-Redirect": f"/imports/{pk}/"})
    return render(request, "sheets/_working.html", {"batch": one})


@never_cache
@login_required
@require_safe
@refusals
def error_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were not imported, with what is wrong, as a workbook; personal cells masked."""
    one = seen_batch(request, pk)
    response = HttpResponse(error_list_of(one, target_of(one)), content_type=FORMATS["xlsx"][1])
    name = quote(f"错误清单-{one.file_name.rpartition('.')[0] or one.file_name}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"errors.xlsx\"; filename*=UTF-8''{name}"
    return response
