"""Beside a case: what may be the same matter, what happened near it lately, and its neighbours in the list."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Q, QuerySet, SmallIntegerField, When
from django.db.models import Case as CaseWhen

from cases.deadlines import TimeLeft, time_left
from cases.happenings import near_in_time, same_again
from cases.models import Case
from cases.similar import likenesses, reads_titles_only
from cases.views.ground import Drawing
from cases.views.shown import Shown, reads_text

NEAR_DAYS = timedelta(days=30)
MOST = 5


@dataclass(frozen=True)
class Related:
    """A case that is like this one or lies in the same grid, how it stands, and why it looks alike, if it does."""

    case: Case
    time: TimeLeft | None
    why: str = ""


@dataclass(frozen=True)
class Around:
    """Where a case stands among those of a list: its place, how many there are, the one before and after."""

    place: int
    count: int
    before: str
    after: str
    query: str


@dataclass(frozen=True)
class Beside:
    """What lies beside a case: related cases, and those by which the same came back within ninety days."""

    related: list[Related]
    came_back: list[Case]


def beside(case: Case, user: Any, *, at: datetime) -> Beside:
    """The likely doubles first, then cases of the same grid within thirty days, those that this person sees."""
    if not reads_text(case, user):
        return Beside([], [])  # what lies near a petition would tell where it is
    alike = likenesses(case, at=at, user=user, limit=MOST)
    ranks = {pk: rank for rank, pk in enumerate(alike)}
    rows = _rows_beside(case, user, keys=list(alike))
    found = sorted(rows, key=lambda one: (ranks.get(one.pk, MOST), not one.is_open))
    related = [one for one in found if one.pk in ranks or one.near]
    return Beside(
        [Related(one, time_left(one, at=at), alike.get(one.pk, "")) for one in related[:MOST]],
        [one for one in rows if one.back][:MOST],
    )


def _rows_beside(case: Case, user: Any, *, keys: list[int]) -> list[Case]:
    """Those named, those of the same grid, those by which the same came back: one question, since each page asks it."""
    cases = Case.objects.visible_to(user).placed_for(user) if reads_titles_only(user) else Case.objects.visible_to(user)
    near, back = near_in_time(case, NEAR_DAYS), same_again(case)
    found = Case.objects.visible_to(user).filter(pk__in=keys) | cases.filter(near | back)
    named_first = CaseWhen(When(pk__in=keys, then=0), When(back, then=1), default=2, output_field=SmallIntegerField())
    marks = {"near": _mark(near), "back": _mark(back)}
    return list(found.for_rows().annotate(**marks).order_by(named_first, "-received_at", "-pk")[: 2 * MOST])


def _mark(condition: Q) -> CaseWhen:
    return CaseWhen(When(condition, then=True), default=False, output_field=BooleanField())


def neighbours_in_list(case: Case, user: Any, *, listed: str, at: datetime) -> Around | None:
    """The neighbours in the desk's list of open cases; `listed` names the list: a source or `open`."""
    if not listed:
        return None
    numbers = list(_list(user, listed).by_time_left().values_list("number", flat=True)[:500])
    if case.number not in numbers:
        return None
    place = numbers.index(case.number)
    before = numbers[place - 1] if place else ""
    after = numbers[place + 1] if place + 1 < len(numbers) else ""
    return Around(place + 1, len(numbers), before, after, listed)


def _list(user: Any, listed: str) -> QuerySet:
    cases = Case.objects.visible_to(user).open()
    return cases if listed == "open" else cases.of_source(listed)


def pins_of(related: list[Related], ground: Drawing | None) -> list[dict[str, Any]]:
    """The related cases that lie within the small map, each in the colour of its clock."""
    if ground is None:
        return []
    placed = [one for one in related if one.case.lon is not None and ground.holds(one.case.lon, one.case.lat)]
    return [
        {"at": ground.point(one.case.lon, one.case.lat), "sign": one.time.sign if one.time else "done"}
        for one in placed
    ]


def mergeable(case: Case, other: Case) -> bool:
    """Whether a case could take this one in."""
    return other.is_open and other.is_petition == case.is_petition


def merge_partner(shown: Shown, related: list[Related]) -> Case | None:
    """The likeliest open case that could take this one in, if this person may merge it; else the nearest in time."""
    if not any(move.name == "merge" for move in shown.moves):
        return None
    return next((one.case for one in related if mergeable(shown.case, one.case)), None)
