"""Draft → submitted → issued, or sent back; withdrawn stays visible. The number is taken in the act of issuing.

The counter's row is held by the transaction that issues: of fifty at once each waits for the one before, and one that
fails gives its number back with everything else it wrote.
"""
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.notify import tell, tell_many
from reports.bulletins.drafting import note
from reports.bulletins.editing import CHANGED_MEANWHILE
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.bulletins.filling import fill, filled_blocks, reading_of, words_of
from reports.bulletins.papers import paper_of
from reports.bulletins.privacy import look_through
from reports.bulletins.sections import FILL_IN
from reports.documents.fonts import FontMissing
from reports.documents.pdf import refuse_missing_glyphs
from reports.models import Bulletin, BulletinCounter, BulletinNumber, BulletinState, BulletinStep

SHORTEST_REASON = 5
MUCH = 500
Act = BulletinStep.Act


def submit(bulletin: Bulletin, *, by: Any, at: datetime, confirmed: bool = False) -> None:
    """Hand a draft to the leaders; refused while something is missing in it or somebody is named."""
    _refuse(by, "reports.submit_bulletin", "送签发", bulletin, BulletinState.DRAFT)
    _refuse_unfit(bulletin, at=at, confirmed=confirmed)
    with transaction.atomic():
        _move(bulletin, state=BulletinState.SUBMITTED, submitted_by=by, submitted_at=at)
        note(bulletin, Act.SUBMITTED, by=by, at=at)
        record("bulletin_submitted", actor=by, subject=bulletin, at=at)
        leaders = User.objects.with_permission("reports.approve_bulletin").exclude(pk__in=bulletin.writers())
        words = f"督查通报待签发：{bulletin.title}"
        slot = f"bulletin:{bulletin.pk}:{bulletin.version}"
        tell_many(leaders, text=words, at=at, url=bulletin.get_absolute_url(), slot=slot)


def send_back(bulletin: Bulletin, *, by: Any, at: datetime, reason: str) -> None:
    """Return it to be mended, with the reason."""
    _refuse(by, "reports.send_back_bulletin", "退回修改", bulletin, BulletinState.SUBMITTED)
    reason = _reason(reason, "退回理由")
    submitter = bulletin.submitted_by
    with transaction.atomic():
        _move(bulletin, state=BulletinState.DRAFT)
        note(bulletin, Act.SENT_BACK, by=by, at=at, words=reason)
        record("bulletin_sent_back", actor=by, subject=bulletin, reason=reason, at=at)
        words = f"督查通报退回修改：{bulletin.title}。{reason}"
        tell(submitter, text=words, at=at, url=bulletin.get_absolute_url(), kind="warn")


def approve(bulletin: Bulletin, *, by: Any, at: datetime) -> int:
    """Sign it: it takes its number and freezes, all in one; returns the number."""
    _refuse(by, "reports.approve_bulletin", "签发", bulletin, BulletinState.SUBMITTED)
    if by.pk in bulletin.writers():
        raise BulletinForbidden("拟稿、修改或送签过这份通报的人不能签发它。请由另一位领导签发。")
    with transaction.atomic():
        number = _issue(bulletin, by=by, at=at)
        note(bulletin, Act.ISSUED, by=by, at=at, words=f"第{number}期")
        record("bulletin_issued", actor=by, subject=bulletin, detail={"number": number}, at=at)
        words = f"督查通报第{number}期已签发：{bulletin.title}"
        tell(bulletin.submitted_by, text=words, at=at, url=bulletin.get_absolute_url())
    return number


def withdraw(bulletin: Bulletin, *, by: Any, at: datetime, reason: str) -> None:
    """作废: an issue keeps its number and its text in sight; a draft that nobody wants is put aside."""
    if not by.has_perm("reports.withdraw_bulletin"):
        raise BulletinForbidden("作废通报需要值班科长的权限。需要时请与值班科长联系。")
    if bulletin.state not in (BulletinState.ISSUED, BulletinState.DRAFT):
        raise BulletinConflict(f"这份通报现在是“{bulletin.get_state_display()}”，不能作废。")
    reason = _reason(reason, "作废理由")
    how = {"withdrawn_by": by, "withdrawn_at": at, "withdrawal": reason}
    with transaction.atomic():
        if bulletin.state == BulletinState.DRAFT:
            _move(bulletin, state=BulletinState.WITHDRAWN, **how)
        else:
            if not Bulletin.objects.at_version(bulletin).mark_withdrawn(**how):
                raise BulletinConflict(CHANGED_MEANWHILE)
            bulletin.refresh_from_db()
        note(bulletin, Act.WITHDRAWN, by=by, at=at, words=reason)
        record("bulletin_withdrawn", actor=by, subject=bulletin, reason=reason, at=at)


def take_number(series: str, *, at: datetime) -> tuple[int, int]:
    """Year (Asia/Shanghai) and the next number of a series, inside the caller's transaction, which holds the row."""
    year = timezone.localtime(at).year
    counter = BulletinCounter.objects.filter(series=series, year=year)
    if not counter.update(last=F("last") + 1):
        BulletinCounter.objects.get_or_create(series=series, year=year)
        counter.update(last=F("last") + 1)
    return year, counter.values_list("last", flat=True).get()


def _issue(bulletin: Bulletin, *, by: Any, at: datetime) -> int:
    """The number, the text as it stands now, and every number with the cases behind it."""
    reading = reading_of(bulletin, at=at)
    blocks = fill(bulletin.blocks, reading, at=at)
    year, number = take_number(bulletin.series, at=at)
    _move(
        bulletin, state=BulletinState.ISSUED, year=year, number=number, issued_by=by, issued_at=at, blocks=blocks,
    )  # fmt: skip
    shown = _names_shown(blocks)
    frozen = [
        BulletinNumber(bulletin=bulletin, name=one.name, figure=one.figure, value=one.value, cases=one.cases,
                       hits=one.hits)
        for name, one in reading.used.items() if name in shown
    ]  # fmt: skip
    BulletinNumber.objects.bulk_create(frozen, batch_size=MUCH)
    return number


def _names_shown(blocks: list[dict[str, Any]]) -> set[str]:
    """The numbers that stand in the text and its tables."""
    parts = [part for block in blocks for part in block.get("parts", ())]
    cells = [cell for block in blocks for row in block.get("rows", ()) for cell in row]
    return {one["n"] for one in (*parts, *cells) if "n" in one}


def _move(bulletin: Bulletin, **columns: Any) -> None:
    """From the state and version that were before this person's eyes, or not at all."""
    if not Bulletin.objects.at_version(bulletin).update(version=F("version") + 1, **columns):
        raise BulletinConflict(CHANGED_MEANWHILE)
    bulletin.refresh_from_db()


def _refuse(by: Any, right: str, word: str, bulletin: Bulletin, state: str) -> None:
    if not by.has_perm(right):
        raise BulletinForbidden(f"你的角色不能{word}。需要时请与值班科长或分管领导联系。")
    if bulletin.state != state:
        raise BulletinConflict(f"这份通报现在是“{bulletin.get_state_display()}”，不能{word}。")


def _reason(reason: str, word: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise BulletinRefused(f"{word}太短。请写明原因，至少 {SHORTEST_REASON} 个字。")
    return reason[:200]


def _refuse_unfit(bulletin: Bulletin, *, at: datetime, confirmed: bool) -> None:
    """Nothing to be filled in, nobody named, every character printable."""
    blocks = filled_blocks(bulletin, at=at)
    text = words_of(bulletin, blocks)
    if FILL_IN in text:
        raise BulletinRefused("正文里还有“【请补充…】”。请补写，或删除那一段，再送签。")
    if not blocks:
        raise BulletinRefused("正文是空的。请写好后再送签。")
    found = look_through(text)
    if found.certain:
        raise BulletinRefused("".join(found.certain))
    if found.likely and not confirmed:
        raise BulletinRefused("".join(found.likely) + "核对后请勾选“已核对，不涉及个人信息”。")
    try:
        refuse_missing_glyphs(paper_of(bulletin, blocks, at=at))
    except FontMissing as missing:
        raise BulletinRefused(str(missing)) from missing
