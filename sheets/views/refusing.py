"""What a refusal of the verbs becomes on the way to the browser."""
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sheets.batches import visible_batches
from sheets.errors import ImportConflict, ImportForbidden
from sheets.models import ImportBatch
from sheets.targets import targets_for

NO_LEDGER = "你的角色没有可以导入的台账。需要时请向系统管理员申请。"


def seen_batch(request: HttpRequest, pk: int) -> ImportBatch:
    """A batch that this person sees; others do not exist (404)."""
    if not targets_for(request.user):
        raise PermissionDenied(NO_LEDGER)
    seen = visible_batches(request.user).exclude(stage="dropped").select_related("created_by", "done_by", "undone_by")
    batch = seen.without_file().filter(pk=pk).first()
    if batch is None:
        raise Http404("没有这一批导入，或者它已经放弃。")
    return batch


def refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No right is 403; overtaken is 409 with the sentence, which htmx shows on the page loaded anew."""
    @wraps(view)
    def answer(request: HttpRequest, pk: int, *args: Any, **more: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **more)
        except ImportForbidden as refusal:
            raise PermissionDenied(str(refusal))
        except ImportConflict as refusal:
            if request.htmx:
                return load_anew(request, pk, str(refusal), 409)
            context = {"sentence": str(refusal), "back": f"/imports/{pk}/"}
            return render(request, "409.html", context, status=409)

    return answer


def load_anew(request: HttpRequest, pk: int, sentence: str, status: int) -> HttpResponse:
    """What htmx gets when the page that it holds is out of date."""
    messages.warning(request, sentence)
    return HttpResponse(status=status, headers={"HX-Redirect": f"/imports/{pk}/"})
