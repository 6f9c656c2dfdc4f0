"""督查通报 of the demonstration: the 161 issues of 2016 as their table has them, and three of the present day."""
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from config.demo_loading.files import rows
from reports import facts
from reports.bulletins import editing, workflow
from reports.bulletins.drafting import compose
from reports.bulletins.registering import PastIssue, register_past
from reports.bulletins.sections import FILL_IN
from reports.models import Bulletin, BulletinKind, BulletinState


def load_past(folder: Path, *, at: datetime) -> int:
    """What the file has, and no invented body."""
    issues = [
        PastIssue(
            int(row["issue_no"]), date.fromisoformat(row["date"]), row["title"], row["kind"], row["scope"],
            int(row["problems"]), int(row["fixed"]), row["issuer"], row["sent_to"], int(row["pages"]),
        )
        for row in rows(folder, "bulletins")
    ]  # fmt: skip
    return register_past(issues, by=None, at=at, is_demo=True)


def tell_present(*, now: datetime) -> int:
    """One issued, one that waits for its signature, one draft; once, and never over what people wrote since."""
    if Bulletin.objects.exclude(state=BulletinState.IMPORTED).exists():
        return 0
    chief = User.objects.filter(is_demo=True, is_active=True).with_permission("reports.submit_bulletin").first()
    leader = User.objects.filter(is_demo=True, is_active=True).with_permission("reports.approve_bulletin").first()
    if not chief or not leader:
        return 0
    facts.roll_up(at=now)
    today = timezone.localtime(now).date()
    issued = _finished(chief, BulletinKind.DAILY, today - timedelta(days=14), today - timedelta(days=1), now)
    workflow.submit(issued, by=chief, at=now)
    workflow.approve(issued, by=leader, at=now)
    waiting = _finished(chief, BulletinKind.DAILY, today - timedelta(days=1), today, now)
    workflow.submit(waiting, by=chief, at=now)
    compose(kind=BulletinKind.MONTHLY, first=today.replace(day=1), last=today, by=chief, at=now, is_demo=True)
    return 3


def _finished(chief: User, kind: str, first: date, last: date, now: datetime) -> Bulletin:
    """A draft without anything left to fill in."""
    draft = compose(kind=kind, first=first, last=last, by=chief, at=now, is_demo=True)
    for block in [one for one in draft.blocks if FILL_IN in one.get("text", "")]:
        editing.remove_block(draft, block["id"], by=chief, at=now)
    return draft
