"""A case names its thing: offered and typed at registration, given and changed later, told in the story, found again."""

import pytest
from django.conf import settings

from cases import workflow
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden
from cases.models import Case, Category
from cases.registering import place_columns
from cases.search import search
from cases.states import Source, State
from cases.telling import facts_of
from cases.trail import broken_chains
from cases.views.thing_offer import offer_of
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import CodeStandard, Thing, ThingClass
from grid.things_near import things_near
from tests.make import NOW, make_case, make_community, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

HERE = {"lon": 116.17, "lat": 39.93}  # in the one grid of 西井
METRE = 1 / 111_132  # degrees of latitude
FORM = {"title": "雨水箅子缺失", "urgency": "normal", "received_at": "2016-12-21T09:00", "source": "WG", "key": "k"}


@pytest.fixture
def gratings():
    """雨水箅子, the class of components and the category of cases with the same digits."""
    Category.objects.get_or_create(
        kind="component", code="0104", defaults={"major_code": "01", "major": "公用设施", "name": "雨水箅子"}
    )
    return ThingClass.objects.get_or_create(code="0104", defaults={"major": "公用设施", "name": "雨水箅子"})[0]


@pytest.fixture
def class_of_case(gratings):
    """The category of the same digits."""
    return Category.objects.get(kind="component", code="0104")


def make_thing(thing_class, community, serial, *, metres=0, **over):
    """A component so many metres north of HERE."""
    return Thing.objects.create(
        code=f"110107{thing_class.code}{serial:06d}", thing_class=thing_class, community=community,
        grid=community.grids.get(), **{"lon": HERE["lon"], "lat": HERE["lat"] + metres * METRE, **over},
    )  # fmt: skip


@pytest.fixture
def grating(gratings, xijing, sanitation):
    """One of 环卫队, at HERE."""
    publish(SUBJECT)
    return make_thing(gratings, xijing, 7, owner=sanitation, address="西井大街12号")


# --- what stands near ------------------------------------------------------------------------------------------------


def test_the_nearest_of_the_class_are_offered_with_their_distance(gratings, grating, xijing, dispatcher):
    near = make_thing(gratings, xijing, 8, metres=20)
    make_thing(gratings, xijing, 9, metres=settings.THINGS_NEAR_M + 5)
    make_thing(gratings, xijing, 10, metres=3, state="retired")
    make_thing(ThingClass.objects.create(code="0120", name="路灯"), xijing, 11, metres=1)
    found = things_near(**HERE, category_code="0104", user=dispatcher)
    assert [(one.thing, one.metres) for one in found] == [(grating, 0), (near, 20)]


@pytest.fixture
def newer(gratings):
    """雨水箅子 of the newer standard, which continues the older class."""
    return ThingClass.objects.create(
        standard=CodeStandard.NEW, code="01004", major="公用设施", name="雨水箅子", older=gratings
    )


def test_those_with_the_newer_plates_are_offered_too(gratings, newer, grating, xijing, dispatcher, case):
    plated = make_thing(newer, xijing, 8, metres=20)
    assert [one.thing for one in things_near(**HERE, category_code="0104", user=dispatcher)] == [grating, plated]
    ThingClass.objects.filter(pk=newer.pk).update(older=None)
    assert [one.thing for one in things_near(**HERE, category_code="0104", user=dispatcher)] == [grating]


@pytest.mark.parametrize("is_chosen", [False, True])
def test_a_newer_plate_fills_the_class_or_fits_it(client, dispatcher, newer, grating, class_of_case, xijing, is_chosen):
    plated = make_thing(newer, xijing, 8, metres=20)
    chosen = {"category": class_of_case.pk} if is_chosen else {}
    assert post(client, dispatcher, thing=plated.code, **chosen).status_code == 302
    assert Case.objects.get().category == class_of_case


def test_a_newer_plate_that_continues_no_class_fits_none(client, dispatcher, newer, grating, class_of_case, xijing):
    ThingClass.objects.filter(pk=newer.pk).update(older=None)
    plated = make_thing(newer, xijing, 8, metres=20)
    refused = post(client, dispatcher, thing=plated.code, category=class_of_case.pk)
    assert refused.status_code == 422 and "请核对标识码或类别" in refused.content.decode()


def test_a_worker_is_offered_the_own_communitys_alone(
    grating, community_worker, other_community_worker, petition_officer
):
    assert [one.thing for one in things_near(**HERE, category_code="0104", user=community_worker)] == [grating]
    for stranger in (other_community_worker, petition_officer):
        assert things_near(**HERE, category_code="0104", user=stranger) == []


def test_an_address_alone_offers_those_of_its_grid(gratings, grating, class_of_case, dispatcher, xijing):
    far = make_thing(gratings, xijing, 8, metres=400)
    typed = {"category": str(class_of_case.pk), "address": "西井社区第1网格北侧"}
    assert [one.thing for one in offer_of(typed, dispatcher).near] == [grating, far]
    assert offer_of({**typed, "address": "天安门"}, dispatcher).near == ()


@pytest.mark.parametrize("typed", [
    {}, {"category": "x"}, {"category": "9" * 30}, {"category": "9" * 5000}, {"lon": "abc", "lat": "1"}, {"lon": "900", "lat": "39"}, {"thing": " "},
])  # fmt: skip
def test_what_cannot_be_read_offers_nothing(typed, dispatcher):
    offer = offer_of(typed, dispatcher)
    assert not offer.near and not offer.found and not offer.refusal


def test_the_offer_grows_by_no_query_with_the_things(
    gratings, grating, class_of_case, xijing, dispatcher, django_assert_num_queries
):
    typed = {"category": str(class_of_case.pk), "lon": "116.17", "lat": "39.93", "thing": grating.code}
    offer_of(typed, dispatcher)  # reads the person's roles
    with django_assert_num_queries(3):  # the class, the plate, the near ones
        offer_of(typed, dispatcher)
    for serial in range(20, 40):
        make_thing(gratings, xijing, serial, metres=serial)
    with django_assert_num_queries(3):
        assert len(offer_of(typed, dispatcher).near) == 5


# --- registration ----------------------------------------------------------------------------------------------------


def post(client, user, **over):
    client.force_login(user)
    return client.post("/cases/new/", {**FORM, **over})


def test_a_typed_plate_fills_place_grid_community_and_class(client, dispatcher, grating, class_of_case, xijing):
    assert post(client, dispatcher, thing="1101 0701 0400 0007").status_code == 302
    case = Case.objects.get()
    assert (case.thing, case.grid, case.community, case.category) == (
        grating,
        xijing.grids.get(),
        xijing,
        class_of_case,
    )
    assert (case.lon, case.lat) == (grating.lon, grating.lat)
    assert case.events.get().facts["thing"] == "雨水箅子 1101070104000007"


@pytest.mark.parametrize(("code", "sentence"), [
    ("123", "现为 3 位"), ("11010701040000A7", "只有数字"), ("1101070104000999", "部件台账里没有标识码 1101070104000999"),
    ("1" * 50, "太长"),
])  # fmt: skip
def test_a_wrong_plate_is_refused_with_a_sentence_and_nothing_is_kept(client, dispatcher, grating, code, sentence):
    answer = post(client, dispatcher, thing=code)
    html = answer.content.decode()
    assert answer.status_code == 422 and sentence in html and FORM["title"] in html and not Case.objects.exists()


def test_a_plate_of_another_class_or_far_from_the_place_is_taken_for_misread(
    client, dispatcher, gratings, grating, xijing, category, class_of_case
):
    lamps = Category.objects.get_or_create(kind="component", code="0120", defaults={"name": "路灯"})[0]
    answer = post(client, dispatcher, thing=grating.code, category=lamps.pk)
    assert answer.status_code == 422 and "这个标识码是雨水箅子，而类别选的是路灯" in answer.content.decode()
    far = {"lon": "116.17", "lat": str(39.93 + 700 * METRE)}
    answer = post(client, dispatcher, thing=grating.code, **far)
    assert answer.status_code == 422 and "离案件位置 700 米" in answer.content.decode() and not Case.objects.exists()
    assert (
        post(client, dispatcher, thing=grating.code, category=category.pk, lon="116.17", lat="39.9301").status_code
        == 302
    )
    case = Case.objects.get()
    assert case.lat == 39.9301 and case.category == category  # an event at a component keeps both


def test_without_a_script_near_things_are_buttons_of_the_form(client, dispatcher, grating, class_of_case):
    place = {"lon": "116.17", "lat": "39.93", "category": class_of_case.pk}
    html = post(client, dispatcher, find="things", **place).content.decode()
    assert f'value="thing:{grating.code}"' in html and "0 米" in html and "环卫队" in html and not Case.objects.exists()
    html = post(client, dispatcher, find=f"thing:{grating.code}", **place).content.decode()
    assert f'name="thing" value="{grating.code}"' in html and not Case.objects.exists()


def test_the_offer_says_what_was_found_and_what_was_not(client, dispatcher, grating, class_of_case, community_worker):
    client.force_login(dispatcher)
    ask = lambda **typed: client.post("/cases/new/things/", typed).content.decode()  # noqa: E731
    assert "西井大街12号" in ask(thing=grating.code) and "data-thing-at" in ask(thing=grating.code)
    assert "没有登记的雨水箅子" in ask(category=class_of_case.pk, lon="116.175", lat="39.93")
    assert "没有标识码" in ask(thing="1101070104000999")
    assert client.get("/cases/new/things/").status_code == 405


def test_another_communitys_plate_is_unknown_to_a_worker(client, grating, community_worker, other_community_worker):
    answer = post(client, other_community_worker, thing=grating.code)
    assert answer.status_code == 422 and "部件台账里没有标识码" in answer.content.decode()
    assert post(client, community_worker, thing=grating.code).status_code == 302


def test_the_petition_desk_is_not_asked_for_a_plate(client, petition_officer, dispatcher):
    client.force_login(petition_officer)
    assert "部件标识码" not in client.get("/cases/new/").content.decode()
    client.force_login(dispatcher)
    assert "部件标识码" in client.get("/cases/new/").content.decode()


def test_a_component_outside_the_street_gives_no_place(grating):
    grating.lon = 117.5
    with pytest.raises(AnswersRefused, match="不在本街道范围内"):
        place_columns(None, None, None, thing=grating)


# --- later -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(dispatcher, xijing, class_of_case):
    """A case at HERE that names nothing yet."""
    return make_case(dispatcher, category=class_of_case, grid=xijing.grids.get(), community=xijing, **HERE)


def test_a_case_is_given_its_thing_later_then_another_then_none(case, grating, gratings, xijing, dispatcher):
    other = make_thing(gratings, xijing, 8, metres=10)
    for thing, facts in (
        (grating, {"thing": str(grating)}), (other, {"thing": str(other), "thing_before": str(grating)}),
        (None, {"thing_before": str(other)}),
    ):  # fmt: skip
        event = move("name_thing", case, dispatcher, thing=thing)
        case.refresh_from_db()
        assert case.thing == thing and event.facts == facts and event.from_state == event.to_state == State.REPORTED
    assert not list(broken_chains())
    with pytest.raises(AnswersRefused):
        move("name_thing", case, dispatcher)


def test_who_saw_an_older_version_does_not_overwrite(case, grating, gratings, xijing, dispatcher, other_dispatcher):
    seen = case.version
    move("name_thing", case, dispatcher, thing=grating)
    other = make_thing(gratings, xijing, 8)
    with pytest.raises(MoveConflict):
        workflow.make("name_thing", case, by=other_dispatcher, at=NOW, version=seen, thing=other)
    assert Case.objects.get().thing == grating


def test_a_case_without_a_place_gets_that_of_its_thing(dispatcher, grating, xijing):
    case = make_case(dispatcher)
    move("name_thing", case, dispatcher, thing=grating)
    case = Case.objects.get()
    assert (case.lon, case.lat, case.grid, case.community) == (grating.lon, grating.lat, xijing.grids.get(), xijing)


def test_a_thing_that_is_far_or_unseen_is_refused_and_a_lead_may_name_it(
    case, grating, gratings, dispatcher, handler, other_handler, law_enforcement, community_worker
):
    far = make_thing(gratings, grating.community, 9, metres=900)
    with pytest.raises(AnswersRefused, match="离案件位置 901 米"):
        move("name_thing", case, dispatcher, thing=far)
    put(case, State.IN_PROGRESS, lead=law_enforcement)
    with pytest.raises(MoveForbidden):
        move("name_thing", case, other_handler, thing=grating)
    move("name_thing", case, handler, thing=grating)
    elsewhere = make_community("琅山", code="110107005009")
    put(case, State.IN_PROGRESS, lead=community_worker.department, lon=None, lat=None)
    with pytest.raises(AnswersRefused, match="没有标识码"):
        move("name_thing", case, community_worker, thing=make_thing(gratings, elsewhere, 10))


def test_a_merge_gives_the_master_the_component_of_its_follower_and_says_so(case, grating, dispatcher):
    master = make_case(dispatcher)
    move("name_thing", case, dispatcher, thing=grating)
    move("merge", case, dispatcher, master=master, reason="同一个雨水箅子")
    master.refresh_from_db()
    assert (master.thing, case.thing, master.lon, master.grid) == (grating, grating, grating.lon, grating.grid)
    told = master.events.get(move="merge")
    assert told.facts == {"follower": case.number, "thing": str(grating)} and f"部件：{grating}" in facts_of(told)
    assert list(search(Case.objects.open(), grating.code, dispatcher)) == [master] and not list(broken_chains())


def test_a_merge_changes_neither_a_component_that_is_named_nor_names_one_that_stands_elsewhere(
    case, grating, gratings, xijing, dispatcher
):
    other = make_thing(gratings, xijing, 8, metres=10)
    named = make_case(dispatcher, thing=other, **HERE)
    far = make_case(dispatcher, lon=HERE["lon"], lat=HERE["lat"] + 900 * METRE)
    for master, left in ((named, other), (far, None)):
        follower = make_case(dispatcher, thing=grating, **HERE)
        move("merge", follower, dispatcher, master=master, reason="同一个雨水箅子")
        master.refresh_from_db()
        assert master.thing == left and master.events.get(move="merge").facts == {"follower": follower.number}


def test_the_parts_of_a_split_case_keep_its_component(case, grating, dispatcher, class_of_case):
    move("name_thing", case, dispatcher, thing=grating)
    move("accept", case, dispatcher, category=class_of_case)
    move("split", case, dispatcher, parts=["补装雨水箅子", "修补路面"])
    parts = Case.objects.filter(parent=case)
    assert [part.thing for part in parts] == [grating, grating]
    assert {part.events.get(move="report").facts["thing"] for part in parts} == {str(grating)}


def test_the_plain_form_names_it_and_offers_the_near_ones(client, case, grating, dispatcher):
    client.force_login(dispatcher)
    address = f"/cases/{case.number}/name_thing/"
    html = client.get(address).content.decode()
    assert f'href="{address}?thing={grating.code}"' in html and "附近的雨水箅子" in html
    assert f'value="{grating.code}"' in client.get(f"{address}?thing={grating.code}").content.decode()
    wrong = client.post(address, {"version": case.version, "thing": "1101070104000999"})
    assert wrong.status_code == 422 and "部件台账里没有标识码" in wrong.content.decode()
    assert client.post(address, {"version": case.version, "thing": grating.code}).status_code == 302
    assert Case.objects.get().thing == grating
    page = client.get(case.get_absolute_url()).content.decode()
    assert f'href="/grid/things/{grating.code}/"' in page and "环卫队" in page and f"部件：{grating}" in page


def test_the_api_names_it_and_tells_it(client, case, grating, dispatcher, petition_officer):
    client.force_login(dispatcher)
    address = f"/api/v1/cases/{case.number}/"
    told = {"thing": grating.code, "version": case.version}
    answer = client.post(f"{address}moves/name_thing/", told, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert client.get(address).json()["thing"] == grating.code
    assert client.get("/api/v1/cases/").json()["results"][0]["thing"] == grating.code
    found = client.get(f"/api/v1/cases/?thing={grating.code}").json()
    assert [row["number"] for row in found["results"]] == [case.number]
    assert client.get("/api/v1/cases/?thing=1101070104000008").json()["results"] == []


# --- found again -----------------------------------------------------------------------------------------------------


def test_a_case_is_found_by_the_code_of_its_thing_and_no_longer_when_it_is_taken_off(case, grating, dispatcher):
    move("name_thing", case, dispatcher, thing=grating)
    assert list(search(Case.objects.all(), grating.code, dispatcher)) == [case]
    assert list(search(Case.objects.all(), grating.code[:12], dispatcher)) == [case]
    move("name_thing", case, dispatcher)
    assert not search(Case.objects.all(), grating.code, dispatcher).exists()


def test_the_thing_of_a_petition_is_kept_from_who_reads_titles_alone(
    client, grating, petition_officer, dispatcher, chief
):
    petition = make_case(petition_officer, source=Source.PETITION, thing=grating)
    assert not search(Case.objects.all(), grating.code, dispatcher).exists()
    assert list(search(Case.objects.all(), grating.code, chief)) == [petition]
    for user, told in ((dispatcher, False), (chief, True)):
        client.force_login(user)
        assert (grating.code in client.get(petition.get_absolute_url()).content.decode()) is told
        assert (client.get(f"/api/v1/cases/{petition.number}/").json()["thing"] == grating.code) is told
        found = client.get(f"/api/v1/cases/?thing={grating.code}").json()["results"]
        assert bool(found) is told


def test_a_thing_that_a_case_names_is_not_removed(case, grating, dispatcher):
    from django.db.models import ProtectedError

    move("name_thing", case, dispatcher, thing=grating)
    with pytest.raises(ProtectedError):
        grating.delete()
    move("name_thing", case, dispatcher)
    grating.delete()


def test_the_printed_order_names_the_thing(client, case, grating, dispatcher):
    put(case, State.REGISTERED, thing=grating)
    client.force_login(dispatcher)
    paper = client.get(f"/cases/{case.number}/print/order/").content.decode()
    assert f"{grating}（权属：环卫队）" in paper


def test_the_phone_says_which_thing_to_look_for(client, case, grating, handler, law_enforcement):
    put(case, State.IN_PROGRESS, thing=grating, lead=law_enforcement)
    client.force_login(handler)
    case.assignments.create(department=law_enforcement, role="lead", assigned_at=NOW)
    page = client.get(f"/m/tasks/{case.number}/").content.decode()
    assert "雨水箅子 1101070104000007，西井大街12号，权属环卫队" in page


def test_who_sees_the_case_but_not_the_register_reads_the_thing_without_a_link(client, case, grating, law_enforcement):
    user = make_user("far", "worker", department=law_enforcement)
    put(case, State.REPORTED, thing=grating, checker=user)
    client.force_login(user)
    html = client.get(case.get_absolute_url()).content.decode()
    assert grating.code in html and f"/grid/things/{grating.code}/" not in html
