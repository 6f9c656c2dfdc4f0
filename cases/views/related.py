"""Beside a case: what happened near it lately, and its neighbours in the list one came from."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from cases.deadlines import TimeLeft, time_left
from cases.models import Case
from cases.views.ground import Drawing
from cases.views.shown import Shown

NEAR_DAYS = timedelta(days=30)
MOST = 5


@dataclass(frozen=True)
class Related:
    """A case of the same grid, and how it stands."""

    case: Case
    time: TimeLeft | None


@dataclass(frozen=True)
class Around:
    """Where a case stands among those of a list: its place, how many there are, the one before and after."""

    place: int
    count: int
    before: str
    after: str
    query: str


def related_cases(case: Case, user: Any, *, at: datetime) -> list[Related]:
    """Cases of the same grid within thirty days, those that this person sees, open ones first."""
    if not case.grid_id:
        return []
    near = Case.objects.visible_to(user).in_grid_within(case, NEAR_DAYS).for_rows()[:MOST]
    found = sorted(near, key=lambda one: not one.is_open)
    return [Related(one, time_left(one, at=at)) for one in found]


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
    """The nearest open case that could take this one in, if this person may merge it."""
    if not any(move.name == "merge" for move in shown.moves):
        return None
    return next((one.case for one in related if mergeable(shown.case, one.case)), None)
