"""What the worker does for the official account: send, fetch, open what has gone quiet."""
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from cases import wechat_drafts, wechat_outbox, wechat_pictures
from cases.channels.wechat.sending import deliver, fetch
from cases.errors import AnswersRefused
from cases.models import WeChatMessage, WeChatPicture

AT_ONCE = 50
log = logging.getLogger(__name__)


@shared_task
def send_messages() -> None:
    """Replies become messages, messages go out; the rows are the order, so a lost job loses nothing."""
    now = timezone.now()
    wechat_outbox.queue_replies(at=now)
    wechat_outbox.find_abandoned(at=now)
    for pk in WeChatMessage.objects.to_send(at=now).values_list("pk", flat=True)[:AT_ONCE]:
        message = wechat_outbox.claim(pk, at=timezone.now())
        if message:
            deliver(message, at=timezone.now())


@shared_task
def fetch_pictures() -> None:
    """Fetch the pictures that wait at the platform."""
    for pk in WeChatPicture.objects.to_fetch(at=timezone.now()).values_list("pk", flat=True)[:AT_ONCE]:
        picture = wechat_pictures.claim(pk, at=timezone.now())
        if picture:
            fetch(picture, at=timezone.now())


@shared_task
def open_quiet_drafts() -> None:
    """Drafts whose sender has stopped writing become cases."""
    now = timezone.now()
    for pk in wechat_drafts.idle_drafts(at=now):
        try:
            wechat_drafts.open_idle_draft(pk, at=now, site=settings.SITE_URL)
        except AnswersRefused:  # one that cannot be opened must not hold up those behind it
            log.exception("wechat draft %s cannot be opened", pk)


@shared_task
def forget_old_receipts() -> int:
    """Remove receipts and empty drafts of last week."""
    return wechat_drafts.forget_old(at=timezone.now())
