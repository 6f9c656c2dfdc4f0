"""Drafting by itself: which periods are due, each drafted once whatever happens to beat and worker.

A period's slot is written in the same transaction as its draft. Two beats try to write the same slot and one of them
fails; a worker that is killed leaves neither. What was missed is caught up, but not a whole absence of dailies.
"""
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.notify import tell_many
from grid.workdays import is_workday
from reports.bulletins.drafting import SPANS, compose
from reports.bulletins.errors import BulletinForbidden
from reports.models import Bulletin, BulletinKind, BulletinSchedule, BulletinSlot
from reports.periods import Period, period_of

DRAFTED_FROM = time(6)  # Beijing: the day before has been judged and summed by then
CAUGHT_UP = {
    BulletinKind.DAILY: 1, BulletinKind.WEEKLY: 4, BulletinKind.MONTHLY: 3, BulletinKind.QUARTERLY: 2,
    BulletinKind.YEARLY: 1,
}  # fmt: skip
ONE_DAY = timedelta(days=1)


def draft_due(*, at: datetime) -> list[Bulletin]:
    """Draft every period that is due and was not drafted; returns the new drafts."""
    drafts = []
    for schedule in BulletinSchedule.objects.exclude(since=None).order_by("kind"):
        for period in due_periods(schedule.kind, since=schedule.since, at=at):
            draft = _draft_once(schedule.kind, period, at=at)
            drafts += [draft] if draft else []
    return drafts


def due_periods(kind: str, *, since: datetime, at: datetime) -> Iterator[Period]:
    """The periods that ended since the schedule was switched on, the oldest first, as many as are caught up."""
    local = timezone.localtime(at)
    today = local.date() if local.time() >= DRAFTED_FROM else local.date() - ONE_DAY
    period = period_of(SPANS[BulletinKind(kind)], today).previous()
    found = []
    while len(found) < CAUGHT_UP[BulletinKind(kind)] and period.last >= timezone.localtime(since).date():
        found.append(period)
        period = period.previous()
    return (one for one in reversed(found) if kind != BulletinKind.DAILY or is_workday(one.first))


def _draft_once(kind: str, period: Period, *, at: datetime) -> Bulletin | None:
    if BulletinSlot.objects.filter(kind=kind, first=period.first).exists():
        return None
    try:
        with transaction.atomic():
            draft = compose(kind=kind, first=period.first, last=period.last, by=None, at=at, is_demo=settings.DEMO)
            BulletinSlot.objects.create(kind=kind, first=period.first, bulletin=draft)
            chiefs = User.objects.with_permission("reports.compose_bulletin")
            tell_many(chiefs, text=f"督查通报已自动拟稿：{draft.title}", at=at, url=draft.get_absolute_url(),
                      slot=f"bulletin:{kind}:{period.first}")  # fmt: skip
            return draft
    except IntegrityError:
        if not BulletinSlot.objects.filter(kind=kind, first=period.first).exists():
            raise
        return None  # another beat was faster, and its draft stands


def switch(kind: str, *, on: bool, by: Any, at: datetime) -> None:
    """Switch a schedule on, from now on, or off; switched to what it is, nothing happens."""
    if not by.has_perm("reports.manage_schedules"):
        raise BulletinForbidden("设置拟稿计划需要系统管理员的权限。")
    if kind not in CAUGHT_UP:
        raise BulletinForbidden("专项通报没有周期，不能自动拟稿。")
    how = {"changed_by": by, "changed_at": at}
    with transaction.atomic():
        row, _ = BulletinSchedule.objects.get_or_create(kind=kind, defaults=how)
        if (row.since is not None) == on:
            return
        BulletinSchedule.objects.filter(pk=row.pk).update(since=at if on else None, **how)
        record("bulletin_schedule_changed", actor=by, subject=row, detail={"kind": kind, "to": "on" if on else "off"},
               at=at)  # fmt: skip
