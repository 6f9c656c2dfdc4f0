"""Where the same comes back (反复发生), as the cases tell it. Petitions do not count: their places are hidden."""
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from math import cos, radians

import numpy
import shapely
from django.db.models import Count, QuerySet

from cases.happenings import COUNTED, RECURRENCE, SAME_PLACE_M
from cases.models import Case
from cases.states import Source
from grid.cross_checks import CrossCheck, Found
from grid.happenings import METRES_PER_DEGREE

LEAST = 3


def recurring_places(at: datetime) -> Iterator[Found]:
    """Places, and spots without a place, with three or more cases of one class within 90 days."""
    lately = Case.objects.filter(COUNTED, received_at__gt=at - RECURRENCE, received_at__lte=at, category__isnull=False)
    lately = lately.exclude(source=Source.PETITION).order_by()
    yield from _at_places(lately)
    yield from _at_spots(lately.filter(site=None, grid__isnull=False, lon__isnull=False, lat__isnull=False))


def _words(category: str, count: int, where: str) -> str:
    return f"{RECURRENCE.days} 天内{where}{category} {count} 件"


def _at_places(lately: QuerySet) -> Iterator[Found]:
    named = ("site__code", "site__name", "site__community_id", "category__kind", "category__code", "category__name")
    rows = lately.filter(site__isnull=False).values_list(*named).annotate(n=Count("pk")).filter(n__gte=LEAST)
    for code, name, community, kind, category_code, category, count in rows:
        words = _words(category, count, "")
        yield Found(f"{code}:{kind}{category_code}", f"{name}（{code}）", words, f"/grid/places/{code}/", community)


def _at_spots(lately: QuerySet) -> Iterator[Found]:
    """By class: of each grid the spot around which most happened within 50 m."""
    columns = (
        "category__kind", "category__code", "category__name", "grid__code", "grid__name", "grid__community_id", "lon",
        "lat",
    )  # fmt: skip
    spots: dict[tuple[str, str], Counter] = {}
    for kind, category, name, *grid, lon, lat in lately.values_list(*columns).iterator():
        spots.setdefault((f"{kind}{category}", name), Counter())[(*grid, lon, lat)] += 1
    for (category, name), counted in spots.items():
        most: dict[tuple, int] = {}
        for place, count in zip(counted, _around(counted), strict=True):
            grid = place[:3]
            most[grid] = max(most.get(grid, 0), int(count))
        for (code, grid_name, community), count in most.items():
            if count >= LEAST:
                words = _words(name, count, f"{SAME_PLACE_M:.0f} 米内")
                yield Found(f"{code}:{category}", f"{grid_name}（{code}）", words, f"/grid/{code}/", community)


def _around(counted: Counter) -> numpy.ndarray:
    """Of each position how many cases lie within 50 m, its own included."""
    lats = numpy.array([lat for *_, lat in counted])
    lons = numpy.array([lon for *_, lon, _ in counted])
    east = METRES_PER_DEGREE * cos(radians(float(lats.mean())))
    points = shapely.points(lons * east, lats * METRES_PER_DEGREE)
    here, there = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_PLACE_M)
    weights = numpy.array(list(counted.values()))
    return numpy.bincount(here, weights=weights[there], minlength=len(points))


CHECKS = (
    CrossCheck(
        "place_recurring", "同一地点反复发生", "打开地点看经过，安排专项整治；整治后 90 天内没有再发生就会消失",
        recurring_places, ("cases.see_all_cases", "cases.see_community_cases"),
    ),
)  # fmt: skip
