"""What is done to a batch: a cell mended, a row decided, written into the ledger, undone, given up."""
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sheets.batches import drop_batch, target_of
from sheets.committing import commit_batch, order_writing, undo_batch
from sheets.errors import AnswerRefused, ImportConflict, ImportOvertaken
from sheets.models import ImportBatch, ImportRow
from sheets.preview import decide_row, is_large, mend_cell
from sheets.tasks import work_on
from sheets.views.batch import counted, page_of
from sheets.views.refusing import load_anew, refusals, seen_batch
from sheets.views.shown import shown_rows


def told_on_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What was filled in does not do (422), or the ledger does not take it (409): the page again with the sentence."""
    @wraps(view)
    def answer(request: HttpRequest, pk: int, *args: Any, **more: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **more)
        except ImportOvertaken:
            raise
        except (AnswerRefused, ImportConflict) as refusal:
            status = 422 if isinstance(refusal, AnswerRefused) else 409
            if request.htmx:
                return load_anew(request, pk, str(refusal), status)
            return page_of(request, seen_batch(request, pk), error=str(refusal), status=status)

    return answer


@sensitive_post_parameters("text")
@login_required
@require_POST
@refusals
@told_on_page
def row(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Mend one cell (`column`, `text`) or decide about the row (`decision`); judged again at once."""
    batch, at = seen_batch(request, pk), timezone.now()
    if "decision" in request.POST:
        rows = decide_row(batch, number, decision=request.POST["decision"], by=request.user, at=at)
    else:
        column, text = request.POST.get("column", ""), request.POST.get("text", "")
        rows = mend_cell(batch, number, column=column, text=text, by=request.user, at=at)
    if not request.htmx:
        return redirect(f"/imports/{pk}/")
    return render(request, "sheets/_mended.html", _mended(request, batch, rows))


def _mended(request: HttpRequest, batch: ImportBatch, rows: list[ImportRow]) -> dict[str, Any]:
    """The row, those judged again with it, the counts; the tab stays the one that is open."""
    target = target_of(batch)
    first, *others = shown_rows(rows, batch, target)
    query = parse_qs(urlsplit(request.htmx.current_url or "").query)
    return {
        "batch": batch, "target": target, "shown": first, "others": others, **counted(batch),
        "show": query.get("show", ["problems"])[0],
    }  # fmt: skip


@login_required
@require_POST
@refusals
@told_on_page
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the rows into the ledger; the number on the button goes with the order."""
    batch, at = seen_batch(request, pk), timezone.now()
    count = request.POST.get("count", "")
    order = {"count": int(count) if count.isdecimal() and len(count) < 9 else -1,
             "leave_bad": "leave_bad" in request.POST, "by": request.user, "at": at}  # fmt: skip
    if is_large(batch):
        order_writing(batch, **order)
        work_on.delay(batch.pk)
    else:
        written = commit_batch(batch, **order)
        messages.success(request, f"已写入{batch.target_title} {written:,} 行")
    return redirect(f"/imports/{pk}/")


@login_required
@require_POST
@refusals
@told_on_page
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole batch back."""
    done, kept = undo_batch(seen_batch(request, pk), by=request.user, at=timezone.now())
    text = f"已撤销 {done:,} 行" + (f"，{kept:,} 行没有撤销，原因见下" if kept else "")
    (messages.warning if kept else messages.success)(request, text)
    return redirect(f"/imports/{pk}/")


@login_required
@require_POST
@refusals
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the batch up; 重新上传 begins another one for the same ledger."""
    batch = seen_batch(request, pk)
    drop_batch(batch, by=request.user, at=timezone.now())
    messages.success(request, f"已放弃 {batch.file_name}，没有写入任何内容")
    return redirect(f"/imports/?target={batch.target_key}" if "again" in request.POST else "/imports/")
