"""The ledger's own figures over one season: target, eligible, completed, and how far everybody has come."""
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from coal_to_electric.models import Household, Programme, StageLimit
from coal_to_electric.querysets import ADDED, COMPLETED, ELIGIBLE, WITHDRAWN
from coal_to_electric.states import ORDER, SIGNS, cumulated

TENTH = Decimal("0.1")


def percent(part: int, whole: int) -> Decimal | None:
    """A rate in per cent with one decimal; nothing over nothing."""
    return (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None


@dataclass(frozen=True)
class Summary:
    """What the head of the ledger says; each figure is counted from the rows, only the target is entered."""

    target: int
    total: int
    eligible: int
    completed: int
    powered: int
    withdrawn: int
    added: int
    waiting: int
    signs: tuple[tuple[str, str, int], ...]

    @property
    def rate(self) -> Decimal | None:
        """完成率, 110.2."""
        return percent(self.completed, self.target)

    @property
    def over(self) -> Decimal | None:
        """超额完成率, 10.2; below the target nothing."""
        return percent(self.completed - self.target, self.target) if self.completed > self.target else None

    @property
    def length(self) -> Decimal:
        """How far the bar is filled, in per cent: it is as long as the larger of target and completed."""
        return Decimal(100 * self.completed) / max(self.target, self.completed, 1)

    @property
    def tick_x(self) -> str:
        """Where the target stands on the bar, in per cent, its own width kept inside."""
        return f"{min(100 * self.target / max(self.target, self.completed, 1), 99.3):.2f}"


def summary_of(programme: Programme, households: QuerySet) -> Summary:
    """Three queries over the households of a season that the person sees."""
    counts = households.aggregate(
        total=Count("pk"), eligible=Count("pk", filter=ELIGIBLE), completed=Count("pk", filter=COMPLETED),
        powered=Count("pk", filter=Q(power_on_date__isnull=False, withdrawn_on__isnull=True)),
        withdrawn=Count("pk", filter=WITHDRAWN), added=Count("pk", filter=ADDED),
    )  # fmt: skip
    come = cumulated(households.counts_by_stage(), [stage for _, stage in SIGNS])
    signs = tuple((word, stage.value, come[stage]) for word, stage in SIGNS)
    return Summary(target=programme.target, waiting=households.owed_equipment().count(), signs=signs, **counts)


@dataclass(frozen=True)
class FunnelRow:
    """One community, or all: how many came to each stage or beyond."""

    code: str
    name: str
    total: int
    withdrawn: int
    counts: tuple[int, ...]


def funnel(households: QuerySet) -> tuple[FunnelRow, list[FunnelRow]]:
    """The whole and each community, in one query."""
    columns = ("community__code", "community__short_name", "stage")
    rows = households.order_by(*columns[:1]).values_list(*columns)
    groups: dict[str, dict] = {}
    for code, name, stage, total, gone in rows.annotate(total=Count("pk"), gone=Count("pk", filter=WITHDRAWN)):
        group = groups.setdefault(code, {"name": name, "stages": {}, "gone": 0})
        group["stages"][stage] = group["stages"].get(stage, 0) + total
        group["gone"] += gone
    lines = [_funnel_row(code, one["name"], one["stages"], one["gone"]) for code, one in sorted(groups.items())]
    whole: dict[str, int] = {}
    for one in groups.values():
        for stage, count in one["stages"].items():
            whole[stage] = whole.get(stage, 0) + count
    return _funnel_row("", "全街道", whole, sum(line.withdrawn for line in lines)), lines


def _funnel_row(code: str, name: str, stages: dict[str, int], gone: int) -> FunnelRow:
    come = cumulated(stages)
    return FunnelRow(code, name, sum(stages.values()), gone, tuple(come[stage] for stage in ORDER))


def limits() -> dict[str, int]:
    """Next stage → after how many days a household counts as stuck; as the admin set them."""
    return dict(StageLimit.objects.values_list("stage", "days"))


def chosen_programme(user: Any, season: str) -> Programme | None:
    """The season that is asked for by its year, or the one that opens first."""
    named = Programme.objects.filter(season=int(season)).first() if season.isdecimal() and len(season) == 4 else None
    return named or default_programme(user)


def default_programme(user: Any) -> Programme | None:
    """The season that opens first: the one marked so for who sees the whole ledger; the newest of one's own else."""
    rows = Programme.objects.order_by("-season")
    if user.has_perm("coal_to_electric.see_households"):
        return rows.filter(shown_first=True).first() or rows.first()
    own = Household.objects.visible_to(user).values("programme")
    return rows.filter(pk__in=own).first() or rows.first()
