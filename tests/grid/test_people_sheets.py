"""Dwellings, residents and responsibility grids from any office's table and back: masked, judged cell by cell, undone."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Notification
from grid.area_sheets import AREAS
from grid.areas import keep_area
from grid.models import Dwelling, Resident, ResponsibilityGrid
from grid.people import (
    change_resident,
    erase_departed,
    erase_resident,
    record_departure,
    record_dwelling,
    record_resident,
    told_by,
)
from grid.people_sheets import DWELLINGS, RESIDENTS
from grid.registering import RegisterConflict
from sheets import exporting
from sheets.batches import open_batch
from sheets.committing import undo_batch
from sheets.errors import AnswerRefused
from sheets.judging import Company, Draft, judge, read_drafts
from sheets.models import ImportRow
from sheets.preview import draft_of, mend_cell
from sheets.values import Reader
from tests.grid.test_people import CANARY, CANARY_ID, CANARY_PHONE, OTHER_ID, inside
from tests.grid.test_register_sheets import errors, table, take_in, write
from tests.make import NOW

pytestmark = pytest.mark.django_db
HOMES = ["户编号", "楼院", "单元房号", "用途", "出租登记日期", "经度", "纬度"]
PEOPLE = ["户编号", "楼院", "单元房号", "姓名", "身份证号", "电话", "户口", "户主"]
OTHER_NAME = "白头翁"


@pytest.fixture
def home(xijing, clerk):
    """A dwelling in 西井."""
    return record_dwelling(building="西井一区3号楼", door="2单元501", by=clerk, at=NOW, **inside(xijing))


@pytest.fixture
def canary(home, clerk):
    """Its head."""
    person = {"name": CANARY, "id_number": CANARY_ID, "phone": CANARY_PHONE, "is_head": True}
    return record_resident(dwelling=home, by=clerk, at=NOW, **person)


def carried(target, rows, by, **how):
    """A CSV file as it goes out."""
    return b"".join(exporting.answer(target, rows, kind="csv", by=by, at=NOW, **how).streaming_content)


def position(xijing):
    """Longitude and latitude as a table has them."""
    at = inside(xijing)
    return [f"{at['lon']:.6f}", f"{at['lat']:.6f}"]


# --- dwellings ---------------------------------------------------------------------------------------------------


def test_a_room_in_the_plain_column_is_told_before_anything_is_written(clerk, xijing):
    homes = table(["地址", "单元房号", "经度", "纬度"], ["西井一区3号楼2单元501室", "", *position(xijing)])
    assert "这一栏不加密" in errors(take_in(clerk, homes, "dwellings"))
    people = take_in(clerk, table(["地址", "姓名"], ["西井一区3号楼2单元501室", OTHER_NAME]), "residents")
    assert "这一栏不加密" in errors(people) and not people.counts.get("fine")


def test_dwellings_come_in_with_use_and_registration(clerk, xijing):
    at = position(xijing)
    batch = take_in(clerk, table(
        HOMES,
        ["", "西井一区3号楼", "101", "出租", "2016-05-01", *at],
        ["", "西井一区3号楼", "102", "自住", "", *at],
        ["", "西井一区3号楼", "103", "自住", "2016-05-01", *at],
    ), "dwellings")  # fmt: skip
    assert "只有出租的房屋才有出租登记" in errors(batch)
    write(batch, clerk)
    let, own = Dwelling.objects.order_by("code")
    assert (let.door, let.use, let.rental_registered_on) == ("101", "rented", datetime.date(2016, 5, 1))
    assert own.door == "102" and own.community == xijing


def test_a_door_that_is_there_is_refused_or_updated_and_taken_back(clerk, home, xijing):
    rows = table(HOMES, ["", "西井一区3号楼", "2单元501", "出租", "2016-05-01", *position(xijing)])
    batch = take_in(clerk, rows, "dwellings")
    assert batch.counts.get("error") == 1 and home.code in errors(batch)
    batch = take_in(clerk, table(HOMES, [home.code, "", "", "出租", "2016-05-01", "", ""]), "dwellings")
    write(batch, clerk)
    assert Dwelling.objects.get().use == "rented"
    undo_batch(batch, by=clerk, at=NOW)
    home.refresh_from_db()
    assert (home.use, home.rental_registered_on, home.door) == ("own", None, "2单元501")


def test_dwellings_go_out_without_doors_and_come_back_unchanged(clerk, home):
    content = carried(DWELLINGS, Dwelling.objects.for_list(), clerk)
    assert "2单元501".encode() not in content
    assert take_in(clerk, content, "dwellings").counts == {"same": 1, "ignored": 2}


# --- residents ---------------------------------------------------------------------------------------------------


def test_people_come_in_by_number_or_door_with_sex_and_year_from_the_id_number(clerk, home):
    write(take_in(clerk, table(
        PEOPLE,
        [home.code, "", "", CANARY, CANARY_ID, CANARY_PHONE, "户籍人口", "是"],
        ["", "西井一区3号楼", "2单元501", OTHER_NAME, OTHER_ID, "", "流动", "否"],
    ), "residents"), clerk)  # fmt: skip
    head, other = Resident.objects.order_by("pk")
    assert (head.name, head.id_number, head.phone, head.kind, head.is_head) == (
        CANARY, CANARY_ID, CANARY_PHONE, "registered", True
    )  # fmt: skip
    assert (head.sex, head.birth_year, other.kind, other.dwelling) == ("f", 1982, "migrant", home)
    assert head.id_index and head.phone_index


def test_each_wrong_cell_is_refused_by_itself(clerk, home):
    wrong = CANARY_ID[:-1] + ("0" if CANARY_ID[-1] != "0" else "1")
    batch = take_in(clerk, table(
        PEOPLE,
        [home.code, "", "", CANARY, wrong, "1380000", "户籍", ""],
        ["H999999", "", "", OTHER_NAME, "", "", "户籍", ""],
        [home.code, "", "", "甲乙", OTHER_ID, "", "户籍", ""],
        [home.code, "", "", "丙丁", OTHER_ID, "", "户籍", ""],
        [home.code, "", "", "", "", "", "外星", ""],
    ), "residents")  # fmt: skip
    blamed = [{one["column"] for one in row.problems} for row in batch.rows.order_by("number")]
    assert blamed[:4] == [{"id_number", "phone"}, {"dwelling"}, set(), {"id_number"}]
    assert {"name", "kind"} <= blamed[4]
    assert not any(word in errors(batch) for word in (CANARY, CANARY_ID, OTHER_ID, wrong))


def test_who_lives_here_already_is_asked_about_and_no_name_is_told(clerk, canary, home):
    same_id = take_in(clerk, table(PEOPLE, [home.code, "", "", OTHER_NAME, CANARY_ID, "", "户籍", ""]), "residents")
    assert same_id.counts.get("error") == 1
    row = [home.code, "", "", CANARY, "", "13900000000", "户籍", ""]
    same_name = take_in(clerk, table(PEOPLE, row), "residents")
    assert same_name.counts.get("duplicate") == 1
    for batch in (same_id, same_name):
        assert f"R{canary.pk:07d}" in errors(batch)
        assert not any(word in errors(batch) for word in (CANARY, CANARY_ID, CANARY_PHONE))


def test_people_go_out_masked_and_come_back_without_overwriting_anybody(clerk, canary):
    content = carried(RESIDENTS, Resident.objects.for_list(), clerk)
    shown = content.decode("utf-8-sig")
    assert not any(word in shown for word in (CANARY, CANARY_ID, CANARY_PHONE, "2单元501"))
    assert take_in(clerk, content, "residents").counts == {"same": 1, "ignored": 2}
    changed = shown.replace("户籍,", "流动,", 1).encode("utf-8-sig")
    batch = take_in(clerk, changed, "residents")
    assert batch.counts.get("fine") == 1, errors(batch)
    write(batch, clerk)
    canary.refresh_from_db()
    assert (canary.kind, canary.name, canary.id_number, canary.phone) == ("migrant", CANARY, CANARY_ID, CANARY_PHONE)
    undo_batch(batch, by=clerk, at=NOW)
    canary.refresh_from_db()
    assert (canary.kind, canary.name) == ("registered", CANARY)


def test_a_mask_that_hides_somebody_else_is_refused(clerk, canary):
    shown = carried(RESIDENTS, Resident.objects.for_list(), clerk).decode("utf-8-sig")
    batch = take_in(clerk, shown.replace("138****7777", "139****7777").encode("utf-8-sig"), "residents")
    assert batch.counts.get("error") == 1 and "脱敏" in errors(batch)


def test_in_clear_only_by_its_own_right_for_a_reason_and_with_a_mark(client, clerk, chief, canary):
    with pytest.raises(AnswerRefused):
        carried(RESIDENTS, Resident.objects.for_list(), chief, unmasked=True, reason="要")
    content = carried(RESIDENTS, Resident.objects.for_list(), chief, unmasked=True, reason="人口普查核对").decode()
    assert CANARY_ID in content and chief.real_name in content and "用后销毁" in content
    entry = AuditEntry.objects.get(action="ledger_exported_unmasked")
    assert (entry.actor, entry.reason, entry.detail["count"]) == (chief, "人口普查核对", 1)
    client.force_login(clerk)
    answer = client.post("/grid/residents/export/", {"kind": "csv", "unmasked": "on", "reason": "人口普查核对"})
    assert CANARY.encode() not in b"".join(answer.streaming_content)


def test_the_pages_are_for_those_who_see_people_and_may_export(client, clerk, community_worker, canary):
    client.force_login(community_worker)
    for page in ("dwellings", "residents", "areas"):
        assert client.get(f"/grid/{page}/export/").status_code == 403
    client.force_login(clerk)
    for page in ("dwellings", "residents", "areas"):
        assert client.get(f"/grid/{page}/export/").status_code == 200
    content = b"".join(client.post("/grid/residents/export/?use=rented", {"kind": "csv"}).streaming_content)
    assert canary.masked_name not in content.decode()


def test_who_was_erased_does_not_come_back_by_an_old_file(clerk, home):
    rows = table(PEOPLE, [home.code, "", "", CANARY, CANARY_ID, CANARY_PHONE, "户籍", "是"])
    batch = take_in(clerk, rows, "residents")
    write(batch, clerk)
    out = carried(RESIDENTS, Resident.objects.for_list(), clerk)
    erase_resident(Resident.objects.get(), by=clerk, reason="本人要求删除", at=NOW)
    row = ImportRow.objects.get(written_pk__isnull=False)
    assert (row.cells, row.personal, row.undo, row.keys) == ({}, "", "", [])
    assert take_in(clerk, rows, "residents").counts.get("same") == 1
    assert "没有这个编号" in errors(take_in(clerk, out, "residents"))
    undo_batch(batch, by=clerk, at=NOW)
    assert not Resident.objects.exists()


def at_home(home, name, number="", phone=""):
    """A row of PEOPLE."""
    return [home.code, "", "", name, number, phone, "户籍", ""]


def said(batch):
    """Row → name as the draft keeps it."""
    return {row.number: draft_of(row).cells.get("name", "") for row in batch.rows.exclude(number=1)}


def test_a_draft_forgets_whom_the_register_erases_and_keeps_the_others(clerk, canary, home):
    batch = take_in(clerk, table(PEOPLE, at_home(home, "甲乙", CANARY_ID), at_home(home, OTHER_NAME)), "residents")
    assert batch.content and said(batch) == {2: "甲乙", 3: OTHER_NAME}
    erase_resident(canary, by=clerk, reason="本人要求删除", at=NOW)
    batch.refresh_from_db()
    erased = batch.rows.get(number=2)
    assert (erased.cells, erased.personal, erased.keys, erased.digest, erased.result) == ({}, "", [], "", "ignored")
    assert "本人信息已删除" in errors(batch) and batch.content == "" and said(batch)[3] == OTHER_NAME
    with pytest.raises(AnswerRefused, match="不能修改"):
        mend_cell(batch, 2, column="name", text=CANARY, by=clerk, at=NOW)
    write(batch, clerk)
    assert [one.name for one in Resident.objects.all()] == [OTHER_NAME]


def test_a_file_without_rows_yet_goes_if_it_names_the_erased_and_its_owner_is_told(clerk, canary, home):
    named = open_batch(table(PEOPLE, at_home(home, CANARY, CANARY_ID)), name="一.csv", key="residents", by=clerk, at=NOW)
    other = open_batch(table(PEOPLE, at_home(home, OTHER_NAME)), name="二.csv", key="residents", by=clerk, at=NOW)
    erase_resident(canary, by=clerk, reason="本人要求删除", at=NOW)
    named.refresh_from_db()
    other.refresh_from_db()
    assert (named.stage, named.content, named.forgotten) == ("dropped", "", True)
    assert other.stage == "mapping" and other.content
    notice = Notification.objects.get(user=clerk)
    assert "一.csv" in notice.text and "已放弃" in notice.text and CANARY not in notice.text


@pytest.mark.parametrize("row, told", [
    (["", "", CANARY, "", "+86 138-0000-7777"], True),
    (["H000001", "", CANARY, "", ""], True),
    (["", "西井一区３号楼", CANARY, "", ""], False),  # the building alone: a namesake may live behind another door
    (["", "", "", f"户主证件 {CANARY_ID}", ""], True),
    (["H000001", "", OTHER_NAME, OTHER_ID, "13800007777"], False),  # family at the same door, with the same phone
    (["H000009", "", CANARY, "", ""], False),  # a namesake elsewhere
])  # fmt: skip
def test_by_what_a_row_tells_of_a_person(canary, home, row, told):
    person = Resident.objects.select_related("dwelling").get()
    assert (home.code, person.phone) == ("H000001", "13800007777")
    assert told_by([person])(row) is told


def test_rows_that_were_left_out_of_a_written_batch_forget_too(clerk, canary, home):
    batch = take_in(clerk, table(PEOPLE, at_home(home, CANARY, CANARY_ID, "1"), at_home(home, OTHER_NAME)), "residents")
    write(batch, clerk)
    assert said(batch)[2] == CANARY
    erase_resident(canary, by=clerk, reason="本人要求删除", at=NOW)
    assert said(batch) == {2: "", 3: OTHER_NAME}
    batch.refresh_from_db()
    assert (batch.rows.get(number=2).result, batch.counts["error"]) == ("error", 1)


def test_the_night_forgets_drafts_of_who_left_but_not_of_who_moved(clerk, canary, home, xijing):
    other = record_dwelling(building="西井一区3号楼", door="101", by=clerk, at=NOW, **inside(xijing))
    gone = record_resident(dwelling=home, by=clerk, at=NOW, name=OTHER_NAME, id_number=OTHER_ID)
    batch = take_in(clerk, table(PEOPLE, at_home(other, CANARY, CANARY_ID), at_home(home, OTHER_NAME)), "residents")
    long_ago = datetime.date(2001, 1, 1)
    for one in (canary, gone):
        record_departure(one, left_on=long_ago, version=1, by=clerk, at=NOW, confirmed=True)
    record_resident(dwelling=other, by=clerk, at=NOW, name=CANARY, id_number=CANARY_ID)
    assert erase_departed(at=NOW) == 2
    assert said(batch) == {2: CANARY, 3: ""}


def test_who_left_longer_ago_than_people_are_kept_is_not_entered(clerk, home):
    head = ["户编号", "姓名", "离开日期"]
    batch = take_in(clerk, table(
        head, [home.code, "甲乙", "2001-01-01"], [home.code, "丙丁", "2099-01-01"]
    ), "residents")  # fmt: skip
    assert "已超过保存期限" in errors(batch) and "晚于今天" in errors(batch)


def test_a_table_moves_nobody(clerk, canary, home, xijing):
    other = record_dwelling(building="西井一区3号楼", door="101", by=clerk, at=NOW, **inside(xijing))
    head = ["居民编号", "户编号"]
    batch = take_in(clerk, table(head, [f"R{canary.pk:07d}", other.code]), "residents")
    with pytest.raises(Exception, match="不能用表格换户"):
        write(batch, clerk)
    canary.refresh_from_db()
    assert canary.dwelling == home


def test_what_was_touched_after_the_import_is_not_taken_back(clerk, home):
    batch = take_in(clerk, table(PEOPLE, [home.code, "", "", CANARY, "", "", "户籍", ""]), "residents")
    write(batch, clerk)
    change_resident(Resident.objects.get(), version=1, by=clerk, at=NOW, phone=CANARY_PHONE)
    assert undo_batch(batch, by=clerk, at=NOW) == (0, 1)
    assert Resident.objects.get().name == CANARY


def test_who_left_keeps_the_head_of_the_dwelling_free(clerk, canary, home):
    today = datetime.datetime.now(tz=datetime.UTC).date()
    number = f"R{canary.pk:07d}"
    batch = take_in(clerk, table(["居民编号", "离开日期"], [number, f"{today:%Y-%m-%d}"]), "residents")
    write(batch, clerk)
    canary.refresh_from_db()
    assert (canary.left_on, canary.is_head) == (today, False)
    undo_batch(batch, by=clerk, at=NOW)
    canary.refresh_from_db()
    assert (canary.left_on, canary.is_head) == (None, True)
    record_departure(canary, left_on=today, version=canary.version, by=clerk, at=datetime.datetime.now(tz=datetime.UTC))


# --- responsibility grids ----------------------------------------------------------------------------------------


def test_responsibility_grids_come_in_change_and_go_back(clerk, xijing, langshan):
    grid = xijing.grids.get()
    head = ["编号", "名称", "社区", "单元网格"]
    batch = take_in(clerk, table(head, ["Z1", "西井片区", "西井社区", grid.code], ["Z2", "乙", "西井", "没有"]), "areas")
    assert "没有“没有”这个单元网格" in errors(batch)
    write(batch, clerk)
    area = ResponsibilityGrid.objects.get()
    assert (area.name, area.community, list(area.unit_grids.all())) == ("西井片区", xijing, [grid])
    change = take_in(clerk, table(["编号", "名称"], ["Z1", "西井第一片区"]), "areas")
    write(change, clerk)
    area.refresh_from_db()
    assert area.name == "西井第一片区"
    undo_batch(change, by=clerk, at=NOW)
    area.refresh_from_db()
    assert (area.name, list(area.unit_grids.all())) == ("西井片区", [grid])
    assert undo_batch(batch, by=clerk, at=NOW) == (0, 1)  # touched since
    another = take_in(clerk, table(head, ["Z3", "丙片区", "西井", grid.name]), "areas")
    write(another, clerk)
    assert undo_batch(another, by=clerk, at=NOW) == (1, 0)
    assert ResponsibilityGrid.objects.get() == area


def test_another_communitys_grid_is_refused(clerk, xijing, langshan):
    head = ["编号", "名称", "社区", "单元网格"]
    batch = take_in(clerk, table(head, ["Z1", "西井片区", "西井", langshan.grids.get().code]), "areas")
    with pytest.raises(Exception, match="不在西井"):
        write(batch, clerk)


def test_who_redraws_an_area_second_overwrites_nothing(client, clerk, xijing):
    grid = xijing.grids.get()
    given = {"code": "Z1", "community": xijing, "unit_grids": [grid]}
    area = keep_area(name="西井片区", by=clerk, at=NOW, **given)
    keep_area(area, name="西井第一片区", version=1, by=clerk, at=NOW, **given)
    with pytest.raises(RegisterConflict, match="没有覆盖"):
        keep_area(ResponsibilityGrid.objects.get(), name="西井第二片区", version=1, by=clerk, at=NOW, **given)
    client.force_login(clerk)
    form = {"code": "Z1", "name": "西井第三片区", "community": xijing.pk, "unit_grids": [grid.pk], "active": "on"}
    assert client.post("/grid/areas/Z1/edit/", {**form, "version": 1}).status_code == 409
    assert client.post("/grid/areas/Z1/edit/", {**form, "version": 2}).status_code == 302
    assert ResponsibilityGrid.objects.get().name == "西井第三片区"


def test_what_is_carried_away_follows_the_filter(client, clerk, canary):
    client.force_login(clerk)
    for register in ("things", "organisations", "dwellings"):
        shown = client.get(f"/grid/{register}/?q=西井", headers={"HX-Request": "true"}).content.decode()
        assert f"/grid/{register}/export/?q=%E8%A5%BF%E4%BA%95" in shown
    assert "/grid/places/export/?q=" in client.get("/grid/?q=西井", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("key", ["residents", "areas"])
def test_judging_asks_no_more_for_twice_as_many_rows(home, xijing, key):
    target, row = {
        "residents": (RESIDENTS, lambda n: {"building": home.building, "door": "2单元501", "name": f"某人{n}"}),
        "areas": (AREAS, lambda n: {"code": f"Z{n}", "name": f"片区{n}", "community": "西井",
                                    "unit_grids": xijing.grids.get().code}),
    }[key]  # fmt: skip

    def queries(many):
        drafts = [Draft(n, row(n)) for n in range(many)]
        read_drafts(drafts, target=target, reader=Reader(year=2016))
        with CaptureQueriesContext(connection) as asked:
            judge(drafts, target=target, company=Company())
        assert not any(draft.wrong for draft in drafts), [draft.problems for draft in drafts]
        return len(asked)

    assert queries(4) == queries(8) > 0
