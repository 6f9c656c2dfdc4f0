"""The register of components (物): list, page, entering and changing."""
from copy import copy  # a form writes into its instance, the verb compares with what stands
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from grid.forms.things import ThingFilterForm, ThingForm
from grid.models import Thing
from grid.photos import PhotoNotReady, photo_response
from grid.things import change_thing, record_thing
from grid.views.register import carried_by, may_keep, number, saved

PAGE_SIZE = 50
SEEING = ("grid.see_registers", "grid.see_community_registers")


def _check_sight(user: Any) -> None:
    if not any(user.has_perm(right) for right in SEEING):
        raise PermissionDenied("你的角色不能查看部件台账。需要时请与台账专员联系。")


@login_required
@require_safe
def things(request: HttpRequest) -> HttpResponse:
    """The components that a person sees, by class, state, community, owner or words."""
    _check_sight(request.user)
    form = ThingFilterForm(request.GET)
    page = Paginator(form.things(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, **carried_by(request.user)}
    return render(request, "grid/_things.html" if request.htmx else "grid/things.html", context)


@login_required
@require_safe
def thing(request: HttpRequest, code: str) -> HttpResponse:
    """One component: its facts, its pictures, its past, and what upper apps know of it."""
    _check_sight(request.user)
    found = get_object_or_404(Thing.objects.visible_to(request.user).for_list(), code=code)
    context = {
        "thing": found, "photos": found.photos.select_related("photo"),
        "past": found.history.select_related("history_user").order_by("-history_date", "-pk")[:20],
        "may_keep": Thing.objects.kept_by(request.user).contains(found),
    }  # fmt: skip
    return render(request, "grid/thing.html", context)


@login_required
@require_safe
def thing_photo(request: HttpRequest, code: str, pk: int, size: str) -> HttpResponse:
    """A picture of a component, for those who see the component."""
    found = get_object_or_404(Thing.objects.visible_to(request.user), code=code)
    shown = get_object_or_404(found.photos.select_related("photo"), pk=pk)
    try:
        return photo_response(shown.photo, size)
    except (PhotoNotReady, ValueError) as error:
        raise Http404(str(error)) from error


@login_required
def new_thing(request: HttpRequest) -> HttpResponse:
    """Enter a component."""
    if not may_keep(request.user):
        raise PermissionDenied("你的角色不能登记部件。需要时请与台账专员联系。")
    form = ThingForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    made = saved(form, request, lambda given: record_thing(**given))
    if made:
        messages.success(request, f"已登记{made}")
        return redirect("grid:thing", made.code)
    return render(request, "grid/thing_form.html", {"form": form}, status=form.status)


@login_required
def edit_thing(request: HttpRequest, code: str) -> HttpResponse:
    """Change a component; the version says on which state the change was made."""
    found = get_object_or_404(Thing.objects.visible_to(request.user).for_list(), code=code)
    if not Thing.objects.kept_by(request.user).contains(found):
        raise PermissionDenied("这个部件不归你登记。请与台账专员或所在社区联系。")
    version = number(request.POST.get("version")) or found.version
    form = ThingForm(request.POST or None, request.FILES or None, instance=copy(found))
    if saved(form, request, lambda given: change_thing(found, version=version, **given)):
        messages.success(request, "已保存")
        return redirect("grid:thing", code)
    context = {"form": form, "thing": found, "version": version}
    return render(request, "grid/thing_form.html", context, status=form.status)
