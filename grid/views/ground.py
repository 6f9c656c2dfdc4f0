"""The pages of the ground: one map, its communities, grids and key sites, and what the map asks for."""
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import condition, require_safe

from grid.forms.ground import PositionForm, SiteFilterForm
from grid.ground import ground
from grid.happenings import Ground
from grid.locate import OUTSIDE_SENTENCE, locate
from grid.models import Community, KeySite, UnitGrid
from grid.places import find_places
from grid.sweeping import seen_by
from grid.views.layers import onemap_of
from grid.views.places import posts_of, story_of
from grid.views.register import TODO, carried_by, registers_for

PAGE_SIZE = 20


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The map of the street with its communities and the key sites of a category, community or name."""
    form = SiteFilterForm(request.GET)
    sites = Paginator(form.sites(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": sites, "communities": Community.objects.without_shapes().with_counts(),
               "registers": registers_for(request.user), **carried_by(request.user),
               "todo": TODO, "todo_count": seen_by(request.user).to_do().count()}  # fmt: skip
    if request.htmx:
        return render(request, "grid/_sites.html", context)
    return render(request, "grid/page.html", {**context, "onemap": onemap_of(request)})


@login_required
@require_safe
def community(request: HttpRequest, code: str) -> HttpResponse:
    """One community: its figures, its grids and its key sites."""
    found = get_object_or_404(Community.objects.without_shapes().select_related("department"), code=code)
    sites = Paginator(KeySite.objects.for_list().in_community(found), PAGE_SIZE).get_page(request.GET.get("page"))
    grids = UnitGrid.objects.without_shapes().with_leaders().in_community(found)
    return render(request, "grid/community.html", {"community": found, "grids": grids, "page_obj": sites})


@login_required
@require_safe
def unit_grid(request: HttpRequest, code: str) -> HttpResponse:
    """One unit grid: where it lies, who leads it, what is watched in it."""
    found = get_object_or_404(UnitGrid.objects.without_shapes(), code=code)
    context = {
        "grid": found, "sites": KeySite.objects.for_list().in_grid(found), **posts_of(found, request),
        "told": story_of(Ground(grid_id=found.pk), request),
    }  # fmt: skip
    return render(request, "grid/grid.html", context)


@condition(etag_func=lambda request: f'W/"{ground().etag}"')
@require_safe
def ground_json(request: HttpRequest) -> HttpResponse:
    """The ground as GeoJSON, for staff and residents alike; unchanged, it is answered with 304 and no bytes."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(ground().packed if packed else ground().text, content_type="application/geo+json")
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=60"
    return response


@login_required
@require_safe
def sites_json(request: HttpRequest) -> JsonResponse:
    """The key sites as pins."""
    pins = [
        {"lon": site.lon, "lat": site.lat, "kind": "site", "text": f"{site.name}（{site.status}）"}
        for site in KeySite.objects.for_list()
    ]
    return JsonResponse({"pins": pins})


@require_safe
def locate_json(request: HttpRequest) -> JsonResponse:
    """Which grid a position lies in, or the sentence that says it lies outside; for residents too."""
    form = PositionForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"found": False, "sentence": "没有收到位置。请在地图上点一下。"}, status=422)
    place = locate(*form.in_wgs84())
    if place is None:
        return JsonResponse({"found": False, "sentence": OUTSIDE_SENTENCE})
    facts = {"grid": place.grid_code, "grid_name": place.grid_name, "community": place.community_name}
    return JsonResponse({"found": True, "sentence": place.grid_name, **facts})


@login_required
@require_safe
def places_json(request: HttpRequest) -> JsonResponse:
    """Places by name, for the address box of registration."""
    found = find_places(request.GET.get("q", ""))
    return JsonResponse({"places": [vars(place) for place in found]})

