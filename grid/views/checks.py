"""点位检查 at the desk: the weeks of communities and places, one check, its pictures."""
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from grid.check_overview import overview_of
from grid.checks import day_of, rule_in_force
from grid.forms.checks import ChecksForm
from grid.models import Community, SiteCheck
from grid.photos import PhotoNotReady, photo_response

PAGE_SIZE = 50
SEEING = ("grid.see_checks", "grid.see_community_checks")


def _check_sight(user: Any) -> None:
    if not any(user.has_perm(right) for right in SEEING):
        raise PermissionDenied("你的角色不能查看点位检查。需要时请与督查员联系。")


def _found(request: HttpRequest, pk: int) -> SiteCheck:
    _check_sight(request.user)
    return get_object_or_404(SiteCheck.objects.visible_to(request.user).for_list(), pk=pk)


@login_required
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """The checks of a week: communities beside each other, places with what they lack."""
    _check_sight(request.user)
    today = day_of(timezone.now(), rule_in_force())  # before dawn it is still last night, whose checks count
    form = ChecksForm(request.GET, today=today, communities=Community.objects.checks_seen_by(request.user))
    about = {"community": form.community_asked, "only_missed": form.only_missed}
    overview = overview_of(request.user, form.weeks, today=today, **about)
    page = Paginator(overview.places, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "overview": overview, "page_obj": page, "lines": overview.lines(page.object_list)}
    return render(request, "grid/checks.html", context)


@login_required
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """One check: who, when, how far from the place, what was found, pictures."""
    found = _found(request, pk)
    return render(request, "grid/check.html", {"check": found, "photos": found.photos.select_related("photo")})


@login_required
@require_safe
def check_photo(request: HttpRequest, pk: int, photo: int, size: str) -> HttpResponse:
    """A picture of a check."""
    shown = get_object_or_404(_found(request, pk).photos.select_related("photo"), pk=photo)
    try:
        if size in ("thumb", "image"):
            return photo_response(shown.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason
    raise Http404("没有这张照片。")
