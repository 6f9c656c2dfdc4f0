"""A ledger carried away (导出): as filtered, masked unless a reason is given, marked, formula-safe, and noted.

For the views of ledgers: `return answer(TARGET, rows, kind=…, by=request.user, at=now, words=…, request=request)`.
"""
import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from accounts import audit
from sheets.errors import AnswerRefused
from sheets.targets import Column, Kind, Target, settled
from sheets.values import RISKY, shown

DEMO = "演示数据"
DEMO_HEADING = "数据说明"
SHORTEST_REASON = 5
REASON_WANTED = "请写明导出未脱敏信息的理由，至少 5 个字。理由会记入审计。"
NUMBERS = (Kind.NUMBER, Kind.AREA, Kind.MONEY, Kind.COUNT)
AT_ONCE = 500
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no workbook can hold them
IN_NO_SHEET_NAME = re.compile(r"[\\*?:/\[\]]")
FORMATS = {
    "xlsx": ("Excel（.xlsx）", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV（.csv）", "text/csv; charset=utf-8"),
}
WIDTHS = {Kind.TEXT: 18, Kind.MOMENT: 17, Kind.ID_NUMBER: 21, Kind.CREDIT_CODE: 21, Kind.PHONE: 14, Kind.GRID: 18}


def answer(
    target: Target, rows: QuerySet | Iterable[Any], *, kind: str, by: Any, at: datetime, words: Iterable[str] = (),
    unmasked: bool = False, reason: str = "", request: Any = None, count: int | None = None, demo: bool | None = None,
) -> HttpResponseBase:  # fmt: skip
    """The file as an answer; the audit row is written before the first row leaves the house.

    `words` name the filters (keys only, never what was searched). PermissionDenied without the right, AnswerRefused
    for an unmasked export without a reason. Rows that are no queryset bring their `count` and whether they are `demo`.
    """
    _check(target, by, unmasked=unmasked, reason=reason)
    if kind not in FORMATS:
        raise AnswerRefused("请选择导出格式。")
    if isinstance(rows, QuerySet):
        count = rows.count()
        demo = has_demo(rows) if demo is None else demo
        rows = rows.iterator(chunk_size=AT_ONCE)
    with transaction.atomic():
        audit.record(
            "ledger_exported_unmasked" if unmasked else "ledger_exported", actor=by, request=request, at=at,
            reason=reason if unmasked else "",
            detail={"ledger": target.title, "count": count, "format": kind, "filters": " ".join(sorted(words))},
        )  # fmt: skip
    table = Table(settled(target), rows, by=by, at=at, unmasked=unmasked, demo=bool(demo))
    response = _csv_answer(table) if kind == "csv" else _xlsx_answer(table)
    name = f"{target.title}-{timezone.localtime(at):%Y%m%d-%H%M}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(name)}"
    response["Content-Type"] = FORMATS[kind][1]
    response["Cache-Control"] = "no-store"
    return response


def _check(target: Target, by: Any, *, unmasked: bool, reason: str) -> None:
    if not by.has_perm(target.export_right):
        raise PermissionDenied(f"你的角色不能导出{target.title}。需要时请向系统管理员申请。")
    if unmasked and not by.has_perm(target.unmasked_right):
        raise PermissionDenied("导出未脱敏信息须由值班科长操作。")
    if unmasked and len(reason.strip()) < SHORTEST_REASON:
        raise AnswerRefused(REASON_WANTED)


def has_demo(rows: QuerySet) -> bool:
    """Whether a row of the demonstration is among them."""
    names = {one.name for one in rows.model._meta.get_fields()}
    return "is_demo" in names and rows.filter(is_demo=True).exists()


class Table:
    """What the file says: a line that marks it, the headings, the rows, and who carried it away when."""

    def __init__(
        self, target: Target, rows: Iterable[Any], *, by: Any, at: datetime, unmasked: bool, demo: bool
    ) -> None:
        self.target, self.rows, self.unmasked, self.demo = target, rows, unmasked, demo
        self.foot = f"{timezone.localtime(at):%Y-%m-%d %H:%M} 由 {by.real_name} 导出"
        self.foot += "，含未脱敏个人信息，用后销毁，不得转发" if unmasked else "，个人信息已脱敏"

    @property
    def marks(self) -> list[str]:
        """The lines above the headings: demonstration data says so, and an unmasked file bears its taker's name."""
        marks = [safe(f"{self.target.title}（{DEMO}）")] if self.demo else []
        return [*marks, self.foot] if self.unmasked else marks

    @property
    def head(self) -> list[str]:
        """The headings, those by which the file is recognised when it comes back."""
        return [safe(column.title) for column in self.target.columns] + ([DEMO_HEADING] if self.demo else [])

    def lines(self) -> Iterator[list[Any]]:
        """The rows, masked or in clear."""
        for row in self.rows:
            cells = [self._cell(row, column) for column in self.target.columns]
            yield [*cells, DEMO if getattr(row, "is_demo", False) else ""] if self.demo else cells

    def _cell(self, row: Any, column: Column) -> Any:
        value = column.value_of(row) if column.kind in NUMBERS else None
        if isinstance(value, int | Decimal) and not (
            column.approximate_to and getattr(row, column.approximate_to, False)
        ):
            return value
        text = shown(row, column)
        return safe(text if self.unmasked else column.masked(text))


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without the control characters that no workbook holds."""
    text = UNWRITABLE.sub("", text)
    return f"'{text}" if text.startswith(RISKY) else text


def sheet_name(text: str) -> str:
    """A name that a sheet may bear."""
    return IN_NO_SHEET_NAME.sub("－", UNWRITABLE.sub("", text))[:31]


def _csv_answer(table: Table) -> StreamingHttpResponse:
    """Line by line, with a byte-order mark so that spreadsheets read the Chinese."""
    def pieces() -> Iterator[str]:
        sink = io.StringIO(newline="")
        writer = csv.writer(sink)
        sink.write("\ufeff")
        for line in _whole(table):
            writer.writerow(line)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()

    return StreamingHttpResponse(pieces())


def _whole(table: Table) -> Iterator[list[Any]]:
    yield from ([mark] for mark in table.marks)
    yield table.head
    yield from table.lines()
    yield []
    yield [table.foot]


def _xlsx_answer(table: Table) -> FileResponse:
    """Rows are written to disk as they are read; the file is gone when it was sent."""
    from openpyxl import Workbook  # 10 MB of a web worker that never makes one
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name(table.target.title))
    sheet.freeze_panes = f"A{len(table.marks) + 2}"
    sheet.oddFooter.center.text = table.foot.replace("&", "＆")
    for place, column in enumerate(table.target.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column.kind, 12)
    for mark in table.marks:
        sheet.append([_bold(sheet, mark)])
    sheet.append([_bold(sheet, word) for word in table.head])
    for line in table.lines():
        sheet.append(line)
    sheet.append([])
    sheet.append([table.foot])
    file = tempfile.TemporaryFile()
    book.save(file)
    file.seek(0)
    return FileResponse(file)


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
