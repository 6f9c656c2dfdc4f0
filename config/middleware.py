"""Rules that hold for every request: whose address it is, what no address holds, and which senses a page may use."""
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

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


def no_zero_bytes(get_response: Next) -> Next:
    """Refuse a zero byte in an address: no page has one, and PostgreSQL would break on it in a query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            words = "地址里有不能用的字符。请核对后再打开。"
            return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return middleware


def permissions_policy(get_response: Next) -> Next:
    """Camera and position are for our own pages only, everything else is off."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

    return middleware
