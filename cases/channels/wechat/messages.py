"""The platform's XML: what comes in is read without entities, what goes back is written by hand."""
import hashlib
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cases.wechat_drafts import Incoming, openid_index

LARGEST_BYTES = 64 * 1024


class Unreadable(Exception):
    """Not the platform's XML."""


def read_xml(body: bytes | str) -> dict[str, str]:
    """The fields of a message: one level, texts only. A document type or an entity is refused."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # an unknown encoding is a LookupError
        raise Unreadable(type(error).__name__) from error
    if root.tag != "xml":
        raise Unreadable("no <xml>")
    return {child.tag: (child.text or "").strip() for child in root}


def write_xml(fields: dict[str, str]) -> str:
    """A message of one level."""
    root = Element("xml")
    for name, value in fields.items():
        SubElement(root, name).text = "".join(letter for letter in value if letter >= " " or letter == "\n")
    return tostring(root, encoding="unicode")


def _number(text: str, limit: float) -> float | None:
    """Degrees within a limit; nan and infinities compare false."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= limit else None


def incoming(fields: dict[str, str]) -> Incoming:
    """A message in the office's words. Location_X is the latitude, Location_Y the longitude, both GCJ-02."""
    sender, kind = fields.get("FromUserName", ""), fields.get("MsgType", "").lower()
    if not sender or not kind or len(sender) > 80:
        raise Unreadable("no sender or kind")
    event = fields.get("Event", "").lower() if kind == "event" else ""
    return Incoming(
        key=_key(fields, sender, event), openid=sender, openid_index=openid_index(sender),
        account=fields.get("ToUserName", ""), kind=f"event:{event}" if event else kind,
        words=fields.get("EventKey" if event else "Content", ""), media_id=fields.get("MediaId", "")[:200],
        lat=_number(fields.get("Location_X", ""), 90), lon=_number(fields.get("Location_Y", ""), 180),
        address=fields.get("Label", "")[:200],
    )  # fmt: skip


def _key(fields: dict[str, str], sender: str, event: str) -> str:
    """What makes a retry the same message: MsgId, or for events sender, time and kind."""
    said = fields.get("MsgId") or "|".join((sender, fields.get("CreateTime", ""), event, fields.get("EventKey", "")))
    return hashlib.sha256(f"{'id' if fields.get('MsgId') else 'event'}|{said}".encode()).hexdigest()
