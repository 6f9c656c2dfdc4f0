"""Open cases as a layer of the one map, by the time that their clocks leave."""
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from cases.deadlines import SOON_MINUTES, time_left
from cases.models import Case
from cases.states import OPEN, Clock
from grid.layers import Kind, RowLayer, Spot

SEEING = ("cases.see_all_cases", "cases.see_department_cases", "cases.see_community_cases", "cases.see_petitions")
# As CaseQuerySet.open, but word for word: SQLite takes the index `open_by_place` only when the index's own condition
# stands in the question, and not when its states are handed over as parameters (140 ms or 5 with 100,000 cases).
_STATES = ", ".join(f"'{state.value}'" for state in sorted(OPEN))
_IS_OPEN = RawSQL(f'"cases_case"."state" IN ({_STATES})', (), output_field=BooleanField())


def _rows(user: Any) -> QuerySet:
    """Open cases that a person may know of, with a place that they may know."""
    return Case.objects.visible_to(user).placed_for(user).filter(_IS_OPEN, lon__isnull=False)


# The same division as deadlines.time_left, for counting in the database; a test compares the two.
def _over(at: datetime) -> Q:
    return Q(paused_at__isnull=True, due_at__lt=at)


def _due(at: datetime) -> Q:
    soon = Q(warn_at__lte=at) | Q(due_at__lt=at + timedelta(minutes=SOON_MINUTES + 1))
    return Q(paused_at__isnull=True, due_at__gte=at) & soon


def _stopped(at: datetime) -> Q:
    return Q(paused_at__isnull=False, due_at__isnull=False)


def _easy(at: datetime) -> Q:
    later = Q(due_at__gte=at + timedelta(minutes=SOON_MINUTES + 1)) & (Q(warn_at__isnull=True) | Q(warn_at__gt=at))
    return Q(due_at__isnull=True) | (Q(paused_at__isnull=True) & later)


def _spots(rows: QuerySet, at: datetime) -> Iterable[Spot]:
    return [_spot(case, at) for case in rows.for_rows()]


def _spot(case: Case, at: datetime) -> Spot:
    left = time_left(case, at=at)
    due = f"{Clock(case.due_clock).label}时限 {timezone.localtime(case.due_at):%Y-%m-%d %H:%M}" if left else "没有时限"
    facts = f"{case.get_state_display()}，{due}"
    return Spot(case.lon, case.lat, f"{case.number} {case.title}", facts, case.get_absolute_url(),
                left.sign if left else "ok")  # fmt: skip


OPEN_CASES = RowLayer(
    "cases", "未结案件", "件", "inbox", needs=SEEING, at_first=True,
    kinds=(
        Kind("over", "超期", "alert-triangle", _over),
        Kind("due", "将到期", "clock-exclamation", _due),
        Kind("ok", "期限内", "clock", _easy),
        Kind("stop", "停表", "player-pause", _stopped),
    ),
    rows=_rows, spots=_spots,
)  # fmt: skip
