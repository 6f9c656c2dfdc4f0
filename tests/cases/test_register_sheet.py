"""案件登记簿: each row registered as at the desk, once; cases that stand are never changed by a table."""
import pytest

from cases.models import Case
from cases.states import State
from sheets.batches import name_columns, open_batch
from sheets.committing import commit_batch, undo_batch
from sheets.errors import AnswerRefused, ImportForbidden
from sheets.exporting import answer
from sheets.models import ImportBatch, Result
from sheets.preview import judge_batch
from tests.make import NOW, make_case, move
from tests.sheets.ledger import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards", "xijing")]
HEAD = ["来源", "文号", "来文单位", "级别", "事项", "地点", "所属社区", "上报人", "联系电话", "收文日期", "办理时限", "热线种类"]
NOTICE = ["监管通知单", "石环监通〔2016〕第900号", "区市政市容监管中心", "区", "占道经营", "西井大街12号", "西井", "", "", "2016.12.20", "2016-12-25", ""]
CALL = ["热线", "RX900", "", "", "夜间施工扰民", "西井大街", "", "李小兰", 13812340917, "2016-12-20 09:30", "", "政风行风热线"]
GRID = ["网格事件", "", "", "", "路面破损", "西井大街1号", "西井社区", "", "", "2016-12-20", "", ""]


def take_in(by, *rows, head=HEAD, content=None):
    batch = open_batch(content or workbook(["2016年登记簿"], head, *rows), name="登记簿.xlsx", key="cases", by=by, at=NOW)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=by, at=NOW)
    judge_batch(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def results(batch):
    return [row.result for row in batch.rows.exclude(result=Result.IGNORED).order_by("number")]


def told(batch):
    return [one["sentence"] for row in batch.rows.exclude(result=Result.IGNORED) for one in row.problems]


def changed(row, **over):
    return list((dict(zip(HEAD, row, strict=True)) | over).values())


def test_rows_of_three_sources_become_cases_through_the_one_door(dispatcher, xijing):
    batch = take_in(dispatcher, NOTICE, CALL, GRID)
    assert results(batch) == [Result.FINE] * 3, told(batch)
    assert commit_batch(batch, by=dispatcher, at=NOW, count=3) == 3
    notice, call, grid = Case.objects.order_by("pk")
    assert [case.number for case in (notice, call, grid)] == ["DC-2016-001", "RX-2016-001", "WG-2016-001"]
    assert notice.notice.doc_no == "石环监通〔2016〕第900号" and notice.community == xijing and notice.events.count() == 1
    assert notice.reporters.get().reply_owed and call.reporters.get().name == "李小兰"
    assert {case.state for case in (notice, call, grid)} == {State.REPORTED}


def test_the_same_document_is_registered_once(dispatcher):
    batch = take_in(dispatcher, NOTICE)
    commit_batch(batch, by=dispatcher, at=NOW, count=1)
    again = take_in(dispatcher, NOTICE, changed(NOTICE, 文号="石环监通〔2016〕第901号"))
    assert results(again) == [Result.SAME, Result.FINE]
    other = take_in(dispatcher, changed(NOTICE, 事项="别的事"))
    assert results(other) == [Result.ERROR] and told(other) == ["已登记为 DC-2016-001。案件不能用表格修改，请到案件页办理。"]
    with pytest.raises(AnswerRefused):
        commit_batch(other, by=dispatcher, at=NOW, count=0)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("row", "sentence"), [
    (changed(NOTICE, 文号=""), "文号不能为空，重复导入要靠它辨认。"), (changed(NOTICE, 来文单位=""), "来文单位不能为空，办完要反馈给它。"),
    (changed(NOTICE, 级别=""), "级别不能为空。请填“市级”或“区级”。"), (changed(NOTICE, 来源="信访件"), "信访件不能用表格导入。请由信访专员单件登记。"),
    (changed(NOTICE, 来源="电话"), "选项中没有这种来源。"), (changed(NOTICE, 事项=""), "事项不能为空。"),
    (changed(CALL, 热线种类=""), "热线种类不能为空。请写明是哪一条热线。"), (changed(CALL, 联系电话="1361234"), "电话应为 11 位手机号，现为 7 位。"),
])  # fmt: skip
def test_each_rule_has_its_sentence(dispatcher, row, sentence):
    batch = take_in(dispatcher, row, GRID)
    assert told(batch)[0] == sentence and results(batch) == [Result.ERROR, Result.FINE]


def test_undoing_voids_what_nobody_has_touched(dispatcher, category):
    batch = take_in(dispatcher, NOTICE, GRID)
    commit_batch(batch, by=dispatcher, at=NOW, count=2)
    notice, grid = Case.objects.order_by("pk")
    move("accept", grid, dispatcher, category=category)
    assert undo_batch(ImportBatch.objects.get(), by=dispatcher, at=NOW) == (1, 1)
    notice.refresh_from_db(), grid.refresh_from_db()
    assert notice.state == State.VOIDED and notice.events.count() == 2 and grid.state == State.ACCEPTED
    assert batch.rows.get(written_number=grid.number).kept_back == f"{grid.number} 已经在办理，不能撤销。需要时请在案件页作废。"


def test_who_does_not_register_cases_does_not_import_them(clerk, dispatcher):
    with pytest.raises(ImportForbidden):
        take_in(clerk, GRID)
    assert results(take_in(dispatcher, GRID)) == [Result.FINE]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_exported_register_comes_back_without_a_change(dispatcher, petition_officer, chief, xijing, kind):
    from cases.exporting import export_cases

    make_case(dispatcher, source="DC", community=xijing, address="西井大街12号")
    make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    make_case(petition_officer, source="XF", address="某小区 3 号楼")
    page = export_cases(Case.objects.order_by("pk"), by=dispatcher, at=NOW, words=(), kind=kind, request=None)
    batch = take_in(dispatcher, content=b"".join(page))
    assert results(batch) == [Result.SAME] * 3, told(batch)


def test_an_export_costs_the_same_questions_however_many_cases(dispatcher, django_assert_num_queries):
    from cases.register_sheet import REGISTER, carried

    for _ in range(2):
        make_case(dispatcher)
    assert dispatcher.permissions  # asked once for a person
    for wanted in (1, 2):
        rows = carried(Case.objects.order_by("pk")[:wanted], dispatcher)
        with django_assert_num_queries(6):  # hotlines, cases, residents, the audit row between two savepoints
            b"".join(answer(REGISTER, rows, kind="csv", by=dispatcher, at=NOW, count=wanted, demo=False))
