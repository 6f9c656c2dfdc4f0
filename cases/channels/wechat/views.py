"""/wechat/: where the platform delivers what residents send to the official account."""
import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.channels.wechat.crypto import Untrue
from cases.channels.wechat.door import check_address, read_letter, write_letter
from cases.channels.wechat.messages import LARGEST_BYTES, Unreadable
from cases.wechat_drafts import ForgedMessage, take_message

log = logging.getLogger(__name__)


def _text(words: str, *, status: int = 200, kind: str = "text/plain") -> HttpResponse:
    """Never a page: what is echoed cannot run."""
    return HttpResponse(words, status=status, content_type=f"{kind}; charset=utf-8")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    """The platform's check of the address (GET) and its messages (POST); closed while no token is set."""
    if not settings.WECHAT_TOKEN:
        raise Http404
    try:
        if request.method == "GET":
            return _text(check_address(request.GET, now=timezone.now()))
        return _answer(request)
    except (Untrue, ForgedMessage) as refusal:
        log.warning("wechat: refused, %s", refusal or "signature used for another text")
        return _text("签名不对。", status=403)
    except Unreadable as refusal:
        log.warning("wechat: unreadable, %s", refusal)
        return _text("消息读不出来。", status=400)


def _answer(request: HttpRequest) -> HttpResponse:
    """Take one message in and answer it."""
    now = timezone.now()
    if len(request.body) > LARGEST_BYTES:
        return _text("消息太长。", status=413)
    letter = read_letter(request.GET, request.body, now=now)
    site = settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
    words = take_message(
        letter.message, at=now, site=site, signature=letter.signature, body_hash=letter.body_hash
    )
    return _text(write_letter(letter.message, words, now=now), kind="text/xml" if words else "text/plain")
