"""The story of a place: what every app knows of it, merged by time, a page at a time."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from grid.happenings import ROUTINE, TELLERS, Ground, Happening, Teller

PAGE = 20


@dataclass(frozen=True)
class Told:
    """A page of the story, newest first, from when the next one goes on, and whether routine is among it."""

    happenings: list[Happening]
    next_before: datetime | None
    whole: bool = False


def what_happened(ground: Ground, user: Any, *, before: datetime, most: int = PAGE, whole: bool = False) -> Told:
    """What this person may know of what happened here before a moment, the routine only in the `whole` story.

    A page is longer if all of it is one moment.
    """
    page, next_before = _page(ground, user, before, most, [*TELLERS, *(ROUTINE if whole else [])])
    return Told(page, next_before, whole)


Page = tuple[list[Happening], datetime | None]


def _page(ground: Ground, user: Any, before: datetime, most: int, tellers: list[Teller]) -> Page:
    newest = _newest(ground, user, before, most + 1, tellers)
    if len(newest) <= most:
        return newest, None
    # What shares the moment of the first one left out goes to the next page with it, so that nothing is skipped.
    cut = newest[most].at
    page = [one for one in newest if one.at > cut]
    return (page, _after(cut)) if page else _whole_moment(ground, user, cut, most, tellers)


def _after(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=1)


def _newest(ground: Ground, user: Any, before: datetime, most: int, tellers: list[Teller]) -> list[Happening]:
    told = (tell(ground, user, before, most) for tell in tellers)
    return list(islice(merge(*told, key=lambda one: one.at, reverse=True), most))


def _whole_moment(ground: Ground, user: Any, moment: datetime, most: int, tellers: list[Teller]) -> Page:
    """All that bears one moment; what is known by its day bears the day's midnight, and may be more than a page."""
    newest = _newest(ground, user, _after(moment), most, tellers)
    while len(newest) == most and newest[-1].at == moment:
        most *= 2
        newest = _newest(ground, user, _after(moment), most, tellers)
    page = [one for one in newest if one.at == moment]
    return page, moment if len(newest) > len(page) else None
