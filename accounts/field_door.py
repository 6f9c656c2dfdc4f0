"""The door of the phone's pages: whom it lets in, and how it tells the phone's queue, which reads sentences only."""
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

LOGIN_GONE = "登录已过期。请重新登录，登录后自动发出。"
ANOTHER = "这张表单是在另一个账号下打开的。请核对身份后重新提交。"
View = Callable[..., HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    """Whether the phone's queue asks, and not a browser's form."""
    return "application/json" in request.headers.get("Accept", "")


def field_door(why_not: Callable[[Any], str]) -> Callable[[View], View]:
    """Let in whom nothing speaks against. The queue is told 401 instead of a login page, so that it waits for a login.

    `why_not(user)` is a sentence, empty for who may enter.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                gone = JsonResponse({"ok": False, "sentence": LOGIN_GONE}, status=401)
                return gone if wants_json(request) else redirect_to_login(request.get_full_path())
            refusal = why_not(request.user)
            if refusal and wants_json(request):
                return JsonResponse({"ok": False, "sentence": refusal}, status=403)
            if refusal:
                raise PermissionDenied(refusal)
            return view(request, *args, **given)

        return guarded

    return decorate
