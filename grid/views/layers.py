"""What the one map asks for while it is moved and searched, and what its page starts with."""
import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from grid.addresses import SHORTEST
from grid.base_maps import archive_named
from grid.finding import TOO_SHORT, Found, clean, find
from grid.forms.layers import ViewForm
from grid.layers import layer_named, layers_for

KEPT_SECONDS = 15  # while somebody drags to and fro; the session's cookie keeps two people at one browser apart
A_YEAR = 365 * 24 * 3600  # of a tile, whose address names the edition of its file
DEEPEST_ZOOM = 30


@login_required
@require_safe
def layer_json(request: HttpRequest, key: str) -> JsonResponse:
    """Clusters and points of one layer in a viewport."""
    layer = layer_named(key)
    if layer is None:
        raise Http404("没有这个图层。请刷新地图页。")
    if not layer.is_open_to(request.user):
        raise PermissionDenied(f"你的角色不能查看“{layer.word}”图层。需要时请与系统管理员联系。")
    form = ViewForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"sentence": form.sentence}, status=422)
    answer = layer.look(request.user, form.view, at=timezone.now())
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response


def _edition(request: HttpRequest, key: str, **_place: int) -> str | None:
    archive = archive_named(key)
    return archive and f'"{archive.edition}"'


@login_required
@require_safe
@cache_control(private=True, max_age=A_YEAR)
@condition(etag_func=_edition)
def tile(request: HttpRequest, key: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile of an archive; where it has none, an empty answer, which the browser keeps as well."""
    archive = archive_named(key)
    if archive is None or z > DEEPEST_ZOOM or max(x, y) >> z:
        raise Http404("没有这块底图。请刷新地图页。")
    found = archive.tile(z, x, y)
    if found is None:
        return HttpResponse(status=204)
    packing = {"Content-Encoding": "gzip"} if archive.is_packed else {}
    return HttpResponse(found, content_type=archive.kind, headers=packing)


@login_required
@require_safe
def search_json(request: HttpRequest) -> JsonResponse:
    """Places, things, units, cases, structures by name, address or number."""
    text = clean(request.GET.get("q", ""))
    found = find(text, request.user)
    answer = {"sentence": _sentence(text, found), "found": [one.as_json() for one in found]}
    status = 422 if len(text) < SHORTEST else 200
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})


def _sentence(text: str, found: list[Found]) -> str:
    if len(text) < SHORTEST:
        return TOO_SHORT
    return f"找到 {len(found)} 处" if found else "没有找到。换一个叫法，或写地点、单位的全名、部件标识码、案号。"


def onemap_of(request: HttpRequest) -> dict[str, Any]:
    """What the map's page starts with: the switches of this person, and what was looked for, as without a script."""
    wanted, text = request.GET.get("layers"), clean(request.GET.get("find", ""))
    keys = None if wanted is None else wanted.split(",")
    found = find(text, request.user)
    placed = next((one for one in found if one.lon is not None), None)
    return {
        "layers": [(one, one.at_first if keys is None else one.key in keys) for one in layers_for(request.user)],
        "text": text, "found": found, "sentence": _sentence(text, found), "now": timezone.now(),
        "focus": json.dumps(placed.as_json(), ensure_ascii=False) if placed else "",
    }  # fmt: skip
