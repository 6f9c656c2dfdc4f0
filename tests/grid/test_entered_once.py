"""A form for a new row enters one row, however often and however near to each other it is sent."""
import re

import pytest
from simple_history.utils import get_history_model_for_model

from grid.models import Dwelling, KeySite, Organisation, Resident, Thing, ThingClass
from grid.organisation_sheets import ORGANISATIONS
from grid.people import record_dwelling, record_resident
from grid.register_sheets import TARGETS
from grid.registering import RegisterConflict, entered_before
from grid.sites import record_place
from grid.things import record_thing
from tests.grid.test_people import CANARY_ID, inside
from tests.make import NOW

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"
HIDDEN = re.compile(r'name="entry_key" value="([0-9a-f]{32})"')


@pytest.fixture
def manhole(db):
    """上水井盖."""
    return ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")


@pytest.fixture
def home(xijing, clerk):
    """A dwelling in 西井."""
    return record_dwelling(building="西井一区3号楼", door="501", by=clerk, at=NOW, **inside(xijing))


def forms(home, manhole, xijing):
    """Each register's form: model, address, what is written, and another value of one field."""
    place = inside(xijing)
    return (
        (Thing, "/grid/things/new/", {"thing_class": manhole.pk, "state": "intact", "note": "甲", **place}, ("note", "乙")),
        (Organisation, "/grid/organisations/new/",
         {"name": "甲", "kind": "shop", "uscc": "129999991000791907", "phone": "13800007777", **place}, ("name", "乙")),
        (KeySite, "/grid/places/new/",
         {"name": "甲", "category": "小区", "status": "日常监测", "patrol_per_week": 0, "check_time": "any",
          "buildings": "1号楼", **place}, ("name", "乙")),
        (Dwelling, "/grid/dwellings/new/",
         {"building": "西井二区1号楼", "door": "101", "use": "own", "area_m2": "50", **place}, ("door", "102")),
        (Resident, f"/grid/dwellings/{home.code}/residents/new/",
         {"name": "王芳", "kind": "registered", "id_number": CANARY_ID, "is_head": "on"}, ("name", "王小芳")),
    )  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_a_form_that_is_sent_twice_enters_one_row_and_answers_alike(client, home, manhole, xijing, clerk, number):
    model, address, given, (name, other) = forms(home, manhole, xijing)[number]
    client.force_login(clerk)
    before = model.objects.count()
    pages = [client.get(f"{address}?entry_key=x").content.decode() for _ in range(2)]
    key, fresh = (HIDDEN.search(page)[1] for page in pages)
    assert key != fresh
    answers = [client.post(address, {**given, "entry_key": key}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302] and answers[0].url == answers[1].url
    assert model.objects.count() == before + 1
    gone_back = client.post(address, {**given, name: other, "entry_key": key})
    assert gone_back.status_code == 409 and "这次填的没有保存" in gone_back.content.decode()
    assert model.objects.count() == before + 1


def test_a_form_that_was_refused_keeps_its_key_and_two_forms_are_two_rows(client, manhole, xijing, home, clerk):
    _, address, given, _ = forms(home, manhole, xijing)[0]
    client.force_login(clerk)
    refused = client.post(address, {**given, "lon": "", "entry_key": KEY})
    assert refused.status_code == 422 and HIDDEN.search(refused.content.decode())[1] == KEY
    for key in (KEY, KEY[::-1], "", ""):
        assert client.post(address, {**given, "entry_key": key}).status_code == 302
    assert Thing.objects.count() == 4


@pytest.fixture
def late(monkeypatch):
    """Who looks for the first time finds nothing, since the other's row is not written yet."""
    looks = []

    def look(rows, columns):
        looks.append(columns)
        return None if len(looks) == 1 else entered_before(rows, columns)

    for module in ("things", "sites", "organisations", "people"):
        monkeypatch.setattr(f"grid.{module}.entered_before", look)


@pytest.mark.parametrize("which", ["thing", "place", "resident"])
def test_of_two_at_once_the_second_gets_the_row_of_the_first(home, manhole, xijing, clerk, request, which):
    verb, given = {
        "thing": (record_thing, {"thing_class": manhole, "note": "甲", **inside(xijing)}),
        "place": (record_place, {"name": "甲", "category": "小区", **inside(xijing)}),
        "resident": (record_resident, {"dwelling": home, "name": "王芳"}),
    }[which]
    first = verb(entry_key=KEY, by=clerk, at=NOW, **given)
    request.getfixturevalue("late")
    assert verb(entry_key=KEY, by=clerk, at=NOW, **given) == first
    assert type(first).objects.filter(entry_key=KEY).count() == 1


def test_another_communitys_form_does_not_open_the_row(xijing, langshan, clerk, other_community_worker):
    record_place(name="甲", category="小区", entry_key=KEY, by=clerk, at=NOW, **inside(xijing))
    with pytest.raises(RegisterConflict):
        record_place(name="甲", category="小区", entry_key=KEY, by=other_community_worker, at=NOW, **inside(langshan))
    assert KeySite.objects.count() == 1


def test_the_key_stands_neither_in_the_past_nor_in_tables():
    assert "entry_key" not in {field.name for field in get_history_model_for_model(Thing)._meta.fields}
    assert not any(column.name == "entry_key" for target in (*TARGETS, ORGANISATIONS) for column in target.columns)
