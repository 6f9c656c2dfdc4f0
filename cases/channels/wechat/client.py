"""The platform's interface: token, customer and template messages, pictures, the menu. Standard library only."""
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, NoReturn

from django.conf import settings
from django.core.cache import cache

SECONDS = 10
LARGEST_BYTES = 20 * 1024 * 1024 + 1  # one more than a photo may have, so that the photo's own door refuses it
LARGEST_TEXT = 2048  # bytes of a customer message
EARLIER = 300  # seconds before its end that a token is given up
TOKEN_OVER = frozenset({40001, 40014, 42001})
TOO_LATE = frozenset({45015, 45047})  # the 48 hours, or the number of messages within them, are used up
BUSY = frozenset({-1, 45009, 45011})
WORDS = {
    40003: "这个微信标识不属于本公众号。", 40007: "照片在微信上已经过期（保存三天）。",
    40013: "公众号的 AppID 不对，请核对 WECHAT_APP_ID。", 40125: "公众号的密钥不对，请核对 WECHAT_APP_SECRET。",
    40164: "本机地址不在公众号的 IP 白名单里，请在公众平台添加。", 40037: "模板编号不对，请核对 WECHAT_TEMPLATE_ID。",
    43004: "对方没有关注公众号。", 43101: "对方拒收。", 45009: "今天的调用次数用完了。", 45011: "调用太快。",
    45015: "对方 48 小时内没有发过消息，不能发客服消息。", 45047: "对方发来消息后，可发的条数用完了。",
    47003: "模板的字段不对，请核对 WECHAT_TEMPLATE_FIELDS。", 48001: "公众号没有这个接口的权限。", -1: "微信系统繁忙。",
}  # fmt: skip


class ApiRefused(Exception):
    """The platform said no, with its code; the text is a sentence."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(WORDS.get(code) or f"微信返回错误 {code}：{said[:80]}")
        self.code = code

    @property
    def again(self) -> bool:
        """Whether waiting may help."""
        return self.code in BUSY


class LineBroken(Exception):
    """Nothing came back. `arrived` is None when the request may have been carried out all the same."""

    def __init__(self, why: str, *, arrived: bool | None) -> None:
        super().__init__(why)
        self.arrived = arrived


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The platform does not send anybody elsewhere."""

    def redirect_request(self, *args: Any) -> None:
        """A redirect is an error."""


_opener = urllib.request.build_opener(_NoRedirect)


def _call(path: str, query: dict[str, str], body: dict | None) -> tuple[bytes, str]:
    """One request: the bytes and their type."""
    address = f"{settings.WECHAT_API_URL}{path}?{urllib.parse.urlencode(query)}"
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return answer.read(LARGEST_BYTES), answer.headers.get_content_type()
    except urllib.error.HTTPError as error:
        arrived = None if error.code >= 500 else False
        raise LineBroken(f"微信接口返回 HTTP {error.code}。", arrived=arrived) from None
    except urllib.error.URLError as error:  # not connected, or broken while asking
        raise LineBroken(f"连不上微信接口（{type(error.reason).__name__}）。", arrived=False) from None
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise LineBroken(f"微信接口没有答完（{type(error).__name__}）。", arrived=None) from None


def _read(content: bytes) -> dict[str, Any]:
    """An answer in JSON; an error code is ApiRefused."""
    try:
        said = json.loads(content)
    except ValueError:
        raise LineBroken("微信接口的回答读不出来。", arrived=None) from None
    if not isinstance(said, dict):
        raise LineBroken("微信接口的回答读不出来。", arrived=None)
    if said.get("errcode"):
        raise ApiRefused(int(said["errcode"]), str(said.get("errmsg", "")))
    return said


def access_token(*, renew: bool = False) -> str:
    """The account's token, kept in the cache until shortly before its end; `renew` when the platform refused it."""
    slot = f"wechat.token.{settings.WECHAT_APP_ID}"
    token = None if renew else cache.get(slot)
    if token:
        return token
    asked = {
        "grant_type": "client_credential", "appid": settings.WECHAT_APP_ID, "secret": settings.WECHAT_APP_SECRET,
        "force_refresh": renew,
    }  # fmt: skip
    try:
        said = _read(_call("/cgi-bin/stable_token", {}, asked)[0])
    except LineBroken as broken:
        raise LineBroken(str(broken), arrived=False) from None  # whatever was to be sent has not been
    cache.set(slot, said["access_token"], max(60, int(said.get("expires_in", 7200)) - EARLIER))
    return said["access_token"]


def _ask(path: str, body: dict | None = None, **query: str) -> tuple[bytes, str]:
    """One call with the token; a token that is over is renewed once."""
    for renew in (False, True):
        content, kind = _call(path, {"access_token": access_token(renew=renew), **query}, body)
        if "json" not in kind and "text" not in kind:
            return content, kind
        try:
            _read(content)
            return content, kind
        except ApiRefused as refusal:
            if renew or refusal.code not in TOKEN_OVER:
                raise
    raise AssertionError("not reached")


def send_customer(openid: str, text: str) -> None:
    """A customer message (客服消息)."""
    _ask("/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": _short(text)}})


def _short(text: str) -> str:
    """At most 2048 bytes, cut between characters."""
    if len(text.encode()) <= LARGEST_TEXT:
        return text
    tail = "……（全文请凭查询码查看）"
    return text.encode()[: LARGEST_TEXT - len(tail.encode())].decode(errors="ignore") + tail


def send_template(openid: str, *, values: dict[str, str], url: str) -> None:
    """A template message (模板消息); the account's own fields are told by WECHAT_TEMPLATE_FIELDS."""
    data = {
        field: {"value": values[name] if not field.startswith("thing") else _thing(values[name])}
        for field, name in settings.WECHAT_TEMPLATE_FIELDS.items()
        if name in values
    }
    _ask(
        "/cgi-bin/message/template/send",
        {"touser": openid, "template_id": settings.WECHAT_TEMPLATE_ID, "url": url, "data": data},
    )


def _thing(text: str) -> str:
    """The platform refuses a `thing` of more than 20 characters."""
    return text if len(text) <= 20 else text[:19] + "…"


def fetch_media(media_id: str) -> bytes:
    """The bytes of a picture that was sent to the account; asked of the platform itself, never of a sent address."""
    content, kind = _ask("/cgi-bin/media/get", media_id=media_id)
    if "json" in kind or "text" in kind:
        _no_picture()
    return content


def _no_picture() -> NoReturn:
    raise ApiRefused(40007)


def publish_menu(buttons: list[dict[str, Any]]) -> None:
    """Put the menu under the conversation."""
    _ask("/cgi-bin/menu/create", {"button": buttons})
