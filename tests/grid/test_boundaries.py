"""Boundaries move from a day on: checked, in force once, past shapes kept, what lies there located again."""
import datetime
import json

import pytest
import shapely
from django.test import Client
from shapely.geometry import box, mapping

from accounts.models import AuditEntry
from cases.models import Case
from grid import boundaries
from grid.boundaries import (
    BoundaryRefused,
    bring_into_force,
    drop_edition,
    read_shapes,
    schedule_edition,
    shape_on,
)
from grid.editions import publish
from grid.locate import SUBJECT, locate
from grid.models import BoundaryEdition, EditionState, ThingClass, UnitGrid
from grid.things import record_thing
from tests.make import NOW, make_case, moment

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = datetime.date(2016, 12, 21), datetime.date(2016, 12, 22)
WEST, MIDDLE, EAST, SOUTH, NORTH = 116.16, 116.17, 116.18, 39.92, 39.94


@pytest.fixture
def two_grids(xijing):
    """西井 cut into a western and an eastern grid of equal size."""
    west = xijing.grids.get()
    west.shape = shapely.to_wkb(box(WEST, SOUTH, MIDDLE, NORTH))
    west.save(update_fields=["shape"])
    east = UnitGrid.objects.create(
        code=f"{xijing.code}002", name="西井第2网格", community=xijing, serial=2, area_m2=1000,
        shape=shapely.to_wkb(box(MIDDLE, SOUTH, EAST, NORTH)),
    )  # fmt: skip
    publish(SUBJECT)
    return west, east


def moved(two_grids, line=116.172):
    """The line between the two grids moved to the east."""
    west, east = two_grids
    return {west.code: box(WEST, SOUTH, line, NORTH), east.code: box(line, SOUTH, EAST, NORTH)}


def schedule(two_grids, admin, *, shapes=None, day=TODAY, at=NOW, note="新修道路改线"):
    return schedule_edition(shapes or moved(two_grids), valid_from=day, note=note, by=admin, at=at)


def test_a_boundary_moves_at_once_and_the_old_shape_is_kept(two_grids, admin):
    west = two_grids[0]
    edition = schedule(two_grids, admin)
    assert edition.state == EditionState.IN_FORCE
    assert locate(116.171, 39.93).grid_id == west.pk
    west.refresh_from_db()
    assert shape_on(west, TODAY).bounds[2] == 116.172
    assert shape_on(west, TODAY - datetime.timedelta(days=1)).bounds[2] == MIDDLE
    assert float(west.area_m2) == pytest.approx(12 / 20 * (1.709e3 * 2.2226e3), rel=0.01)
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["boundary_scheduled", "boundary_in_force"]


def test_a_boundary_of_tomorrow_waits_and_enters_force_once(two_grids, admin):
    edition = schedule(two_grids, admin, day=TOMORROW)
    assert edition.state == EditionState.SCHEDULED and locate(116.171, 39.93).grid_id == two_grids[1].pk
    assert bring_into_force(at=NOW) == 0
    assert bring_into_force(at=moment("2016-12-22 00:02")) == 1
    assert bring_into_force(at=moment("2016-12-22 00:02")) == 0
    assert locate(116.171, 39.93).grid_id == two_grids[0].pk


def test_cases_follow_from_that_day_only(two_grids, admin, dispatcher):
    west, east = two_grids
    place = {"lon": 116.171, "lat": 39.93, "grid": east, "community": east.community}
    before = make_case(dispatcher, at=moment("2016-12-20 17:00"), **place)
    after = make_case(dispatcher, at=moment("2016-12-21 09:00"), **place)
    elsewhere = make_case(dispatcher, at=moment("2016-12-21 09:00"), **{**place, "lon": 116.175})
    schedule(two_grids, admin, day=TODAY)
    grids = dict(Case.objects.values_list("pk", "grid"))
    assert grids == {before.pk: east.pk, after.pk: west.pk, elsewhere.pk: east.pk}
    told = after.events.order_by("-seq").first()
    assert told.move == "note" and east.name in told.words and west.name in told.words and "2016-12-21" in told.words
    assert before.events.count() == 1


def test_registers_follow(two_grids, admin, clerk):
    manhole = ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")
    near = record_thing(thing_class=manhole, lon=116.171, lat=39.93, by=clerk, at=NOW)
    far = record_thing(thing_class=manhole, lon=116.175, lat=39.93, by=clerk, at=NOW)
    schedule(two_grids, admin)
    near.refresh_from_db(), far.refresh_from_db()
    assert (near.grid, far.grid) == two_grids


@pytest.mark.parametrize(("west", "east", "sentence"), [
    ((WEST, SOUTH, 116.172, NORTH), None, "重叠"),
    ((WEST, SOUTH, 116.168, NORTH), None, "不属于任何网格"),
    ((116.15, SOUTH, MIDDLE, NORTH), None, "伸出西井社区"),
])  # fmt: skip
def test_a_gap_an_overlap_and_a_grid_outside_its_community_are_refused(two_grids, admin, west, east, sentence):
    with pytest.raises(BoundaryRefused, match=sentence):
        schedule(two_grids, admin, shapes={two_grids[0].code: box(*west)})
    assert not BoundaryEdition.objects.exists()


def test_a_shape_that_crosses_itself_is_refused(two_grids, admin):
    bow = shapely.Polygon([(WEST, SOUTH), (MIDDLE, NORTH), (MIDDLE, SOUTH), (WEST, NORTH)])
    with pytest.raises(BoundaryRefused, match="自相交"):
        schedule(two_grids, admin, shapes={two_grids[0].code: bow})


def test_what_changes_nothing_has_no_reason_or_is_unknown_is_refused(two_grids, admin):
    west = two_grids[0]
    for shapes, note, sentence in (
        ({west.code: box(WEST, SOUTH, MIDDLE, NORTH)}, "改线", "没有改动"),
        (moved(two_grids), " ", "请写明为什么"),
        ({"110107005008099": box(WEST, SOUTH, MIDDLE, NORTH)}, "改线", "没有网格"),
    ):
        with pytest.raises(BoundaryRefused, match=sentence):
            schedule(two_grids, admin, shapes=shapes, note=note)
    assert schedule(two_grids, admin)


def test_two_administrators_at_once_are_compared_one_after_the_other(two_grids, admin, monkeypatch):
    """Who was second reads the grids behind the first one's row, and what is refused leaves no row."""
    problems, seen = boundaries._problems, []

    def compared(changes, grids, **given):
        seen.append(BoundaryEdition.objects.filter(state=EditionState.SCHEDULED).count())
        return problems(changes, grids, **given)

    monkeypatch.setattr(boundaries, "_problems", compared)
    west = two_grids[0]
    with pytest.raises(BoundaryRefused, match="重叠"):
        schedule(two_grids, admin, shapes={west.code: moved(two_grids)[west.code]})
    assert not BoundaryEdition.objects.exists()
    schedule(two_grids, admin)
    assert seen == [1, 1] and BoundaryEdition.objects.get().state == EditionState.IN_FORCE


def test_one_change_waits_at_a_time_and_can_be_taken_back(two_grids, admin):
    edition = schedule(two_grids, admin, day=TOMORROW)
    with pytest.raises(BoundaryRefused, match="在等待生效"):
        schedule(two_grids, admin, day=TOMORROW)
    drop_edition(edition, by=admin, at=NOW)
    with pytest.raises(BoundaryRefused, match="已经生效或已撤回"):
        drop_edition(edition, by=admin, at=NOW)
    assert bring_into_force(at=moment("2016-12-22 00:02")) == 0
    assert schedule(two_grids, admin, day=TOMORROW)


def test_a_change_before_the_last_one_is_refused(two_grids, admin):
    schedule(two_grids, admin)
    with pytest.raises(BoundaryRefused, match="早于上一次调整"):
        schedule(two_grids, admin, shapes=moved(two_grids, 116.174), day=datetime.date(2016, 12, 20))
    assert schedule(two_grids, admin, shapes=moved(two_grids, 116.174))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"features": [{}]}', '{"features": [{"properties": {"code": 1}, "geometry": {"type": "X"}}]}'])
def test_a_file_that_is_not_geojson_is_refused(text):
    with pytest.raises(BoundaryRefused, match="读不出来"):
        read_shapes(text)


def geojson(shapes):
    features = [{"properties": {"code": code}, "geometry": mapping(polygon)} for code, polygon in shapes.items()]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_the_page_moves_a_boundary_for_the_admin_alone(client: Client, two_grids, admin, clerk, xijing):
    address = f"/grid/boundaries/{xijing.code}/move/"
    given = {"valid_from": "2016-12-21", "note": "改线", "shapes": geojson(moved(two_grids))}
    client.force_login(clerk)
    assert client.post(address, given).status_code == 403
    client.force_login(admin)
    wrong = client.post(address, {**given, "shapes": geojson({two_grids[0].code: box(WEST, SOUTH, 116.168, NORTH)})})
    assert wrong.status_code == 422 and "不属于任何网格" in wrong.content.decode()
    assert client.post(address, {**given, "note": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert "改线" in client.get("/grid/boundaries/").content.decode()
    edition = BoundaryEdition.objects.get()
    assert client.post(f"/grid/boundaries/{edition.pk}/drop/").status_code == 302
    edition.refresh_from_db()
    assert edition.state == EditionState.IN_FORCE


def test_the_shapes_go_out_and_come_back_unchanged(client, two_grids, admin, xijing):
    client.force_login(admin)
    text = client.get("/grid/boundaries/shapes.json?download=1").content.decode()
    with pytest.raises(BoundaryRefused, match="没有改动"):
        schedule_edition(read_shapes(text), valid_from=TODAY, note="改线", by=admin, at=NOW)
    part = json.loads(client.get(f"/grid/boundaries/shapes.json?community={xijing.code}").content)
    assert [one["properties"].get("outline", False) for one in part["features"]] == [False, False, True]


def test_a_boundary_moves_in_no_impossible_year(two_grids, admin):
    for year in (1, 9999):
        with pytest.raises(BoundaryRefused, match="年份不对"):
            schedule(two_grids, admin, day=datetime.date(year, 1, 1))
    assert not BoundaryEdition.objects.exists() and schedule(two_grids, admin)
