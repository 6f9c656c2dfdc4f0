"""Cases as a place tells them (事), and how often the same comes back (反复发生)."""
import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from django.db.models import Count, DateTimeField, ExpressionWrapper, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.states import State
from grid.happenings import METRES_PER_DEGREE, Ground, Happening, lies_on

RECURRENCE = timedelta(days=90)
SAME_PLACE_M = 50.0
# What was void or refused did not happen, and what was merged happened once and was told twice.
COUNTED = ~Q(state__in=(State.VOIDED, State.REJECTED, State.MERGED))
SEEN_BY = ("pk", "category", "site", "thing", "lon", "lat", "received_at")
DEGREES_HIGH = SAME_PLACE_M / METRES_PER_DEGREE
DEGREES_WIDE = 2 * DEGREES_HIGH  # at least 50 m up to 60° north


def tell_cases(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest cases of a ground that this person may know of; a petition's place is open to few."""
    rows = Case.objects.visible_to(user).placed_for(user).filter(lies_on(ground), received_at__lt=before)
    newest = rows.order_by("-received_at", "-pk").only("number", "title", "state", "received_at")[:most]
    return [
        Happening(one.received_at, "案件", f"{one.number} {one.title}", one.get_state_display(), one.get_absolute_url())
        for one in newest
    ]


def near_in_time(case: Case, span: timedelta) -> Q:
    """Other cases of the same grid, received within a span before or after a case."""
    if not case.grid_id:
        return Q(pk__in=[])
    return Q(grid=case.grid_id, received_at__range=(case.received_at - span, case.received_at + span)) & ~Q(pk=case.pk)


def same_again(case: Case) -> Q:
    """Cases of the same class, at the same place or about the same component, in the 90 days before (反复发生)."""
    if not case.category_id or not (case.site_id or case.thing_id or case.lon is not None):
        return Q(pk__in=[])
    here = lies_on(Ground(site_id=case.site_id, lon=case.lon, lat=case.lat, metres=SAME_PLACE_M))
    if case.thing_id:
        here |= Q(thing=case.thing_id)
    span = Q(received_at__gte=case.received_at - RECURRENCE, received_at__lt=case.received_at)
    return here & span & Q(category=case.category_id) & COUNTED


def came_again_lately(cases: CaseQuerySet, *, at: datetime) -> list[int]:
    """The keys of those of these cases that came within the last 90 days and were the same again as an earlier one.

    One pass through half a year in the order of receipt. The database would compare each case with every other of its
    class: a minute and a half for 200,000 of them.
    """
    classed = cases.filter(COUNTED, category__isnull=False)
    half_a_year = classed.filter(received_at__gt=at - 2 * RECURRENCE, received_at__lte=at)
    rows = half_a_year.order_by("received_at", "pk").values_list(*SEEN_BY).iterator(chunk_size=2000)
    before, found = _Before(), []
    for pk, category, site, thing, lon, lat, received_at in rows:
        keys = [(category, kind, value) for kind, value in (("site", site), ("thing", thing)) if value]
        since = received_at - RECURRENCE
        again = before.holds(keys, since, received_at) or before.lies_near(category, lon, lat, since, received_at)
        if again and received_at > at - RECURRENCE:
            found.append(pk)
        before.add(keys, category, lon, lat, received_at)
    return found


class _Before:
    """What was seen so far: moments by place and component, and positions in squares of 50 m."""

    def __init__(self) -> None:
        self._moments: dict[tuple, list[datetime]] = defaultdict(list)
        self._squares: dict[tuple, list[tuple[float, float, datetime]]] = defaultdict(list)

    def add(self, keys: list[tuple], category: int, lon: float | None, lat: float | None, at: datetime) -> None:
        """One more case."""
        for key in keys:
            self._moments[key].append(at)
        if lon is not None:
            self._squares[(category, *_square(lon, lat))].append((lon, lat, at))

    def holds(self, keys: list[tuple], since: datetime, until: datetime) -> bool:
        """Whether one of the same place or component came in this time."""
        return any(since <= moment < until for key in keys for moment in self._moments.get(key, ()))

    def lies_near(self, category: int, lon: float | None, lat: float | None, since: datetime, until: datetime) -> bool:
        """Whether one of the class lay in the square around this position."""
        if lon is None:
            return False
        west, south, east, north = Ground(lon=lon, lat=lat, metres=SAME_PLACE_M).box
        column, row = _square(lon, lat)
        around = product((column - 1, column, column + 1), (row - 1, row, row + 1))
        return any(
            since <= moment < until and west <= x <= east and south <= y <= north
            for square in around for x, y, moment in self._squares.get((category, *square), ())
        )  # fmt: skip


def _square(lon: float, lat: float) -> tuple[int, int]:
    """The square of a grid at least 50 m wide in which a position lies."""
    return math.floor(lon / DEGREES_WIDE), math.floor(lat / DEGREES_HIGH)


def with_earlier(cases: CaseQuerySet, *, among: CaseQuerySet) -> CaseQuerySet:
    """Each case with `earlier`: how many of the same class its component had in the 90 days before."""
    start = ExpressionWrapper(OuterRef("received_at") - RECURRENCE, output_field=DateTimeField())
    before = among.filter(
        COUNTED, thing=OuterRef("thing"), category=OuterRef("category"), received_at__lt=OuterRef("received_at"),
        received_at__gte=start,
    )  # fmt: skip
    many = before.order_by().values("thing").annotate(n=Count("pk")).values("n")
    return cases.annotate(earlier=Coalesce(Subquery(many, output_field=IntegerField()), 0))


def counted_again(ground: Ground, user: Any, *, at: datetime) -> list[tuple[str, int]]:
    """The classes of which a ground had several cases in the 90 days before a moment, the most frequent first."""
    cases = Case.objects.visible_to(user).placed_for(user).filter(lies_on(ground), COUNTED)
    lately = cases.filter(received_at__gt=at - RECURRENCE, received_at__lte=at, category__isnull=False)
    rows = lately.order_by().values("category__name").annotate(n=Count("pk")).filter(n__gt=1)
    return [(row["category__name"], row["n"]) for row in rows.order_by("-n", "category__name")]
