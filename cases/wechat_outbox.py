"""What goes out by the official account: the row is the order, and every message is sent once or seen to be stuck.

A message is claimed before it is sent. When nobody can tell whether it arrived (the line broke after sending, the
worker died), it is not sent again by itself: it is shown as unsure, and a person decides.
"""
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.notify import tell_outside
from cases.echo import code_of
from cases.errors import MoveRefused
from cases.models import Case, Reply, WeChatMessage, WeChatPicture

MOST_TRIES = 6
STALE = timedelta(minutes=5)  # a claimed message without a result
LATEST = timedelta(days=7)  # an older reply is no news
DEMO_SENTENCE = "演示环境不向外发送。"
UNKNOWN_PERSON = "上报人不是从公众号来的，微信发不到。请改用电话或其他方式答复。"
NO_ACCOUNT = "没有配置公众号（WECHAT_APP_ID、WECHAT_APP_SECRET），发不出去。"
PETITION_SENTENCE = "信访答复不经微信发出。"
UNSURE = "发送时断开，不知道对方是否收到。确认没有收到再重发。"
Status, Kind = WeChatMessage.Status, WeChatMessage.Kind


def is_configured() -> bool:
    """Whether the account can speak first."""
    return bool(settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET)


def silence(case: Case | None = None) -> str:
    """Why nothing may be asked of the platform or sent through it; empty when it may."""
    if settings.DEMO or (case is not None and case.is_demo):
        return DEMO_SENTENCE
    return "" if is_configured() else NO_ACCOUNT


def put_message(
    *, address: str, text: str, at: datetime, slot: str, case: Case | None = None, reply: Reply | None = None
) -> WeChatMessage:
    """Put a message to an open-id into the outbox, once per slot; the demonstration holds it."""
    why = silence(case)
    if not address and why != DEMO_SENTENCE:
        why = UNKNOWN_PERSON
    status = Status.HELD if why == DEMO_SENTENCE else Status.FAILED if why else Status.QUEUED
    return WeChatMessage.objects.get_or_create(
        slot=slot,
        defaults={
            "openid": address, "text": text, "case": case, "reply": reply, "status": status, "why": why,
            "created_at": at, "next_try_at": at,
        },
    )[0]  # fmt: skip


def queue_replies(*, at: datetime) -> int:
    """Replies by WeChat that have no message yet become messages; the reply row is the order."""
    fresh = Reply.objects.filter(channel=Reply.Channel.WECHAT, at__gt=at - LATEST, wechat_message__isnull=True)
    replies = fresh.select_related("case", "reporter__came_with", "reporter__field_report").order_by("pk")[:100]
    for reply in replies:
        tell_outside(
            "wechat", address=reply.reporter.openid if reply.reporter else "", text=_words_of(reply), at=at,
            slot=f"reply:{reply.pk}", case=reply.case, reply=reply,
        )  # fmt: skip
    return len(replies)


def _words_of(reply: Reply) -> str:
    """What the resident reads. A petition's answer is no message: the outbox is read by those who may not read it."""
    if reply.case.is_petition:
        return PETITION_SENTENCE
    return f"您上报的事项（查询码 {_code_of(reply)}）有答复：{reply.words}"


def _code_of(reply: Reply) -> str:
    return code_of(reply.reporter) if reply.reporter else reply.case.public_code


def code_with(message: WeChatMessage) -> str:
    """The code that goes with a message: that of the reporter who is answered, empty when it answers nobody."""
    return _code_of(message.reply) if message.reply else ""


def claim(pk: int, *, at: datetime) -> WeChatMessage | None:
    """Take a message for sending; of several workers one gets it."""
    won = WeChatMessage.objects.to_send(at=at).order_by().filter(pk=pk).update(status=Status.SENDING, claimed_at=at)
    told = ("case", "reply__case", "reply__reporter__came_with", "reply__reporter__field_report")
    return WeChatMessage.objects.select_related(*told).get(pk=pk) if won else None


def _settle(message: WeChatMessage, **columns: Any) -> bool:
    """Write a result, unless the message is no longer this worker's."""
    mine = WeChatMessage.objects.filter(pk=message.pk, status=Status.SENDING, claimed_at=message.claimed_at)
    return bool(mine.update(**columns))


def note_sent(message: WeChatMessage, *, at: datetime) -> bool:
    """The platform took it."""
    return _settle(message, status=Status.SENT, sent_at=at, why="", tries=message.tries + 1)


def note_failure(message: WeChatMessage, *, why: str, at: datetime, again: bool) -> bool:
    """It was not taken: tried again after 1, 2, 4 … minutes, or it is stuck and says why."""
    tries = message.tries + 1
    if not again or tries >= MOST_TRIES:
        return _settle(message, status=Status.FAILED, why=why[:200], tries=tries)
    later = at + timedelta(minutes=2 ** (tries - 1))
    return _settle(message, status=Status.QUEUED, why=why[:200], tries=tries, next_try_at=later)


def use_template(message: WeChatMessage, *, at: datetime) -> bool:
    """The 48 hours of customer messages are over: it goes as a template message, at once."""
    return _settle(message, status=Status.QUEUED, kind=Kind.TEMPLATE, next_try_at=at, why="")


def note_unsure(message: WeChatMessage) -> bool:
    """The line broke after the message had gone out."""
    return _settle(message, status=Status.UNSURE, why=UNSURE, tries=message.tries + 1)


def find_abandoned(*, at: datetime) -> int:
    """Messages whose worker died on the way are unsure."""
    return WeChatMessage.objects.abandoned(before=at - STALE).update(status=Status.UNSURE, why=UNSURE)


@transaction.atomic
def resend_message(pk: int, *, by: Any, at: datetime, request: Any = None) -> WeChatMessage:
    """A person sends a stuck message again. Raises MoveRefused with the reason."""
    message = WeChatMessage.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)
    if message.status == Status.HELD:
        raise MoveRefused(DEMO_SENTENCE)
    if message.status not in (Status.FAILED, Status.UNSURE):
        raise MoveRefused(f"这条微信{message.get_status_display()}，不用重发。")
    if not message.openid:
        raise MoveRefused(UNKNOWN_PERSON)
    if silence(message.case):
        raise MoveRefused(silence(message.case))
    message.status, message.tries, message.next_try_at, message.why = Status.QUEUED, 0, at, ""
    message.save(update_fields=["status", "tries", "next_try_at", "why"])
    audit.record("wechat_resent", actor=by, subject=message, detail=_about(message.case), at=at, request=request)
    return message


def _about(case: Case | None) -> dict[str, str]:
    return {"case": case.number} if case else {}


@transaction.atomic
def refetch_picture(pk: int, *, by: Any, at: datetime, request: Any = None) -> WeChatPicture:
    """A person has a picture fetched again that could not be. Raises MoveRefused."""
    picture = WeChatPicture.objects.select_for_update(of=("self",)).select_related("draft__case").get(pk=pk)
    if picture.status != WeChatPicture.Status.FAILED:
        raise MoveRefused(f"这张照片{picture.get_status_display()}，不用重新下载。")
    if silence(picture.draft.case):
        raise MoveRefused(silence(picture.draft.case))
    picture.status, picture.tries, picture.next_try_at = WeChatPicture.Status.WAITING, 0, at
    picture.save(update_fields=["status", "tries", "next_try_at"])
    audit.record(
        "wechat_refetched", actor=by, subject=picture, detail=_about(picture.draft.case), at=at, request=request
    )
    return picture

