"""Every position inside the street has exactly one grid, none outside, and it is found fast."""
import math
import statistics
import time

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import STRtree

from grid.editions import publish
from grid.locate import _KEPT, Place, locate
from grid.models import KeySite, Street, UnitGrid
from tests.pace import slowness

pytestmark = pytest.mark.django_db
in_box = {"lon": st.floats(116.15, 116.23), "lat": st.floats(39.90, 39.98)}


def test_every_key_site_lies_in_the_grid_that_the_file_names(sites):
    for site in KeySite.objects.select_related("grid"):
        assert locate(site.lon, site.lat).grid_code == site.grid.code


@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(**in_box)
def test_inside_the_outline_there_is_a_grid_and_outside_there_is_none(territory, lon, lat):
    outline = shapely.from_wkb(bytes(Street.objects.get().shape))
    place = locate(lon, lat)
    assert (place is not None) == outline.intersects(shapely.Point(lon, lat))
    if place:
        shape = shapely.from_wkb(bytes(UnitGrid.objects.get(pk=place.grid_id).shape))
        assert shape.intersects(shapely.Point(lon, lat))


def test_a_point_on_a_shared_border_belongs_to_the_lowest_code_alone(territory):
    shapes = {grid.code: shapely.from_wkb(bytes(grid.shape)) for grid in UnitGrid.objects.all()}
    shared = 0
    for code, shape in shapes.items():
        for lon, lat in shape.exterior.coords:
            owners = [other for other, polygon in shapes.items() if polygon.intersects(shapely.Point(lon, lat))]
            assert locate(lon, lat).grid_code == min(owners)
            shared += len(owners) > 1 and code == min(owners)
    assert shared > 100


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(0, 0), (116.39, 39.90), (39.93, 116.18), (None, 39.93), (116.18, None), (math.nan, 39.93), (math.inf, 39.93)],
)
def test_no_position_or_one_elsewhere_has_no_grid(territory, lon, lat):
    assert locate(lon, lat) is None


def test_the_place_names_grid_community_and_department(territory):
    grid = UnitGrid.objects.select_related("community").get(code="110107005008003")
    inside = shapely.from_wkb(bytes(grid.shape)).representative_point()
    assert locate(inside.x, inside.y) == Place(
        grid.pk, "110107005008003", "西井社区第3网格", grid.community_id, "西井社区", grid.community.department_id
    )


def test_a_moved_border_is_seen_as_soon_as_it_is_published(territory):
    grid = UnitGrid.objects.get(code="110107005008003")
    inside = shapely.from_wkb(bytes(grid.shape)).representative_point()
    assert locate(inside.x, inside.y)
    UnitGrid.objects.filter(pk=grid.pk).update(shape=shapely.to_wkb(shapely.box(10, 10, 11, 11)))
    publish("territory")
    assert locate(inside.x, inside.y) is None
    assert locate(10.5, 10.5).grid_code == "110107005008003"


def test_locating_many_points_asks_the_database_only_once(territory, django_assert_num_queries):
    locate(116.18, 39.93)
    with django_assert_num_queries(0):
        for step in range(100):
            locate(116.17 + step / 2500, 39.93)


def test_one_point_among_ten_thousand_grids_takes_less_than_fifty_microseconds(db, monkeypatch):
    cells = [
        shapely.box(116 + column / 100, 39 + row / 100, 116 + (column + 1) / 100, 39 + (row + 1) / 100)
        for row in range(100)
        for column in range(100)
    ]
    places = [Place(number, f"{number:015}", "", 1, "", 1) for number in range(len(cells))]
    monkeypatch.setattr(_KEPT, "_read", lambda: (STRtree(cells), places))
    took = []
    for step in range(2000):
        began = time.perf_counter()
        place = locate(116.005 + step % 97 / 100, 39.005 + step % 89 / 100)
        took.append(time.perf_counter() - began)
        assert place.grid_id == step % 89 * 100 + step % 97
    assert statistics.median(took) < 50e-6 * slowness()
