"""One message out, one picture in: what the platform's answers mean for the row."""
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from cases import wechat_outbox, wechat_pictures
from cases.channels.wechat import client
from cases.models import WeChatMessage, WeChatPicture
from cases.wechat_outbox import silence


def deliver(message: WeChatMessage, *, at: datetime) -> None:
    """Send a claimed message and write down what became of it. No transaction is open here."""
    try:
        _send(message)
    except client.ApiRefused as refusal:
        if _may_use_template(message, refusal.code) and wechat_outbox.use_template(message, at=at):
            return
        wechat_outbox.note_failure(message, why=str(refusal), at=at, again=refusal.again)
    except client.LineBroken as broken:
        if broken.arrived is None:
            wechat_outbox.note_unsure(message)
        else:
            wechat_outbox.note_failure(message, why=str(broken), at=at, again=True)
    else:
        wechat_outbox.note_sent(message, at=at)


def _may_use_template(message: WeChatMessage, code: int) -> bool:
    """The template is for answers to residents: it has a field for the code, and a notice to staff has none."""
    late = code in client.TOO_LATE and message.kind == WeChatMessage.Kind.CUSTOMER
    return bool(late and settings.WECHAT_TEMPLATE_ID and wechat_outbox.code_with(message))


def _send(message: WeChatMessage) -> None:
    if message.kind == WeChatMessage.Kind.CUSTOMER:
        client.send_customer(message.openid, message.text)
        return
    code = wechat_outbox.code_with(message)
    values = {"code": code, "text": message.text, "time": f"{timezone.localtime(message.created_at):%Y-%m-%d %H:%M}"}
    url = f"{settings.SITE_URL}/q/{code}/" if settings.SITE_URL else ""
    client.send_template(message.openid, values=values, url=url)


def fetch(picture: WeChatPicture, *, at: datetime) -> None:
    """Fetch a claimed picture and keep it; the demonstration asks nothing of anybody."""
    if silence():
        wechat_pictures.note_failure(picture, why=silence(), at=at, again=False)
        return
    try:
        content = client.fetch_media(picture.media_id)
    except client.ApiRefused as refusal:
        wechat_pictures.note_failure(picture, why=str(refusal), at=at, again=refusal.again)
    except client.LineBroken as broken:
        wechat_pictures.note_failure(picture, why=str(broken), at=at, again=True)
    else:
        wechat_pictures.keep_picture(picture, content, at=at)
