"""发件箱, the part of the official account: what went out, what is stuck and why, and sending it again."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import wechat_outbox
from cases.errors import MoveRefused
from cases.models import WeChatMessage, WeChatPicture

PAGE_SIZE = 50
FEW = 5
SIGNS = {"queued": "ok", "sending": "ok", "sent": "done", "held": "stop", "unsure": "due", "failed": "over"}


def wechat_section(user: Any) -> dict[str, Any]:
    """What the outbox says of the official account: the newest stuck messages and pictures, and how many there are."""
    stuck = WeChatMessage.objects.for_outbox(user).stuck()
    pictures = WeChatPicture.objects.stuck()
    return {
        "wechat_stuck": _lines(stuck[:FEW]), "wechat_stuck_count": stuck.count(),
        "wechat_pictures": list(pictures[:FEW]), "wechat_picture_count": pictures.count(),
        "wechat_silence": wechat_outbox.silence(),
    }  # fmt: skip


def _lines(rows: Any) -> list[dict[str, Any]]:
    """Rows with the sign of their state."""
    return [{"message": row, "sign": SIGNS[row.status], "again": row.status in ("failed", "unsure")} for row in rows]


@login_required
@permission_required("cases.see_outbox", raise_exception=True)
@require_safe
def wechat_list(request: HttpRequest) -> HttpResponse:
    """All messages of the official account, newest first; ?status= narrows."""
    status = request.GET.get("status", "")
    rows = WeChatMessage.objects.for_outbox(request.user)
    if status in WeChatMessage.Status.values:
        rows = rows.filter(status=status)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page, "lines": _lines(page), "status": status, "choices": WeChatMessage.Status.choices,
        **wechat_section(request.user),
    }  # fmt: skip
    return render(request, "cases/outbox_wechat.html", context)


@login_required
@permission_required("cases.see_outbox", raise_exception=True)
@require_POST
def resend_wechat(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one stuck message again."""
    try:
        wechat_outbox.resend_message(pk, by=request.user, at=timezone.now(), request=request)
    except WeChatMessage.DoesNotExist:
        raise Http404 from None
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已排队，十几秒内发出。")
    return redirect("channels:outbox_wechat")


@login_required
@permission_required("cases.see_outbox", raise_exception=True)
@require_POST
def refetch_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetch one picture again."""
    try:
        wechat_outbox.refetch_picture(pk, by=request.user, at=timezone.now(), request=request)
    except WeChatPicture.DoesNotExist:
        raise Http404 from None
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已排队，十几秒内下载。")
    return redirect("channels:outbox_wechat")
