"""The layers that the ground itself has: communities, grids, places, components, organisations."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.db.models import Q, QuerySet

from grid.editions import Kept
from grid.layers import Kind, Layer, RowLayer, Spot, SpotLayer
from grid.locate import SUBJECT
from grid.models import Community, KeySite, Organisation, Thing, ThingState, UnitGrid

REGISTERS = ("grid.see_registers", "grid.see_community_registers")


@dataclass(frozen=True)
class Middle:
    """Where an area is shown when it is shown as one point: inside it, in WGS-84."""

    lon: float
    lat: float
    code: str
    name: str
    facts: str


@dataclass(frozen=True)
class Middles:
    """The middles of every community and every unit grid, by their keys."""

    communities: dict[int, Middle]
    grids: dict[int, Middle]


def _read_middles() -> Middles:
    communities = {
        one.pk: Middle(one.label_lon, one.label_lat, one.code, one.name,
                       f"{one.grid_count} 个网格，{one.households:,} 户，{one.area_m2:,.0f} ㎡")
        for one in Community.objects.without_shapes().with_counts()
    }  # fmt: skip
    grids = {}
    for one in UnitGrid.objects.select_related("community").defer("community__shape"):
        inside = shapely.from_wkb(bytes(one.shape)).representative_point()
        facts = f"{one.community.name}，{one.area_m2:,.0f} ㎡"
        grids[one.pk] = Middle(inside.x, inside.y, one.code, one.name, facts)
    return Middles(communities, grids)


_MIDDLES = Kept(SUBJECT, _read_middles)


def middles() -> Middles:
    """The middles in force."""
    return _MIDDLES.get()


def _communities(user: Any) -> Iterable[Spot]:
    return [_area(one) for one in middles().communities.values()]


def _grids(user: Any) -> Iterable[Spot]:
    return [_area(one) for one in middles().grids.values()]


def _area(one: Middle) -> Spot:
    return Spot(one.lon, one.lat, one.name, one.facts, f"/grid/{one.code}/")


def _every_site(user: Any) -> QuerySet:
    return KeySite.objects.all()


def _sites(rows: QuerySet, at: datetime) -> Iterable[Spot]:
    return [
        Spot(one.lon, one.lat, one.name, f"{one.category}，{one.status}，{one.community.name}",
             f"/grid/places/{one.code}/")
        for one in rows.for_list()
    ]  # fmt: skip


FAULTY = (ThingState.DAMAGED, ThingState.MISSING)


def _things(rows: QuerySet, at: datetime) -> Iterable[Spot]:
    return [
        Spot(one.lon, one.lat, f"{one.thing_class.name} {one.code}", f"{one.get_state_display()}，{one.grid.name}",
             f"/grid/things/{one.code}/", "faulty" if one.state in FAULTY else "sound")
        for one in rows.for_list()
    ]  # fmt: skip


def _organisations(rows: QuerySet, at: datetime) -> Iterable[Spot]:
    return [
        Spot(one.lon, one.lat, one.name, f"{one.get_kind_display()}，{one.community.name}",
             f"/grid/organisations/{one.code}/")
        for one in rows.for_list()
    ]  # fmt: skip


OWN: tuple[Layer, ...] = (
    SpotLayer("communities", "社区", "个", "building-community", at_first=True, draws_areas=True, spots=_communities),
    SpotLayer("grids", "单元网格", "个", "grid-dots", at_first=True, draws_areas=True, spots=_grids),
    RowLayer("sites", "地点", "处", "map-pin", at_first=True, rows=_every_site, spots=_sites),
    RowLayer(
        "things", "部件", "个", "barrier-block", needs=REGISTERS,
        kinds=(
            Kind("faulty", "破损、缺失", "alert-circle", lambda at: Q(state__in=FAULTY)),
            Kind("sound", "完好、停用", "circle-check", lambda at: ~Q(state__in=FAULTY)),
        ),
        rows=Thing.objects.visible_to, spots=_things,
    ),
    RowLayer(
        "units", "单位", "家", "building", needs=REGISTERS,
        rows=lambda user: Organisation.objects.visible_to(user).active(), spots=_organisations,
    ),
)  # fmt: skip
