"""大屏: links that open it without a login, and what it shows: sums, classes, places, never a text somebody wrote."""
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from cases.deadlines import time_left
from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.states import Source
from reports import facts
from reports.dashboard import Dashboard
from reports.errors import ReportConflict, ReportRefused
from reports.figures import FIGURES, Value
from reports.ledgers import street_blocks
from reports.models import WallLink
from reports.periods import Span, period_of

TOKEN_BYTES = 24
LISTED = 6
SOON = timedelta(hours=24)
MOST_PINS = 60
RATES = ("closing_rate", "handling_on_time", "satisfaction_rate")
BAR_FROM = 80  # the bars of the departments begin at 80 %, or what is near 100 % would look alike


def _fingerprint(token: str) -> str:
    """What is kept of a token; it is random enough that nobody guesses it from this."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_link(*, name: str, by: User, at: datetime) -> tuple[WallLink, str]:
    """A new link and its token, which is never shown again."""
    name, most = name.replace("\0", "").strip(), WallLink._meta.get_field("name").max_length
    if not name:
        raise ReportRefused("请写明大屏放在哪里，例如：指挥大厅。")
    if len(name) > most:
        raise ReportRefused(f"大屏放在哪里，写了 {len(name)} 个字，最多 {most} 个字。请缩短。")
    User.objects.hold(by)
    if WallLink.objects.filter(name=name, revoked_at=None).exists():
        raise ReportConflict(f"“{name}”已有一个有效的链接，未重复建立。忘了地址请先作废它，另一块屏请换个名字。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = WallLink.objects.create(name=name, token_hash=_fingerprint(token), created_by=by, created_at=at)
    record("wall_link_created", actor=by, subject=link, at=at)
    return link, token


@transaction.atomic
def revoke_link(link: WallLink, *, by: User, at: datetime) -> None:
    """From now on the link opens nothing; twice is a conflict."""
    if not WallLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at, revoked_by=by):
        raise ReportConflict(f"“{link.name}”的链接已经作废，未重复操作。")
    record("wall_link_revoked", actor=by, subject=link, at=at)


def is_open(token: str) -> bool:
    """Whether a token opens the wall."""
    return WallLink.objects.filter(token_hash=_fingerprint(token), revoked_at=None).exists()


def compose(*, at: datetime) -> dict[str, Any]:
    """Everything the wall shows at a moment."""
    today = timezone.localdate(at)
    board = Dashboard(period_of(Span.MONTH, today), today=today)
    shown = board.compose() | street_blocks(board.year, today=today)
    sums = board.sums(board.period)
    cases = Case.objects.exclude(source=Source.PETITION)  # petitions are nobody's business on a wall
    urgent = _urgent(cases, at=at)
    units = [row for row in shown["units"] if row["on_time"] is not None]
    for row in units:
        row["width"] = max(0, float(row["on_time"]) - BAR_FROM) * 100 / (100 - BAR_FROM)
    return shown | facts.standing(at=at) | {
        "at": at, "accepted": Value.of(FIGURES["accepted"], sums), "open": Case.objects.open().count(),
        "overdue": Case.objects.overdue(at=at).count(), "units": units,
        "rates": [Value.of(FIGURES[key], sums) for key in RATES],
        "urgent": urgent[:LISTED], "urgent_count": len(urgent),
        "map": shown["heat"] | {"pad": 14, "top": 1, "pins": pins_of(urgent)},
    }  # fmt: skip


def _urgent(cases: CaseQuerySet, *, at: datetime) -> list[dict[str, Any]]:
    """What is late or will be within a day, latest first; by class and place, since titles are written by people."""
    rows = cases.open().running().filter(due_at__lte=at + SOON).select_related("category", "community", "lead")
    rows = rows.defer("description", "result", "conclusion", "title", "community__shape").order_by("due_at", "pk")
    return [
        {
            "what": case.category.name if case.category else "待分类", "lon": case.lon, "lat": case.lat,
            "where": case.community.short_name if case.community else "", "late": case.due_at < at,
            "who": case.lead.short_name if case.lead else case.get_state_display(), "left": time_left(case, at=at),
        }
        for case in rows[:MOST_PINS]
    ]  # fmt: skip


def pins_of(urgent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where they lie, without a word."""
    return [
        {"lon": row["lon"], "lat": row["lat"], "kind": "over" if row["late"] else "due", "text": ""}
        for row in urgent
        if row["lon"] is not None
    ]
