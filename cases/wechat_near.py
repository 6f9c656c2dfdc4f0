"""Like matters near by, for who reports by WeChat: offered before a case is opened, joined on "1" (就是这个)."""
from datetime import datetime

from accounts.masking import PHONE
from cases.joining import Near, join_case, near_cases
from cases.models import FieldReport, Reporter, SnapDetail, WeChatDraft

JOIN = frozenset({"1", "并入"})
ALONE = frozenset({"2", "单独上报", "提交", "上报", "确认"})


def key_of(draft: WeChatDraft) -> str:
    """By what a draft's case or report is known; a draft becomes one or the other, once."""
    return f"wechat-draft-{draft.pk}"


def near_draft(draft: WeChatDraft) -> Near | None:
    """The nearest open matter that is like the draft by place or by words; what the sender opened is not offered."""
    if draft.lon is None:
        return None
    found = near_cases(draft.lon, draft.lat, category=None, words=draft.words)
    own = SnapDetail.objects.filter(case__in=[near.case.pk for near in found], openid_index=draft.openid_index)
    mine = set(own.values_list("case", flat=True))
    return next((near for near in found if near.case.pk not in mine), None)


def offer_words(near: Near) -> str:
    """What the sender is asked."""
    return (
        f"附近已有相似问题：{near.what}，相距 {near.metres} 米，{near.stage}。"
        "是同一件，回复 1 并入，办结后一并答复您；不是，回复 2 仍单独上报。30 分钟内不回复，按单独上报。"
    )


def join_from_draft(draft: WeChatDraft, *, at: datetime) -> FieldReport:
    """The sender is counted as a further reporter of the offered case and answered too; the draft is emptied.

    Raises MoveRefused when the case has ended meanwhile.
    """
    words = draft.words.strip()
    phone = PHONE.search(words)
    photos = [one.photo for one in draft.pictures.filter(photo__isnull=False).select_related("photo")]
    report = join_case(
        draft.offered, key=key_of(draft), by=None, at=at, phone=phone.group() if phone else "", openid=draft.openid,
        words=words, photos=photos, raw_lon=draft.raw_lon, raw_lat=draft.raw_lat, datum=SnapDetail.Datum.GCJ02,
        origin=FieldReport.Origin.PIN,
    )  # fmt: skip
    draft.case, draft.ended_at, draft.openid, draft.words, draft.address = report.case, at, "", "", ""
    draft.save(update_fields=["case", "ended_at", "openid", "words", "address"])
    return report


def joined_by(draft: WeChatDraft) -> FieldReport | None:
    """The report by which a draft joined a case, if it did."""
    return FieldReport.objects.select_related("reporter").filter(key=key_of(draft), joined=True).first()


def code_of_draft(draft: WeChatDraft) -> str:
    """The code of this very sender: who joined has another one than who opened the case."""
    joined = joined_by(draft)
    return (joined.public_code if joined else draft.case.public_code) or ""


def openid_of(draft: WeChatDraft) -> str:
    """Whose pictures they are, also when the draft itself was emptied; never another reporter of the same case."""
    if draft.openid or draft.case is None:
        return draft.openid
    joined = joined_by(draft)
    sender: Reporter | None = joined.reporter if joined else None
    return sender.openid if sender else draft.case.snap.openid
