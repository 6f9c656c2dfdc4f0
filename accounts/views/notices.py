"""The bell: what I was told, how much of it is unread."""
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe

from accounts.models import Notification
from accounts.notify import mark_read

PAGE_SIZE = 30


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """My notices, newest first."""
    mine = Notification.objects.for_user(request.user)
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/notices.html", {"page_obj": page, "unread": mine.unread().count()})


def _unread_tag(request: HttpRequest) -> str | None:
    """Changes when the count does; asked again by the view only if the browser holds another one."""
    if not request.user.is_authenticated:
        return None
    request.unread = Notification.objects.for_user(request.user).unread().count()
    return f'"{request.user.pk}-{request.unread}"'


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_unread_tag)
def unread(request: HttpRequest) -> HttpResponse:
    """The count on the bell, polled; 304 while nothing changed, 401 (not a login page) when the session has ended."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return render(request, "accounts/_unread.html", {"count": request.unread})


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a notice: mark it read and go where it points."""
    notice = get_object_or_404(Notification.objects.for_user(request.user), pk=pk)
    mark_read(request.user, pk=pk, at=timezone.now())
    return redirect(notice.url or "accounts:notices")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    mark_read(request.user, at=timezone.now())
    return redirect("accounts:notices")
