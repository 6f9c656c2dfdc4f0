"""The register of components: codes, whose they are, who sees and keeps them, how two at once are told apart."""
import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from accounts.models import AuditEntry
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import CodeStandard, Thing, ThingClass, ThingState
from grid.models.things import check_thing_code
from grid.photos import develop_photo
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from grid.things import change_thing, next_code, record_thing
from tests.grid.test_photos import encoded, upload
from tests.make import NOW

pytestmark = pytest.mark.django_db
CODE = "1101070101000007"


@pytest.fixture
def manhole():
    """上水井盖, of the older standard."""
    return ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")


def inside(community):
    """A position in a community's one grid; communities that a test made late are read too."""
    publish(SUBJECT)
    point = shapely.from_wkb(bytes(community.shape)).representative_point()
    return {"lon": point.x, "lat": point.y}


@pytest.fixture
def cover(manhole, xijing, clerk, law_enforcement):
    """A manhole in 西井."""
    return record_thing(
        thing_class=manhole, code=CODE, by=clerk, at=NOW, owner=law_enforcement, address="西井大街12号", **inside(xijing)
    )


# --- codes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [CODE, "11010701001000007"])
def test_a_code_of_16_or_17_digits_is_sound(code):
    check_thing_code(code)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("123", "现为 3 位"), ("11010701010000070", None), (CODE + "12", "现为 18 位"), ("11010701010000A7", "只有数字")],
)
def test_a_code_that_cannot_be_on_a_plate_is_refused_with_a_sentence(code, sentence):
    if sentence is None:
        return check_thing_code(code)
    with pytest.raises(ValidationError, match=sentence):
        check_thing_code(code)


def test_the_class_in_the_code_must_be_the_class_that_was_chosen(manhole, xijing, clerk):
    lamp = ThingClass.objects.create(code="0120", major="公用设施", name="路灯")
    with pytest.raises(RegisterRefused, match="第 7–10 位是小类 0101，而选的是路灯"):
        record_thing(thing_class=lamp, code=CODE, by=clerk, at=NOW, **inside(xijing))
    assert record_thing(thing_class=manhole, code=CODE, by=clerk, at=NOW, **inside(xijing)).code == CODE


def test_a_code_of_the_newer_standard_goes_with_a_class_of_it(xijing, clerk):
    newer = ThingClass.objects.create(standard=CodeStandard.NEW, code="01001", major="公用设施", name="上水井盖")
    thing = record_thing(thing_class=newer, code="11010701001000007", by=clerk, at=NOW, **inside(xijing))
    assert thing.thing_class == newer
    assert next_code(newer) == "11010701001000008"


@pytest.fixture
def newer(manhole):
    """The same of the newer standard."""
    return ThingClass.objects.create(
        standard=CodeStandard.NEW, code="01001", major="公用设施", name="上水井盖", older=manhole
    )


def test_a_newer_class_is_of_the_category_of_the_one_that_it_continues(manhole, newer, cover, xijing, clerk):
    lamp = ThingClass.objects.create(code="0120", major="公用设施", name="路灯")
    alone = ThingClass.objects.create(standard=CodeStandard.NEW, code="01020", major="公用设施", name="路灯")
    plated = record_thing(thing_class=newer, by=clerk, at=NOW, **inside(xijing))
    other = record_thing(thing_class=alone, by=clerk, at=NOW, **inside(xijing))
    assert set(Thing.objects.of_category("0101")) == {cover, plated}
    assert other not in Thing.objects.of_category("0120")
    assert (newer.category_code, alone.category_code) == ("0101", "01020")
    alone.older = lamp
    alone.save()
    assert list(Thing.objects.of_category("0120")) == [other] and alone.category_code == "0120"


def test_only_a_newer_class_continues_an_older_one(manhole, newer):
    newer.full_clean()
    for wrong in (ThingClass(code="0120", name="路灯", major="公用设施", older=manhole),
                  ThingClass(standard=CodeStandard.NEW, code="01020", name="路灯", major="公用设施", older=newer)):  # fmt: skip
        with pytest.raises(ValidationError, match="只有 2026 版的小类对应一个 2013 版的小类"):
            wrong.full_clean()
    with pytest.raises(IntegrityError, match="only_a_newer_thing_class"):
        ThingClass.objects.create(code="0120", name="路灯", major="公用设施", older=manhole)


def test_the_administrator_says_which_older_class_a_newer_one_continues(client, admin, manhole, newer):
    client.force_login(admin)
    address = f"/admin/grid/thingclass/{newer.pk}/change/"
    given = {"standard": "2026", "code": "01001", "major": "公用设施", "name": "上水井盖", "active": "on", "basis": "核定"}
    assert "对应的 2013 版小类" in client.get(address).content.decode()
    assert client.post(address, given).status_code == 302
    newer.refresh_from_db()
    assert newer.older is None and newer.basis == "核定"
    with zeal_ignore():  # the row and the one that it names are of one table
        assert client.post(address, {**given, "older": manhole.pk}).status_code == 302
    newer.refresh_from_db()
    assert newer.older == manhole


def test_without_a_plate_it_gets_the_next_code_of_its_class(cover, manhole, xijing, clerk):
    assert record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing)).code == "1101070101000008"


def test_a_code_is_given_once(cover, manhole, xijing, clerk):
    with pytest.raises(RegisterRefused, match=f"{CODE} 已经登记，是上水井盖"):
        record_thing(thing_class=manhole, code=CODE, by=clerk, at=NOW, **inside(xijing))
    assert Thing.objects.count() == 1


# --- place and hands -------------------------------------------------------------------------------------------------


def test_community_and_grid_follow_from_the_position(cover, xijing):
    assert (cover.community_id, cover.grid_id) == (xijing.pk, xijing.grids.get().pk)


def test_outside_the_street_nothing_is_recorded(manhole, clerk, xijing):
    with pytest.raises(RegisterRefused, match="不在本街道范围内"):
        record_thing(thing_class=manhole, by=clerk, at=NOW, lon=117.5, lat=39.9)
    assert not Thing.objects.exists()


def test_a_worker_keeps_the_own_community_only(cover, manhole, xijing, langshan, community_worker, other_community_worker):
    assert record_thing(thing_class=manhole, by=community_worker, at=NOW, **inside(xijing))
    with pytest.raises(NotYours, match="琅山村社区"):
        record_thing(thing_class=manhole, by=community_worker, at=NOW, **inside(langshan))
    assert change_thing(cover, version=1, by=community_worker, at=NOW, state=ThingState.DAMAGED).version == 2
    with pytest.raises(NotYours):
        change_thing(cover, version=2, by=other_community_worker, at=NOW, state=ThingState.INTACT)


def test_a_worker_cannot_carry_a_thing_into_another_community(cover, langshan, community_worker, clerk):
    with pytest.raises(NotYours):
        change_thing(cover, version=1, by=community_worker, at=NOW, **inside(langshan))
    assert change_thing(cover, version=1, by=clerk, at=NOW, **inside(langshan)).community_id == langshan.pk


def test_who_was_second_overwrites_nothing(cover, clerk):
    change_thing(cover, version=1, by=clerk, at=NOW, note="甲")
    with pytest.raises(RegisterConflict, match="没有覆盖"):
        change_thing(Thing.objects.get(), version=1, by=clerk, at=NOW, note="乙")
    assert Thing.objects.get().note == "甲"


def test_a_change_that_changes_nothing_leaves_no_trace(cover, clerk):
    change_thing(cover, version=1, by=clerk, at=NOW, note="")
    assert Thing.objects.get().version == 1
    assert not AuditEntry.objects.filter(action="thing_changed").exists()


def test_each_change_is_kept_with_what_stood_before(cover, clerk):
    change_thing(cover, version=1, by=clerk, at=NOW, state=ThingState.MISSING)
    assert [row.state for row in cover.history.order_by("pk")] == ["intact", "missing"]
    entry = AuditEntry.objects.get(action="thing_changed")
    assert entry.actor == clerk and entry.detail == {"fields": "state"}


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_worker_finds_the_own_communitys_things_and_no_others(client, cover, community_worker, other_community_worker):
    client.force_login(community_worker)
    assert CODE in client.get("/grid/things/").content.decode()
    assert client.get(f"/grid/things/{CODE}/").status_code == 200
    client.force_login(other_community_worker)
    assert CODE not in client.get("/grid/things/").content.decode()
    assert client.get(f"/grid/things/{CODE}/").status_code == 404
    assert client.post(f"/grid/things/{CODE}/edit/", {}).status_code == 404


@pytest.mark.parametrize("register", ["things", "organisations", "dwellings"])
def test_only_who_sees_many_communities_is_asked_which_one(client, community_worker, clerk, register):
    for user, asked in ((clerk, True), (community_worker, False)):
        client.force_login(user)
        page = client.get(f"/grid/{register}/", {"community": "110107005099"})
        assert page.status_code == 200 and ("全部社区" in page.content.decode()) is asked


@pytest.mark.usefixtures("private_files")
def test_a_things_picture_is_shown_to_who_sees_the_thing(client, manhole, xijing, clerk, other_community_worker):
    client.force_login(clerk)
    given = {"thing_class": manhole.pk, "state": "damaged", "photos": upload(encoded()), **inside(xijing)}
    assert client.post("/grid/things/new/", given).status_code == 302
    thing = Thing.objects.get()
    address = f"/grid/things/{thing.code}/photos/{thing.photos.get().pk}/"
    develop_photo(thing.photos.get().photo_id)
    assert f"{address}thumb/" in client.get(f"/grid/things/{thing.code}/").content.decode()
    assert client.get(f"{address}thumb/")["Content-Type"].startswith("image/")
    assert client.get(f"{address}original/").status_code == 404
    client.force_login(other_community_worker)
    assert client.get(f"{address}thumb/").status_code == 404


def test_who_sees_but_does_not_keep_is_turned_away_from_the_form(client, cover, dispatcher, clerk):
    client.force_login(dispatcher)
    assert client.get(f"/grid/things/{CODE}/").status_code == 200
    assert client.get(f"/grid/things/{CODE}/edit/").status_code == 403
    assert client.get("/grid/things/new/").status_code == 403
    client.force_login(clerk)
    assert client.get(f"/grid/things/{CODE}/edit/").status_code == 200
    assert client.get("/grid/things/new/").status_code == 200


def test_the_form_records_and_changes(client, manhole, xijing, clerk):
    client.force_login(clerk)
    given = {"thing_class": manhole.pk, "state": "intact", "address": "西井大街", **inside(xijing)}
    answer = client.post("/grid/things/new/", given)
    thing = Thing.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/grid/things/{thing.code}/"
    changed = client.post(f"/grid/things/{thing.code}/edit/", {**given, "state": "damaged", "version": 1})
    assert changed.status_code == 302
    stale = client.post(f"/grid/things/{thing.code}/edit/", {**given, "state": "missing", "version": 1})
    assert stale.status_code == 409 and "没有覆盖" in stale.content.decode()
    thing.refresh_from_db()
    assert thing.state == "damaged"


def test_the_form_and_the_list_tell_the_classes_of_both_standards_apart(client, clerk, manhole, newer):
    client.force_login(clerk)
    for address in ("/grid/things/new/", "/grid/things/"):
        page = client.get(address).content.decode()
        assert f'value="{manhole.pk}">上水井盖<' in page and f'value="{newer.pk}">上水井盖（2026 版）<' in page


def test_a_form_without_a_position_says_so(client, manhole, clerk):
    client.force_login(clerk)
    answer = client.post("/grid/things/new/", {"thing_class": manhole.pk, "state": "intact"})
    assert answer.status_code == 422 and "请在地图上点出位置" in answer.content.decode()
    assert not Thing.objects.exists()


def test_the_list_is_filtered(client, cover, manhole, xijing, clerk):
    record_thing(thing_class=manhole, by=clerk, at=NOW, state="missing", **inside(xijing))
    client.force_login(clerk)
    page = client.get("/grid/things/", {"state": "missing"}).content.decode()
    assert "1101070101000008" in page and CODE not in page
    assert CODE in client.get("/grid/things/", {"q": "西井大街"}).content.decode()
    assert CODE in client.get("/grid/things/", {"q": CODE[:12], "owner": "D01"}).content.decode()
    assert "没有符合条件" in client.get("/grid/things/", {"owner": "D01", "state": "missing"}).content.decode()


def test_the_list_asks_no_more_for_more_rows(client, cover, manhole, xijing, clerk):
    client.force_login(clerk)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/grid/things/").status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _ in range(8):
        record_thing(thing_class=manhole, by=clerk, at=NOW, **inside(xijing))
    assert queries() == few
