"""The layers of the one map: who gets which, what they hold back, and that no answer is ever large or slow to ask."""
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from campaigns.models import PatrolLog
from cases.deadlines import time_left
from cases.layers import OPEN_CASES
from cases.models import Case
from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from grid.editions import publish
from grid.layers import LAYERS, MOST_CELLS, MOST_NAMED, View, layer_named
from grid.locate import SUBJECT
from grid.models import KeySite, Organisation, PlaceAlias, Thing, ThingClass
from tests.coal_to_electric.make import make_household, make_programme
from tests.make import make_case
from tests.test_every_url import PERSONS

pytestmark = pytest.mark.django_db
STREET = "116.0,39.9,116.5,39.96"  # holds the communities of the cast
KB_60 = 60 * 1024

ALL = set(Role.values)
REGISTERS = {"dispatcher", "chief", "inspector", "handler", "worker", "clerk", "leader"}
OPEN_TO = {
    "communities": ALL, "grids": ALL, "sites": ALL, "things": REGISTERS, "units": REGISTERS,
    "cases": {"dispatcher", "chief", "inspector", "handler", "worker", "petition", "leader"},
    "structures": {"chief", "clerk", "leader"},
    "patrols": {"chief", "inspector", "clerk", "leader"},
    "households": {"chief", "clerk", "leader", "worker"},
}  # fmt: skip


def ask(client, key, *, bbox=STREET, zoom=14):
    """The answer of one layer."""
    return client.get(reverse("grid:layer", args=[key]), {"bbox": bbox, "zoom": zoom})


def inside(community, n=0):
    """A position in the square of a community of the cast."""
    east = 116.0 + int(community.code[-3:]) * 0.02
    return {"lon": east + 0.003 + n % 40 * 0.0003, "lat": 39.922 + n // 40 % 40 * 0.0003}


@pytest.fixture
def manhole():
    """A class of components."""
    return ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")


def lay_things(community, thing_class, count, *, start=0, **over):
    """Components side by side."""
    grid = community.grids.get()
    Thing.objects.bulk_create(
        Thing(code=f"11010701{n:08d}", thing_class=thing_class, community=community, grid=grid,
              **{**inside(community, n), **over})
        for n in range(start, start + count)
    )  # fmt: skip


# --- who gets which -------------------------------------------------------------------------------------------------


def test_every_layer_has_a_row_of_rights():
    assert [layer.key for layer in LAYERS] == list(OPEN_TO)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_gets_its_layers_and_is_refused_the_others(client, request, xijing, role):
    client.force_login(request.getfixturevalue(PERSONS[role]))
    got = {key: ask(client, key).status_code for key in OPEN_TO}
    assert got == {key: 200 if role in roles else 403 for key, roles in OPEN_TO.items()}


def test_without_a_login_no_layer_answers_and_an_unknown_one_is_nowhere(client, xijing, dispatcher):
    assert {ask(client, key).status_code for key in OPEN_TO} == {302}
    client.force_login(dispatcher)
    assert ask(client, "residents").status_code == 404


def test_a_worker_gets_the_own_community_alone(client, manhole, xijing, langshan, community_worker, dispatcher):
    for number, community in enumerate((xijing, langshan)):
        lay_things(community, manhole, 1, start=number)
        Organisation.objects.create(code=f"S{number}", name=f"商店{number}", community=community, **inside(community))
        make_case(dispatcher, grid=community.grids.get(), community=community, **inside(community))
    client.force_login(community_worker)
    assert [ask(client, key).json()["total"] for key in ("things", "units", "cases")] == [1, 1, 1]
    client.force_login(dispatcher)
    assert [ask(client, key).json()["total"] for key in ("things", "units", "cases")] == [2, 2, 2]


def test_a_petition_lies_on_the_map_only_for_those_who_may_know_its_place(
    client, xijing, petition_officer, dispatcher, chief, community_worker
):
    make_case(petition_officer, source="XF", title="邻里纠纷", grid=xijing.grids.get(), community=xijing, **inside(xijing))
    for person, total in ((petition_officer, 1), (chief, 1), (dispatcher, 0), (community_worker, 0)):
        client.force_login(person)
        answer = ask(client, "cases", zoom=18)
        assert answer.json()["total"] == total, person
        assert ("邻里纠纷" in answer.content.decode()) == bool(total)


def test_closed_cases_and_cases_without_a_position_are_not_on_the_map(client, xijing, dispatcher):
    from tests.make import put

    put(make_case(dispatcher, community=xijing, **inside(xijing)), "closed", closed_at=timezone.now())
    make_case(dispatcher, community=xijing)
    client.force_login(dispatcher)
    assert ask(client, "cases").json()["total"] == 0


def test_households_are_counted_by_grid_and_no_home_is_a_point(client, xijing, langshan, clerk, community_worker):
    seed_limits()
    seed_policies(seed_equipment())
    programme = make_programme()
    for place, community in enumerate((xijing, xijing, langshan)):
        make_household(programme, clerk, community, householder=f"金丝雀{place}", phone=f"1380000777{place}",
                       address=f"金丝雀胡同{place}号", grid=community.grids.get(), **inside(community))  # fmt: skip
    client.force_login(clerk)
    answer = ask(client, "households", zoom=19)
    assert [(point["title"], point["n"]) for point in answer.json()["points"] if "n" in point] == [("西井社区第1网格", 2)]
    assert answer.json()["total"] == 3
    assert not any(word in answer.content.decode() for word in ("金丝雀", "1380000777", "胡同"))
    assert inside(xijing)["lon"] not in [point["at"][0] for point in answer.json()["points"]]
    client.force_login(community_worker)
    assert ask(client, "households").json()["total"] == 2


def test_patrols_of_the_last_week_are_counted_at_the_community_whose_team_went_out(client, xijing, langshan, leader):
    now, today = timezone.now(), timezone.localdate()
    for number, (team, days) in enumerate(((xijing, 0), (xijing, 6), (langshan, 7))):
        PatrolLog.objects.create(number=f"XC{number}", date=today - timedelta(days=days), shift="day",
                                 team=team.department, started_at=now, persons=3)  # fmt: skip
    client.force_login(leader)
    points = ask(client, "patrols").json()["points"]
    assert [(point["title"], point["n"], point["facts"]) for point in points] == [
        ("西井社区巡查", 2, "近 7 天 2 次，出动 6 人次")
    ]


# --- what a view asks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bbox", ["", "1,2,3", "a,b,c,d", "116.2,39.9,116.1,39.96", "116,39,116,40", "nan,39,117,40", "-181,0,1,1", "1" * 200]
)
def test_a_box_that_is_none_is_answered_in_words(client, dispatcher, bbox):
    client.force_login(dispatcher)
    answer = ask(client, "sites", bbox=bbox)
    assert answer.status_code == 422 and "西、南、东、北" in answer.json()["sentence"]


@pytest.mark.parametrize("zoom", ["", "x", "-1", "23", "14.5"])
def test_a_zoom_that_is_none_is_answered_in_words(client, dispatcher, zoom):
    client.force_login(dispatcher)
    answer = ask(client, "sites", zoom=zoom)
    assert answer.status_code == 422 and "缩放级别" in answer.json()["sentence"]


def test_an_answer_is_kept_shortly_and_for_this_session_alone(client, xijing, dispatcher):
    client.force_login(dispatcher)
    answer = ask(client, "cases")
    assert "private" in answer["Cache-Control"] and "Cookie" in answer["Vary"]


# --- clusters -------------------------------------------------------------------------------------------------------


def test_points_are_gathered_from_afar_and_named_near_by(client, manhole, xijing, dispatcher):
    lay_things(xijing, manhole, 30)
    lay_things(xijing, manhole, 1, start=30, state="damaged")
    client.force_login(dispatcher)
    far = ask(client, "things", zoom=11).json()
    assert (far["total"], far["points"]) == (31, []) and sum(one["n"] for one in far["clusters"]) == 31
    assert far["kinds"] == {"faulty": 1, "sound": 30} and {one["kind"] for one in far["clusters"]} >= {"faulty"}
    near = ask(client, "things", zoom=18, bbox="116.16,39.92,116.18,39.94").json()
    assert (len(near["points"]), near["clusters"]) == (31, [])
    assert near["points"][0] == {
        "at": [116.163, 39.922], "title": "上水井盖 1101070100000000", "facts": "完好，西井社区第1网格",
        "url": "/grid/things/1101070100000000/", "kind": "sound",
    }  # fmt: skip
    assert near["kinds"] == {"sound": 30, "faulty": 1}


def test_a_row_that_stands_alone_is_named_from_afar(client, manhole, xijing, dispatcher):
    lay_things(xijing, manhole, 1)
    client.force_login(dispatcher)
    far = ask(client, "things", zoom=11).json()
    assert far["clusters"] == [] and far["points"][0]["title"] == "上水井盖 1101070100000000"


def test_clusters_do_not_jump_while_the_map_is_dragged(client, manhole, xijing, dispatcher):
    lay_things(xijing, manhole, 1600)
    client.force_login(dispatcher)
    width = View(116.16, 39.92, 116.18, 39.94, 14).cell[0]
    here = ask(client, "things", bbox="116.15,39.91,116.19,39.95").json()["clusters"]
    moved = ask(client, "things", bbox=f"{116.15 + width / 3},39.91,{116.19 + width / 3},39.95").json()["clusters"]
    assert here == moved and len(here) > 4


@pytest.mark.parametrize("zoom", [0, 9, 13, 16, 17, 19, 22])
@pytest.mark.parametrize("bbox", [STREET, "-180,-90,180,90", "116.16,39.92,116.18,39.94"])
def test_no_answer_is_large_whatever_is_asked(client, manhole, xijing, leader, zoom, bbox):
    lay_things(xijing, manhole, 1600)
    lay_things(xijing, manhole, 400, start=2000, state="missing")
    Thing.objects.filter(code__endswith="7").update(note="长" * 200)
    community, grid = xijing, xijing.grids.get()
    grid.name, grid.community_id = "长" * 60, community.pk
    grid.save(update_fields=["name"])
    ThingClass.objects.update(name="长" * 30)
    client.force_login(leader)
    answer = ask(client, "things", zoom=zoom, bbox=bbox)
    told = answer.json()
    assert answer.status_code == 200 and len(answer.content) <= KB_60
    assert len(told["points"]) <= MOST_NAMED and len(told["points"]) + len(told["clusters"]) <= MOST_CELLS
    assert told["total"] == sum(one["n"] for one in told["clusters"]) + len(told["points"])


def test_the_longest_words_of_every_cell_still_make_a_small_answer():
    from grid.layers import Spot, _cluster

    spot = Spot(116.123456, 39.123456, "长" * 80, "长" * 200, "/grid/organisations/12345678901234567890/", "again", 99999)
    cluster = _cluster(116.123456, 39.123456, 100_000, "faulty", 99_999)
    told = {"points": [spot.as_json()] * MOST_NAMED, "clusters": [cluster] * (MOST_CELLS - MOST_NAMED)}
    assert len(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()) <= KB_60 - 500


@pytest.mark.parametrize("zoom", [13, 18])
def test_twice_the_rows_ask_no_more_questions(client, manhole, xijing, dispatcher, zoom):
    counts = []
    for turn in range(2):
        lay_things(xijing, manhole, 40, start=turn * 40)
        for n in range(10):
            place = inside(xijing, turn * 10 + n)
            make_case(dispatcher, grid=xijing.grids.get(), community=xijing, **place)
            KeySite.objects.create(code=f"K{turn}{n}", name=f"点位{turn}{n}", category="重点点位", community=xijing,
                                   grid=xijing.grids.get(), **place)  # fmt: skip
        client.force_login(dispatcher)
        ask(client, "grids")
        with CaptureQueriesContext(connection) as captured:
            for key in ("things", "cases", "sites", "units", "communities", "grids"):
                assert ask(client, key, zoom=zoom).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6 * 6


# --- the clock's colours --------------------------------------------------------------------------------------------


def test_the_map_and_the_list_tell_the_same_time_left(xijing, dispatcher):
    at = timezone.now()
    minutes = (-100, -1, 0, 1, 60, 1439, 1440, 1441, 1442, 5000)
    for left in minutes:
        for warn, paused in ((None, None), (at, None), (at + timedelta(hours=1), None), (None, at)):
            case = make_case(dispatcher, community=xijing, **inside(xijing))
            Case.objects.filter(pk=case.pk).update(due_clock="handle", due_at=at + timedelta(minutes=left),
                                                   warn_at=warn, paused_at=paused)  # fmt: skip
    timeless = make_case(dispatcher, community=xijing, **inside(xijing))
    Case.objects.filter(pk=timeless.pk).update(due_at=None, due_clock="")
    for kind in OPEN_CASES.kinds:
        counted = set(Case.objects.filter(kind.rows(at)).values_list("pk", flat=True))
        told = {case.pk for case in Case.objects.all() if (getattr(time_left(case, at=at), "sign", "ok")) == kind.key}
        assert counted == told, kind.key


# --- the search -----------------------------------------------------------------------------------------------------


def names(client, text):
    """What the search finds, by name."""
    return [one["name"] for one in client.get("/grid/search.json", {"q": text}).json()["found"]]


def test_places_things_units_and_cases_are_found_by_those_who_see_them(
    client, manhole, xijing, langshan, dispatcher, community_worker, admin
):
    lay_things(langshan, manhole, 1)
    Organisation.objects.create(code="S001", name="惠民百货", community=langshan, **inside(langshan))
    case = make_case(dispatcher, grid=langshan.grids.get(), community=langshan, **inside(langshan))
    asked = ("西井社区", "1101070100", "惠民", case.number[:7].lower())
    found = {"dispatcher": [1, 1, 1, 1], "worker": [1, 0, 0, 0], "admin": [1, 0, 0, 0]}
    for person, (role, wanted) in zip((dispatcher, community_worker, admin), found.items(), strict=True):
        client.force_login(person)
        got = [[name for name in names(client, text) if "网格" not in name] for text in asked]
        assert [len(one) for one in got] == wanted, role


def test_a_place_is_found_by_its_other_name_which_its_page_tells(client, xijing, dispatcher):
    site = KeySite.objects.create(
        code="KS901", name="苹二小区", category="小区", community=xijing, grid=xijing.grids.get(), **inside(xijing)
    )
    PlaceAlias.objects.create(name="苹果园第二小区", site=site)
    publish(SUBJECT)
    client.force_login(dispatcher)
    found = client.get("/grid/search.json", {"q": "苹果园第二小区"}).json()["found"]
    told = [(one["name"], one["facts"], one["url"]) for one in found]
    assert told == [("苹二小区", "又叫苹果园第二小区，西井社区", "/grid/places/KS901/")]
    page = client.get("/grid/places/KS901/").content.decode()
    assert "<dt>又叫</dt><dd>苹果园第二小区</dd>" in page and client.get("/grid/search.json", {"q": "第三小区"}).json()["found"] == []


def test_a_petition_is_found_by_number_without_title_or_place_by_those_who_may_not_read_it(
    client, xijing, petition_officer, dispatcher
):
    case = make_case(petition_officer, source="XF", title="邻里纠纷", community=xijing, **inside(xijing))
    client.force_login(petition_officer)
    assert names(client, case.number) == [f"{case.number} 邻里纠纷"]
    client.force_login(dispatcher)
    found = client.get("/grid/search.json", {"q": case.number}).json()["found"]
    assert [(one["name"], one["lon"], one["lat"]) for one in found] == [(case.number, None, None)]
    assert "位置不公开" in found[0]["facts"]


def test_nobody_is_found_by_name_or_phone(client, xijing, petition_officer, clerk, dispatcher):
    make_case(petition_officer, source="XF", community=xijing, **inside(xijing))
    Organisation.objects.create(code="S001", name="惠民百货", community=xijing, responsible_person="金丝雀",
                                phone="13800007777", **inside(xijing))  # fmt: skip
    for person in (petition_officer, clerk, dispatcher):
        client.force_login(person)
        assert names(client, "金丝雀") == names(client, "13800007777") == []
        assert not any("金丝雀" in ask(client, key).content.decode() for key in OPEN_TO if layer_named(key).is_open_to(person))


def test_a_text_that_is_too_short_or_finds_nothing_is_answered_in_words(client, xijing, dispatcher):
    assert client.get("/grid/search.json", {"q": "西井"}).status_code == 302
    client.force_login(dispatcher)
    short = client.get("/grid/search.json", {"q": "西"})
    assert short.status_code == 422 and "至少写 2 个字" in short.json()["sentence"]
    nothing = client.get("/grid/search.json", {"q": "月球"})
    assert nothing.status_code == 200 and "没有找到" in nothing.json()["sentence"]


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_a_role_sees_the_switches_of_its_layers_and_no_others(client, request, xijing, role):
    client.force_login(request.getfixturevalue(PERSONS[role]))
    page = client.get("/grid/").content.decode()
    assert [key for key in OPEN_TO if f'data-layer="{key}"' in page] == [key for key, roles in OPEN_TO.items() if role in roles]


def test_the_address_says_which_layers_are_on_and_a_strange_word_switches_nothing(client, xijing, dispatcher):
    client.force_login(dispatcher)
    for query, on in (("", {"communities", "grids", "sites", "cases"}), ("?layers=things,nothing", {"things"}), ("?layers=", set())):
        page = client.get(f"/grid/{query}").context["onemap"]
        assert {layer.key for layer, is_on in page["layers"] if is_on} == on


def test_a_case_opens_the_map_where_it_lies_and_a_petition_only_for_those_who_may_know(
    client, xijing, petition_officer, dispatcher
):
    case = make_case(dispatcher, community=xijing, grid=xijing.grids.get(), **inside(xijing))
    petition = make_case(petition_officer, source="XF", title="邻里纠纷", community=xijing, **inside(xijing, 7))
    client.force_login(dispatcher)
    assert json.loads(client.get(f"/grid/?find={case.number}").context["onemap"]["focus"])["lon"] == inside(xijing)["lon"]
    answer = client.get(f"/grid/?find={petition.number}")
    assert answer.context["onemap"]["focus"] == "" and "邻里纠纷" not in answer.content.decode()
    assert "位置不公开" in answer.content.decode()
    client.force_login(petition_officer)
    assert json.loads(client.get(f"/grid/?find={petition.number}").context["onemap"]["focus"])["name"].endswith("邻里纠纷")
