"""Who answered for what on which day; places, their buildings, and responsibility grids."""
import datetime

import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from grid.addresses import place_of
from grid.areas import keep_area
from grid.models import KeySite, Post, PostRole, ResponsibilityGrid, Thing, ThingClass
from grid.posts import appoint, end_post
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from grid.sites import change_place, record_place, standing_near
from grid.things import record_thing
from tests.grid.test_people import inside
from tests.make import NOW

pytestmark = pytest.mark.django_db
MARCH, JUNE = datetime.date(2016, 3, 1), datetime.date(2016, 6, 1)
LEADER = PostRole.GRID_LEADER


@pytest.fixture
def unit_grid(xijing):
    """The one grid of 西井."""
    return xijing.grids.get()


def names_on(ground, day, column="unit_grid"):
    """Who answered on a day."""
    return [post.holder for post in Post.objects.on(ground, column=column).holding_on(day)]


def test_last_may_has_its_answer(unit_grid, clerk):
    appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    appoint(unit_grid, role=LEADER, holder="王芳", phone="13800001111", since=JUNE, by=clerk, at=NOW)
    assert names_on(unit_grid, datetime.date(2016, 2, 29)) == []
    assert names_on(unit_grid, datetime.date(2016, 5, 15)) == ["赵敏"]
    assert names_on(unit_grid, datetime.date(2016, 5, 31)) == ["赵敏"]
    assert names_on(unit_grid, JUNE) == ["王芳"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM grid_post")
        assert not any(b"13800001111" in bytes(row[0]) for row in cursor.fetchall())


def test_a_successor_cannot_begin_before_the_predecessor(unit_grid, clerk):
    appoint(unit_grid, role=LEADER, holder="赵敏", since=JUNE, by=clerk, at=NOW)
    with pytest.raises(RegisterRefused, match="2016-06-01"):
        appoint(unit_grid, role=LEADER, holder="王芳", since=MARCH, by=clerk, at=NOW)
    assert names_on(unit_grid, JUNE) == ["赵敏"]


def test_the_same_person_again_changes_nothing_and_the_same_day_is_mended(unit_grid, clerk):
    first = appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    assert appoint(unit_grid, role=LEADER, holder="赵敏", since=JUNE, by=clerk, at=NOW) == first
    assert appoint(unit_grid, role=LEADER, holder="赵民", since=MARCH, by=clerk, at=NOW).pk == first.pk
    assert [post.holder for post in Post.objects.all()] == ["赵民"]
    assert AuditEntry.objects.filter(action="post_mended").count() == 1


def test_a_post_ends_once(unit_grid, clerk):
    post = appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    end_post(post, until=JUNE, by=clerk, at=NOW)
    with pytest.raises(RegisterConflict):
        end_post(post, until=JUNE, by=clerk, at=NOW)
    assert names_on(unit_grid, JUNE) == ["赵敏"] and names_on(unit_grid, JUNE + datetime.timedelta(days=1)) == []


def test_who_may_not_appoint_is_told(unit_grid, clerk, admin, community_worker, dispatcher):
    for user in (community_worker, dispatcher):
        with pytest.raises(NotYours):
            appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=user, at=NOW)
    assert appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=admin, at=NOW)
    with pytest.raises(RegisterRefused, match="网格长、网格员"):
        appoint(unit_grid, role=PostRole.KEEPER, holder="赵敏", since=MARCH, by=clerk, at=NOW)


def test_a_post_is_for_one_ground_and_has_one_holder(unit_grid, clerk):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(role=LEADER, holder="赵敏", since=MARCH)
    appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(unit_grid=unit_grid, role=LEADER, holder="王芳", since=MARCH)


def test_the_grid_page_answers_for_a_day_and_appoints(client, unit_grid, clerk, dispatcher):
    appoint(unit_grid, role=LEADER, holder="赵敏", phone="13800001111", since=MARCH, by=clerk, at=NOW)
    appoint(unit_grid, role=LEADER, holder="王芳", since=JUNE, by=clerk, at=NOW)
    client.force_login(dispatcher)
    assert "<dd>王芳" in client.get(f"/grid/{unit_grid.code}/").content.decode()
    page = client.get(f"/grid/{unit_grid.code}/", {"on": "2016-05-15"}).content.decode()
    assert "<dd>赵敏" in page and "<dd>王芳" not in page and "138****1111" in page and "13800001111" not in page
    assert client.get(f"/grid/{unit_grid.code}/", {"on": "去年"}).status_code == 200
    address = f"/grid/posts/grid/{unit_grid.code}/new/"
    given = {"role": "grid_leader", "holder": "李卫东", "since": "2016-09-01"}
    assert client.post(address, given).status_code == 403
    client.force_login(clerk)
    assert client.post(address, {**given, "since": "2016-01-01"}).status_code == 422
    assert client.post(address, given).status_code == 302
    post = Post.objects.current().get()
    assert post.holder == "李卫东"
    leave = f"/grid/posts/{post.pk}/leave/"
    assert client.post(leave, {"left_on": "2016-10-01"}).status_code == 302
    again = client.post(leave, {"left_on": "2016-10-05"}, follow=True)  # a second press of the same button
    assert "李卫东已离任，2016-10-01 止" in again.content.decode()
    post.refresh_from_db()
    assert post.until == datetime.date(2016, 10, 1)
    assert client.get("/grid/posts/tree/x/new/").status_code == 404


def test_the_list_tells_who_answered_for_what_on_a_day(client, unit_grid, xijing, langshan, clerk, dispatcher):
    appoint(unit_grid, role=LEADER, holder="赵敏", phone="13800001111", since=MARCH, by=clerk, at=NOW)
    appoint(unit_grid, role=LEADER, holder="王芳", since=JUNE, by=clerk, at=NOW)
    place = record_place(name="琅山市场", category="市场", by=clerk, at=NOW, **inside(langshan))
    appoint(place, role=PostRole.KEEPER, holder="孙涛", since=MARCH, by=clerk, at=NOW)
    client.force_login(dispatcher)

    def holders(**asked):
        page = client.get("/grid/posts/", asked)
        return [post.holder for post in page.context["page_obj"]]

    assert holders() == holders(on="去年", role="?", community="?") == ["王芳", "孙涛"]
    assert holders(on="2016-05-15") == ["赵敏", "孙涛"]
    assert holders(role="keeper") == holders(community=langshan.code) == holders(q="琅山市") == ["孙涛"]
    page = client.get("/grid/posts/", {"on": "2016-05-15"}).content.decode()
    assert "2016-05-15 在任" in page and "138****1111" in page and "13800001111" not in page
    assert f"/grid/{unit_grid.code}/" in page and f"/grid/places/{place.code}/" in page
    assert "<h1>" not in client.get("/grid/posts/", headers={"HX-Request": "true"}).content.decode()
    assert "没有符合条件的责任人" in client.get("/grid/posts/", {"q": "月球"}).content.decode()


def test_the_list_of_posts_asks_no_more_for_more_rows(client, xijing, clerk):
    client.force_login(clerk)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/grid/posts/").status_code == 200
        return len(asked)

    places = [record_place(name=f"市场{n}", category="市场", by=clerk, at=NOW, **inside(xijing)) for n in range(6)]
    appoint(places[0], role=PostRole.KEEPER, holder="孙涛", since=MARCH, by=clerk, at=NOW)
    queries()
    few = queries()
    for place in places[1:]:
        appoint(place, role=PostRole.KEEPER, holder="孙涛", since=MARCH, by=clerk, at=NOW)
    assert queries() == few


def test_a_place_is_recorded_with_its_buildings_and_found_by_its_name(client, xijing, clerk):
    client.force_login(clerk)
    given = {
        "name": "西井三区", "category": "小区", "status": "日常监测", "patrol_per_week": 0, "check_time": "any",
        "buildings": "1号楼 4单元 6层\n2号楼", **inside(xijing),
    }  # fmt: skip
    wrong = client.post("/grid/places/new/", {**given, "buildings": "1号楼 很高"})
    assert wrong.status_code == 422 and "第 1 行“1号楼 很高”没有看懂" in wrong.content.decode()
    name = "西井三区养老服务驿站东配楼及附属用房之一"
    long = client.post("/grid/places/new/", {**given, "buildings": f"1号楼\n{name}加\n{name}减"})
    assert long.status_code == 422 and f"第 2 行“{name}…”的楼号有 21 个字，最多 20 个字" in long.content.decode()
    assert client.post("/grid/places/new/", given).status_code == 302
    site = KeySite.objects.get()
    assert (site.code, site.community) == ("KS001", xijing)
    assert [(one.name, one.units, one.floors) for one in site.buildings.all()] == [("1号楼", 4, 6), ("2号楼", 1, 1)]
    assert place_of("西井三区2号楼").site_id == site.pk
    page = client.get(f"/grid/places/{site.code}/").content.decode()
    assert "1号楼（4 单元 6 层）" in page
    changed = {**given, "buildings": "1号楼 4单元 6层", "patrol_per_week": 3, "version": 1}
    assert client.post(f"/grid/places/{site.code}/edit/", changed).status_code == 302
    assert client.post(f"/grid/places/{site.code}/edit/", given | {"version": 1}).status_code == 409
    site.refresh_from_db()
    assert (site.patrol_per_week, site.buildings.count(), site.version) == (3, 1, 2)


def test_a_worker_keeps_the_own_communitys_places(xijing, langshan, community_worker, other_community_worker):
    site = record_place(
        name="西井大院", category="大杂院", status="日常监测", by=community_worker, at=NOW, **inside(xijing)
    )  # fmt: skip
    with pytest.raises(NotYours):
        record_place(name="甲", category="大杂院", status="日常监测", by=community_worker, at=NOW, **inside(langshan))
    with pytest.raises(NotYours):
        change_place(site, version=1, by=other_community_worker, at=NOW, name="乙")
    assert change_place(site, version=1, by=community_worker, at=NOW, name="西井十号院").version == 2


def test_a_responsibility_grid_is_made_of_one_communitys_grids(client, xijing, langshan, clerk, dispatcher):
    mine, other = xijing.grids.get(), langshan.grids.get()
    with pytest.raises(RegisterRefused, match="不在西井社区"):
        keep_area(code="Z01", name="西井片区", community=xijing, unit_grids=[mine, other], by=clerk, at=NOW)
    assert not ResponsibilityGrid.objects.exists()
    client.force_login(clerk)
    given = {"code": "Z01", "name": "西井片区", "community": xijing.pk, "unit_grids": [mine.pk], "active": "on"}
    assert client.post("/grid/areas/new/", given).status_code == 302
    assert client.post("/grid/areas/new/", given).status_code == 422
    appoint(ResponsibilityGrid.objects.get(), role=PostRole.AREA_LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    assert "赵敏" in client.get("/grid/areas/").content.decode()
    assert "赵敏" in client.get("/grid/areas/Z01/").content.decode()
    client.force_login(dispatcher)
    assert client.get("/grid/areas/Z01/").status_code == 200
    assert client.get("/grid/areas/Z01/edit/").status_code == 403


@pytest.mark.parametrize(("since", "fits"), [
    (datetime.date(1, 1, 1), False), (MARCH, True), (datetime.date(9999, 12, 31), False),
])  # fmt: skip
def test_nobody_is_appointed_in_a_year_that_cannot_be(unit_grid, clerk, since, fits):
    appoint(unit_grid, role=LEADER, holder="赵敏", since=datetime.date(2015, 1, 1), by=clerk, at=NOW)
    how = {"role": LEADER, "holder": "王芳", "since": since, "by": clerk, "at": NOW}
    if fits:
        assert appoint(unit_grid, **how).holder == "王芳"
        return
    with pytest.raises(RegisterRefused, match="年份不对"):
        appoint(unit_grid, **how)
    assert names_on(unit_grid, JUNE) == ["赵敏"]


@pytest.mark.parametrize("before", [
    "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "x", "2016-12-23T09:00:00%2B08:00",
])  # fmt: skip
def test_the_story_of_a_grid_is_read_from_any_moment_that_an_address_says(client, unit_grid, clerk, before):
    client.force_login(clerk)
    assert client.get(f"/grid/{unit_grid.code}/?before={before}").status_code == 200


@pytest.mark.parametrize(("version", "fits"), [("²", True), ("1", True), ("9", False), ("x", True)])
def test_a_version_that_is_no_number_is_read_as_none(client, xijing, clerk, version, fits):
    given = {"name": "西井三区", "category": "小区", "status": "日常监测", "patrol_per_week": 0, "check_time": "any", **inside(xijing)}
    site = record_place(**given, by=clerk, at=NOW)
    told = {**given, "name": "西井四区", "version": version}
    client.force_login(clerk)
    answer = client.post(f"/grid/places/{site.code}/edit/", told)
    assert answer.status_code == (302 if fits else 409)


def test_nobody_is_appointed_into_days_that_somebody_held(unit_grid, clerk):
    first = appoint(unit_grid, role=LEADER, holder="赵敏", since=MARCH, by=clerk, at=NOW)
    end_post(first, until=JUNE, by=clerk, at=NOW)
    how = {"role": LEADER, "holder": "王芳", "by": clerk, "at": NOW}
    for since in (datetime.date(2016, 2, 1), datetime.date(2016, 4, 1), JUNE):
        with pytest.raises(RegisterRefused, match="到 2016-06-01"):
            appoint(unit_grid, since=since, **how)
    assert appoint(unit_grid, since=datetime.date(2016, 6, 2), **how)
    assert names_on(unit_grid, JUNE) == ["赵敏"] and names_on(unit_grid, datetime.date(2016, 6, 2)) == ["王芳"]


def test_along_a_road_stands_what_is_near_its_line_nearest_first(client, xijing, clerk):
    manhole = ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")
    at = inside(xijing)
    metre = 1 / 111_132

    def thing(east, north):
        place = {"lon": at["lon"] + east * metre * 1.304, "lat": at["lat"] + north * metre}
        return record_thing(thing_class=manhole, by=clerk, at=NOW, **place)

    road = record_place(name="西井大街", category="重点道路", by=clerk, at=NOW, **at)
    far, near, end, beyond = thing(0, 90), thing(0, 20), thing(300, 0), thing(500, 0)
    seen = Thing.objects.visible_to(clerk)
    assert standing_near(road, seen, metres=100, most=9) == [near, far]
    road.line = shapely.to_wkb(shapely.LineString([(at["lon"], at["lat"]), (end.lon, end.lat)]))
    road.save(update_fields=["line"])
    assert standing_near(road, seen, metres=100, most=9) == [end, near, far]
    assert standing_near(road, seen, metres=100, most=2) == [end, near] and beyond in seen
    client.force_login(clerk)
    page = client.get(f"/grid/places/{road.code}/").content.decode()
    assert f'"line":[[{at["lon"]}, {at["lat"]}]' in page.replace("&quot;", '"') and f"/grid/things/{end.code}/" in page
