"""Responsibility grids: list, page, drawing."""
from copy import copy  # a form writes into its instance, the verb compares with what stands

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from grid.areas import keep_area
from grid.forms.places import AreaForm
from grid.models import ResponsibilityGrid
from grid.posts import may_appoint
from grid.views.places import posts_of
from grid.views.register import carried_by, number, saved

PAGE_SIZE = 50


@login_required
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """All responsibility grids with today's leaders."""
    page = Paginator(ResponsibilityGrid.objects.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "grid/areas.html", {
        "page_obj": page, "may_appoint": may_appoint(request.user), **carried_by(request.user),
    })  # fmt: skip


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One responsibility grid: its unit grids, who answers for it today or on a day of the past."""
    found = get_object_or_404(ResponsibilityGrid.objects.for_list(), code=code)
    grids = found.unit_grids.without_shapes()
    return render(request, "grid/area.html", {"area": found, "grids": grids, **posts_of(found, request)})


@login_required
def new_area(request: HttpRequest) -> HttpResponse:
    """Draw a responsibility grid."""
    return _drawn(request, None)


@login_required
def edit_area(request: HttpRequest, code: str) -> HttpResponse:
    """Redraw a responsibility grid."""
    return _drawn(request, get_object_or_404(ResponsibilityGrid, code=code))


def _drawn(request: HttpRequest, found: ResponsibilityGrid | None) -> HttpResponse:
    if not may_appoint(request.user):
        raise PermissionDenied("你的角色不能划分责任网格。需要时请与台账专员或管理员联系。")
    form = AreaForm(request.POST or None, instance=copy(found) if found else None)
    version = number(request.POST.get("version")) or (found.version if found else 0)
    made = saved(form, request, lambda given: keep_area(found, version=version, **given))
    if made:
        messages.success(request, f"已保存{made}")
        return redirect("grid:area", made.code)
    context = {"form": form, "area": found, "version": version}
    return render(request, "grid/area_form.html", context, status=form.status)
