"""The merge dialog: the case and the one it is to go into, side by side."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.forms import MoveForm
from cases.models import Case
from cases.similar import similar_cases
from cases.views.related import mergeable
from cases.views.shown import Shown
from grid.coordinates import metres_between


@dataclass(frozen=True)
class Candidate:
    """A case that might be the same matter, and why it looks so."""

    case: Case
    why: str
    chosen: bool


@dataclass(frozen=True)
class SideBySide:
    """Both cases with pictures, text and time, and how far apart they lie in metres."""

    mine: Shown
    theirs: Shown | None
    metres: int | None
    candidates: list[Candidate]


def side_by_side(case: Case, form: MoveForm, user: Any, *, at: datetime) -> SideBySide:
    """What the dialog shows: the chosen master, or the likeliest one."""
    found = candidates(case, user, at=at)
    number = str(form["master"].value() or (found[0][0].number if found else ""))
    if not form.is_bound and number:
        form.initial["master"] = number
    master, mine = _master(case, user, number), Shown(case, user, at=at)
    theirs = Shown(master, user, at=at) if master else None
    return SideBySide(
        mine=mine, theirs=theirs, metres=_metres(mine.case, theirs and theirs.case),
        candidates=[Candidate(one, why, one.number == number) for one, why in found],
    )  # fmt: skip


def candidates(case: Case, user: Any, *, at: datetime) -> list[tuple[Case, str]]:
    """Open cases that look like this one, each with the reason."""
    return [(one.case, one.why) for one in similar_cases(case, at=at, user=user) if mergeable(case, one.case)]


def _master(case: Case, user: Any, number: str) -> Case | None:
    return Case.objects.visible_to(user).for_page(number).exclude(pk=case.pk).filter(number=number).first()


def _metres(case: Case, master: Case | None) -> int | None:
    """As shown: of a petition whose place is kept from this person, no distance betrays it."""
    if not master or case.lon is None or master.lon is None:
        return None
    return round(metres_between(case.lon, case.lat, master.lon, master.lat))
