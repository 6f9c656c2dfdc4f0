"""A typed address finds its grid by the street's own address book, at every door at which it is typed."""

import pytest

from cases.importing import guess_mapping, import_rows, preview
from cases.models import Case, HotlineKind
from cases.pasting import read_message, take_from_group
from cases.registering import named_place, place_columns
from cases.tables import read_pasted
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import KeySite, PlaceAlias, Thing, ThingClass
from sheets.committing import commit_batch
from tests.cases.test_register_sheet import HEAD, results, take_in, told
from tests.make import NOW, make_community

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
FORM = {"title": "楼道堆物", "urgency": "normal", "received_at": "2016-12-21T09:00", "source": "WG", "key": "k"}
WRITTEN = ["苹果园第二小区3号楼", "苹二小区 3 号楼前", "苹二小区３号楼"]


@pytest.fixture
def estate(xijing):
    """苹二小区, which its residents and the hotline call 苹果园第二小区."""
    site = KeySite.objects.create(
        code="KS902",
        name="苹二小区",
        category="小区",
        community=xijing,
        grid=xijing.grids.get(),
        lon=116.171,
        lat=39.931,
    )
    PlaceAlias.objects.create(name="苹果园第二小区", site=site)
    publish(SUBJECT)
    return site


@pytest.fixture
def lamp(xijing):
    """A lamp of the register."""
    lamps = ThingClass.objects.create(code="0120", name="路灯")
    return Thing.objects.create(
        code="1101070120000001", thing_class=lamps, lon=116.172, lat=39.932, community=xijing, grid=xijing.grids.get()
    )


def lies_at(case, estate):
    """Whether a case has the estate's site, grid, community and position."""
    return (case.site, case.grid, case.community, case.lon, case.lat) == (
        estate, estate.grid, estate.community, estate.lon, estate.lat
    )  # fmt: skip


@pytest.mark.parametrize("address", WRITTEN)
def test_each_way_of_writing_it_means_the_same_place(estate, address):
    place = named_place(address)
    assert (place["site_id"], place["grid_id"], place["community_id"]) == (
        estate.pk, estate.grid_id, estate.community_id
    )  # fmt: skip


def test_a_community_alone_gives_no_grid_and_an_unknown_place_nothing(estate, xijing):
    assert named_place("西井社区某处") == {"community_id": xijing.pk, "grid_id": None}
    assert named_place("西井社区第1网格") == {"community_id": xijing.pk, "grid_id": xijing.grids.get().pk}
    assert named_place("天安门广场") == named_place("") == {}


def test_what_is_said_outright_comes_before_the_address(estate, lamp):
    other = make_community("琅山", code="110107005009").grids.get()
    publish(SUBJECT)
    assert place_columns(None, None, other, address="苹二小区") == {"grid": other, "community_id": other.community_id}
    assert place_columns(116.165, 39.925, None, address="苹二小区")["lon"] == 116.165
    assert place_columns(None, None, other, thing=lamp, address="苹二小区")["lon"] == lamp.lon


@pytest.mark.parametrize("address", WRITTEN)
def test_registration_without_a_map_finds_the_grid(client, dispatcher, estate, address):
    client.force_login(dispatcher)
    assert client.post("/cases/new/", {**FORM, "address": address}).status_code == 302
    assert lies_at(Case.objects.get(), estate)


@pytest.mark.parametrize("address", WRITTEN)
def test_the_hotlines_table_finds_the_grid(dispatcher, estate, address):
    table = read_pasted(f"编号\t标题\t地址\nRX1\t楼道堆物\t{address}")
    kind = HotlineKind.objects.get(code="ZFXF")
    seen = preview(table, guess_mapping(table[0]), kind=kind, at=NOW)
    import_rows(seen.rows, kind=kind, by=dispatcher, at=NOW)
    assert lies_at(Case.objects.get(), estate)


def test_the_groups_message_finds_the_grid(dispatcher, estate):
    take_from_group(read_message("苹果园第二小区3号楼前有人烧煤", at=NOW), photos=[], by=dispatcher, at=NOW)
    assert lies_at(Case.objects.get(), estate)


def test_the_register_of_cases_finds_the_grid_and_believes_a_community_that_says_otherwise(dispatcher, estate):
    make_community("琅山", code="110107005009")
    row = ["网格事件", "", "", "", "楼道堆物", "苹果园第二小区3号楼", "", "", "", "2016-12-20", "", ""]
    there, elsewhere = list(row), list(row)
    there[6], elsewhere[6] = "西井", "琅山"
    batch = take_in(dispatcher, row, there, elsewhere)
    commit_batch(batch, by=dispatcher, at=NOW, count=3)
    free, same, other = Case.objects.order_by("pk")
    assert lies_at(free, estate) and lies_at(same, estate)
    assert other.community.short_name == "琅山" and other.grid is None and other.lon is None


# --- components in tables --------------------------------------------------------------------------------------------


def test_a_hotlines_table_may_name_components(dispatcher, lamp, django_assert_max_num_queries):
    rows = "\n".join(f"RX{n}\t路灯不亮\t{code}" for n, code in enumerate([lamp.code, "1101 0701 2000 0001", "123", ""]))
    table = read_pasted(f"编号\t标题\t部件标识码\n{rows}")
    kind = HotlineKind.objects.get(code="ZFXF")
    with django_assert_max_num_queries(2):  # calls that are known, components
        seen = preview(table, guess_mapping(table[0]), kind=kind, at=NOW)
    assert [row.errors[0].partition("。")[0] for row in seen.bad] == ["部件台账里没有标识码 123"]
    import_rows(seen.rows, kind=kind, by=dispatcher, at=NOW)
    assert list(Case.objects.order_by("pk").values_list("thing", flat=True)) == [lamp.pk, lamp.pk, None]
    assert Case.objects.earliest("pk").grid == lamp.grid


def test_the_register_of_cases_carries_the_code_in_and_out(dispatcher, lamp):
    from cases.exporting import export_cases

    row = ["网格事件", "", "", "", "路灯不亮", "", "", "", "", "2016-12-20", "", "", lamp.code]
    head = [*HEAD, "部件标识码"]
    wrong = take_in(dispatcher, [*row[:-1], "1101070120000999"], head=head)
    assert "部件台账里没有标识码 1101070120000999" in told(wrong)[0]
    commit_batch(take_in(dispatcher, row, head=head), by=dispatcher, at=NOW, count=1)
    case = Case.objects.get()
    assert (case.thing, case.grid, case.events.get().facts["thing"]) == (lamp, lamp.grid, str(lamp))
    page = export_cases(Case.objects.order_by("pk"), by=dispatcher, at=NOW, words=(), kind="csv", request=None)
    content = b"".join(page)
    assert lamp.code in content.decode("utf-8-sig")
    assert [str(one) for one in results(take_in(dispatcher, content=content))] == ["same"]


def test_the_component_of_a_petition_is_not_carried_out_for_who_reads_titles(dispatcher, petition_officer, chief, lamp):
    from cases.register_sheet import COLUMNS, carried
    from tests.make import make_case

    make_case(petition_officer, source="XF", thing=lamp)
    column = next(one for one in COLUMNS if one.name == "thing")
    assert [column.value_of(case) for case in carried(Case.objects.all(), dispatcher)] == [""]
    assert [column.value_of(case) for case in carried(Case.objects.all(), chief)] == [lamp.code]
