"""交接班: what has happened since somebody left, and what waits."""
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import DutyShift
from cases import desk
from cases.models import Case, CaseEvent, CaseRequest
from cases.querysets import CaseQuerySet

USUAL_ABSENCE = timedelta(hours=12)
MOST = 50


def last_left(user: Any, *, at: datetime) -> datetime:
    """When this person's last shift ended; without a shift in the rota, twelve hours ago."""
    ended = DutyShift.objects.filter(user=user, ends_at__lte=at).order_by("-ends_at")
    return ended.values_list("ends_at", flat=True).first() or at - USUAL_ABSENCE


def _moved(moves: tuple[str, ...], since: datetime, at: datetime) -> Q:
    found = CaseEvent.objects.filter(case=OuterRef("pk"), move__in=moves, happened_at__gt=since, happened_at__lte=at)
    return Q(Exists(found))


def parts(user: Any, *, since: datetime, at: datetime) -> dict[str, tuple[str, Q]]:
    """The headings of the sheet and which cases stand under each."""
    pending = CaseRequest.objects.filter(case=OuterRef("pk"), granted__isnull=True)
    return {
        "todo": ("等我处理", desk.todo_q("1", user, at)),
        "over": ("已超期", desk.stage_q("open", user, at) & desk.clock_q("over", user, at)),
        "soon": ("24 小时内到期", desk.stage_q("open", user, at) & desk.clock_q("soon", user, at)),
        "new": ("新收案件", Q(received_at__gt=since, received_at__lte=at)),
        "returned": ("被退回", desk.stage_q("open", user, at) & _moved(("return",), since, at)),
        "rework": ("返工", desk.stage_q("open", user, at) & _moved(("rework",), since, at)),
        "requests": ("待审批的申请", desk.stage_q("open", user, at) & Q(Exists(pending))),
        "supervised": ("督办中", desk.stage_q("open", user, at) & Q(supervise_level__gt=0)),
        "closed": ("已办结", _moved(("close",), since, at)),
    }


def sheet(user: Any, *, since: datetime, at: datetime) -> list[dict[str, Any]]:
    """Each part with its count and its first cases; the counts in one query."""
    visible: CaseQuerySet = Case.objects.visible_to(user)
    wanted = parts(user, since=since, at=at)
    counts = desk.counts_of(visible, {key: q for key, (_, q) in wanted.items()})
    return [
        {"key": key, "word": word, "count": counts[key],
         "cases": list(visible.filter(q).for_desk().by_time_left()[:MOST]) if counts[key] else []}
        for key, (word, q) in wanted.items()
    ]  # fmt: skip


def whole_part(user: Any, key: str, *, since: datetime, at: datetime) -> tuple[str, CaseQuerySet] | None:
    """One part with its word and all its cases, to be leafed through; none for a key that is no part."""
    wanted = parts(user, since=since, at=at)
    if key not in wanted:
        return None
    word, q = wanted[key]
    return word, Case.objects.visible_to(user).filter(q).for_desk().by_time_left()
