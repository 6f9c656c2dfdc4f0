"""Two rules that hold for every request: whose address it is, and which of the device's senses a page may use."""
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


def client_address(get_response: Next) -> Next:
    """Put the client's address behind PROXY_COUNT trusted proxies into REMOTE_ADDR; whatever stands further left in
    X-Forwarded-For was written by the client and is not believed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if settings.PROXY_COUNT and len(hops) >= settings.PROXY_COUNT:
            request.META["REMOTE_ADDR"] = hops[-settings.PROXY_COUNT]
        return get_response(request)

    return middleware


def permissions_policy(get_response: Next) -> Next:
    """Camera and position are for our own pages only, everything else is off."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

    return middleware
