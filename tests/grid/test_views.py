"""The pages of the ground and what the map asks: who sees them, what they hold, how they answer bad questions."""
import datetime
import gzip
import json

import pytest
import shapely
import time_machine
from zeal import zeal_ignore

from accounts.models import AuditEntry, RoleGrant, User
from grid.coordinates import wgs84_to_gcj02
from grid.editions import publish
from grid.locate import OUTSIDE_SENTENCE
from grid.models import CalendarDay, KeySite, Post, UnitGrid, WorkHours
from grid.workdays import is_workday

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    """A person with a login and no role."""
    user = User.objects.create(username="someone", real_name="某人")
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    """A person who keeps the calendar."""
    user = User.objects.create(username="keeper", real_name="管理员")
    RoleGrant.objects.create(user=user, role="admin", granted_at="2016-01-01T00:00:00Z")
    client.force_login(user)
    return user


def inside(code):
    """A position inside a grid."""
    point = shapely.from_wkb(bytes(UnitGrid.objects.get(code=code).shape)).representative_point()
    return point.x, point.y


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/grid/", "/grid/110107005008/", "/grid/110107005008003/"])
def test_the_pages_are_for_people_with_a_login(client, sites, address):
    assert client.get(address).status_code == 302
    user = User.objects.create(username="someone", real_name="某人")
    client.force_login(user)
    assert client.get(address).status_code == 200


def test_the_map_page_lists_communities_and_a_page_of_key_sites(client, sites, staff):
    page = client.get("/grid/").content.decode()
    assert page.count("/grid/1101070050") >= 40
    assert "西井大街" in page
    assert "KS021" not in page
    assert "1–20 / 60" in page
    assert "41–60 / 60" in client.get("/grid/?page=3").content.decode()


def test_an_empty_street_says_so(client, staff):
    assert "还没有导入街道的社区和网格" in client.get("/grid/").content.decode()


def test_key_sites_are_filtered_by_category_status_community_and_name(client, sites, staff):
    def count(query):
        return client.get(f"/grid/?{query}").context["page_obj"].paginator.count

    assert count("category=重点道路") == KeySite.objects.filter(category="重点道路").count() == 14
    assert count("community=110107005008") == KeySite.objects.filter(community__code="110107005008").count() > 0
    assert count("status=取缔") == 2
    assert count("q=西井") == KeySite.objects.filter(name__contains="西井").count() > 0
    assert count("category=公园&community=9&status=x") == 60
    assert "没有符合条件的地点" in client.get("/grid/?q=月球").content.decode()


def test_htmx_gets_just_the_table(client, sites, staff):
    part = client.get("/grid/?q=西井", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_a_grid_page_masks_the_leader_s_telephone(client, sites, staff):
    leader = Post.objects.get(unit_grid__code="110107005008003")
    page = client.get("/grid/110107005008003/").content.decode()
    assert leader.holder in page
    assert leader.phone not in page
    assert f"{leader.phone[:3]}****{leader.phone[-4:]}" in page


def test_an_unknown_grid_or_community_is_not_found(client, sites, staff):
    assert client.get("/grid/110107005099/").status_code == 404
    assert client.get("/grid/110107005099001/").status_code == 404


def test_no_page_asks_more_questions_when_there_is_more_to_show(client, sites, staff, django_assert_max_num_queries):
    for address in ("/grid/", "/grid/?page=2", "/grid/110107005008/", "/grid/110107005008003/", "/grid/sites.json"):
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)


# --- the ground --------------------------------------------------------------------------------------------------------


def test_the_ground_is_public_holds_every_border_and_no_person(client, sites):
    answer = client.get("/grid/ground.json")
    features = json.loads(answer.content)["features"]
    layers = [feature["properties"]["layer"] for feature in features]
    assert {layer: layers.count(layer) for layer in set(layers)} == {
        "street": 1, "community": 20, "grid": 100, "road": 14,
    }  # fmt: skip
    leader = Post.objects.first()
    assert leader.holder not in answer.content.decode()
    assert leader.phone not in answer.content.decode()


def test_the_ground_is_sent_packed_and_small_enough_for_a_telephone(client, sites):
    packed = client.get("/grid/ground.json", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 20_000
    assert gzip.decompress(packed.content) == client.get("/grid/ground.json").content


def test_an_unchanged_ground_costs_no_bytes_and_a_changed_one_is_sent_anew(client, sites):
    etag = client.get("/grid/ground.json")["ETag"]
    again = client.get("/grid/ground.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    UnitGrid.objects.filter(code="110107005008003").update(name="西井社区第三网格")
    publish("territory")
    anew = client.get("/grid/ground.json", headers={"If-None-Match": etag})
    assert anew.status_code == 200
    assert "西井社区第三网格" in anew.content.decode()


def test_key_sites_as_pins_are_for_staff(client, sites):
    assert client.get("/grid/sites.json").status_code == 302
    client.force_login(User.objects.create(username="someone", real_name="某人"))
    assert len(client.get("/grid/sites.json").json()["pins"]) == 60


# --- locating ----------------------------------------------------------------------------------------------------------


def test_a_resident_s_position_gets_its_grid_s_name_and_one_outside_the_sentence(client, territory):
    lon, lat = inside("110107005008003")
    found = client.get("/grid/locate.json", {"lon": lon, "lat": lat}).json()
    assert (found["found"], found["grid"], found["sentence"]) == (True, "110107005008003", "西井社区第3网格")
    outside = client.get("/grid/locate.json", {"lon": 116.39, "lat": 39.9}).json()
    assert outside == {"found": False, "sentence": OUTSIDE_SENTENCE}


def test_only_a_position_that_calls_itself_shifted_is_shifted_back(client, territory):
    lon, lat = inside("110107005008003")
    shifted_lon, shifted_lat = wgs84_to_gcj02(lon, lat)
    shifted = {"lon": shifted_lon, "lat": shifted_lat}
    assert client.get("/grid/locate.json", {**shifted, "datum": "gcj02"}).json()["grid"] == "110107005008003"
    assert client.get("/grid/locate.json", shifted).json().get("grid") != "110107005008003"


@pytest.mark.parametrize(
    "question", [{}, {"lon": "116.18"}, {"lon": "x", "lat": "y"}, {"lon": "nan", "lat": "39.9"}, {"lon": "999", "lat": "1"}]
)
def test_a_question_without_a_position_is_answered_in_words(client, territory, question):
    answer = client.get("/grid/locate.json", question)
    assert answer.status_code == 422
    assert "没有收到位置" in answer.json()["sentence"]


def test_places_are_found_by_name_for_staff_alone(client, sites):
    assert client.get("/grid/places.json", {"q": "西井大街12号"}).status_code == 302
    client.force_login(User.objects.create(username="someone", real_name="某人"))
    found = client.get("/grid/places.json", {"q": "西井大街12号"}).json()["places"]
    assert found[0]["name"] == "西井大街"


def test_nothing_here_is_changed_by_a_post(client, sites, staff):
    for address in ("/grid/", "/grid/locate.json", "/grid/ground.json", "/grid/110107005008/"):
        assert client.post(address).status_code == 405


# --- the administrator's tables ------------------------------------------------------------------------------------------


def test_the_administrator_declares_a_day_off_and_deadlines_follow_at_once(client, calendar, administrator):
    assert is_workday_of("2016-03-09")
    answer = client.post("/admin/grid/calendarday/add/", {"date": "2016-03-09", "name": "停电放假"})
    assert answer.status_code == 302
    assert CalendarDay.objects.get(date="2016-03-09").is_workday is False
    assert not is_workday_of("2016-03-09")
    assert AuditEntry.objects.get(action="calendar_changed").actor == administrator


def is_workday_of(text):
    """Of a day written out."""
    return is_workday(datetime.date.fromisoformat(text))


def test_someone_without_the_right_does_not_reach_the_calendar(client, calendar, staff):
    answer = client.post("/admin/grid/calendarday/add/", {"date": "2016-03-09", "name": "停电放假"})
    assert answer.status_code in (302, 403)
    assert not CalendarDay.objects.filter(date="2016-03-09").exists()


def test_office_hours_that_run_backwards_are_refused(client, calendar, administrator):
    hours = {"effective_from": "2016-06-01", "morning_start": "12:00", "morning_end": "09:00"}
    answer = client.post(
        "/admin/grid/workhours/add/", {**hours, "afternoon_start": "13:30", "afternoon_end": "17:30"}
    )
    assert answer.status_code == 200
    assert "四个时间应当依次往后" in answer.content.decode()
    assert WorkHours.objects.count() == 1


def test_a_key_site_takes_grid_and_community_from_its_position(client, sites, administrator):
    lon, lat = inside("110107005008003")
    given = {"code": "KS901", "name": "新点位", "category": "重点点位", "status": "日常监测", "patrol_per_week": 2,
             "check_time": "any"}  # fmt: skip
    assert client.post("/admin/grid/keysite/add/", {**given, "lon": lon, "lat": lat}).status_code == 302
    assert KeySite.objects.get(code="KS901").grid.code == "110107005008003"
    refused = client.post("/admin/grid/keysite/add/", {**given, "code": "KS902", "lon": 116.39, "lat": 39.9})
    assert "不在本街道范围内" in refused.content.decode()
    assert not KeySite.objects.filter(code="KS902").exists()


@pytest.mark.parametrize("table", ["calendarday", "calendaryear", "workhours", "keysite"])
def test_each_table_opens(client, calendar, sites, administrator, table):
    assert client.get(f"/admin/grid/{table}/").status_code == 200
    assert client.get("/admin/grid/calendarday/?year=2016").status_code == 200


def test_the_administrator_is_warned_of_a_missing_year_until_it_is_entered(client, calendar, administrator):
    with time_machine.travel("2026-11-02T02:00:00Z", tick=False):
        client.force_login(administrator)
        assert "2027 年的节假日安排还没有录入" in client.get("/admin/grid/calendarday/").content.decode()
        client.post("/admin/grid/calendaryear/add/", {"year": 2027, "source": "国务院办公厅通知"})
        assert "还没有录入" not in client.get("/admin/grid/calendarday/").content.decode()


def test_the_days_of_one_year_are_edited_in_the_list(client, calendar, administrator):
    days = list(CalendarDay.objects.filter(date__year=2016).order_by("-date"))
    form = {"form-TOTAL_FORMS": len(days), "form-INITIAL_FORMS": len(days), "_save": "保存"}
    for number, day in enumerate(days):
        form |= {f"form-{number}-id": day.pk, f"form-{number}-name": day.name}
        if day.is_workday and day.date != datetime.date(2016, 10, 8):
            form[f"form-{number}-is_workday"] = "on"
    assert is_workday_of("2016-10-08")
    with zeal_ignore():  # Django's own list of forms asks for each of its rows
        assert client.post("/admin/grid/calendarday/?year=2016", form).status_code == 302
    assert not is_workday_of("2016-10-08")
    assert is_workday_of("2016-10-09")
    assert AuditEntry.objects.filter(action="calendar_changed").count() == 1
