"""Who may come in at /wechat/: the platform alone, now, with a text it wrote for this account."""
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from cases.channels.wechat.crypto import Untrue, is_signed, seal, sign, unseal
from cases.channels.wechat.messages import incoming, read_xml, write_xml
from cases.wechat_drafts import Incoming

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True)
class Letter:
    """A message that may be believed, with what binds its signature to its text in plain mode."""

    message: Incoming
    signature: str = ""
    body_hash: str = ""


def _stamp(query: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """Timestamp and nonce; an old or future timestamp is Untrue, so that a recorded request is worth nothing later."""
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise Untrue("no timestamp")
    if abs(int(stamp) - now.timestamp()) > WINDOW.total_seconds():
        raise Untrue("outside the time window")
    return stamp, nonce


def check_address(query: Mapping[str, str], *, now: datetime) -> str:
    """The echo that the platform asks for when the address is entered there. Raises Untrue."""
    stamp, nonce = _stamp(query, now)
    if not is_signed(query.get("signature", ""), settings.WECHAT_TOKEN, stamp, nonce):
        raise Untrue("wrong signature")
    return query.get("echostr", "")[:200]


def read_letter(query: Mapping[str, str], body: bytes, *, now: datetime) -> Letter:
    """The message of a request, in the mode that is set up: an account with an AES key takes no plain text.

    Raises Untrue, or messages.Unreadable.
    """
    stamp, nonce = _stamp(query, now)
    if not settings.WECHAT_AES_KEY:
        signature = query.get("signature", "")
        if not is_signed(signature, settings.WECHAT_TOKEN, stamp, nonce):
            raise Untrue("wrong signature")
        return Letter(incoming(read_xml(body)), signature, hashlib.sha256(body).hexdigest())
    sealed = read_xml(body).get("Encrypt", "")
    if not sealed or not is_signed(query.get("msg_signature", ""), settings.WECHAT_TOKEN, stamp, nonce, sealed):
        raise Untrue("wrong signature")
    return Letter(incoming(read_xml(unseal(sealed, aes_key=settings.WECHAT_AES_KEY, app_id=settings.WECHAT_APP_ID))))


def write_letter(message: Incoming, words: str, *, now: datetime) -> str:
    """The answer, sealed as the message was; `success` says that nothing is answered and nothing to be retried."""
    if not words:
        return "success"
    stamp = str(int(now.timestamp()))
    plain = write_xml({
        "ToUserName": message.openid, "FromUserName": message.account, "CreateTime": stamp, "MsgType": "text",
        "Content": words,
    })  # fmt: skip
    if not settings.WECHAT_AES_KEY:
        return plain
    sealed = seal(plain, aes_key=settings.WECHAT_AES_KEY, app_id=settings.WECHAT_APP_ID)
    nonce = secrets.token_hex(8)
    signature = sign(settings.WECHAT_TOKEN, stamp, nonce, sealed)
    return write_xml({"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": stamp, "Nonce": nonce})
