"""Keeping the register of places (地): compounds, yards, construction sites, markets, and what the street watches."""
from datetime import datetime
from typing import Any

import shapely
from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from grid.check_plans import keep_plan, too_often
from grid.checks import metres_to
from grid.coordinates import metres_between
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import Building, KeySite
from grid.registering import NotYours, RegisterRefused, entered_before, next_code, numbered, place_for, write

STALE = "这个地点刚被别人修改过，没有覆盖。请刷新后再改。"
MOST_COMPARED = 2000  # rows around a long road
START, DIGITS = "KS", 3  # of a place's number
PLAN = ("patrol_per_week", "check_time")
NOT_YOUR_PLAN = "检查次数和时段由台账专员定。请留原样，要改请与台账专员联系。"


def may_plan(user: Any) -> bool:
    """Who says how often a place is checked: not the community, whose checks are counted against it."""
    return user.has_perm("grid.keep_registers")


def record_place(
    *, name: str, lon: float, lat: float, by: Any, at: datetime, buildings: tuple[dict[str, Any], ...] = (),
    **columns: Any,
) -> KeySite:  # fmt: skip
    """Put a place on the register; grid and community follow. Raises RegisterRefused, NotYours."""
    place = place_for(lon, lat, by)
    _refuse_plan(KeySite(), by, **columns)

    def make() -> KeySite:
        made = KeySite.objects.create(
            code=next_code(KeySite.objects.all(), START, digits=DIGITS), name=name, lon=lon, lat=lat,
            grid_id=place.grid_id, community_id=place.community_id, **columns,
        )  # fmt: skip
        _build(made, buildings)
        keep_plan(made, at=at)
        publish(SUBJECT)  # the address book and the map name it from now on
        record("place_kept", actor=by, subject=made, at=at)
        return made

    given = {"name": name, "lon": lon, "lat": lat, **columns}
    return numbered(
        make, busy="同时有人在登记地点，没有取到编号。请再按一次。",
        before=lambda: entered_before(KeySite.objects.kept_by(by), given),
    )  # fmt: skip


def change_place(
    site: KeySite, *, version: int, by: Any, at: datetime, buildings: tuple[dict[str, Any], ...] | None = None,
    **columns: Any,
) -> KeySite:  # fmt: skip
    """Change what is known of a place. Raises RegisterRefused, NotYours, RegisterConflict."""
    if not KeySite.objects.kept_by(by).contains(site):
        raise NotYours("这个地点不归你登记。请与台账专员或所在社区联系。")
    place = place_for(columns.get("lon", site.lon), columns.get("lat", site.lat), by)
    columns |= {"grid_id": place.grid_id, "community_id": place.community_id}
    rebuilt = buildings is not None and set(_known(site)) != {tuple(sorted(one.items())) for one in buildings}
    if set(PLAN) & set(columns):
        _refuse_plan(site, by, **columns)
    beside = {"buildings": lambda: _rebuild(site, buildings)} if rebuilt else {}
    with transaction.atomic():
        if write(site, columns, version=version, stale=STALE, action="key_site_changed", by=by, at=at, beside=beside):
            keep_plan(site, at=at)
            publish(SUBJECT)
    return site


def line_of(site: KeySite) -> list[list[float]]:
    """A road's line as longitudes and latitudes (WGS-84); nothing of a place that is a point."""
    return [list(point) for point in shapely.from_wkb(bytes(site.line)).coords] if site.line else []


def standing_near(site: KeySite, rows: QuerySet, *, metres: float, most: int) -> list[Any]:
    """Of rows with a position the nearest within some metres of a place, along the whole line of a road."""
    points = line_of(site) or [[site.lon, site.lat]]
    lons, lats = zip(*points, strict=True)
    middle = {"lon": (min(lons) + max(lons)) / 2, "lat": (min(lats) + max(lats)) / 2}
    reach = max(metres_between(*middle.values(), lon, lat) for lon, lat in points) + metres
    around = rows.around(**middle, metres=reach).order_by().values_list("pk", "lon", "lat")[:MOST_COMPARED]
    far = {pk: metres_to(site, lon, lat) for pk, lon, lat in around}
    nearest = sorted((pk for pk in far if far[pk] <= metres), key=lambda pk: (far[pk], pk))[:most]
    found = rows.in_bulk(nearest)
    return [found[pk] for pk in nearest]


def _refuse_plan(site: KeySite, by: Any, **columns: Any) -> None:
    """A plan changes only by who may plan, and no week has more half days than it may ask for."""
    plan = [columns.get(name, getattr(site, name)) for name in PLAN]
    changed = plan != [getattr(site, name) for name in PLAN]
    sentence = NOT_YOUR_PLAN if changed and not may_plan(by) else too_often(*plan)
    if sentence:
        raise RegisterRefused({"patrol_per_week": sentence})


def _known(site: KeySite) -> list[tuple]:
    return [
        tuple(sorted({"name": one.name, "units": one.units, "floors": one.floors}.items()))
        for one in site.buildings.all()
    ]


def _rebuild(site: KeySite, buildings: tuple[dict[str, Any], ...]) -> None:
    site.buildings.all().delete()
    _build(site, buildings)


def _build(site: KeySite, buildings: tuple[dict[str, Any], ...]) -> None:
    Building.objects.bulk_create(Building(site=site, **one) for one in buildings)
