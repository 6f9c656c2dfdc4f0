"""Drafting an issue: by a person, by a schedule, or as the correction of one that went out wrong."""
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from cases.papers import CENTRE
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.bulletins.numbers import Reading
from reports.bulletins.sections import first_blocks
from reports.bulletins.tables import date_words, today_of
from reports.models import Bulletin, BulletinKind, BulletinState, BulletinStep
from reports.periods import QUARTERS, Period, Span, period_of

SPANS = {
    BulletinKind.DAILY: Span.DAY, BulletinKind.WEEKLY: Span.WEEK, BulletinKind.MONTHLY: Span.MONTH,
    BulletinKind.QUARTERLY: Span.QUARTER, BulletinKind.YEARLY: Span.YEAR,
}  # fmt: skip
ADDRESSEE = "各社区、各科队站所："
COPIES = "抄送：街道领导班子成员，各科室。"
LONGEST_DAYS = 400
AGAIN = timedelta(minutes=10)  # so long the same request is taken for a second click or a page sent again
FILLED_KEYS = ("parts", "caption", "head", "rows", "widths", "left")


def compose(
    *, kind: str, first: date, last: date, by: Any, at: datetime, topic: str = "", is_demo: bool = False
) -> Bulletin:
    """A draft with the figures of these days; `by` is nobody when a schedule drafts it.

    Who asks twice within a short while gets the draft of the first time, unless somebody has worked on it since.
    """
    if by is not None and not by.has_perm("reports.compose_bulletin"):
        raise BulletinForbidden("拟通报需要值班科长的权限。需要时请与值班科长联系。")
    _refuse_days(first, last, today_of(at))
    if kind == BulletinKind.SPECIAL and not topic.strip():
        raise BulletinRefused("专项通报要写明专项名称。请填写后再拟稿。")
    topic = topic.strip() if kind == BulletinKind.SPECIAL else ""
    reading = Reading(first, last, today=today_of(at), topic=topic)
    blocks = first_blocks(kind, reading, topic=topic, at=at)
    with transaction.atomic():
        if by is not None:
            User.objects.hold(by)
            same = Bulletin.objects.filter(kind=kind, first=first, last=last, topic=topic, created_by=by)
            again = same.untouched().filter(created_at__gt=at - AGAIN).first()
            if again:
                return again
        bulletin = Bulletin(
            kind=kind, state=BulletinState.DRAFT, title=title_for(kind, first, last, topic), first=first, last=last,
            topic=topic, addressee=ADDRESSEE, copies=COPIES, issuer=CENTRE, blocks=blocks, created_by=by,
            created_at=at, is_demo=is_demo,
        )  # fmt: skip
        bulletin.save()
        note(bulletin, BulletinStep.Act.DRAFTED, by=by, at=at, words="" if by else "按计划自动拟稿")
        record("bulletin_drafted", actor=by, subject=bulletin, detail={"kind": kind}, at=at)
    return bulletin


def _refuse_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise BulletinRefused("截止日早于起始日。请核对统计区间。")
    if first > today:
        raise BulletinRefused("统计区间还没有开始。请选今天或以前的日期。")
    if (last - first).days > LONGEST_DAYS:
        raise BulletinRefused("统计区间超过一年。请分年拟稿。")


def title_for(kind: str, first: date, last: date, topic: str) -> str:
    """The usual title of an issue of this kind."""
    days = f"{first.month}月{first.day}日"
    if first != last:
        days += f"至{last.day}日" if (first.year, first.month) == (last.year, last.month) else (
            f"至{last.month}月{last.day}日")  # fmt: skip
    return {
        BulletinKind.DAILY: f"关于{days}城市管理督查情况的通报",
        BulletinKind.SPECIAL: f"关于{topic}专项督查情况的通报",
        BulletinKind.WEEKLY: f"关于{days}城市管理问题督查办理情况的通报",
        BulletinKind.MONTHLY: f"关于{first.year}年{first.month}月城市管理督查办理情况的通报",
        BulletinKind.QUARTERLY: f"关于{first.year}年第{QUARTERS[(first.month - 1) // 3]}季度城市管理督查办理情况的通报",
        BulletinKind.YEARLY: f"关于{first.year}年城市管理督查办理情况的通报",
    }[BulletinKind(kind)]


def days_for(kind: str, day: date) -> Period:
    """The days that an issue of a kind reports on, of which this is one; a special one takes its month so far."""
    return period_of(SPANS.get(BulletinKind(kind), Span.MONTH), day)


def correct(old: Bulletin, *, by: Any, at: datetime) -> Bulletin:
    """A new draft that names the issue it corrects; that one stays as it went out."""
    if not by.has_perm("reports.compose_bulletin"):
        raise BulletinForbidden("拟通报需要值班科长的权限。需要时请与值班科长联系。")
    if old.state != BulletinState.ISSUED:
        raise BulletinRefused("只有已签发的通报才用更正。草稿请直接修改。")
    with transaction.atomic():
        Bulletin.objects.select_for_update().get(pk=old.pk)
        if old.corrections.open().exists():
            raise BulletinConflict(f"第{old.number}期的更正已经在拟，未重复拟稿。请在目录里打开它修改。")
        bulletin = Bulletin(
            kind=old.kind, title=f"关于更正第{old.number}期督查通报的通报", first=old.first, last=old.last,
            topic=old.topic, scope=old.scope, addressee=old.addressee, copies=old.copies, issuer=old.issuer,
            blocks=_corrected(old), corrects=old, created_by=by, created_at=at, is_demo=old.is_demo,
        )  # fmt: skip
        bulletin.save()
        note(bulletin, BulletinStep.Act.DRAFTED, by=by, at=at, words=f"更正第{old.number}期")
        record("bulletin_drafted", actor=by, subject=bulletin, detail={"kind": old.kind}, at=at)
    return bulletin


def _corrected(old: Bulletin) -> list[dict[str, Any]]:
    """The old text with its numbers linked again, under a sentence that says what this is."""
    issued = date_words(old.issued_on)
    words = f"{issued}印发的{old.document_number}督查通报有误，现更正如下，原通报相应内容以本期为准。"
    blocks = [{key: part for key, part in block.items() if key not in FILLED_KEYS} for block in old.blocks]
    used = {block["id"] for block in blocks}
    fresh = next(f"b{number}" for number in range(1, len(used) + 2) if f"b{number}" not in used)
    return [{"id": fresh, "kind": "text", "text": words}, *blocks]


def note(bulletin: Bulletin, act: str, *, by: Any, at: datetime, words: str = "") -> None:
    """A line of the issue's history."""
    name = by.real_name if by else "系统"
    BulletinStep.objects.create(bulletin=bulletin, act=act, by=by, by_name=name, at=at, words=words[:200])
