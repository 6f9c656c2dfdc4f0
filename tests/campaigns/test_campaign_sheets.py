"""Spreadsheets in and out of the ledgers of campaigns: the year's own list, mended rows, taking back, the way round."""
import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from campaigns import ledger
from campaigns.importing import STRUCTURES, check_structure, entry_target
from campaigns.models import Entry, EntryKind, Structure
from campaigns.seeding import seed_kinds
from campaigns.states import Stage
from sheets import exporting
from sheets.batches import name_columns, open_batch
from sheets.committing import commit_batch, undo_batch
from sheets.preview import judge_batch
from tests.campaigns.walk import make_structure, step
from tests.make import NOW

pytestmark = pytest.mark.django_db
HEAD = ["台账编号", "点位", "社区", "违建类型", "业主", "认定面积", "发现日期", "限拆文号", "限拆日期", "自拆期限",
        "执法主体", "拆除方式", "拆除日期", "拆除面积", "腾退土地", "疏解流动人口", "销号日期", "备注"]  # fmt: skip
GOOD = ["", "西井大街棚亭", "西井", "临街棚亭", "陈砚明", "80.5", "2016-03-02", "石苹限拆字〔2016〕9号", "2016-03-14",
        "2016-03-24", "区城管执法监察局", "强拆", "2016-04-20", "80.5", "120", "4", "2016-04-25", ""]  # fmt: skip
FOLDER = Path(__file__).resolve().parent.parent.parent / "config" / "demo" / "2016"


def changed(**over):
    """The good row with some cells changed by their heading."""
    row = list(GOOD)
    for head, value in over.items():
        row[HEAD.index(head)] = value
    return row


def table(*rows, head=HEAD):
    """A CSV file."""
    sink = io.StringIO()
    csv.writer(sink).writerows([head, *rows])
    return sink.getvalue().encode("utf-8-sig")


def take_in(by, content, key="structures", name="违建.csv"):
    """A file as far as its preview."""
    batch = open_batch(content, name=name, key=key, by=by, at=NOW)
    name_columns(batch, mapping={int(place): column for place, column in batch.mapping.items()}, by=by, at=NOW)
    judge_batch(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def write(batch, by):
    """Everything that is fit."""
    count = batch.counts.get("fine", 0) + batch.counts.get("warned", 0)
    return commit_batch(batch, by=by, at=NOW, count=count)


def errors(batch):
    """The sentences of all rows."""
    return str([row.problems for row in batch.rows.all()])


def test_a_row_comes_in_with_as_many_steps_as_it_has_dates(clerk, xijing):
    batch = take_in(clerk, table(GOOD, changed(点位="西井二区", 拆除日期="", 拆除面积="", 拆除方式="",
                                               腾退土地="", 疏解流动人口="", 销号日期="")))  # fmt: skip
    assert write(batch, clerk) == 2
    first, second = Structure.objects.order_by("pk")
    assert (first.stage, first.mode, first.demolished_area_m2) == (Stage.WRITTEN_OFF, "forced", Decimal("80.5"))
    assert first.owner_name == "陈砚明" and first.papers.get().deadline_on == date(2016, 3, 24)
    assert [event.step for event in first.events.all()] == [
        "register", "determine", "notify", "demolish", "accept", "write_off"
    ]  # fmt: skip
    assert second.stage == Stage.NOTIFIED
    assert Structure.objects.all().totals().demolished_m2 == Decimal("80.5")


@pytest.mark.parametrize(("over", "sentence"), [
    ({"拆除面积": "80.6"}, "大于认定建筑面积"), ({"限拆日期": "2016-03-01"}, "早于发现日期"),
    ({"拆除方式": ""}, "请同时填拆除方式"),
])  # fmt: skip
def test_what_the_ledger_refuses_is_said_in_the_preview(clerk, xijing, over, sentence):
    batch = take_in(clerk, table(changed(**over)))
    assert batch.counts.get("error") == 1 and sentence in errors(batch)


def test_a_row_without_any_day_is_refused():
    found = check_structure({"place": "棚"})
    assert [one.column for one in found] == ["found_on"] and not check_structure({"note": "只改备注"})


def test_the_same_place_asks_and_the_same_number_is_an_update(clerk, xijing):
    made = make_structure(clerk, xijing, place="西井大街棚亭")
    batch = take_in(clerk, table(GOOD))
    assert batch.counts.get("fine", 0) == 0  # a person decides
    numbered = take_in(clerk, table(changed(台账编号=made.number)))
    assert write(numbered, clerk) == 1
    made.refresh_from_db()
    assert made.stage == Stage.WRITTEN_OFF and Structure.objects.count() == 1


def test_a_batch_is_taken_back_whole_and_may_come_again(clerk, xijing):
    batch = take_in(clerk, table(GOOD))
    write(batch, clerk)
    undo_batch(batch, by=clerk, at=NOW)
    assert not Structure.objects.exists()
    write(take_in(clerk, table(changed(备注="更正")), name="更正.csv"), clerk)
    assert Structure.objects.get().note == "更正"


def test_an_update_is_taken_back_to_what_it_was_and_not_over_later_work(clerk, xijing):
    made = make_structure(clerk, xijing, place="西井大街棚亭", floor_area_m2=Decimal(70), note="原备注")
    batch = take_in(clerk, table(changed(台账编号=made.number, 备注="新备注")))
    write(batch, clerk)
    undo_batch(batch, by=clerk, at=NOW)
    made.refresh_from_db()
    assert (made.stage, made.floor_area_m2, made.note) == (Stage.SURVEYED, Decimal(70), "原备注")
    again = take_in(clerk, table(changed(台账编号=made.number, 备注="又一次")), name="b.csv")
    write(again, clerk)
    ledger.amend(Structure.objects.get(), by=clerk, at=NOW, later_use="绿化")
    undo_batch(again, by=clerk, at=NOW)
    assert Structure.objects.get().stage == Stage.WRITTEN_OFF


def test_what_was_carried_away_comes_back_without_a_change(clerk, xijing):
    structure = make_structure(clerk, xijing, owner_name="陈砚明", owner_kind="resident", lon=116.17, lat=39.93,
                               floor_area_m2=Decimal("500"), area_approximate=True, storeys=1)  # fmt: skip
    step("determine", structure, clerk, area_approximate=True)
    step("notify", structure, clerk)
    rows = Structure.objects.for_page().order_by("number")
    answer = exporting.answer(STRUCTURES, rows, kind="csv", by=clerk, at=NOW)
    content = b"".join(answer.streaming_content)
    assert "陈砚明".encode() not in content and "陈*明".encode() in content
    batch = take_in(clerk, content)
    assert batch.counts.get("error", 0) == 0, errors(batch)
    assert batch.counts.get("fine", 0) + batch.counts.get("warned", 0) == 0, errors(batch)


def test_every_column_of_the_ledger_comes_in_and_goes_out(clerk, xijing, law_enforcement, sanitation):
    head = [*HEAD, "新生或既有", "城镇或乡村", "土地性质", "产权性质", "建成年份", "责任人"]
    row = [*GOOD, "既有", "城镇违建", "集体", "自建", "1998", "何伟"]
    batch = take_in(clerk, table(row, head=head))
    assert write(batch, clerk) == 1, errors(batch)
    made = Structure.objects.get()
    assert (made.era, made.setting, made.land_nature) == ("existing", "town", "collective")
    assert (made.property_nature, made.built_year, made.responsible_person) == ("自建", 1998, "何伟")
    made.departments.set([law_enforcement, sanitation])
    ledger.add_paper(made, by=clerk, at=NOW, kind="urge", number="催1号", issued_on=date(2016, 3, 28),
                     authority="区城管执法监察局", service="direct", served_on=date(2016, 3, 29))  # fmt: skip
    rows = Structure.objects.for_page()
    content = b"".join(exporting.answer(STRUCTURES, rows, kind="csv", by=clerk, at=NOW).streaming_content)
    out = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert (out["新生或既有"], out["土地性质"], out["建成年份"], out["责任人"]) == ("既有违建", "集体土地", "1998", "何伟")
    assert set(out["联合执法单位"].split("、")) == {"城管执法队", "环卫队"}
    assert "催告书 催1号，2016-03-28，区城管执法监察局，直接送达 2016-03-29" in out["各项文书"]
    again = take_in(clerk, content, name="回来.csv")
    assert {name: again.counts.get(name, 0) for name in ("fine", "warned", "error", "same")} == {
        "fine": 0, "warned": 0, "error": 0, "same": 1,
    }, errors(again)  # fmt: skip


def test_the_years_own_list_comes_in_whole_and_ties(clerk, db):
    from tests.make import make_community

    with open(FOLDER / "structures.csv", encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for code, name in sorted({(line["community_code"], line["community"]) for line in lines}):
        make_community(name.removesuffix("社区"), code=code)
    for line in lines:  # the test's own grids are squares; the file's positions are those of the street
        line["owner_name"] = "" if "*" in line["owner_name"] else line["owner_name"]  # a masked name is no name
        line |= {"grid_code": "", "grid_name": "", "lon": "", "lat": "", "written": line["demolished_date"]}
    head = [name if name != "written" else "销账日期" for name in lines[0]]
    batch = take_in(clerk, table(*[list(line.values()) for line in lines], head=head), name="structures.csv")
    assert batch.counts.get("error", 0) == 0, errors(batch)
    assert write(batch, clerk) == 124
    totals = Structure.objects.all().totals()
    assert (totals.demolished_m2, totals.land_m2, totals.people, totals.sites) == (
        Decimal("39225.64"), Decimal("91670.3"), 3321, 124
    )  # fmt: skip


def test_entries_of_a_kind_come_in_and_go_out_with_their_own_columns(clerk, xijing):
    seed_kinds()
    head = ["日期", "地点", "社区", "清运量（吨）", "车次", "清运单位"]
    rows = [["2016-04-01", "边府小区", "西井", "13.1", "3", "环卫队"], ["2016-04-02", "西井二区", "西井", "约6.5", "2", ""]]
    batch = take_in(clerk, table(*rows, head=head), key="entries:garbage", name="垃圾.csv")
    assert write(batch, clerk) == 2, errors(batch)
    assert Entry.objects.of_kind("garbage").total() == Decimal("19.6")
    assert Entry.objects.filter(approximate=True).get().quantity == Decimal("6.5")
    assert Entry.objects.get(place="边府小区").extra == {"车次": "3", "清运单位": "环卫队"}
    target = entry_target(EntryKind.objects.get(slug="garbage"))
    content = b"".join(exporting.answer(target, Entry.objects.for_list().order_by("number"), kind="csv", by=clerk,
                                        at=NOW).streaming_content)  # fmt: skip
    again = take_in(clerk, content, key="entries:garbage", name="回来.csv")
    assert again.counts.get("fine", 0) + again.counts.get("warned", 0) + again.counts.get("error", 0) == 0
    undo_batch(batch, by=clerk, at=NOW)
    assert not Entry.objects.exists()


def test_a_row_that_brings_only_what_changes_is_an_update(clerk, xijing):
    """What the file leaves out is unchanged: days that the ledger has are not missed, and its own rules see them."""
    made = make_structure(clerk, xijing, place="西井大街棚亭", floor_area_m2=Decimal(70))
    few = "台账编号,点位名称,社区,备注,拆除面积".split(",")
    batch = take_in(clerk, "\n".join([",".join(few), f"{made.number},西井大街2号棚亭,西井,改了名,"]).encode("utf-8-sig"))
    assert batch.counts.get("fine") == 1, errors(batch)
    assert write(batch, clerk) == 1
    made.refresh_from_db()
    assert (made.place, made.note, made.floor_area_m2) == ("西井大街2号棚亭", "改了名", Decimal(70))
    much = f"{made.number},,,,70.1"
    batch = take_in(clerk, "\n".join([",".join(few), much]).encode("utf-8-sig"), name="多.csv")
    assert batch.counts.get("error") == 1 and "大于认定建筑面积" in errors(batch)
