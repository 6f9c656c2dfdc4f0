"""Illegal structures and the patrols of the last days as layers of the one map."""
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from campaigns.models import PatrolLog, Structure
from campaigns.states import Stage
from grid.layers import Kind, RowLayer, Spot, SpotLayer
from grid.own_layers import middles

RECENT_DAYS = 7


def _structures(rows: QuerySet, at: datetime) -> Iterable[Spot]:
    """By number and place; owners are on the page, for those who may know them."""
    columns = ("number", "place", "lon", "lat", "stage", "relapsed_on", "community__short_name")
    return [
        Spot(one.lon, one.lat, f"{one.number} {one.place}", f"{one.get_stage_display()}，{one.community.short_name}",
             one.get_absolute_url(), _kind(one))
        for one in rows.select_related("community").only(*columns)
    ]  # fmt: skip


def _kind(one: Structure) -> str:
    if one.relapsed_on:
        return "again"
    return "gone" if one.stage == Stage.WRITTEN_OFF else "stands"


def _patrols(user: Any) -> Iterable[Spot]:
    """Outings of the last days by the community whose team went out; an outing itself has no position."""
    since = timezone.localdate() - timedelta(days=RECENT_DAYS - 1)
    outings = PatrolLog.objects.between(since, None).filter(team__community__isnull=False).order_by()
    told = []
    for row in outings.values("team__community").annotate(n=Count("pk"), people=Sum("persons")):
        at = middles().communities[row["team__community"]]
        facts = f"近 {RECENT_DAYS} 天 {row['n']} 次，出动 {row['people']:,} 人次"
        told.append(Spot(at.lon, at.lat, f"{at.name}巡查", facts, "/patrols/", n=row["n"]))
    return told


_STRUCTURES = RowLayer(
    "structures", "违建", "处", "building-warehouse", needs=("campaigns.see_structures",),
    kinds=(
        Kind("again", "反弹", "rotate-clockwise", lambda at: Q(relapsed_on__isnull=False)),
        Kind("stands", "在办", "gavel", lambda at: Q(relapsed_on__isnull=True) & ~Q(stage=Stage.WRITTEN_OFF)),
        Kind("gone", "已销账", "check", lambda at: Q(relapsed_on__isnull=True, stage=Stage.WRITTEN_OFF)),
    ),
    rows=lambda user: Structure.objects.kept().for_map(), spots=_structures,
)  # fmt: skip
_PATROLS = SpotLayer(
    "patrols", f"近 {RECENT_DAYS} 天巡查", "次", "route", needs=("campaigns.see_patrols",), spots=_patrols
)
CAMPAIGN_LAYERS = (_STRUCTURES, _PATROLS)
