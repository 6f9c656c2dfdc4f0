"""The preview: what is found in the rows of a messy file, mended in place, decided, and judged again at once."""
import pytest

from accounts.models import AuditEntry
from sheets.batches import drop_batch, name_columns, open_batch, target_of
from sheets.committing import commit_batch
from sheets.errors import AnswerRefused, ImportConflict, ImportForbidden
from sheets.models import ColumnMemory, Decision, ImportBatch, ImportRow, Result, Stage
from sheets.preview import decide_row, judge_batch, mend_cell
from sheets.views.shown import shown_rows
from tests.make import NOW
from tests.sheets.ledger import HEAD, identity, workbook

pytestmark = pytest.mark.django_db

GOOD = ["李小兰", "琅山村 12 号", "琅山社区", 13812340917, "蓄热式电暖器", 42]


def changed(**over):
    names = ("householder", "address", "community", "phone", "equipment", "area")
    return list((dict(zip(names, GOOD, strict=True)) | over).values())


def take_in(clerk, *rows, head=HEAD, name="琅山村煤改电入户登记表.xlsx", **book):
    """A file whose rows are judged; they begin at row 3."""
    batch = open_batch(workbook(["琅山村煤改电入户登记表"], head, *rows, **book), name=name, key="homes", by=clerk, at=NOW)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
    judge_batch(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def row(batch, number):
    return batch.rows.get(number=number)


def sentences(batch, number):
    return [one["sentence"] for one in row(batch, number).complaints]


@pytest.mark.parametrize(("over", "sentence", "button"), [
    ({"community": "琅山村"}, "名录中没有这个社区。", "改为琅山社区"),
    ({"community": "火星"}, "名录中没有这个社区。", None),
    ({"phone": "1361234"}, "电话应为 11 位手机号，现为 7 位。", None),
    ({"phone": "1.38E+10"}, "电话被表格存成了科学计数，后几位已经丢失。请重新填写 11 位手机号。", None),
    ({"householder": ""}, "户主不能为空。", None),
    ({"equipment": "空气能"}, "选项中没有这种设备。", "改为空气源热泵"),
    ({"area": "一百八"}, "面积应为数字，单位 ㎡。", None),
    ({"area": "1,200"}, "面积 1,200 ㎡ 超过单户上限 300 ㎡，请核对。", None),
    ({"area": "80-90"}, "面积应为数字，单位 ㎡。", None),
    ({"householder": "长" * 31}, "户主太长，现为 31 个字，最多 30 个字。", None),
])  # fmt: skip
def test_each_bad_cell_has_its_sentence(ledger, clerk, over, sentence, button):
    batch = take_in(clerk, changed(**over), changed(address="琅山村 13 号", householder="王海"))
    assert sentences(batch, 3) == [sentence] and row(batch, 3).result == Result.ERROR
    assert row(batch, 3).problems[0].get("button") == button
    assert row(batch, 4).result == Result.FINE


def test_approximate_areas_are_kept_as_such_and_personal_cells_lie_encrypted(ledger, clerk):
    batch = take_in(clerk, changed(area="约80"))
    kept = row(batch, 3)
    assert kept.result == Result.FINE and kept.cells["area"] == "约80"
    assert "李小兰" in kept.personal and "householder" not in kept.cells
    assert b"\xe6\x9d\x8e" not in bytes(raw(kept.pk))
    assert "13812340917" not in str(kept.cells)


def raw(pk):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT personal FROM sheets_importrow WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_title_blank_total_note_and_repeated_rows_are_ignored_with_their_reasons(ledger, clerk):
    batch = take_in(
        clerk, GOOD, [], HEAD, ["合  计", None, None, None, None, 42], ["填表人：张三"],
        ["注：面积以产权证为准。"], changed(address="琅山村 15 号"),
    )  # fmt: skip
    reasons = {one.number: one.problems[0]["sentence"] for one in batch.rows.filter(result=Result.IGNORED)}
    assert reasons == {1: "标题行", 4: "空行", 5: "重复的表头", 6: "合计行", 7: "说明行", 8: "说明行"}
    assert list(batch.rows.exclude(result=Result.IGNORED).values_list("number", flat=True)) == [3, 9]


def test_a_community_merged_over_its_homes_holds_for_each_and_a_blank_row_stays_blank(ledger, clerk):
    other = changed(phone="13812340918", householder="王芳芳", address="琅山村 13 号", community=None)
    batch = take_in(clerk, GOOD, other, [], ["合计"], merges=("C3:C5",))
    assert [row(batch, n).result for n in (3, 4, 5, 6)] == ["fine", "fine", "ignored", "ignored"]
    assert row(batch, 4).cells["community"] == row(batch, 3).cells["community"]


def test_a_cell_that_was_filled_from_another_says_so_until_it_is_mended(ledger, clerk):
    other = changed(phone="13812340918", householder="王芳芳", address="同上", community=None, area="大")
    batch = take_in(clerk, GOOD, other, merges=("C3:C4",))
    target, filled = target_of(batch), {"address": "同上", "community": "合并单元格"}
    assert row(batch, 3).marks == {} and row(batch, 4).marks == filled
    assert row(batch, 4).cells["address"] == GOOD[1]

    def shown():
        return {cell.column.name: cell.mark for cell in shown_rows([row(batch, 4)], batch, target)[0].cells if cell.mark}

    assert shown() == filled and "面积应为数字，单位 ㎡。" in sentences(batch, 4)
    mend_cell(batch, 4, column="area", text="45", by=clerk, at=NOW)
    assert shown() == filled and row(batch, 4).result == Result.WARNED
    mend_cell(batch, 4, column="address", text="琅山村 13 号", by=clerk, at=NOW)
    assert shown() == {"community": "合并单元格"} and row(batch, 4).result == Result.FINE
    assert commit_batch(batch, count=2, leave_bad=False, by=clerk, at=NOW) == 2


def test_the_same_id_twice_rejects_the_later_row_and_mending_it_clears_both(ledger, clerk):
    head = [*HEAD, "身份证号"]
    batch = take_in(clerk, [*GOOD, identity(1)], [*changed(address="x", householder="王海"), identity(1)], head=head)
    assert row(batch, 3).result == Result.FINE
    assert sentences(batch, 4) == ["与本文件第 3 行重复。"] and row(batch, 4).result == Result.ERROR
    mend_cell(batch, 3, column="id_number", text=identity(2), by=clerk, at=NOW)
    assert row(batch, 4).result == Result.FINE and row(batch, 3).result == Result.FINE


def test_the_same_person_at_the_same_address_is_for_somebody_to_decide(ledger, clerk):
    batch = take_in(clerk, GOOD, changed(area=43))
    assert row(batch, 4).result == Result.DUPLICATE and sentences(batch, 4) == ["与本文件第 3 行重复。"]
    decide_row(batch, 4, decision=Decision.ADD, by=clerk, at=NOW)
    assert row(batch, 4).result == Result.FINE
    decide_row(batch, 4, decision=Decision.SKIP, by=clerk, at=NOW)
    assert row(batch, 4).result == Result.SKIPPED
    batch.refresh_from_db()
    assert batch.counts == {"fine": 1, "skipped": 1, "ignored": 2 - 1}


def test_the_same_address_alone_only_warns(ledger, clerk):
    batch = take_in(clerk, GOOD, changed(householder="王海", phone=13800000002))
    assert row(batch, 4).result == Result.WARNED and sentences(batch, 4) == ["与本文件第 3 行重复。"]


def test_a_person_of_the_ledger_is_an_update_only_when_somebody_says_so(ledger, clerk):
    home = ledger.add(area=None)
    batch = take_in(clerk, changed(householder=home.householder, address=home.address, community="西井社区", phone=None))
    assert row(batch, 3).result == Result.DUPLICATE and sentences(batch, 3) == ["与台账 XJ-001 重复。"]
    decide_row(batch, 3, decision=Decision.UPDATE, by=clerk, at=NOW)
    assert row(batch, 3).result == Result.FINE and row(batch, 3).known_number == "XJ-001"


def test_the_same_id_in_the_ledger_rejects_until_somebody_says_update(ledger, clerk):
    ledger.add(id_number=identity(1))
    batch = take_in(clerk, [*GOOD, identity(1)], head=[*HEAD, "证件号"])
    assert row(batch, 3).result == Result.ERROR and sentences(batch, 3) == ["与台账 XJ-001 重复。"]
    decide_row(batch, 3, decision=Decision.ADD, by=clerk, at=NOW)
    assert row(batch, 3).result == Result.ERROR
    decide_row(batch, 3, decision=Decision.UPDATE, by=clerk, at=NOW)
    assert row(batch, 3).result == Result.FINE


@pytest.mark.parametrize(("text", "sentence"), [
    ("1.10107E+17", "身份证号被表格存成了科学计数，后几位已经丢失。请按证件重填 18 位。"),
    (110199197001010018, "身份证号被表格存成了科学计数，后几位已经丢失。请按证件重填 18 位。"),
    ("110199197013010010", "身份证号中的出生日期不存在。请按证件核对。"),
    (identity(1)[:-1] + ("1" if identity(1)[-1] != "1" else "2"), "身份证号的校验位不对，可能有一位抄错。请按证件核对。"),
    ("1101991970", "身份证号应为 18 位，现为 10 位。请按证件核对。"),
])  # fmt: skip
def test_a_ruined_or_wrong_identity_is_rejected_and_never_repeated_in_the_sentence(ledger, clerk, text, sentence):
    batch = take_in(clerk, [*GOOD, text], [*changed(address="y"), identity(3)], head=[*HEAD, "身份证号"])
    assert sentences(batch, 3) == [sentence] and row(batch, 4).result in (Result.FINE, Result.WARNED)


def test_a_day_without_a_year_takes_it_from_the_title_and_says_so(ledger, clerk):
    content = workbook(["2016年入户登记"], [*HEAD, "摸底日期"], [*GOOD, "3/5"], [*changed(address="b"), "12/11/2016"])
    batch = open_batch(content, name="表.xlsx", key="homes", by=clerk, at=NOW)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
    judge_batch(batch, at=NOW)
    assert batch.year == 2016
    assert sentences(batch, 3) == ["摸底日期没有年份，按表中的 2016 年记。"] and row(batch, 3).result == Result.WARNED
    assert sentences(batch, 4) == ["摸底日期可能是 12 月 11 日，也可能是 11 月 12 日。请改成 2016-12-11 这样。"]


HIDDEN = ["台账编号", "户主姓名", "地址", "联系电话", "身份证号"]


@pytest.mark.parametrize("over", [{}, {"联系电话": "13812341234"}, {"户主姓名": "周桂英"}, {"身份证号": identity(1)}])
def test_no_preview_answers_a_guess_at_what_is_masked(ledger, clerk, over):
    """A right guess and a wrong one look the same."""
    ledger.add(phone="13812341234", id_number=identity(1))
    wrong = {"户主姓名": "李小兰", "联系电话": "13900000000", "身份证号": identity(2)}
    cells = {"台账编号": "XJ-001", "地址": "西井平房 3 排 6 号"} | {name: wrong[name] for name in over}

    def result(said):
        return row(take_in(clerk, [said.get(name, "") for name in HIDDEN], head=HIDDEN), 3).result

    assert result(cells) == result(cells | over) == (Result.FINE if over else Result.SAME)


def test_a_guess_is_not_answered_when_it_is_mended_in_or_written(ledger, clerk):
    home = ledger.add(phone="13812341234", id_number=identity(1))
    batch = take_in(clerk, ["XJ-001", "", "", "1390", ""], head=HIDDEN)
    mend_cell(batch, 3, column="phone", text="13812341234", by=clerk, at=NOW)
    assert row(batch, 3).result == Result.FINE
    assert commit_batch(batch, by=clerk, at=NOW, count=1) == 1 and home.phone == "13812341234"


def test_a_cell_that_would_be_refused_answers_no_guess_either(ledger, clerk):
    ledger.add(phone="6887")
    for phone in ("6887", "6888"):
        batch = take_in(clerk, ["XJ-001", "", "", phone, ""], head=HIDDEN)
        assert row(batch, 3).result == Result.ERROR


def test_a_masked_cell_means_unchanged_only_where_the_ledger_has_the_same_mask(ledger, clerk):
    ledger.add(phone="13812341234")
    head = ["台账编号", *HEAD]
    same = ["XJ-001", "周*英", "西井平房 3 排 6 号", "西井社区", "138****1234", "", ""]
    batch = take_in(clerk, same, ["XJ-001", "周*英", "西井平房 3 排 6 号", "西井社区", "139****1234", "", ""], head=head)
    assert row(batch, 3).result == Result.SAME
    assert "是脱敏后的内容，与台账 XJ-001 不符" in sentences(batch, 4)[0] and row(batch, 4).result == Result.ERROR
    batch = take_in(clerk, ["", "王*", "琅山村 1 号", "琅山社区", "", "", ""], head=head)
    assert sentences(batch, 3) == ["户主是脱敏后的内容，不能导入。请填写完整内容。"]


def test_a_number_that_the_ledger_does_not_have_is_an_error(ledger, clerk):
    batch = take_in(clerk, ["XJ-999", *GOOD], head=["台账编号", *HEAD])
    assert sentences(batch, 3) == ["台账中没有这个编号。新增的行请把编号留空。"]


def test_a_needed_column_must_be_named_and_none_twice(ledger, clerk):
    batch = open_batch(workbook(["甲", "乙"], ["a", "b"]), name="a.xlsx", key="homes", by=clerk, at=NOW)
    for mapping, words in [
        ({0: "householder"}, "还没有对应地址。"), ({0: "address", 1: "address"}, "地址对应了两列。"),
        ({0: "nothing"}, "台账没有的列"), ({7: "address"}, "台账没有的列"),
    ]:  # fmt: skip
        with pytest.raises(AnswerRefused, match=words):
            name_columns(batch, mapping=mapping, by=clerk, at=NOW)
    name_columns(batch, mapping={0: "householder", 1: "address"}, by=clerk, at=NOW)
    assert ColumnMemory.objects.get().mapping == {"0": "householder", "1": "address"}
    again = open_batch(workbook(["甲", "乙"], ["c", "d"]), name="b.xlsx", key="homes", by=clerk, at=NOW)
    assert again.mapping == {"0": "householder", "1": "address"}


def test_a_dropped_batch_keeps_nothing_and_is_not_mended(ledger, clerk):
    batch = take_in(clerk, GOOD)
    drop_batch(batch, by=clerk, at=NOW)
    kept = ImportBatch.objects.get()
    assert kept.stage == Stage.DROPPED and kept.content == "" and not ImportRow.objects.exists()
    with pytest.raises(ImportConflict):
        mend_cell(batch, 3, column="phone", text="1", by=clerk, at=NOW)


def test_who_may_not_fill_the_ledger_is_refused(ledger, clerk, handler):
    batch = take_in(clerk, changed(phone="1"))
    with pytest.raises(ImportForbidden):
        open_batch(workbook(HEAD, GOOD), name="a.xlsx", key="homes", by=handler, at=NOW)
    with pytest.raises(ImportForbidden):
        mend_cell(batch, 3, column="phone", text="13812340917", by=handler, at=NOW)
    mend_cell(batch, 3, column="phone", text="13812340917", by=clerk, at=NOW)
    assert row(batch, 3).result == Result.FINE
    assert "李小兰" not in str(list(AuditEntry.objects.values_list("detail", "reason")))


def test_ignored_rows_and_foreign_columns_are_not_mended(ledger, clerk):
    batch = take_in(clerk, GOOD)
    with pytest.raises(AnswerRefused, match="不导入"):
        mend_cell(batch, 1, column="phone", text="1", by=clerk, at=NOW)
    with pytest.raises(AnswerRefused, match="没有这一列"):
        mend_cell(batch, 3, column="version", text="1", by=clerk, at=NOW)
    with pytest.raises(AnswerRefused):
        decide_row(batch, 3, decision="burn", by=clerk, at=NOW)
