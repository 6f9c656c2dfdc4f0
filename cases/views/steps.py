"""The six steps of a case as the page shows them: 受理 立案 派遣 处置 核查 结案."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cases.deadlines import TimeLeft
from cases.models import Case
from cases.states import State


@dataclass(frozen=True)
class Step:
    """One of the six steps: done, current or to come."""

    word: str
    css: str
    at: datetime | None = None
    due_at: datetime | None = None
    minutes: int | None = None


STEPS = (
    ("受理", "accepted_at", {State.REPORTED, State.VERIFYING}),
    ("立案", "registered_at", {State.ACCEPTED}),
    ("派遣", "dispatched_at", {State.REGISTERED, State.RETURNED}),
    ("处置", "handled_at", {State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED, State.REWORK}),
    ("核查", "checked_at", {State.FEEDBACK_SUBMITTED, State.CHECKING}),
    ("结案", "closed_at", {State.CHECKED}),
)


def steps_of(case: Case, time: TimeLeft | None) -> Iterator[Step]:
    """Each step; a case that ended another way says so in its last one."""
    done = True
    for word, column, states in STEPS:
        if case.state in states:
            done = False
            yield Step(word, "now", None, case.due_at, time.minutes if time else None)
        elif done and (at := getattr(case, column)):
            yield Step(word if word != "结案" else _ending(case), "done", at)
        else:
            yield Step(word, "")


def _ending(case: Case) -> str:
    return "结案" if case.state == State.CLOSED else case.get_state_display()
