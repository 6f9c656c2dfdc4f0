"""导入: a file for a ledger, and the batches so far."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sheets.batches import is_remembered, name_columns, open_batch, visible_batches
from sheets.errors import AnswerRefused, ImportForbidden
from sheets.forms import UploadForm
from sheets.models import ImportBatch
from sheets.opening import FileRefused
from sheets.targets import targets_for
from sheets.views.refusing import NO_LEDGER
from sheets.views.working import set_to_work

PAGE_SIZE = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The batches that this person sees, and the form that begins one."""
    if not targets_for(request.user):
        raise PermissionDenied(NO_LEDGER)
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and (batch := _open(request, form)):
        return redirect(f"/imports/{batch.pk}/")
    page = Paginator(visible_batches(request.user).for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "sheets/imports.html", {"form": form, "page_obj": page}, status=422 if form.errors else 200)


def _open(request: HttpRequest, form: UploadForm) -> ImportBatch | None:
    """Take the file in; known headings go straight to the preview."""
    name, at = form.cleaned_data["file"].name, timezone.now()
    try:
        batch = open_batch(form.content, name=name, key=form.cleaned_data["target"], by=request.user, at=at)
    except (FileRefused, AnswerRefused, ImportForbidden) as refusal:
        form.add_error("file", str(refusal))
        return None
    if is_remembered(batch):
        _judge_as_before(request, batch, at)
    return batch


def _judge_as_before(request: HttpRequest, batch: ImportBatch, at: Any) -> None:
    """The columns as they were named the last time; if the ledger has changed since, they are asked again."""
    try:
        name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=request.user, at=at)
    except AnswerRefused as refusal:
        messages.warning(request, str(refusal))
        return
    set_to_work(batch, at=at)
