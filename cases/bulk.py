"""Acts on many cases at once: each case in a transaction of its own, so that one that refuses holds up no other."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases import workflow
from cases.errors import MoveRefused
from cases.models import Case, CaseEvent

BULK_MOVES = ("accept", "register", "dispatch", "merge", "request_suspension", "note")
MOST_AT_ONCE = 100


@dataclass
class BulkResult:
    """Which cases went and which did not, each with its sentence."""

    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)


def chosen_cases(user: Any, numbers: Iterable[str]) -> list[Case]:
    """The chosen cases that this person sees, in the order in which they were chosen, each once."""
    wanted = [number for number in dict.fromkeys(numbers) if number.isprintable()][:MOST_AT_ONCE]
    rows = Case.objects.visible_to(user).filter(number__in=wanted)
    found = {case.number: case for case in rows.for_desk().select_related("category__default_department")}
    return [found[number] for number in wanted if number in found]


def make_each(
    move: str, cases: Iterable[Case], *, by: Any, at: datetime, versions: dict[str, int],
    answers: dict[str, dict[str, Any]],
) -> BulkResult:  # fmt: skip
    """Make one move on each case, with that case's own answers and the version that was seen.

    A second submit finds newer versions and changes nothing.
    """
    result = BulkResult()
    for case in cases:
        try:
            event = workflow.make(
                move, case, by=by, at=at, version=versions.get(case.number), **answers.get(case.number, {})
            )
        except MoveRefused as refusal:
            result.refused.append((case, str(refusal)))
        else:
            result.done.append(case)
            result.events.append(event)
    return result


def undo_each(cases: Iterable[Case], *, by: Any, at: datetime) -> BulkResult:
    """Take back a bulk dispatch, case by case."""
    return make_each("undo_dispatch", cases, by=by, at=at, versions={}, answers={})
