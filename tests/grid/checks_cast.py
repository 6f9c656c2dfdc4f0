"""Key places and checks for tests, with fixed values."""
import datetime
import itertools
from typing import Any

import shapely

from grid.checks import record_check
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import CheckPlan, Community, KeySite, SiteCheck, Verdict
from tests.make import NOW, make_photo

MONDAY = datetime.date(2016, 12, 19)  # of the week of NOW, a Wednesday
SERIAL = itertools.count(1)


def centre_of(community: Community) -> tuple[float, float]:
    """A position in the community's one grid (WGS-84)."""
    publish(SUBJECT)
    point = shapely.from_wkb(bytes(community.shape)).representative_point()
    return point.x, point.y


def make_place(
    community: Community, *, per_week: int = 3, since: datetime.date = datetime.date(2016, 11, 7), **over: Any
) -> KeySite:
    """A key place with its plan, which has held for long."""
    lon, lat = centre_of(community)
    serial = KeySite.objects.count() + 1
    columns = {
        "code": f"KS{serial:03d}", "name": f"{community.short_name}大街{serial}号院", "category": "重点点位", "lon": lon,
        "lat": lat, "community": community, "grid": community.grids.get(), "patrol_per_week": per_week, **over,
    }  # fmt: skip
    place = KeySite.objects.create(**columns)
    if per_week:
        CheckPlan.objects.create(site=place, since=since, per_week=per_week, check_time=place.check_time)
    return place


def check(place: KeySite, by: Any, *, at: datetime.datetime = NOW, **over: Any) -> SiteCheck:
    """A check made there and then, with a picture."""
    given = {
        "key": f"{next(SERIAL):032x}", "verdict": Verdict.NORMAL, "photos": [make_photo()],
        "position": (place.lon, place.lat), "accuracy_m": 12.0, **over,
    }  # fmt: skip
    return record_check(place, by=by, at=at, **given)
