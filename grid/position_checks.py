"""Rows that lie outside the grid in which they are registered: positions compared with outlines in chunks."""
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy
import shapely
from django.db.models import QuerySet

from grid.cross_checks import CrossCheck, Found
from grid.locate import locate
from grid.models import Dwelling, KeySite, Organisation, Thing, UnitGrid
from grid.register_checks import PEOPLE, dwelling_title, dwelling_url, place_url

AT_ONCE = 5000
SLACK = 2e-5  # degrees, about 2 m: six decimals of a position, and a corner that two outlines round differently


def grid_shapes() -> dict[int, Any]:
    """The outlines of all unit grids with a little slack, prepared for many questions (WGS-84)."""
    rows = list(UnitGrid.objects.values_list("pk", "shape"))
    shapes = shapely.buffer(shapely.from_wkb([bytes(shape) for _, shape in rows]), SLACK)
    shapely.prepare(shapes)
    return dict(zip((pk for pk, _ in rows), shapes, strict=True))


def outside(rows: QuerySet) -> Iterator[dict[str, Any]]:
    """Of rows (columns lon, lat, grid_id among their values) those that lie outside their grid."""
    shapes = grid_shapes()
    chunk: list[dict[str, Any]] = []
    for row in rows.exclude(grid=None).order_by("pk").iterator(chunk_size=AT_ONCE):
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield from _outside(chunk, shapes)
            chunk = []
    yield from _outside(chunk, shapes)


def _outside(chunk: list[dict[str, Any]], shapes: dict[int, Any]) -> Iterator[dict[str, Any]]:
    if not chunk:
        return
    outlines = numpy.array([shapes[row["grid_id"]] for row in chunk])
    inside = shapely.intersects_xy(outlines, [row["lon"] for row in chunk], [row["lat"] for row in chunk])
    yield from (row for row, lies in zip(chunk, inside, strict=True) if not lies)


def _check(
    rows: Callable[[], QuerySet], title: Callable[[dict[str, Any]], str], url: Callable[[str], str]
) -> Callable[[datetime], Iterator[Found]]:
    """A check of one register; `title` is made of the row's values."""

    def find(at: datetime) -> Iterator[Found]:
        names = dict(UnitGrid.objects.values_list("pk", "name"))
        for row in outside(rows()):
            place = locate(row["lon"], row["lat"])
            where = f"位置在{place.grid_name}" if place else "位置不在街道范围内"
            words = f"登记在{names[row['grid_id']]}，{where}"
            yield Found(
                row["code"], title(row), words, url(row["code"]), row["community_id"],
                row.get("is_demo", False),
            )  # fmt: skip

    return find


PLACED = ("code", "lon", "lat", "grid_id", "community_id")
POSITION_CHECKS = (
    CrossCheck(
        "thing_off_grid", "部件不在登记的网格内", "打开部件，核对位置后保存，网格随位置改正",
        _check(lambda: Thing.objects.values(*PLACED, "is_demo", "thing_class__name"),
               "{thing_class__name} {code}".format_map, lambda code: f"/grid/things/{code}/"),
    ),
    CrossCheck(
        "place_off_grid", "地点不在登记的网格内", "打开地点，核对位置后保存，网格随位置改正",
        _check(lambda: KeySite.objects.filter(line=None).values(*PLACED, "name"),
               "{name}（{code}）".format_map, place_url),
    ),
    CrossCheck(
        "organisation_off_grid", "单位不在登记的网格内", "打开单位，核对位置后保存，网格随位置改正",
        _check(lambda: Organisation.objects.active().values(*PLACED, "is_demo", "name"), "{name}（{code}）".format_map,
               lambda code: f"/grid/organisations/{code}/"),
    ),
    CrossCheck(
        "dwelling_off_grid", "住户不在登记的网格内", "打开这一户，核对位置后保存，网格随位置改正",
        _check(lambda: Dwelling.objects.values(*PLACED, "is_demo", "building"),
               lambda row: dwelling_title(row["code"], row["building"]), dwelling_url), PEOPLE,
    ),
)  # fmt: skip
