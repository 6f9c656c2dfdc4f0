"""The register of people: sealed, masked, shown for a reason, kept by the own community, forgotten in time."""
import datetime
import logging

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import Dwelling, DwellingUse, KeySite, Resident, RetentionRule
from grid.organisations import record_organisation
from grid.people import (
    change_dwelling,
    change_resident,
    erase_departed,
    erase_resident,
    erased_on,
    find_residents,
    record_departure,
    record_dwelling,
    record_resident,
    reveal_resident,
)
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from tests.make import NOW, moment

pytestmark = pytest.mark.django_db
CANARY, CANARY_ID, CANARY_PHONE = "金丝雀", "110199198201011005", "13800007777"
OTHER_ID = "110199193702081017"


def inside(community):
    """A position in a community's one grid; communities that a test made late are read too."""
    publish(SUBJECT)
    point = shapely.from_wkb(bytes(community.shape)).representative_point()
    return {"lon": point.x, "lat": point.y}


@pytest.fixture
def home(xijing, clerk):
    """A dwelling in 西井."""
    return record_dwelling(building="西井一区3号楼", door="2单元501", by=clerk, at=NOW, **inside(xijing))


@pytest.fixture
def canary(home, clerk):
    """Its head, whose name, number and phone must appear nowhere."""
    person = {"name": CANARY, "id_number": CANARY_ID, "phone": CANARY_PHONE, "is_head": True}
    return record_resident(dwelling=home, by=clerk, at=NOW, **person)


# --- dwellings -------------------------------------------------------------------------------------------------------


def test_a_dwelling_gets_number_community_grid_and_compound(xijing, clerk):
    estate = KeySite.objects.create(
        code="KS901", name="西井一区", category="小区", community=xijing, grid=xijing.grids.get(), lon=116.17, lat=39.93
    )
    first = record_dwelling(building="西井一区3号楼", door="501", by=clerk, at=NOW, **inside(xijing))
    second = record_dwelling(building="西井二区9号楼", door="", by=clerk, at=NOW, **inside(xijing))
    assert (first.code, first.site, first.community, first.grid) == ("H000001", estate, xijing, xijing.grids.get())
    assert (second.code, second.site) == ("H000002", None)


@pytest.mark.parametrize("door", ["2单元501", "２单元５０１", " 2单元 501"])
def test_a_door_is_registered_once_however_it_is_written(home, xijing, clerk, door):
    with pytest.raises(RegisterRefused, match="已经登记为 H000001"):
        record_dwelling(building="西井一区3号楼", door=door, by=clerk, at=NOW, **inside(xijing))
    assert record_dwelling(building="西井一区3号楼", door="2单元502", by=clerk, at=NOW, **inside(xijing))


@pytest.mark.parametrize("building", [
    "西井一区3号楼2单元501室", "西井一区3号楼２单元", "西井一区 3号楼 501 室", "西井大街5号院12号房", "西井一区3号楼#501",
    "西井一区3-2-501", "西井一区3号楼501", "西井一区3号楼501号", "西井一区3号楼2门501",
])  # fmt: skip
def test_a_room_is_refused_where_it_would_lie_in_clear(home, xijing, clerk, building):
    with pytest.raises(RegisterRefused, match="这一栏不加密") as refused:
        record_dwelling(building=building, door="", by=clerk, at=NOW, **inside(xijing))
    assert set(refused.value.errors) == {"building"}
    with pytest.raises(RegisterRefused, match="填到“单元房号”"):
        change_dwelling(home, version=1, by=clerk, at=NOW, building=building)
    assert Dwelling.objects.get().building == "西井一区3号楼"


@pytest.mark.parametrize("building", ["西井一区3号楼", "西井大街12号院", "西井三区12-3号楼", "苹果园3#楼", "西井2016小区7号", "西井3号院东门"])
def test_a_building_or_a_yard_is_no_room(xijing, clerk, building):
    assert record_dwelling(building=building, door="501", by=clerk, at=NOW, **inside(xijing)).building == building


def test_only_a_rented_dwelling_has_a_rental_registration(home, clerk):
    day = datetime.date(2016, 5, 1)
    with pytest.raises(RegisterRefused, match="只有出租的房屋"):
        change_dwelling(home, version=1, by=clerk, at=NOW, rental_registered_on=day)
    changed = change_dwelling(
        home, version=1, by=clerk, at=NOW, use=DwellingUse.RENTED, rental_registered_on=day
    )  # fmt: skip
    assert changed.version == 2 and not changed.has_unregistered_rental


def test_the_door_lies_encrypted(home):
    with connection.cursor() as cursor:
        cursor.execute("SELECT door FROM grid_dwelling")
        stored = bytes(cursor.fetchone()[0])
    assert stored and b"501" not in stored
    assert Dwelling.objects.get().door == "2单元501"


# --- residents -------------------------------------------------------------------------------------------------------


def test_a_person_lives_in_one_dwelling_at_a_time(canary, xijing, clerk):
    other = record_dwelling(building="西井二区1号楼", door="101", by=clerk, at=NOW, **inside(xijing))
    with pytest.raises(RegisterRefused, match="已登记在 H000001"):
        record_resident(dwelling=other, name="同人", id_number=CANARY_ID, by=clerk, at=NOW)
    record_departure(canary, left_on=datetime.date(2016, 12, 20), version=1, by=clerk, at=NOW)
    assert record_resident(dwelling=other, name=CANARY, id_number=CANARY_ID, by=clerk, at=NOW)


def test_where_another_communitys_people_live_is_not_told(canary, home, langshan, clerk, other_community_worker):
    theirs = record_dwelling(building="琅山1号楼", door="1", by=other_community_worker, at=NOW, **inside(langshan))
    with pytest.raises(RegisterRefused, match="证件号已登记在西井社区的一户，请与该社区或台账专员联系") as refused:
        record_resident(dwelling=theirs, name="某人", id_number=CANARY_ID, by=other_community_worker, at=NOW)
    assert home.code not in str(refused.value)
    guest = record_resident(dwelling=theirs, name="某人", by=other_community_worker, at=NOW)
    with pytest.raises(RegisterRefused, match="西井社区的一户") as refused:
        change_resident(guest, version=1, id_number=CANARY_ID, by=other_community_worker, at=NOW)
    assert home.code not in str(refused.value)
    searches = AuditEntry.objects.filter(action="resident_searched", actor=other_community_worker)
    assert [entry.detail for entry in searches] == [{"by": "id_index", "count": 1}] * 2
    with pytest.raises(RegisterRefused, match="门牌已登记在西井社区的一户") as refused:
        change_dwelling(
            theirs, version=1, building=home.building, door="2单元501", by=other_community_worker, at=NOW
        )  # fmt: skip
    assert home.code not in str(refused.value)
    with pytest.raises(RegisterRefused, match=f"已登记在 {home.code}"):
        record_resident(dwelling=theirs, name="某人", id_number=CANARY_ID, by=clerk, at=NOW)


def test_a_dwelling_has_one_head(canary, home, clerk):
    with pytest.raises(RegisterRefused, match="已经有户主"):
        record_resident(dwelling=home, name="王芳", is_head=True, by=clerk, at=NOW)
    assert record_resident(dwelling=home, name="王芳", by=clerk, at=NOW)


def test_nobody_leaves_tomorrow_or_before_arriving(home, clerk):
    guest = record_resident(dwelling=home, name="王芳", arrived_on=datetime.date(2016, 6, 1), by=clerk, at=NOW)
    for day, sentence in ((datetime.date(2016, 12, 22), "晚于今天"), (datetime.date(2016, 5, 31), "早于来京日期")):
        with pytest.raises(RegisterRefused, match=sentence):
            record_departure(guest, left_on=day, version=1, by=clerk, at=NOW)
    assert record_departure(guest, left_on=datetime.date(2016, 12, 21), version=1, by=clerk, at=NOW).left_on


def test_nobody_arrives_tomorrow(home, clerk):
    tomorrow = datetime.date(2016, 12, 22)
    with pytest.raises(RegisterRefused, match="来京日期晚于今天"):
        record_resident(dwelling=home, name="王芳", arrived_on=tomorrow, by=clerk, at=NOW)
    guest = record_resident(dwelling=home, name="王芳", arrived_on=datetime.date(2016, 12, 21), by=clerk, at=NOW)
    with pytest.raises(RegisterRefused, match="来京日期晚于今天"):
        change_resident(guest, version=1, arrived_on=tomorrow, by=clerk, at=NOW)


def test_who_was_second_overwrites_nothing(canary, clerk):
    change_resident(canary, version=1, by=clerk, at=NOW, home_place="河北省保定市")
    with pytest.raises(RegisterConflict, match="没有覆盖"):
        change_resident(Resident.objects.get(), version=1, by=clerk, at=NOW, home_place="山东省济南市")
    assert Resident.objects.get().home_place == "河北省保定市"


def test_a_worker_keeps_the_own_community_only(canary, home, community_worker, other_community_worker):
    assert change_resident(canary, version=1, by=community_worker, at=NOW, home_place="河北省保定市")
    for verb in (
        lambda: record_resident(dwelling=home, name="王芳", by=other_community_worker, at=NOW),
        lambda: change_resident(canary, version=2, by=other_community_worker, at=NOW, home_place="x"),
        lambda: change_dwelling(home, version=1, by=other_community_worker, at=NOW, building="x"),
        lambda: erase_resident(canary, reason="测试删除居民", by=other_community_worker, at=NOW),
    ):
        with pytest.raises(NotYours):
            verb()


# --- shown, found, forgotten -----------------------------------------------------------------------------------------


def test_a_person_is_shown_for_a_reason_and_the_audit_knows(canary, community_worker):
    with pytest.raises(RegisterRefused, match="至少 5 个字"):
        reveal_resident(canary, reason="看看", by=community_worker, at=NOW)
    assert not AuditEntry.objects.filter(action="resident_revealed").exists()
    identity = reveal_resident(canary, reason="入户走访核对信息", by=community_worker, at=NOW)
    assert dict(identity.lines) == {"姓名": CANARY, "证件号": CANARY_ID, "电话": CANARY_PHONE, "房号": "2单元501"}
    assert CANARY not in repr(identity)
    entry = AuditEntry.objects.get(action="resident_revealed")
    assert (entry.actor, entry.reason) == (community_worker, "入户走访核对信息")


def test_a_person_is_not_shown_to_another_community_or_role(canary, other_community_worker, dispatcher, chief):
    for user in (other_community_worker, dispatcher, chief):
        with pytest.raises(NotYours):
            reveal_resident(canary, reason="入户走访核对信息", by=user, at=NOW)


def test_a_person_is_found_by_the_whole_number_in_ones_own_community(canary, community_worker, other_community_worker):
    assert find_residents(CANARY_ID.lower(), by=community_worker, at=NOW) == [canary]
    assert find_residents(f" {CANARY_PHONE} ", by=community_worker, at=NOW) == [canary]
    assert find_residents(CANARY_ID[:17], by=community_worker, at=NOW) == []
    assert find_residents(CANARY_ID, by=other_community_worker, at=NOW) == []
    assert CANARY_PHONE not in str(list(AuditEntry.objects.values()))


def test_who_left_long_ago_is_forgotten_and_who_left_lately_is_not(canary, home, clerk):
    RetentionRule.objects.create(months_after_leaving=6)
    stays = record_resident(dwelling=home, name="王芳", by=clerk, at=NOW)
    for person, day in ((canary, datetime.date(2016, 1, 31)), (stays, datetime.date(2016, 7, 1))):
        record_departure(person, left_on=day, version=1, by=clerk, at=NOW, confirmed=True)
    assert erase_departed(at=moment("2016-07-31 03:00")) == 0
    assert erase_departed(at=moment("2016-08-01 03:00")) == 1
    assert list(Resident.objects.all()) == [stays]
    assert AuditEntry.objects.get(action="departed_erased").detail == {"count": 1}


def test_who_is_forgotten_is_gone_from_every_table(canary, clerk):
    before = everything()
    assert canary.id_index in before
    index = canary.id_index
    erase_resident(canary, reason="本人要求删除信息", by=clerk, at=NOW)
    assert index not in everything() and CANARY not in everything()


def test_a_reason_that_names_the_person_keeps_no_name_in_the_trail(canary, clerk):
    reveal_resident(canary, reason=f"给{CANARY}补办证件，身份证{CANARY_ID}", by=clerk, at=NOW)
    erase_resident(canary, reason=f"{CANARY}本人（{CANARY_PHONE}）要求删除", by=clerk, at=NOW)
    reasons = dict(AuditEntry.objects.exclude(reason="").values_list("action", "reason"))
    assert reasons == {
        "resident_revealed": "给金*雀补办证件，身份证110199********1005",
        "resident_erased": "金*雀本人（138****7777）要求删除",
    }
    assert not any(word in everything() for word in (CANARY, CANARY_ID, CANARY_PHONE))


def everything():
    """Every value of every table as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_name_number_and_phone_are_on_no_page_and_in_no_log(client, canary, home, clerk, caplog):
    client.force_login(clerk)
    caplog.set_level(logging.DEBUG)
    addresses = [
        "/grid/dwellings/", f"/grid/dwellings/{home.code}/", f"/grid/dwellings/{home.code}/edit/",
        f"/grid/residents/{canary.pk}/edit/", f"/grid/residents/{canary.pk}/leave/",
        f"/grid/residents/{canary.pk}/reveal/", f"/grid/residents/{canary.pk}/erase/",
    ]  # fmt: skip
    pages = [client.get(address) for address in addresses]
    pages.append(client.post("/grid/dwellings/find/", {"text": CANARY_ID}))
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert CANARY not in text and CANARY_PHONE not in text and "2单元501" not in text
        assert CANARY_ID not in text or page is pages[-1]  # what one has just typed stays in the box
    assert "金*雀" in pages[1].content.decode() and "138****7777" in pages[1].content.decode()
    assert CANARY not in caplog.text and CANARY_ID not in caplog.text


def test_revealed_it_is_on_that_one_answer(client, canary, clerk):
    client.force_login(clerk)
    short = client.post(f"/grid/residents/{canary.pk}/reveal/", {"reason": "看"})
    assert short.status_code == 422 and CANARY not in short.content.decode()
    answer = client.post(f"/grid/residents/{canary.pk}/reveal/", {"reason": "入户走访核对信息"})
    assert CANARY in answer.content.decode() and "no-store" in answer["Cache-Control"]


def test_another_community_finds_no_page(client, canary, home, community_worker, other_community_worker):
    addresses = [f"/grid/dwellings/{home.code}/", f"/grid/residents/{canary.pk}/reveal/"]
    client.force_login(other_community_worker)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert home.code not in client.get("/grid/dwellings/").content.decode()
    client.force_login(community_worker)
    assert [client.get(address).status_code for address in addresses] == [200, 200]


def test_a_form_left_empty_keeps_what_is_sealed(client, canary, home, clerk):
    client.force_login(clerk)
    given = {"name": "", "id_number": "", "phone": "", "kind": "migrant", "home_place": "河北省保定市", "version": 1}
    assert client.post(f"/grid/residents/{canary.pk}/edit/", given).status_code == 302
    canary.refresh_from_db()
    assert (canary.name, canary.id_number, canary.phone) == (CANARY, CANARY_ID, CANARY_PHONE)
    assert (canary.kind, canary.home_place) == ("migrant", "河北省保定市")
    place = {"building": home.building, "door": "", "use": "vacant", "lon": home.lon, "lat": home.lat, "version": 1}
    assert client.post(f"/grid/dwellings/{home.code}/edit/", place).status_code == 302
    assert Dwelling.objects.get().door == "2单元501"


def test_a_wrong_number_is_refused_with_a_sentence_and_a_right_one_tells_sex_and_year(client, home, clerk):
    client.force_login(clerk)
    address = f"/grid/dwellings/{home.code}/residents/new/"
    wrong = client.post(address, {"name": "王芳", "kind": "registered", "id_number": CANARY_ID[:17] + "9"})
    assert wrong.status_code == 422 and "校验位不对" in wrong.content.decode()
    assert client.post(address, {"name": "王芳", "kind": "registered", "id_number": OTHER_ID}).status_code == 302
    made = Resident.objects.get()
    assert (made.sex, made.birth_year) == ("m", 1937)


@pytest.mark.parametrize("area", ["0", "-5"])
def test_a_dwelling_without_room_is_refused_in_words(client, home, clerk, area):
    client.force_login(clerk)
    given = {"building": home.building, "use": "own", "area_m2": area, "lon": home.lon, "lat": home.lat, "version": 1}
    answer = client.post(f"/grid/dwellings/{home.code}/edit/", given)
    assert answer.status_code == 422 and "建筑面积要大于 0" in answer.content.decode()
    assert "a_dwelling_has_room" not in answer.content.decode()


def test_a_stale_form_is_told_and_overwrites_nothing(client, canary, home, clerk):
    client.force_login(clerk)
    given = {"kind": "migrant", "home_place": "甲", "version": 1}
    assert client.post(f"/grid/residents/{canary.pk}/edit/", given).status_code == 302
    stale = client.post(f"/grid/residents/{canary.pk}/edit/", {**given, "home_place": "乙"})
    assert stale.status_code == 409
    canary.refresh_from_db()
    assert canary.home_place == "甲"


def test_lists_ask_no_more_for_more_rows(client, canary, home, xijing, clerk):
    client.force_login(clerk)

    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    addresses = ("/grid/dwellings/", f"/grid/dwellings/{home.code}/")
    for address in addresses:
        queries(address)
    few = [queries(address) for address in addresses]
    for number in range(6):
        record_dwelling(building="西井三区1号楼", door=str(number), by=clerk, at=NOW, **inside(xijing))
        record_resident(dwelling=home, name="王芳", by=clerk, at=NOW)
    assert [queries(address) for address in addresses] == few


# --- emptying what is sealed, and leaving long ago -------------------------------------------------------------------


def edit(client, resident, **given):
    """The form of a person as the browser sends it."""
    shown = {"kind": "registered", "is_head": "on", "version": resident.version}
    return client.post(f"/grid/residents/{resident.pk}/edit/", {**shown, **given})


def test_an_empty_field_leaves_what_is_sealed_and_a_tick_empties_it(client, canary, clerk):
    client.force_login(clerk)
    page = client.get(f"/grid/residents/{canary.pk}/edit/").content.decode()
    assert "清除原有电话" in page and "清除原有证件号" in page and "清除原有姓名" not in page
    assert edit(client, canary).status_code == 302
    canary.refresh_from_db()
    assert (canary.phone, canary.id_number) == (CANARY_PHONE, CANARY_ID)
    assert edit(client, canary, clear_phone="on").status_code == 302
    canary.refresh_from_db()
    assert (canary.phone, canary.phone_index, canary.id_number) == ("", "", CANARY_ID)
    entry = AuditEntry.objects.filter(action="resident_changed").latest("pk")
    assert entry.detail == {"fields": "phone", "cleared": "phone"}
    assert "清除原有电话" not in client.get(f"/grid/residents/{canary.pk}/edit/").content.decode()


def test_a_new_value_and_a_tick_to_clear_contradict_each_other(client, canary, clerk):
    client.force_login(clerk)
    answer = edit(client, canary, clear_phone="on", phone="13800001111")
    assert answer.status_code == 422 and "请只选一样" in answer.content.decode()
    canary.refresh_from_db()
    assert canary.phone == CANARY_PHONE


def test_a_door_and_an_organisations_phone_are_emptied_the_same_way(client, home, xijing, clerk):
    client.force_login(clerk)
    place = inside(xijing)
    answer = client.post(f"/grid/dwellings/{home.code}/edit/", {
        "building": home.building, "use": "own", "clear_door": "on", "version": 1, **place,
    })  # fmt: skip
    assert answer.status_code == 302
    home.refresh_from_db()
    assert home.door == ""
    shop = record_organisation(name="早点铺", kind="shop", phone=CANARY_PHONE, by=clerk, at=NOW, **place)
    answer = client.post(f"/grid/organisations/{shop.code}/edit/", {
        "name": "早点铺", "active": "on", "clear_phone": "on", "version": 1, **place,
    })  # fmt: skip
    assert answer.status_code == 302
    shop.refresh_from_db()
    assert shop.phone == ""


def test_the_page_of_leaving_says_when_the_person_is_forgotten(client, canary, clerk):
    client.force_login(clerk)
    address, today = f"/grid/residents/{canary.pk}/leave/", timezone.localdate()
    assert f"{erased_on(today):%Y-%m-%d}" in client.get(address).content.decode()
    hint = client.get(address, {"left_on": "2001-01-01"}, headers={"HX-Request": "true"}).content.decode()
    assert "2002-01-02" in hint and "今晚就删除" in hint
    assert "9999" not in client.get(address, {"left_on": "9999-12-31"}, headers={"HX-Request": "true"}).content.decode()


def test_who_would_be_forgotten_tonight_is_confirmed(client, canary, clerk):
    client.force_login(clerk)
    address = f"/grid/residents/{canary.pk}/leave/"
    answer = client.post(address, {"left_on": "2001-01-01", "version": 1})
    assert answer.status_code == 422 and "离开已满 12 个月" in answer.content.decode()
    canary.refresh_from_db()
    assert canary.left_on is None
    assert client.post(address, {"left_on": "2001-01-01", "version": 1, "confirmed": "on"}).status_code == 302
    assert erase_departed(at=timezone.now()) == 1


@pytest.mark.parametrize("left_on", ["2016-01-31", "2016-02-28", "2016-02-29", "2015-12-31", "2016-11-30"])
@pytest.mark.parametrize("months", [1, 6, 12])
def test_the_day_of_forgetting_is_the_day_on_which_it_happens(canary, left_on, months):
    RetentionRule.objects.create(months_after_leaving=months)
    Resident.objects.update(left_on=left_on)
    day = erased_on(datetime.date.fromisoformat(left_on))
    assert erase_departed(at=moment(f"{day - datetime.timedelta(days=1)} 12:00")) == 0
    assert erase_departed(at=moment(f"{day} 12:00")) == 1
