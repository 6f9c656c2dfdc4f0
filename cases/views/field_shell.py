"""What makes the phone's pages an application: service worker, manifest, token, and the page without network."""
import hashlib
import json
from functools import cache

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# What the worker keeps for the time without network; the pages themselves are kept as they are opened.
SCRIPTS = (
    "queue", "send", "bar", "exif", "shrink", "position", "ground", "pin", "album", "near", "place", "report", "mine",
    "again", "tasks", "task", "actform", "where", "compare", "ghost", "draft", "sides", "fix", "patrolshots", "tally",
    "patrol", "finding", "checks", "check", "start",
)  # fmt: skip
FILES = (
    "css/mobile.css", "sprite.svg", "img/icon.svg", "js/theme.js", "js/toast.js",
    *(f"js/field/{name}.js" for name in SCRIPTS),
)  # fmt: skip
PAGES = ("/m/report/", "/m/mine/", "/m/offline/")


@cache
def _edition() -> str:
    """A mark of the kept files' contents: another one makes the worker fetch them anew."""
    total = hashlib.sha256()
    for name in (*FILES, "js/sw/worker.js"):
        path = finders.find(name)
        if path:
            with open(path, "rb") as file:
                total.update(file.read())
        total.update(static(name).encode())
    return total.hexdigest()[:12]


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the pages under /m/; served at the root, where its script may reach them."""
    shell = json.dumps({"edition": _edition(), "files": [static(name) for name in FILES], "pages": PAGES})
    scripts = json.dumps([static(f"js/{name}.js") for name in ("field/queue", "field/send", "sw/worker")])
    text = f"self.SHELL = {shell};\nself.importScripts(...{scripts});\n"
    response = HttpResponse(text, content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/m/"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """How the phone's start screen shows it."""
    png = {"type": "image/png"}
    icons = [
        {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("img/icon-192.png"), "sizes": "192x192", **png},
        {"src": static("img/icon-512.png"), "sizes": "512x512", **png},
        {"src": static("img/icon-maskable-512.png"), "sizes": "512x512", "purpose": "maskable", **png},
    ]
    return JsonResponse(
        {
            "name": "苹果园街道随手拍", "short_name": "随手拍", "lang": "zh-CN", "id": "/m/", "start_url": "/m/report/",
            "scope": "/m/", "display": "standalone", "background_color": "#f4f5f5", "theme_color": "#0f5c85",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@never_cache
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """What the queue asks just before it sends: a fresh token of this login, and whose login it is."""
    who = str(request.user.pk) if request.user.is_authenticated else ""
    return JsonResponse({"token": get_token(request), "who": who})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page for an address that was never opened with network."""
    return render(request, "mobile/offline.html")
