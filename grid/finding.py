"""The search of the map: each app finds its own by name, address or number; nobody's person is ever found here."""
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from grid.addresses import SHORTEST

MOST = 12
LONGEST = 60  # characters; a pasted page must not become a query
TOO_SHORT = f"至少写 {SHORTEST} 个字，例如地点、单位的名称，部件标识码或案号。"


@dataclass(frozen=True)
class Found:
    """One thing found: what it is, its name, its facts, its page, where it lies (WGS-84; nowhere when none may know),
    and the layer that shows it."""

    kind: str
    name: str
    facts: str
    url: str
    lon: float | None
    lat: float | None
    layer: str

    def as_json(self) -> dict[str, Any]:
        """As the map gets it."""
        return asdict(self)


# (text, user, most) → the likeliest that this person may know of, at most `most`.
Finder = Callable[[str, Any, int], Iterable[Found]]
FINDERS: list[Finder] = []  # each app appends its own in AppConfig.ready


def clean(text: str) -> str:
    """What was typed, fit to be looked for."""
    return text.strip()[:LONGEST]


def find(text: str, user: Any) -> list[Found]:
    """What a person means by a text: the rows of each app in turn, so that none crowds out the others."""
    if len(text) < SHORTEST:
        return []
    columns = [list(finder(text, user, MOST)) for finder in FINDERS]
    longest = max(map(len, columns), default=0)
    turns = (column[place] for place in range(longest) for column in columns if place < len(column))
    return list(turns)[:MOST]
