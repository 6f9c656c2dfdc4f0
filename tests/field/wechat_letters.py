"""What the platform would post: the XML of residents' messages, signed and sealed as it does."""
import itertools
import time
from io import BytesIO

from PIL import Image
from wechatpy.crypto import WeChatCrypto

from cases.channels.wechat.crypto import sign
from tests.field.test_wechat_crypto import AES_KEY, APP_ID, TOKEN

serial = itertools.count(23000000001)
RESIDENT = "oResident_aB3"


def letter(kind, *, sender=RESIDENT, msg_id=None, at=None, **fields):
    """One message."""
    fields = {
        "ToUserName": "gh_street", "FromUserName": sender, "CreateTime": str(int(at or time.time())), "MsgType": kind,
        **fields,
    }  # fmt: skip
    if kind != "event":
        fields["MsgId"] = str(msg_id or next(serial))
    body = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{body}</xml>"


def words(text, **more):
    return letter("text", Content=text, **more)


def picture(media_id="media-1", **more):
    return letter("image", PicUrl="http://mmbiz.qpic.cn/x/0", MediaId=media_id, **more)


def place(lon, lat, label="北京市石景山区西井大街12号", **more):
    """The phone's GCJ-02 position, as the platform names it: X is the latitude."""
    return letter("location", Location_X=f"{lat}", Location_Y=f"{lon}", Scale="16", Label=label, **more)


def plain_query(*, token=TOKEN, at=None, nonce="n0nce"):
    stamp = str(int(at or time.time()))
    return {"timestamp": stamp, "nonce": nonce, "signature": sign(token, stamp, nonce)}


nonces = itertools.count(1)


def post_plain(client, body, *, query=None):
    """Plain mode; each message has a nonce of its own, as the platform gives it."""
    return _post(client, query or plain_query(nonce=f"n{next(nonces)}"), body)


def post_sealed(client, body, *, at=None, crypto=None):
    """AES mode, sealed by the other implementation."""
    stamp, nonce = str(int(at or time.time())), f"n{next(nonces)}"
    envelope = (crypto or WeChatCrypto(TOKEN, AES_KEY, APP_ID)).encrypt_message(body, nonce, stamp)
    signature = envelope.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {**plain_query(at=at, nonce=nonce), "encrypt_type": "aes", "msg_signature": signature}
    return _post(client, query, envelope)


def _post(client, query, body):
    return client.post("/wechat/", body, content_type="text/xml", query_params=query)


def jpeg(colour=(90, 90, 90), size=(64, 48)):
    """A small photo."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()
