"""`manage.py print_workflow > docs/workflow.md`: the move table as a document, from the table itself."""
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from accounts.roles import PERMISSIONS, REACH, Role
from cases.announce import SILENT, TELLS
from cases.standards import BY_MAJOR, STANDARDS
from cases.states import ENDED, STAGE_OF, Clock, Source, State, Urgency
from cases.workflow import BEFORE, MOVES, SAME, Move
from grid.workdays import Unit

REACH_WORDS = {"all": "全部（信访除外）", "petitions": "信访", "lead": "本单位主办", "community": "本社区"}
HEAD = """# The workflow

Printed from `cases/workflow.py`, `accounts/roles.py` and `cases/standards.py` by `python manage.py print_workflow`;
a test compares this page with the table. The rules behind single moves are the functions of `cases/rules.py`, each
with its sentence.
"""


class Command(BaseCommand):
    """Print the table."""

    help = "把流程表打印成文档"
    requires_system_checks: tuple[str, ...] = ()  # it reads tables of code and touches no database

    def handle(self, *args: Any, **options: Any) -> None:
        """To the standard output."""
        self.stdout.write(document(), ending="")


def document() -> str:
    """The whole page."""
    parts = [HEAD, *_states(), *_diagram(), *_moves(), *_roles(), *_clocks()]
    return "\n".join(parts) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell or '–' for cell in row)} |"


def _states() -> Iterator[str]:
    yield "## States\n"
    rows = ((f"`{state.value}`", state.label, STAGE_OF[state].label, "ends" if state in ENDED else "")
            for state in State)  # fmt: skip
    yield from _table(("state", "word", "sign on the screens", ""), rows)


def _targets(move: Move) -> list[tuple[State, State]]:
    """From → to, for the moves that change the state; an undone dispatch goes back to either of its beginnings."""
    if move.to is SAME:
        return []
    if move.to == BEFORE:
        return [(one, before) for one in move.from_ for before in State if before in MOVES["dispatch"].from_]
    return [(state, move.target(state)) for state in State if state in move.from_]


def _diagram() -> Iterator[str]:
    yield "\n## Diagram\n\n```mermaid\nstateDiagram-v2"
    for move in MOVES.values():
        if not move.from_:
            yield f"    [*] --> {move.to.value}: {move.button}"
        yield from (f"    {one.value} --> {other.value}: {move.button}" for one, other in _targets(move))
    yield from (f"    {state.value} --> [*]" for state in State if state in ENDED)
    yield from (f"    {state.value}: {state.label}" for state in State)
    yield "```"


def _moves() -> Iterator[str]:
    yield "\n## Moves\n\nPermission: `cases.<move>_case`. `=`: the state stays. A question in brackets may stay open.\n"
    heads = ("move", "button", "key", "from", "to", "who", "asks", "clock", "rules", "told")
    yield from _table(heads, map(_row, MOVES.values()))


def _row(move: Move) -> tuple[str, ...]:
    asks = (ask.label if ask.required else f"（{ask.label}）" for ask in move.asks)
    rules = (f"`{rule.__name__}`" for rule in move.rules)
    return (
        f"`{move.name}`", move.button, move.key, _from(move), _to(move), "、".join(_who(move)), "、".join(asks),
        move.clock, ", ".join(rules), "yes" if move.name in TELLS else "no" if move.name in SILENT else "",
    )  # fmt: skip


def _from(move: Move) -> str:
    if not move.from_:
        return ""
    if move.from_ == frozenset(State):
        return "any"
    if move.from_ == frozenset(State) - ENDED:
        return "open"
    return "、".join(state.label for state in State if state in move.from_)


def _to(move: Move) -> str:
    if move.to is SAME:
        return "="
    if move.to == BEFORE:
        return "where it was"
    if isinstance(move.to, dict):
        return "；".join(f"{one.label}→{other.label}" for one, other in move.to.items())
    return move.to.label


def _who(move: Move) -> Iterator[str]:
    yield from (role.label for role in Role if move.permission in PERMISSIONS[role])
    if move.nobody:
        yield "系统、居民"


def _roles() -> Iterator[str]:
    yield "\n## How far a role's moves reach\n"
    rows = ((role.label, "、".join(REACH_WORDS[word] for word in REACH_WORDS if word in REACH[role])) for role in Role)
    yield from _table(("role", "cases"), rows)


def _clocks() -> Iterator[str]:
    yield "\n## Clocks\n\nThe seed of the limits; an installation edits its own rows.\n"
    rows = [
        (Clock(clock).label, f"{amount} {Unit(unit).label}", Urgency(urgency).label if urgency else "",
         Source(source).label if source else "", major, basis)
        for clock, amount, unit, urgency, source, major, basis in STANDARDS
    ]  # fmt: skip
    rows += [
        (Clock.HANDLE.label, f"{amount} {Unit(unit).label}", Urgency.NORMAL.label, "", major, basis)
        for major, amount, unit, basis in BY_MAJOR
    ]
    yield from _table(("clock", "limit", "urgency", "source", "major class", "basis"), rows)
