"""Cases that may be the same matter: near in place, of the same class, or told in nearly the same words.

A petition is compared with petitions only, and every case with those that the person sees anyway.
"""
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from rapidfuzz import fuzz

from cases import workflow
from cases.models import Case, Category
from cases.querysets import CaseQuerySet
from cases.states import OPEN, Source, State
from grid.coordinates import metres_between

NEAR_METRES = 200
LATELY = timedelta(days=30)
METRES_PER_DEGREE = 111_132  # of latitude; a degree of longitude is that times the cosine of the latitude
MOST_COMPARED = 200
ALIKE = 0.6  # texts of the 2016 cases about different matters of one class score below this
NEARLY_THE_SAME = 0.8
SUSPICIOUS = 0.72  # from here on the story says 疑似重复
# Shares of the score; a place alone or a class alone is not enough.
PLACE_SHARE, CLASS_SHARE, TEXT_SHARE = 0.4, 0.3, 0.3
FLAG = "疑似重复："


@dataclass(frozen=True)
class Similar:
    """Another case, how far away (metres, None without positions), how much alike (0 to 1) and why, in words."""

    case: Case
    metres: int | None
    score: float
    why: str


@dataclass(frozen=True)
class _Matter:
    """What is compared: a case, or a form not yet saved."""

    title: str
    text: str
    category_id: int | None
    lon: float | None
    lat: float | None
    grid_id: int | None
    petition: bool


def similar_cases(case: Case, *, at: datetime, user: Any, limit: int = 5) -> list[Similar]:
    """The cases most like this one among those the user sees: open, or ended within thirty days."""
    if case.is_petition and reads_titles_only(user):
        return []
    return _find(_matter(case), Case.objects.visible_to(user).exclude(pk=case.pk), at=at, limit=limit)


def likenesses(case: Case, *, at: datetime, user: Any, limit: int = 5) -> dict[int, str]:
    """Of each similar case its key and why, the likeliest first: for a page that reads these rows with others."""
    if case.is_petition and reads_titles_only(user):
        return {}
    others = Case.objects.visible_to(user).exclude(pk=case.pk)
    return {one.case.pk: one.why for one in _ranked(_matter(case), others, at=at)[:limit]}


def similar_to_draft(
    title: str, text: str = "", category: Category | None = None, lon: float | None = None,
    lat: float | None = None, *, at: datetime, user: Any, source: str = "", grid: Any = None, limit: int = 5,
) -> list[Similar]:  # fmt: skip
    """The cases most like a form that is being filled in."""
    petition = source == Source.PETITION
    if petition and reads_titles_only(user):
        return []
    matter = _Matter(
        title, text, category.pk if category else None, lon, lat, grid.pk if grid else None, petition
    )
    return _find(matter, Case.objects.visible_to(user), at=at, limit=limit)


def same_grid_closed(case: Case, *, at: datetime, days: int = 30) -> int:
    """同网格近 30 天办结: how many cases of the grid were closed lately, petitions left out."""
    if not case.grid_id:
        return 0
    closed = Case.objects.filter(grid=case.grid_id, state=State.CLOSED, closed_at__gte=at - timedelta(days=days))
    return closed.filter(closed_at__lte=at).exclude(pk=case.pk).exclude(source=Source.PETITION).count()


@transaction.atomic
def flag_duplicates(case: Case, *, at: datetime) -> bool:
    """Say once in the story of a new case that it looks like an open one; true if it was said now."""
    case = Case.objects.select_for_update(of=("self",)).select_related("category").get(pk=case.pk)
    if not case.is_open or case.events.filter(move="note", by__isnull=True, words__startswith=FLAG).exists():
        return False
    others = Case.objects.filter(pk__lt=case.pk).open()  # of two alike, the later one is the double
    suspects = [one for one in _find(_matter(case), others, at=at, limit=3) if one.score >= SUSPICIOUS]
    if not suspects:
        return False
    listed = "；".join(f"{one.case.number}（{one.why}）" for one in suspects)
    workflow.make("note", case, by=None, at=at, words=f"{FLAG}{listed}。请核对，确为同一事项可合并。")
    return True


def reads_titles_only(user: Any) -> bool:
    """Whether this person is meant to know no more of a petition than its title: no place, no class, no likeness."""
    reads = user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")
    return user.has_perm("cases.see_petition_titles") and not reads


def _matter(case: Case) -> _Matter:
    return _Matter(
        case.title, case.description, case.category_id, case.lon, case.lat, case.grid_id, case.is_petition
    )


def _find(matter: _Matter, cases: CaseQuerySet, *, at: datetime, limit: int) -> list[Similar]:
    return _whole(_ranked(matter, cases, at=at)[:limit])


def _ranked(matter: _Matter, cases: CaseQuerySet, *, at: datetime) -> list[Similar]:
    """All that are alike, the most alike first, read by the few columns that are compared."""
    found = [one for one in (_compare(matter, other) for other in _candidates(matter, cases, at=at)) if one]
    return sorted(found, key=lambda one: (-one.score, one.case.pk))


def _whole(found: list[Similar]) -> list[Similar]:
    """The few that are shown, with all their columns; two hundred are compared by seven."""
    if not found:
        return []
    cases = Case.objects.select_related("category", "community", "grid", "lead").without_shapes()
    by_key = cases.in_bulk([one.case.pk for one in found])
    return [replace(one, case=by_key[one.case.pk]) for one in found]


def _candidates(matter: _Matter, cases: CaseQuerySet, *, at: datetime) -> CaseQuerySet:
    """What is worth comparing: by position where there is one, else the same grid, else what came lately."""
    petition = Q(source=Source.PETITION)
    lately = Q(state__in=sorted(OPEN)) | Q(closed_at__gte=at - LATELY, closed_at__lte=at)
    cases = cases.filter(lately).exclude(state=State.VOIDED).filter(petition if matter.petition else ~petition)
    if matter.lon is not None and matter.lat is not None:
        up = NEAR_METRES / METRES_PER_DEGREE
        aside = up / math.cos(math.radians(matter.lat))
        cases = cases.filter(
            lat__range=(matter.lat - up, matter.lat + up), lon__range=(matter.lon - aside, matter.lon + aside)
        )
    elif matter.grid_id:
        cases = cases.filter(grid=matter.grid_id)
    else:
        cases = cases.filter(received_at__gte=at - LATELY)
    return (
        cases.select_related("category").only("title", "description", "category__name", "grid_id", "lon", "lat")
        .order_by("-received_at", "-pk")[:MOST_COMPARED]
    )  # fmt: skip


def _compare(matter: _Matter, other: Case) -> Similar | None:
    """How much alike, or None: it takes the same class and place, or nearly the same words."""
    metres = None
    if None not in (matter.lon, matter.lat, other.lon, other.lat):
        metres = round(metres_between(matter.lon, matter.lat, other.lon, other.lat))
        if metres > NEAR_METRES:
            return None
    same_class = bool(matter.category_id) and matter.category_id == other.category_id
    alike = _alike(matter, other)
    in_place = metres is not None or bool(matter.grid_id and matter.grid_id == other.grid_id)
    if not (in_place and (same_class or alike >= ALIKE) or alike >= NEARLY_THE_SAME):
        return None
    place = 1 - metres / NEAR_METRES if metres is not None else 0.5 if in_place else 0
    if not matter.category_id or not other.category_id:  # not classified yet: the words say what it is
        same_share = CLASS_SHARE * alike
    else:
        same_share = CLASS_SHARE * same_class
    score = PLACE_SHARE * place + same_share + TEXT_SHARE * alike
    return Similar(other, metres, round(score, 3), _why(metres, in_place, other if same_class else None, alike))


def _alike(matter: _Matter, other: Case) -> float:
    """How much the words agree, 0 to 1: the titles, or titles and texts together."""
    titles = fuzz.ratio(matter.title, other.title)
    whole = fuzz.ratio(matter.title + matter.text, other.title + other.description)
    return max(titles, whole) / 100


def _why(metres: int | None, in_place: bool, same_class: Case | None, alike: float) -> str:
    reasons = []
    if metres is not None:
        reasons.append(f"相距 {metres} 米")
    elif in_place:
        reasons.append("同一网格")
    if same_class:
        reasons.append(f"同为{same_class.category.name}")
    if alike >= ALIKE:
        reasons.append("文字相近")
    return "、".join(reasons)
