"""Boundaries: what changed since when, drawing a change, taking one back, the shapes as GeoJSON."""
import json
from typing import Any

import shapely
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from grid.boundaries import BoundaryRefused, drop_edition, read_shapes, schedule_edition
from grid.forms.boundaries import BoundaryForm
from grid.models import BoundaryEdition, Community, UnitGrid

PAGE_SIZE = 20
RIGHT = "grid.manage_territory"


def _check_right(user: Any) -> None:
    if not user.has_perm(RIGHT):
        raise PermissionDenied("边界由管理员调整。需要改动请告诉管理员从哪一天起、改哪一段。")


@login_required
@require_safe
def boundaries(request: HttpRequest) -> HttpResponse:
    """Every change of boundaries, the latest first."""
    rows = BoundaryEdition.objects.select_related("made_by").annotate(count=Count("shapes"))
    page = Paginator(rows.order_by("-valid_from", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "may_move": request.user.has_perm(RIGHT),
               "communities": Community.objects.without_shapes()}  # fmt: skip
    return render(request, "grid/boundaries.html", context)


@login_required
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Draw new boundaries inside one community."""
    _check_right(request.user)
    community = get_object_or_404(Community.objects.without_shapes(), code=code)
    form, problems = BoundaryForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("valid_from", "note")}
        try:
            edition = schedule_edition(read_shapes(form.text), by=request.user, at=timezone.now(), **given)
            messages.success(request, f"边界调整{edition.get_state_display()}")
            return redirect("grid:boundaries")
        except BoundaryRefused as refused:
            problems = refused.problems
    context = {"form": form, "community": community, "problems": problems}
    return render(request, "grid/boundary_form.html", context, status=422 if form.errors or problems else 200)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a change whose day has not come."""
    _check_right(request.user)
    try:
        drop_edition(get_object_or_404(BoundaryEdition, pk=pk), by=request.user, at=timezone.now())
        messages.success(request, "已撤回")
    except BoundaryRefused as refused:
        messages.error(request, str(refused))
    return redirect("grid:boundaries")


@login_required
@require_safe
def shapes_json(request: HttpRequest) -> HttpResponse:
    """The unit grids in force as GeoJSON, of one community or all: for the editor and as a file to start from."""
    grids = UnitGrid.objects.select_related("community").order_by("code")
    code = request.GET.get("community", "")
    rows = grids.in_community(get_object_or_404(Community, code=code)) if code else grids
    features = [_feature(row.shape, code=row.code, name=row.name, community_code=row.community.code) for row in rows]
    if code and features:
        features.append(_feature(rows[0].community.shape, code=code, name="", outline=True))
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    answer = HttpResponse(text, content_type="application/geo+json")
    if "download" in request.GET:
        answer["Content-Disposition"] = 'attachment; filename="grids.geojson"'
    return answer


def _feature(shape: bytes, **facts: Any) -> dict[str, Any]:
    geometry = shapely.geometry.mapping(shapely.from_wkb(bytes(shape)))
    return {"type": "Feature", "properties": facts, "geometry": geometry}
