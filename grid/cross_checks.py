"""Cross-checks (核对): the shape in which every app says what it can find wrong; docs/adr/0016."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Found:
    """One row that contradicts itself or another: its natural key, its name, what is wrong, and where it is mended.

    Nothing here may hold personal data: it is read by everybody who sees the kind.
    """

    subject: str
    title: str
    words: str
    url: str
    community_id: int | None = None
    is_demo: bool = False


@dataclass(frozen=True)
class CrossCheck:
    """One kind: its name, what to do about it, whose rights open it (one is enough; none: all who see registers)."""

    kind: str
    word: str
    mend: str
    find: Callable[[datetime], Iterable[Found]]
    rights: tuple[str, ...] = ()


CHECKS: list[CrossCheck] = []  # each app appends its own in AppConfig.ready


def checks_for(user: Any) -> list[CrossCheck]:
    """The kinds that a person may know of."""
    return [one for one in CHECKS if not one.rights or any(map(user.has_perm, one.rights))]
