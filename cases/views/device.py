"""The mark of a device: a random cookie by which an open door counts, and nothing else."""
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "device"
AGE = 400 * 24 * 3600  # seconds; longer is cut by browsers
SALT = "cases.device"


def device_of(request: HttpRequest) -> str:
    """The device's mark; empty for a browser that sent none or an invented one."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT)


def visitor_of(request: HttpRequest) -> dict[str, Any]:
    """By what the open doors count, and when (`cases.limits`)."""
    return {"device": device_of(request), "address": request.META.get("REMOTE_ADDR", ""), "at": timezone.now()}


def mark_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a device its mark when it has none."""
    if not device_of(request):
        response.set_signed_cookie(
            COOKIE, secrets.token_hex(16), salt=SALT, max_age=AGE, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response
