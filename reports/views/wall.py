"""大屏: by its link without a login, for leaders with theirs, and the list of links that an administrator keeps."""
import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from reports import wall
from reports.errors import ReportConflict, ReportRefused
from reports.models import WallLink

MAY = permission_required("reports.manage_wall", raise_exception=True)


def _shown(request: HttpRequest) -> HttpResponse:
    found = wall.compose(at=timezone.now())
    found |= {"map": json.dumps(found["map"]), "chart": json.dumps(found["chart"] | {"big": 1})}
    return render(request, "reports/wall.html", found)


@cache_control(private=True, no_cache=True)
@conditional_page
@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The wall for whoever holds the link; a revoked one opens nothing."""
    if not wall.is_open(token):
        raise Http404("这个大屏链接已作废，或地址不全。")
    return _shown(request)


@login_required
@permission_required("reports.see_dashboard", raise_exception=True)
@cache_control(private=True, no_cache=True)
@conditional_page
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The wall for those who see the dashboard anyway."""
    return _shown(request)


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """What opens the wall again without a network; served here, since it reaches the pages below its own address."""
    script = json.dumps(static("js/sw/wall.js"))
    return HttpResponse(f"self.importScripts({script});\n", content_type="text/javascript")


@login_required
@MAY
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """The links, and a form for a new one, whose address is shown once."""
    context: dict[str, object] = {"links": WallLink.objects.select_related("created_by", "revoked_by")}
    if request.method != "POST":
        return render(request, "reports/wall_links.html", context)
    try:
        link, token = wall.create_link(name=request.POST.get("name", ""), by=request.user, at=timezone.now())
    except ReportRefused as refusal:
        status = 409 if isinstance(refusal, ReportConflict) else 422
        return render(request, "reports/wall_links.html", context | {"error": refusal}, status=status)
    made = {"made": link, "address": request.build_absolute_uri(f"/wall/{token}/")}
    return render(request, "reports/wall_links.html", context | made)


@login_required
@MAY
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a link."""
    link = get_object_or_404(WallLink, pk=pk)
    try:
        wall.revoke_link(link, by=request.user, at=timezone.now())
    except ReportConflict as conflict:
        context = {"links": WallLink.objects.select_related("created_by", "revoked_by"), "error": conflict}
        return render(request, "reports/wall_links.html", context, status=409)
    messages.success(request, f"已作废“{link.name}”的链接。")
    return redirect("/wall/links/")
