"""The registers from any office's table and back: by the registers' verbs, known rows updated, a batch taken back."""
import csv
import io

import pytest

from grid.addresses import place_of
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import CheckPlan, KeySite, Organisation, PlaceAlias, Thing, ThingClass
from grid.organisation_sheets import ORGANISATIONS
from grid.people import record_dwelling
from grid.register_sheets import THINGS
from sheets import exporting
from sheets.batches import name_columns, open_batch
from sheets.committing import commit_batch, undo_batch
from sheets.preview import judge_batch
from tests.grid.test_people import inside
from tests.make import NOW, make_case

pytestmark = pytest.mark.django_db
USCC = "129999991000791907"


@pytest.fixture(autouse=True)
def street(xijing):
    """西井大街 and the class of manholes."""
    at = inside(xijing)
    KeySite.objects.create(
        code="KS901", name="西井大街", category="重点道路", community=xijing, grid=xijing.grids.get(), **at
    )
    ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")
    publish(SUBJECT)


def table(*rows):
    """A CSV file."""
    sink = io.StringIO()
    csv.writer(sink).writerows(rows)
    return sink.getvalue().encode("utf-8-sig")


def take_in(by, content, key):
    """A file as far as its preview."""
    batch = open_batch(content, name="登记表.csv", key=key, by=by, at=NOW)
    name_columns(batch, mapping={int(place): column for place, column in batch.mapping.items()}, by=by, at=NOW)
    judge_batch(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def write(batch, by):
    """Everything that is fit."""
    commit_batch(batch, by=by, at=NOW, count=batch.counts.get("fine", 0) + batch.counts.get("warned", 0))


def errors(batch):
    """The sentences of all rows."""
    return str([row.problems for row in batch.rows.all()])


HEAD = ["标识码", "小类", "状态", "权属单位", "位置", "经度", "纬度"]


def test_things_come_in_by_position_or_by_the_words_of_their_address(clerk, law_enforcement, xijing):
    at = inside(xijing)
    batch = take_in(clerk, table(
        HEAD,
        ["1101070101000007", "上水井盖", "破损", "城管执法队", "", f"{at['lon']:.6f}", f"{at['lat']:.6f}"],
        ["", "上水井盖", "完好", "", "西井大街12号", "", ""],
        ["", "上水井盖", "完好", "", "天安门", "", ""],
        ["1101070120000001", "上水井盖", "完好", "", "西井大街", "", ""],
        ["110107010100000A", "上水井盖", "完好", "", "西井大街", "", ""],
    ), "things")  # fmt: skip
    assert [row.result for row in batch.rows.order_by("number")] == ["fine", "fine", "error", "error", "error"]
    assert "地址里也没有认出" in errors(batch) and "只有数字" in errors(batch)
    assert "第 7–10 位是小类 0120，而选的是上水井盖" in errors(batch)
    Thing.objects.all().delete()
    batch = take_in(clerk, table(
        HEAD,
        ["1101070101000007", "上水井盖", "破损", "城管执法队", "", f"{at['lon']:.6f}", f"{at['lat']:.6f}"],
        ["", "上水井盖", "完好", "", "西井大街12号", "", ""],
    ), "things")  # fmt: skip
    write(batch, clerk)
    first, second = Thing.objects.order_by("code")
    assert (first.code, first.state, first.owner, first.community) == (
        "1101070101000007", "damaged", law_enforcement, xijing
    )  # fmt: skip
    assert second.code == "1101070101000008" and second.grid == xijing.grids.get()


def test_an_address_by_another_name_of_a_place_finds_it_and_a_stranger_to_the_book_is_refused(clerk, xijing):
    PlaceAlias.objects.create(name="西井马路", site=KeySite.objects.get(code="KS901"))
    publish(SUBJECT)
    rows = [["", "上水井盖", "完好", "", address, "", ""] for address in ("西井马路12号", "古城胡同12号")]
    batch = take_in(clerk, table(HEAD, *rows), "things")
    assert [row.result for row in batch.rows.order_by("number")] == ["fine", "error"]
    write(take_in(clerk, table(HEAD, rows[0]), "things"), clerk)
    assert Thing.objects.get().grid == xijing.grids.get()


def test_the_plate_says_to_which_of_two_classes_of_one_name_a_thing_belongs(clerk, xijing):
    older = ThingClass.objects.get(code="0101")
    newer = ThingClass.objects.create(standard="2026", code="01001", major="公用设施", name="上水井盖", older=older)
    rows = ["1101070101000007", "上水井盖"], ["11010701001000007", "上水井盖"], ["", "上水井盖（2026 版）"]
    batch = take_in(clerk, table(HEAD, *([*row, "完好", "", "西井大街", "", ""] for row in rows)), "things")
    write(batch, clerk)
    assert dict(Thing.objects.values_list("code", "thing_class")) == {
        "1101070101000007": older.pk, "11010701001000007": newer.pk, "11010701001000008": newer.pk,
    }  # fmt: skip
    answer = exporting.answer(THINGS, Thing.objects.for_list().order_by("code"), kind="csv", by=clerk, at=NOW)
    assert take_in(clerk, b"".join(answer.streaming_content), "things").counts.get("same") == 3


def test_neither_the_class_of_a_plate_nor_the_kind_of_an_organisation_changes_by_a_table(clerk, xijing):
    ThingClass.objects.create(code="0120", major="公用设施", name="路灯")
    write(take_in(clerk, table(HEAD, ["", "上水井盖", "完好", "", "西井大街", "", ""]), "things"), clerk)
    batch = take_in(clerk, table(["标识码", "小类"], ["1101070101000001", "路灯"]), "things")
    assert not batch.counts.get("fine") and "而选的是路灯" in errors(batch)
    head = ["编号", "名称", "类别", "地址"]
    write(take_in(clerk, table(head, ["", "西井早点铺", "商户", "西井大街12号"]), "organisations"), clerk)
    batch = take_in(clerk, table(head[:3], ["S001", "西井早点铺", "物业公司"]), "organisations")
    assert not batch.counts.get("fine") and "编号 S001 是商户的" in errors(batch)


def test_a_known_thing_is_updated_and_taken_back(clerk, xijing):
    at = inside(xijing)
    place = [f"{at['lon']:.6f}", f"{at['lat']:.6f}"]
    write(take_in(clerk, table(HEAD, ["1101070101000007", "上水井盖", "完好", "", "", *place]), "things"), clerk)
    batch = take_in(clerk, table(HEAD, ["1101070101000007", "上水井盖", "缺失", "", "", *place]), "things")
    write(batch, clerk)
    assert Thing.objects.get().state == "missing"
    undo_batch(batch, by=clerk, at=NOW)
    assert Thing.objects.get().state == "intact"


def test_what_goes_out_comes_back_without_a_change(clerk, xijing):
    at = inside(xijing)
    place = [f"{at['lon']:.6f}", f"{at['lat']:.6f}"]
    write(take_in(clerk, table(HEAD, ["", "上水井盖", "完好", "", "西井", *place]), "things"), clerk)
    answer = exporting.answer(THINGS, Thing.objects.for_list().order_by("code"), kind="csv", by=clerk, at=NOW)
    content = b"".join(answer.streaming_content)
    batch = take_in(clerk, content, "things")
    assert batch.counts.get("same") == 1, (batch.counts, errors(batch))


def test_organisations_come_in_masked_ones_stay_and_the_same_name_asks(clerk, chief, xijing):
    head = ["名称", "类别", "统一社会信用代码", "负责人", "联系电话", "地址"]
    row = ["西井早点铺", "商户", USCC, "金丝雀", "13800007777", "西井大街12号"]
    write(take_in(clerk, table(head, row), "organisations"), clerk)
    shop = Organisation.objects.get()
    assert (shop.code, shop.kind, shop.responsible_person, shop.community) == ("S001", "shop", "金丝雀", xijing)
    again = take_in(clerk, table(head, ["西井早点铺", "商户", "", "", "", "西井大街12号"]), "organisations")
    assert not again.counts.get("fine")
    out = exporting.answer(ORGANISATIONS, Organisation.objects.for_list(), kind="csv", by=clerk, at=NOW)
    content = b"".join(out.streaming_content)
    assert "金丝雀".encode() not in content and "金*雀".encode() in content
    assert take_in(clerk, content, "organisations").counts.get("same") == 1
    clear = exporting.answer(
        ORGANISATIONS, Organisation.objects.for_list(), kind="csv", by=chief, at=NOW, unmasked=True, reason="核对门前三包责任"
    )
    assert "金丝雀".encode() in b"".join(clear.streaming_content)


def test_the_pages_carry_away_for_those_who_may(client, clerk, dispatcher):
    client.force_login(dispatcher)
    assert client.get("/grid/things/export/").status_code == 403
    client.force_login(clerk)
    assert "导出" in client.get("/grid/things/").content.decode()
    answer = client.post("/grid/places/export/", {"kind": "csv"})
    assert "西井大街".encode() in b"".join(answer.streaming_content)


def test_a_row_that_others_refer_to_stays_and_the_address_book_forgets_the_other(clerk, xijing):
    at = inside(xijing)
    place = [f"{at['lon']:.6f}", f"{at['lat']:.6f}"]
    head = ["名称", "类别", "经度", "纬度"]
    batch = take_in(clerk, table(head, ["西井六区", "小区", *place], ["西井七区", "小区", *place]), "places")
    write(batch, clerk)
    home = record_dwelling(building="西井六区3号楼", door="101", by=clerk, at=NOW, **at)
    assert home.site.name == "西井六区" and place_of("西井七区1号楼").site_id
    assert undo_batch(batch, by=clerk, at=NOW) == (1, 1)
    assert "已被其他记录引用" in batch.rows.exclude(kept_back="").get().kept_back
    assert set(KeySite.objects.values_list("name", flat=True)) == {"西井大街", "西井六区"}
    assert place_of("西井六区3号楼").site_id and not place_of("西井七区1号楼").site_id


def test_a_place_of_which_a_case_tells_stays_and_its_own_plan_goes_with_the_other(clerk, dispatcher, xijing):
    at = inside(xijing)
    place = ["重点点位", "3", f"{at['lon']:.6f}", f"{at['lat']:.6f}"]
    head = ["名称", "类别", "每周检查次数", "经度", "纬度"]
    batch = take_in(clerk, table(head, ["西井六号院", *place], ["西井七号院", *place]), "places")
    write(batch, clerk)
    told = KeySite.objects.get(name="西井六号院")
    case = make_case(dispatcher, site=told, community=xijing, grid=xijing.grids.get(), **at)
    assert CheckPlan.objects.count() == 2
    assert undo_batch(batch, by=clerk, at=NOW) == (1, 1)
    case.refresh_from_db()
    assert case.site == told and CheckPlan.objects.get().site == told
    assert "已被其他记录引用" in batch.rows.exclude(kept_back="").get().kept_back
