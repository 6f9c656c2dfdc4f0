"""Reports by WeChat: one sender's words, pictures and place grow into one draft, and the draft becomes a case.

Everything of one message (receipt, draft, case, answer) is one transaction: what was answered is stored, and a retry
waits for the first try and gets its very answer. Nothing is fetched here: pictures lie at WeChat for three days.
"""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.encryption import blind_index
from accounts.masking import PHONE
from accounts.notify import tell_outside
from cases import intake, workflow
from cases.errors import AnswersRefused, MoveRefused
from cases.models import (
    Case,
    ReporterKind,
    SnapDetail,
    WeChatDraft,
    WeChatPicture,
    WeChatReceipt,
)
from cases.states import OPEN, Source
from cases.wechat_near import (
    ALONE,
    JOIN,
    code_of_draft,
    join_from_draft,
    joined_by,
    key_of,
    near_draft,
    offer_words,
)
from cases.wechat_staff import bind_staff
from grid.coordinates import GCJ02, to_wgs84
from grid.locate import OUTSIDE_SENTENCE, locate

MOST_PICTURES = 9
MOST_WORDS = 2000
MOST_ADDED = 10  # pieces added to a case afterwards
MOST_A_DAY = 20  # cases of one sender in 24 hours
QUIET = timedelta(minutes=30)  # a draft with enough in it opens by itself after this
AFTERTHOUGHT = timedelta(minutes=10)  # what comes so soon after the case belongs to it
KEPT = timedelta(days=7)  # receipts, and drafts that never became anything
SUBMIT = frozenset({"提交", "上报", "确认", "1"})
CANCEL = frozenset({"取消", "撤销", "0"})
PUBLIC_CODE = re.compile(f"[2-9A-HJKMNP-Z]{{{intake.CODE_LENGTH}}}")  # codes given out once had B, S and Z too
BINDING_CODE = re.compile(r"[0-9]{6}")
QUERY = frozenset({"查询", "进度", "查进度", "2"})

HELP = (
    "这里是随手拍。请发：一句话说明情况、现场照片、位置（点“+”选“位置”）。三样齐了自动上报，回复里有查询码。"
    "不方便发位置或照片的，写明地点后回复“提交”。回复“取消”作废重来，回复“查询”看进度。"
)
FULL = f"一次最多 {MOST_PICTURES} 张照片，这一张没有收下。要上报请回复“提交”。"
TOO_MUCH = f"今天已上报 {MOST_A_DAY} 件，先到这里。急事请拨打 12345，或明天再报。"
NOTHING_YET = f"还没有内容可以提交。{HELP}"
NOT_THIS = "这里收文字、照片和位置，别的暂时看不了。请改发文字、照片或位置。"


@dataclass(frozen=True)
class Incoming:
    """One message of the account: `key` is the same for its retries; lon, lat are GCJ-02."""

    key: str
    openid: str
    openid_index: str
    account: str
    kind: str
    words: str = ""
    media_id: str = ""
    lon: float | None = None
    lat: float | None = None
    address: str = ""


class ForgedMessage(Exception):
    """A signature that was used for another text before."""


def openid_index(openid: str) -> str:
    """How a sender is found again without being readable; small and capital letters differ."""
    return blind_index(openid.encode().hex(), purpose="wechat.openid")


@transaction.atomic
def take_message(message: Incoming, *, at: datetime, site: str, signature: str = "", body_hash: str = "") -> str:
    """Take a message in and return the answer to its sender; a retry changes nothing and gets the first answer.

    `site` is the address in front of links. In plain mode the platform does not sign the text: a signature is bound
    to the first text that came with it, and another one is ForgedMessage.
    """
    if signature and WeChatReceipt.objects.filter(signature=signature).exclude(body_hash=body_hash).exists():
        raise ForgedMessage
    receipt, new = WeChatReceipt.objects.get_or_create(
        key=message.key, defaults={"signature": signature, "body_hash": body_hash, "at": at}
    )
    if new:
        receipt.answer = _answer(message, at=at, site=site)
        receipt.save(update_fields=["answer"])
    return receipt.answer


def _answer(message: Incoming, *, at: datetime, site: str) -> str:
    if message.kind.startswith("event:"):
        return _greet(message, site)
    if message.kind not in ("text", "image", "location"):
        return NOT_THIS
    word = message.words.strip().strip("。！!“”\"") if message.kind == "text" else ""
    asked = _asked(message) if word in JOIN | ALONE else None
    if asked:
        return _decided(asked, join=word in JOIN, at=at, site=site)
    if word in QUERY:
        return f"凭查询码看进度：{site}/q/"
    if PUBLIC_CODE.fullmatch(word.upper()):
        return f"看这一件的进度：{site}/q/{word.upper()}/"
    if BINDING_CODE.fullmatch(word):
        return bind_staff(word, message.openid, message.openid_index, at=at)
    if word in CANCEL:
        return _cancel(message, at)
    if _cases_today(message, at) >= MOST_A_DAY:
        return TOO_MUCH
    last = _last_case(message, at) if message.kind != "location" else None
    if last:
        return _add_to(last, message, word, at=at, site=site)
    if word in SUBMIT and not _open_drafts(message).exists():
        return NOTHING_YET
    draft = _draft(message, at)
    if draft is None:
        return _answer(message, at=at, site=site)
    refusal = "" if word in SUBMIT else _grow(draft, message, at)
    return refusal or _go_on(draft, at=at, site=site, now=word in SUBMIT)


def _asked(message: Incoming) -> WeChatDraft | None:
    """The sender's draft about which the question stands whether it is the matter near by; locked."""
    mine = _open_drafts(message).filter(offered__isnull=False)
    return mine.select_for_update(of=("self",)).select_related("offered").first()


def _decided(draft: WeChatDraft, *, join: bool, at: datetime, site: str) -> str:
    """Joined, or a case of its own; of its own as well when the other one has ended meanwhile."""
    try:
        if join:
            try:
                join_from_draft(draft, at=at)
                return _taken_words(draft, site)
            except MoveRefused:
                pass
        open_from_draft(draft, at=at)
        return _taken_words(draft, site)
    except AnswersRefused as refusal:
        return "没有提交成功：" + "".join(refusal.errors.values())


def _open_drafts(message: Incoming) -> QuerySet[WeChatDraft]:
    """The sender's draft that is still growing, if there is one."""
    return WeChatDraft.objects.filter(openid_index=message.openid_index, ended_at__isnull=True)


def _greet(message: Incoming, site: str) -> str:
    """Following the account, or a menu key. The position that the platform may send by itself is nobody's report."""
    if message.kind == "event:subscribe":
        return f"欢迎关注苹果园街道社会治理综合指挥中心。{HELP}网页上报：{site}/m/report/"
    if message.kind == "event:click":
        return f"凭查询码看进度：{site}/q/" if message.words == "query" else HELP
    return ""


def _cancel(message: Incoming, at: datetime) -> str:
    """The open draft is emptied and ended; pictures that were kept for it stay without a case."""
    mine = _open_drafts(message)
    WeChatPicture.objects.filter(draft__in=mine, photo__isnull=True).delete()
    ended = mine.update(ended_at=at, openid="", words="", address="")
    return "已作废这次没有提交的内容。" if ended else "没有未提交的内容。已提交的请凭查询码查看。"


def _cases_today(message: Incoming, at: datetime) -> int:
    mine = WeChatDraft.objects.filter(openid_index=message.openid_index, case__isnull=False)
    return mine.filter(ended_at__gt=at - timedelta(days=1)).count()


def _draft(message: Incoming, at: datetime) -> WeChatDraft | None:
    """The sender's open draft, locked, or a new one; none when another message has just made it a case."""
    row, _ = WeChatDraft.objects.get_or_create(
        openid_index=message.openid_index, ended_at=None,
        defaults={"openid": message.openid, "started_at": at, "last_at": at},
    )  # fmt: skip
    return WeChatDraft.objects.select_for_update().filter(pk=row.pk, ended_at__isnull=True).first()


def _grow(draft: WeChatDraft, message: Incoming, at: datetime) -> str:
    """Put the message into the draft; what does not go in is said in a sentence."""
    draft.last_at = at
    if message.kind == "text":
        words = f"{draft.words}\n{message.words}".strip()
        if len(words) > MOST_WORDS:
            return f"文字太长，合计最多 {MOST_WORDS} 字，这一段没有收下。请缩短后再发，或回复“提交”。"
        draft.words, draft.has_words = words, True
    elif message.kind == "image":
        refusal = _add_picture(draft, message, at)
        if refusal:
            return refusal
    else:
        refusal = _place(draft, message)
        if refusal:
            return refusal
    draft.save(update_fields=["words", "has_words", "address", "raw_lon", "raw_lat", "lon", "lat", "last_at"])
    return ""


def _place(draft: WeChatDraft, message: Incoming) -> str:
    """WeChat positions are GCJ-02: converted once, here, and kept raw; outside the street is said."""
    if message.lon is None or message.lat is None:
        return "位置没有读出来。请点“+”选“位置”，在地图上点准后再发。"
    lon, lat = to_wgs84(message.lon, message.lat, GCJ02)
    if not locate(lon, lat):
        return OUTSIDE_SENTENCE
    draft.raw_lon, draft.raw_lat, draft.lon, draft.lat = message.lon, message.lat, lon, lat
    draft.address = message.address
    return ""


def _missing(draft: WeChatDraft, pictures: int) -> list[str]:
    """What a whole report still lacks."""
    return [
        word
        for word, there in (("文字", draft.words), ("照片", pictures), ("位置", draft.lon is not None))
        if not there
    ]


def _go_on(draft: WeChatDraft, *, at: datetime, site: str, now: bool) -> str:
    """Open the case when all three are there or the sender says so; else say what is still missing."""
    pictures = draft.pictures.count()
    missing = _missing(draft, pictures)
    if now and "文字" in missing and "照片" in missing:
        return NOTHING_YET
    if not missing or now:
        near = near_draft(draft)
        if near is None:
            return _decided(draft, join=False, at=at, site=site)
        draft.offered = near.case
        draft.save(update_fields=["offered"])
        return offer_words(near)
    kept = "、".join(word for word in ("文字", "照片", "位置") if word not in missing)
    count = f"（{pictures} 张）" if pictures else ""
    return f"已收到{kept}{count}。请再发{'和'.join(missing)}，发齐后自动上报；不方便的回复“提交”，现在就报。"


def _taken_words(draft: WeChatDraft, site: str) -> str:
    case, code, joined = draft.case, code_of_draft(draft), joined_by(draft)
    where = f"（{case.community.name}）" if case.community_id else ""
    link = f"{site}/q/{code}/" if site else "网页“查进度”"
    done = "已并入附近的同一件" if joined else f"已上报{where}"
    return f"{done}，查询码 {code}。看进度：{link} 。受理问题有反馈，居民关注有回音。"


def open_from_draft(draft: WeChatDraft, *, at: datetime) -> Case:
    """The case of a draft, received when its first message came; the draft is emptied. Raises AnswersRefused."""
    words = draft.words.strip()
    phone = PHONE.search(words)
    place = locate(draft.lon, draft.lat)
    where = {"lon": draft.lon, "lat": draft.lat, "grid_id": place.grid_id, "community_id": place.community_id} if (
        place
    ) else {}  # fmt: skip
    photos = [one.photo for one in draft.pictures.filter(photo__isnull=False).select_related("photo")]
    case = intake.open_case(
        source=Source.SNAP, title=_title(words, place), by=None, at=at, reported_at=draft.started_at,
        description=words, address=draft.address[:100], photos=tuple(photos),
        idempotency_key=key_of(draft),
        detail={
            "openid": draft.openid, "openid_index": draft.openid_index, "raw_lon": draft.raw_lon,
            "raw_lat": draft.raw_lat, "datum": SnapDetail.Datum.GCJ02,
        },
        reporter={
            "kind": ReporterKind.RESIDENT, "openid": draft.openid, "phone": phone.group() if phone else "",
        },
        **where,
    )  # fmt: skip
    draft.case, draft.ended_at, draft.openid, draft.words, draft.address = case, at, "", "", ""
    draft.save(update_fields=["case", "ended_at", "openid", "words", "address"])
    return case


def _title(words: str, place: Any) -> str:
    """The first sentence; pictures alone are named by where they lie."""
    first = words.replace("！", "。").replace("\n", "。").split("。")[0].strip() if words else ""
    return (first or f"微信随手拍：{place.community_name if place else '位置待定'}")[:80]


def _last_case(message: Incoming, at: datetime) -> WeChatDraft | None:
    """The draft that became a case within minutes and is still open, unless a new draft has begun."""
    if _open_drafts(message).exists():
        return None
    mine = WeChatDraft.objects.filter(openid_index=message.openid_index, ended_at__gt=at - AFTERTHOUGHT)
    return mine.filter(case__state__in=OPEN).select_related("case__community").order_by("-ended_at").first()


def _add_to(last: WeChatDraft, message: Incoming, word: str, *, at: datetime, site: str) -> str:
    """An afterthought goes into the case; 提交 once more, out of habit, only gets the code again."""
    if word in SUBMIT:
        return _taken_words(last, site)
    refusal = _add_picture(last, message, at) if message.kind == "image" else _add_words(last, message, at)
    code = code_of_draft(last)
    return refusal or f"已补充到刚才上报的一件，查询码 {code}。报另一件事，请先发它的位置。看进度：{site}/q/{code}/"


def _add_picture(draft: WeChatDraft, message: Incoming, at: datetime) -> str:
    """One more picture to fetch; what does not go in is said."""
    if not message.media_id:
        return "照片没有传完。请重新发一次。"
    if draft.pictures.count() >= MOST_PICTURES:
        return FULL
    WeChatPicture.objects.create(draft=draft, media_id=message.media_id, received_at=at, next_try_at=at)
    return ""


def _add_words(last: WeChatDraft, message: Incoming, at: datetime) -> str:
    """One more line in the story of the case; what does not go in is said."""
    added = last.case.events.filter(move="note", by__isnull=True, happened_at__gte=last.ended_at)
    if added.count() >= MOST_ADDED:
        return "补充得够多了，先由工作人员办理。报另一件事，请先发它的位置。"
    try:
        workflow.make("note", last.case, by=None, at=at, words=f"上报人补充：{message.words}")
    except AnswersRefused as refusal:
        return "没有收下：" + "".join(refusal.errors.values())
    return ""


def idle_drafts(*, at: datetime) -> list[int]:
    """Drafts with words or pictures that have been quiet for a while: none is forgotten because 提交 was not sent."""
    idle = WeChatDraft.objects.filter(ended_at__isnull=True, last_at__lte=at - QUIET)
    enough = idle.filter(Q(has_words=True) | Exists(WeChatPicture.objects.filter(draft=OuterRef("pk"))))
    return list(enough.order_by("pk").values_list("pk", flat=True)[:100])


@transaction.atomic
def open_idle_draft(pk: int, *, at: datetime, site: str) -> Case | None:
    """The case of a quiet draft, and a message with its code; nothing when its sender came back meanwhile."""
    row = WeChatDraft.objects.select_for_update().filter(pk=pk, ended_at__isnull=True, last_at__lte=at - QUIET).first()
    if row is None:
        return None
    openid = row.openid
    case = open_from_draft(row, at=at)
    tell_outside(
        "wechat", address=openid, text=_taken_words(row, site), at=at, slot=f"opened:{case.pk}", case=case
    )
    return case


def forget_old(*, at: datetime) -> int:
    """Receipts whose retries are long over, and drafts that never became anything."""
    old = WeChatDraft.objects.filter(last_at__lt=at - KEPT, case__isnull=True)
    gone = WeChatReceipt.objects.filter(at__lt=at - KEPT).delete()[0]
    return gone + old.delete()[0]
