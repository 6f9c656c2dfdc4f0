"""The plan of checks in any office's table of places: in, refused, and back without a change."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grid.check_plans import asked_in, plans_until
from grid.models import KeySite
from grid.organisations import record_organisation
from grid.register_sheets import PLACES
from sheets import exporting
from sheets.committing import undo_batch
from tests.grid.checks_cast import MONDAY, centre_of, make_place
from tests.grid.test_register_sheets import errors, table, take_in, write
from tests.make import NOW

pytestmark = pytest.mark.django_db
HEAD = ["编号", "名称", "类别", "每周检查次数", "检查时段", "经度", "纬度"]


@pytest.fixture
def row(xijing):
    """A place as a table has it, with a plan."""
    lon, lat = centre_of(xijing)

    def written(code, name, *plan):
        return [code, name, "重点点位", *plan, f"{lon:.6f}", f"{lat:.6f}"]

    return written


def test_a_plan_comes_in_with_its_time_of_the_day_and_is_dated(clerk, row):
    write(take_in(clerk, table(HEAD, row("", "西井夜市", "5", "夜间"), row("", "西井公园", "", "")), "places"), clerk)
    market, park = KeySite.objects.order_by("code")
    assert (market.patrol_per_week, market.check_time) == (5, "night")
    assert (park.patrol_per_week, park.check_time) == (0, "any") and not park.check_plans.exists()
    assert asked_in(MONDAY, plans_until(NOW.date())[market.pk]).planned == 5


def test_a_plan_that_nobody_can_keep_is_refused_in_the_preview(clerk, row):
    batch = take_in(
        clerk, table(HEAD, row("", "西井夜市", "8", "夜间"), row("", "西井公园", "15", ""), row("", "西井街", "3", "半夜")),
        "places",
    )  # fmt: skip
    said = errors(batch)
    assert "夜间的检查每周最多 7 次" in said and "没有这种检查时段" in said and not batch.counts.get("fine")


def test_a_known_place_gets_another_plan_and_last_week_keeps_the_old_one(clerk, row, xijing):
    place = make_place(xijing, per_week=3)
    write(take_in(clerk, table(HEAD, row(place.code, place.name, "7", "白天")), "places"), clerk)
    place.refresh_from_db()
    assert (place.patrol_per_week, place.check_time) == (7, "day")
    assert [(plan.per_week, plan.check_time) for plan in place.check_plans.all()] == [(3, "any"), (7, "day")]


def test_what_goes_out_comes_back_without_a_change(clerk, xijing):
    make_place(xijing, per_week=5, check_time="night")
    rows = KeySite.objects.for_list().order_by("code")
    content = b"".join(exporting.answer(PLACES, rows, kind="csv", by=clerk, at=NOW).streaming_content)
    assert "检查时段".encode() in content and "夜间".encode() in content
    batch = take_in(clerk, content, "places")
    assert batch.counts.get("same") == 1, (batch.counts, errors(batch))


def test_a_compound_comes_in_with_company_and_buildings_goes_out_and_back(clerk, xijing):
    lon, lat = centre_of(xijing)
    where = [f"{lon:.6f}", f"{lat:.6f}"]
    companies = [
        record_organisation(name="虚构物业", kind="property", lon=lon, lat=lat, by=clerk, at=NOW) for _ in range(2)
    ]
    head = ["名称", "类别", "物业公司", "楼栋", "经度", "纬度"]
    batch = take_in(clerk, table(head, ["西井六区", "小区", "虚构物业（W002）", "1号楼 4单元 6层、2号楼", *where]), "places")
    write(batch, clerk)
    place = KeySite.objects.get()
    assert place.property_company == companies[1] and place.building_words == "1号楼 4单元 6层、2号楼 1单元 1层"
    content = b"".join(
        exporting.answer(PLACES, KeySite.objects.for_export(), kind="csv", by=clerk, at=NOW).streaming_content
    )
    assert take_in(clerk, content, "places").counts.get("same") == 1
    changed = content.replace("2号楼 1单元 1层".encode(), "3号楼".encode()).replace(b"W002", b"W001")
    second = take_in(clerk, changed, "places")
    write(second, clerk)
    place.refresh_from_db()
    assert place.building_words == "1号楼 4单元 6层、3号楼 1单元 1层" and place.property_company == companies[0]
    undo_batch(second, by=clerk, at=NOW)
    place.refresh_from_db()
    assert place.building_words == "1号楼 4单元 6层、2号楼 1单元 1层" and place.property_company == companies[1]


@pytest.mark.parametrize(("cell", "sentence"), [
    ("1号楼 很高", "第 1 栋“1号楼 很高”没有看懂"), ("1号楼、1号楼 2单元", "第 2 栋的1号楼写了两次"),
    ("、".join(f"{n}号楼" for n in range(201)), "楼栋有 201 个，最多 200 个"),
])  # fmt: skip
def test_buildings_that_are_not_understood_are_told_before_anything_is_written(clerk, xijing, cell, sentence):
    lon, lat = centre_of(xijing)
    row = ["西井六区", "小区", cell, f"{lon:.6f}", f"{lat:.6f}"]
    batch = take_in(clerk, table(["名称", "类别", "楼栋", "经度", "纬度"], row), "places")
    assert batch.counts == {"error": 1} and sentence in errors(batch)


def test_more_places_with_buildings_cost_no_more_queries(clerk, xijing):
    def queries():
        rows = KeySite.objects.for_export().order_by("code")
        with CaptureQueriesContext(connection) as asked:
            b"".join(exporting.answer(PLACES, rows, kind="csv", by=clerk, at=NOW).streaming_content)
        return len(asked)

    def build(numbers):
        for number in numbers:
            make_place(xijing, code=f"KS80{number}", name=f"西井{number}区").buildings.create(name="1号楼")
        return queries()

    queries()  # the first one reads the rights
    assert build(range(3)) == build(range(3, 9))
