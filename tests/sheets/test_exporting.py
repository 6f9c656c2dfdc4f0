"""A ledger carried away: masked, marked, formula-safe, noted; and back again without a change."""
import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from accounts.models import AuditEntry
from sheets.batches import name_columns, open_batch, target_of
from sheets.error_list import error_list_of
from sheets.errors import AnswerRefused
from sheets.exporting import answer, safe
from sheets.models import Result
from sheets.preview import judge_batch
from tests.make import NOW
from tests.sheets.ledger import PLACES, identity
from tests.sheets.test_preview import changed, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(ledger):
    """Two homes, one of the demonstration."""
    ledger.add(phone="13812341234", id_number=identity(1), equipment="pump", area=Decimal("80.50"), approximate=True)
    ledger.add(householder="=1+1王", address="＋琅山村", community=PLACES["琅山社区"], area=Decimal("1200"), is_demo=True)
    return list(ledger.homes.values())


def carry(target, homes, by, kind="csv", **over):
    over = {"demo": True, "count": len(homes), **over}
    return b"".join(answer(target, homes, kind=kind, by=by, at=NOW, words=["社区"], **over))


def table(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_it_is_masked_marked_and_noted(target, homes, clerk):
    mark, head, first, second, _, foot = table(carry(target, homes, clerk))
    assert mark == ["煤改电台账（演示数据）"] and head[:3] == ["台账编号", "户主", "身份证号"] and head[-1] == "数据说明"
    row = dict(zip(head, first, strict=True))
    assert (row["户主"], row["联系电话"], row["身份证号"][6:14]) == ("周*英", "138****1234", "********")
    assert (row["采暖面积"], row["设备"], row["社区"], row["数据说明"]) == ("约80.5", "空气源热泵", "西井社区", "")
    assert dict(zip(head, second, strict=True))["数据说明"] == "演示数据"
    assert f"由 {clerk.real_name} 导出，个人信息已脱敏" in foot[0]
    entry = AuditEntry.objects.get(action="ledger_exported")
    assert entry.detail == {"ledger": "煤改电台账", "count": 2, "format": "csv", "filters": "社区"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_take_for_a_formula_stays_text(start):
    assert safe(f"{start}1") == f"'{start}1" and safe(f"1{start}") == f"1{start}"


def test_a_workbook_keeps_numbers_as_numbers_and_formulas_as_text(target, homes, clerk):
    sheet = load_workbook(io.BytesIO(carry(target, homes, clerk, "xlsx"))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][3] == "地址" and rows[3][3] == "'＋琅山村" and rows[3][7] == 1200
    assert clerk.real_name in sheet.oddFooter.center.text and clerk.real_name in rows[-1][0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_in_clear_only_with_the_right_and_a_reason_and_the_takers_name_on_it(target, homes, clerk, chief):
    with pytest.raises(PermissionDenied):
        carry(target, homes, clerk, unmasked=True, reason="发放补贴核对")
    target_of_chief = target.__class__(**{**target.__dict__, "export_right": target.unmasked_right})
    with pytest.raises(AnswerRefused, match="至少 5 个字"):
        carry(target_of_chief, homes, chief, unmasked=True, reason=" 核对 ")
    assert not AuditEntry.objects.exists()
    lines = table(carry(target_of_chief, homes, chief, unmasked=True, reason="发放补贴核对"))
    assert lines[3][1] == "周桂英" and lines[3][5] == "13812341234"
    assert chief.real_name in lines[1][0] and "不得转发" in lines[-1][0]
    assert AuditEntry.objects.get(action="ledger_exported_unmasked").reason == "发放补贴核对"


def test_who_may_not_export_does_not(target, homes, handler, clerk):
    with pytest.raises(PermissionDenied):
        carry(target, homes, handler)
    with pytest.raises(AnswerRefused):
        carry(target, homes, clerk, kind="pdf")
    assert not AuditEntry.objects.exists() and carry(target, homes, clerk)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_exported_ledger_comes_back_without_a_change(target, homes, ledger, clerk, kind):
    homes[1].householder = "王海"
    batch = open_batch(carry(target, homes, clerk, kind), name=f"台账.{kind}", key="homes", by=clerk, at=NOW)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
    judge_batch(batch, at=NOW)
    assert [row.result for row in batch.rows.order_by("number")] == [
        Result.IGNORED, Result.SAME, Result.SAME, Result.IGNORED, Result.IGNORED
    ]  # fmt: skip


def test_a_queryset_says_itself_whether_it_holds_demonstration_data(dispatcher, standards):
    from cases.models import Case
    from cases.register_sheet import REGISTER
    from tests.make import make_case

    real, demo = make_case(dispatcher), make_case(dispatcher, is_demo=True)
    for case, said in ((real, False), (demo, True)):
        rows = Case.objects.filter(pk=case.pk)
        content = b"".join(answer(REGISTER, rows, kind="csv", by=dispatcher, at=NOW))
        assert ("演示数据" in content.decode()) is said and case.number in content.decode()
    assert set(AuditEntry.objects.values_list("detail__count", flat=True)) == {1}


def test_characters_that_no_workbook_holds_are_left_out(target, homes, clerk):
    homes[0].householder = "周\x01桂\x0b英\uffff"
    assert safe("周\x01桂\n英") == "周桂\n英"
    for kind in ("xlsx", "csv"):
        assert carry(target, homes, clerk, kind)
    book = load_workbook(io.BytesIO(carry(target, homes, clerk, "xlsx")))
    assert "周" in str(list(book.worksheets[0].values))


def test_a_title_that_an_administrator_chose_makes_no_formula_and_names_a_sheet(target, homes, clerk):
    odd = replace(target, title="=开墙/打洞[2016]:总表")
    sheet = load_workbook(io.BytesIO(carry(odd, homes, clerk, "xlsx"))).worksheets[0]
    assert sheet.title == "=开墙－打洞－2016－－总表" and sheet["A1"].data_type == "s"
    plain = load_workbook(io.BytesIO(carry(target, homes, clerk, "xlsx"))).worksheets[0]
    assert plain.title == target.title


def test_the_name_of_a_file_is_no_formula_in_its_list_of_errors(ledger, clerk):
    for name, kind in (("=1+1.xlsx", "s"), ("台账.xlsx", "s")):
        batch = take_in(clerk, changed(householder=""), name=name)
        first = load_workbook(io.BytesIO(error_list_of(batch, target_of(batch)))).worksheets[0]["A1"]
        assert name in first.value and first.data_type == kind
