"""发件箱: events that nobody was told of yet. Usually empty; a row that stays means that the worker stands still."""
import logging
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from cases import announce, telling
from cases.addressees import subject_of
from cases.views.outbox_wechat import wechat_section

PAGE_SIZE = 50
log = logging.getLogger(__name__)


def _line(event: Any, at: datetime) -> dict[str, Any]:
    """A row of the outbox; a petition by its code name."""
    return {
        "event": event, "subject": subject_of(event.case), "button": telling.button_of(event),
        "stuck": announce.is_stuck(event, at=at), "early": event.announce_after > at,
    }  # fmt: skip


@login_required
@permission_required("cases.see_outbox", raise_exception=True)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits to be told, oldest first."""
    now, waiting = timezone.now(), announce.waiting_events(request.user)
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    stuck = waiting.filter(announce_after__lt=now - announce.STUCK_AFTER).count()
    context = {"page_obj": page, "lines": [_line(event, now) for event in page], "stuck": stuck}
    return render(request, "cases/outbox.html", context | wechat_section(request.user))


@login_required
@permission_required("cases.see_outbox", raise_exception=True)
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Tell one event now, or all that are due."""
    which = request.POST.get("event", "")
    only = int(which) if which.isdecimal() and len(which) < 19 else None
    if which and only is None:
        messages.error(request, "没有这条通知。请从列表中选择。")
        return redirect("cases:outbox")
    level, words = _resend(request.user, only=only, at=timezone.now())
    messages.add_message(request, level, words)
    return redirect("cases:outbox")


def _resend(user: Any, *, only: int | None, at: datetime) -> tuple[int, str]:
    """Try it, and say what came of it."""
    if only is not None and not announce.waiting_events(user).filter(pk=only).exists():
        return messages.INFO, "这条已经发出，没有重复发送。"
    try:
        done = announce.announce_due(at=at, only=only)
    except ExceptionGroup as broken:
        log.exception("events that could not be announced")
        return messages.ERROR, f"有 {len(broken.exceptions)} 条没有发出，原因已记入系统日志。请联系系统管理员。"
    if not done:
        return messages.INFO, "还没到可通知的时间（派遣后 10 秒内可撤销），稍后会自动发出。"
    audit.record("outbox_resent", actor=user, detail={"count": len(done)}, at=at)
    return messages.SUCCESS, f"已发出 {len(done)} 条。"
