"""绑定微信: a person binds their own WeChat by a code that the profile shows and the official account is told."""
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import record
from accounts.encryption import blind_index
from accounts.models import User, WeChatBinding

GOOD_FOR = timedelta(minutes=10)
MOST_DRAWN = 20  # codes drawn until one is free
ALREADY = "已经绑定了一个微信。换微信请先解除绑定。"
TAKEN = "这个微信已绑定另一个账号。请先在那个账号的个人设置里解除绑定。"
WRONG = "绑定码不对或已过期。请在系统的个人设置里重新取码，10 分钟内发来。"


class BindingRefused(Exception):
    """Not bound; the text says why and what to do."""


def _index(code: str) -> str:
    return blind_index(code, purpose="wechat.code")


def offer_code(user: User, *, at: datetime) -> str:
    """Six digits, good for ten minutes; an earlier code of the same person is worth nothing any more.

    Raises BindingRefused for whoever is bound.
    """
    for _ in range(MOST_DRAWN):
        code = f"{secrets.randbelow(1_000_000):06d}"
        columns = {"code": code, "code_index": _index(code), "code_until": at + GOOD_FOR}
        try:
            with transaction.atomic():
                WeChatBinding.objects.filter(code_until__lte=at).update(code="", code_index="", code_until=None)
                row, new = WeChatBinding.objects.get_or_create(user=user, defaults=columns)
                waiting = WeChatBinding.objects.filter(pk=row.pk, openid_index="")
                if not new and not waiting.update(**columns):
                    raise BindingRefused(ALREADY)
                return code
        except IntegrityError:  # somebody else's code at this moment
            continue
    raise BindingRefused("现在取不到绑定码，请稍后再试。")


def bind(code: str, *, openid: str, openid_index: str, at: datetime) -> User:
    """Bind the WeChat that sent a good code to the person to whom it was shown. Raises BindingRefused."""
    try:
        with transaction.atomic():
            return _bind(code, openid, openid_index, at)
    except IntegrityError as error:  # bound to somebody else at this very moment
        raise BindingRefused(TAKEN) from error


def _bind(code: str, openid: str, openid_index: str, at: datetime) -> User:
    row = WeChatBinding.objects.awaiting(_index(code), at=at).select_related("user").first()
    if row is None or not row.user.is_active:
        raise BindingRefused(WRONG)
    if WeChatBinding.objects.filter(openid_index=openid_index).exists():
        raise BindingRefused(TAKEN)
    won = WeChatBinding.objects.awaiting(_index(code), at=at).update(
        openid=openid, openid_index=openid_index, bound_at=at, code="", code_index="", code_until=None
    )
    if not won:
        raise BindingRefused(WRONG)
    record("wechat_bound", actor=row.user, subject=row.user, at=at)
    return row.user


@transaction.atomic
def unbind(user: User, *, by: User, at: datetime, request: Any = None) -> bool:
    """Forget a person's WeChat, and a code that waits; False when none was bound."""
    bound = WeChatBinding.objects.bound().filter(user=user).exists()
    WeChatBinding.objects.filter(user=user).delete()
    if bound:
        record("wechat_unbound", actor=by, subject=user, at=at, request=request)
    return bound


def binding_of(user: User, *, at: datetime) -> WeChatBinding | None:
    """What the own page shows: bound since when, or a code that is still good."""
    row = WeChatBinding.objects.filter(user=user).first()
    if row is None or not (row.openid_index or (row.code_until and row.code_until > at)):
        return None
    return row
