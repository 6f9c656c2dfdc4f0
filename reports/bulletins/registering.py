"""Entering issues that went out before this system: what their table says of them, and no invented text."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from reports.bulletins.drafting import note
from reports.models import Bulletin, BulletinCounter, BulletinKind, BulletinState, BulletinStep
from reports.models.bulletins import SERIES

KINDS = {
    "日常督查": BulletinKind.DAILY, "专项": BulletinKind.SPECIAL, "周报": BulletinKind.WEEKLY,
    "月报": BulletinKind.MONTHLY,
}  # fmt: skip


@dataclass(frozen=True)
class PastIssue:
    """A line of the old table."""

    number: int
    day: date
    title: str
    kind: str
    scope: str
    problems: int
    fixed: int
    issuer: str
    sent_to: str
    pages: int


@transaction.atomic
def register_past(issues: Iterable[PastIssue], *, by: Any, at: datetime, is_demo: bool = False) -> int:
    """Enter those that are not there yet, and let new numbers go on behind them; returns how many are new."""
    known = set(Bulletin.objects.exclude(number=None).values_list("series", "year", "number"))
    fresh = [one for one in issues if (SERIES, one.day.year, one.number) not in known]
    for one in fresh:
        bulletin = Bulletin(
            kind=KINDS[one.kind], state=BulletinState.IMPORTED, year=one.day.year, number=one.number, title=one.title,
            first=one.day, last=one.day, scope=one.scope, addressee=one.sent_to, issuer=one.issuer,
            problems=one.problems, fixed=one.fixed, pages=one.pages, created_by=by, created_at=at, is_demo=is_demo,
        )  # fmt: skip
        bulletin.save()
        note(bulletin, BulletinStep.Act.IMPORTED, by=by, at=at, words="原表登记，无正文")
    for year in {one.day.year for one in fresh}:
        last = max(one.number for one in fresh if one.day.year == year)
        counter, _ = BulletinCounter.objects.get_or_create(series=SERIES, year=year)
        BulletinCounter.objects.filter(pk=counter.pk, last__lt=last).update(last=last)
    if fresh:
        record("bulletins_registered", actor=by, detail={"count": len(fresh)}, at=at)
    return len(fresh)
