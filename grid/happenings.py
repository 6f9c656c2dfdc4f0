"""What happened at a place (事): the shape in which every app tells it; config merges them, since it knows all apps."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

from django.db.models import Q
from django.utils import timezone

METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Ground:
    """Where it is asked what happened: places, what lies within `metres` of a position, or a unit grid (WGS-84).

    An organisation's ground is its own position and the places that it runs, the compounds of a property company.
    """

    site_id: int | None = None
    site_ids: tuple[int, ...] = ()
    organisation_id: int | None = None
    grid_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    metres: float = 60.0

    @property
    def sites(self) -> tuple[int, ...]:
        """The keys of its places."""
        return (self.site_id, *self.site_ids) if self.site_id else self.site_ids

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the square around the position."""
        if self.lon is None or self.lat is None:
            return None
        north = self.metres / METRES_PER_DEGREE
        east = north / cos(radians(self.lat))
        return self.lon - east, self.lat - north, self.lon + east, self.lat + north


@dataclass(frozen=True)
class Happening:
    """One thing that happened: when, what kind (案件, 违建 …), in which words, how it stands, and its page."""

    at: datetime
    kind: str
    title: str
    state: str
    url: str


def last_day(before: datetime) -> date:
    """The last day in Beijing whose first moment lies before a moment; for what is known by its day alone."""
    return timezone.localdate(before - timedelta(microseconds=1))


def lies_on(ground: Ground, *, has_site: bool = True) -> Q:
    """Rows of a ground: of its place, of its grid, or near its position; for columns site, grid, lon and lat."""
    here = Q(site__in=ground.sites) if has_site and ground.sites else Q(pk__in=[])
    if ground.grid_id:
        here |= Q(grid=ground.grid_id)
    if ground.box:
        west, south, east, north = ground.box
        here |= Q(lon__range=(west, east), lat__range=(south, north))
    return here


# (ground, user, before, most) → the newest that this person may know of, newest first, at most `most`.
Teller = Callable[[Ground, Any, datetime, int], Iterable[Happening]]
TELLERS: list[Teller] = []  # each app appends its own in AppConfig.ready
ROUTINE: list[Teller] = []  # what only says that all was well; a place is checked daily, and cases would drown in it
