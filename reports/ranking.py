"""How communities and departments rank in a period, by a formula whose weights are versions, and what was published.

score = 100 × (w1·按期处置率 + w2·结案率 + w3·(1−返工率) + w4·(1−反弹率) + w5·巡查到位率 + w6·满意率) + 加分 − 扣分
(domain guide §9). A rate that is not known leaves its weight to the others. Equal scores share a rank (1, 2, 2, 4);
who had nothing to handle is 不参评, not a hundred.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.audit import record
from accounts.models import Department, DepartmentKind, User
from reports.books import Sums, summed
from reports.errors import ReportConflict, ReportRefused
from reports.figures import FIGURES, shown
from reports.models import (
    Dimension,
    PublishedPlace,
    PublishedRanking,
    RankingKind,
    RankingPoints,
    RankingWeights,
)
from reports.periods import Period

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """One part of the score: which weight, which figure, and whether less is better."""

    weight: str
    figure: str
    word: str
    inverse: bool = False

    def rate(self, sums: Sums) -> Decimal | None:
        """The rate in per cent as it counts."""
        found = FIGURES[self.figure].compute(sums)
        return None if found is None else max(Decimal(0), HUNDRED - found) if self.inverse else found


PARTS = (
    Part("on_time", "handling_on_time", "按期处置率"), Part("closing", "closing_rate", "结案率"),
    Part("rework", "rework_rate", "1−返工率", inverse=True),
    Part("recurrence", "recurrence_rate", "1−反弹率", inverse=True), Part("patrol", "patrol_rate", "巡查到位率"),
    Part("satisfaction", "satisfaction_rate", "满意率"),
)  # fmt: skip
WEIGHTS = tuple(part.weight for part in PARTS)


@dataclass
class Place:
    """One line of a ranking. `rates` are per cent as they count; `points` are added by hand; no rank means 不参评."""

    department: int
    key: str
    name: str
    due: int
    rates: dict[str, Decimal | None]
    points: Decimal
    score: Decimal | None = None
    rank: int | None = None
    before: int | None = None
    complaints: int = 0
    per_thousand: Decimal | None = None

    @property
    def moved(self) -> int | None:
        """By how many places up (positive) since the period before."""
        return None if self.rank is None or self.before is None else self.before - self.rank

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The rates in digits, in the order of the formula, each with the figure whose rows make it."""
        return [(shown(self.rates[part.weight]), part.figure) for part in PARTS]


def weights_in_force() -> RankingWeights:
    """The newest version; an unsaved first one while nobody has made any."""
    return RankingWeights.objects.order_by("-pk").first() or RankingWeights(made_at=timezone.now(), note="初始权重")


@transaction.atomic
def change_weights(*, by: User, at: datetime, note: str = "", **weights: int) -> RankingWeights:
    """A new version of the weights, in per cent; published rankings keep theirs. The same sent again is no new one."""
    if set(weights) != set(WEIGHTS) or any(weight < 0 for weight in weights.values()):
        raise ReportRefused("六项权重都要填，不能是负数。")
    if sum(weights.values()) != HUNDRED:
        raise ReportRefused(f"六项权重相加应为 100，现为 {sum(weights.values())}。请改到合计 100。")
    User.objects.hold(by)
    now, wanted = weights_in_force(), {**weights, "note": note[:100]}
    if now.pk and all(getattr(now, name) == value for name, value in wanted.items()):
        return now
    row = RankingWeights.objects.create(made_by=by, made_at=at, **wanted)
    record("weights_changed", actor=by, subject=row, detail=dict(weights), at=at)
    return row


def score_of(rates: dict[str, Decimal | None], weights: RankingWeights, points: Decimal) -> Decimal | None:
    """The score in points; None when not one rate is known."""
    known = {name: rate for name, rate in rates.items() if rate is not None}
    whole = sum(getattr(weights, name) for name in known)
    if not whole:
        return None
    score = sum(getattr(weights, name) * rate for name, rate in known.items()) / whole
    return (Decimal(score) + points).quantize(CENT)


def compute(kind: str, period: Period, *, today: date, weights: RankingWeights) -> list[Place]:
    """The ranking as it stands now, best first, those 不参评 last."""
    subjects, households = _subjects(kind)
    dimension = Dimension.COMMUNITY if kind == RankingKind.COMMUNITY else Dimension.DEPARTMENT
    sums = summed((dimension,), period, today=today)[dimension]
    points = dict(
        RankingPoints.objects.filter(kind=kind, period=period.key).order_by().values_list("department")
        .annotate(Sum("points"))
    )  # fmt: skip
    places = [
        _place(department, key, name, sums.get(key, Sums()), points.get(department, Decimal(0)), households.get(key))
        for department, key, name in subjects
    ]
    for place in places:
        place.score = score_of(place.rates, weights, place.points) if place.due else None
    return ranked(places)


def _subjects(kind: str) -> tuple[list[tuple[int, str, str]], dict[str, int]]:
    """(department, key of the facts, name) of whom a ranking is about, and households by key."""
    rows = Department.objects.active().order_by("code")
    if kind == RankingKind.COMMUNITY:
        found = list(
            rows.filter(community__isnull=False)
            .values_list("pk", "community__pk", "community__short_name", "community__households")
        )  # fmt: skip
        return [(pk, str(key), name) for pk, key, name, _ in found], {str(key): homes for _, key, _, homes in found}
    units = rows.exclude(kind=DepartmentKind.COMMUNITY).filter(takes_cases=True).values_list("pk", "short_name")
    return [(pk, str(pk), name) for pk, name in units], {}


def _place(
    department: int, key: str, name: str, sums: Sums, points: Decimal, households: int | None
) -> Place:
    complaints = sums.registered_public
    return Place(
        department, key, name, sums.handle_due, {part.weight: part.rate(sums) for part in PARTS}, points,
        complaints=complaints, per_thousand=Decimal(1000 * complaints) / households if households else None,
    )  # fmt: skip


def shared_ranks(numbers: Iterable[Any]) -> dict[Any, int]:
    """Number → rank, the highest first; equal numbers share one and the next is left out."""
    ranks: dict[Any, int] = {}
    for position, number in enumerate(sorted(numbers, reverse=True), start=1):
        ranks.setdefault(number, position)
    return ranks


def ranked(places: Iterable[Place]) -> list[Place]:
    """In order, with ranks."""
    scored = sorted((one for one in places if one.score is not None), key=lambda one: (-one.score, one.name))
    ranks = shared_ranks(one.score for one in scored)
    for place in scored:
        place.rank = ranks[place.score]
    return [*scored, *(one for one in places if one.score is None)]


def ranking_of(kind: str, period: Period, *, today: date) -> tuple[PublishedRanking | None, list[Place]]:
    """What was published for a period, or how it stands now; each place with the rank of the period before."""
    published = PublishedRanking.objects.filter(kind=kind, period=period.key).select_related("weights", "published_by")
    row = published.first()
    weights = row.weights if row else weights_in_force()
    places = _published_places(row) if row else compute(kind, period, today=today, weights=weights)
    before = ranks_of(kind, period.previous(), today=today, weights=weights)
    for place in places:
        place.before = before.get(place.department)
    return row, places


def ranks_of(kind: str, period: Period, *, today: date, weights: RankingWeights) -> dict[int, int | None]:
    """Department → rank as published, or as it would come out by the same weights."""
    published = PublishedPlace.objects.filter(ranking__kind=kind, ranking__period=period.key)
    found = dict(published.order_by().values_list("department", "rank"))
    return found or {one.department: one.rank for one in compute(kind, period, today=today, weights=weights)}


def _published_places(row: PublishedRanking) -> list[Place]:
    places = []
    for one in row.places.all():
        facts = one.facts
        rates = {name: None if facts["rates"][name] is None else Decimal(facts["rates"][name]) for name in WEIGHTS}
        thousand = facts["per_thousand"]
        places.append(
            Place(
                one.department_id, facts["key"], one.name, facts["due"], rates, Decimal(facts["points"]), one.score,
                one.rank, complaints=facts["complaints"], per_thousand=thousand and Decimal(thousand),
            )
        )  # fmt: skip
    return places


@transaction.atomic
def publish(kind: str, period: Period, *, by: User, at: datetime) -> PublishedRanking:
    """Make a ranking known as it stands; it keeps its weights and numbers. Once a period, when the period is over."""
    today = timezone.localdate(at)
    if not period.is_over(today):
        raise ReportRefused(f"{period.words}还没有结束，不能发布。请在 {period.last:%Y-%m-%d} 之后发布。")
    weights = weights_in_force()
    places = compute(kind, period, today=today, weights=weights)
    if not any(place.rank for place in places):
        raise ReportRefused(f"{period.words}没有应处置的案件，没有名次可发布。")
    if weights.pk is None:
        weights.save()
    try:
        with transaction.atomic():
            row = PublishedRanking.objects.create(
                kind=kind, period=period.key, weights=weights, published_by=by, published_at=at
            )
    except IntegrityError as error:
        raise ReportConflict(f"{period.words}{RankingKind(kind).label}排名已经发布，未重复操作。") from error
    PublishedPlace.objects.bulk_create(_kept(row, place) for place in places)
    record("ranking_published", actor=by, subject=row, detail={"period": period.key, "kind": kind}, at=at)
    return row


def _kept(row: PublishedRanking, place: Place) -> PublishedPlace:
    facts = {
        "key": place.key, "due": place.due, "points": str(place.points), "complaints": place.complaints,
        "rates": {name: None if rate is None else str(rate) for name, rate in place.rates.items()},
        "per_thousand": None if place.per_thousand is None else str(place.per_thousand),
    }  # fmt: skip
    return PublishedPlace(
        ranking=row, department_id=place.department, name=place.name, rank=place.rank, score=place.score, facts=facts
    )


@transaction.atomic
def give_points(
    *, kind: str, period: Period, department: Department, points: Decimal, reason: str, by: User, at: datetime
) -> RankingPoints:
    """加分 (positive) or 扣分 (negative) with its reason; after publishing it is too late, and the same counts once."""
    if not points:
        raise ReportRefused("分值是 0。请填写加分或扣分的数，扣分写负数。")
    if len(reason.strip()) < 2:
        raise ReportRefused("请写明加分或扣分的理由，至少 2 个字。")
    if PublishedRanking.objects.filter(kind=kind, period=period.key).exists():
        raise ReportConflict(f"{period.words}排名已经发布，不能再加减分。")
    same = {"kind": kind, "period": period.key, "department": department, "points": points}
    same["reason"] = reason.strip()[:100]
    User.objects.hold(by)
    if RankingPoints.objects.filter(**same).exists():
        raise ReportConflict(
            f"{department.short_name}本期已按同样的理由记过 {points} 分，未重复记入。确要再记，请把理由写具体。"
        )
    row = RankingPoints.objects.create(**same, entered_by=by, entered_at=at)
    record("points_given", actor=by, subject=row, reason=reason, detail={"period": period.key, "kind": kind}, at=at)
    return row
