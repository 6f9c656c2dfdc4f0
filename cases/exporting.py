"""A list of cases carried away: masked, marked as demonstration data where it is, and noted in the audit trail."""
import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts import audit
from accounts.masking import mask_name, mask_phone
from cases.models import Case, Reporter, ReporterKind

MOST_ROWS = 5000
DEMO = "演示数据"
HEAD = (
    "案号", "来源", "事项", "状态", "紧急程度", "类别", "社区", "网格", "地点",
    "主办", "上报人", "电话",
    "收件时间", "受理时间", "立案时间", "派遣时间", "处置完成", "结束时间",
    "当前时钟", "时限", "退回", "返工", "来文时限", "数据说明",
)  # fmt: skip
WIDTHS = (14, 10, 40, 10, 8, 16, 12, 16, 24, 14, 10, 14, *[16] * 6, 10, 16, 6, 6, 16, 10)
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take the cell for a formula


def export_cases(cases: QuerySet, *, by: Any, at: datetime, words: Iterable[str], kind: str, request: Any) -> Iterator:
    """The rows of an export, head first; the audit row is written before anything leaves the house."""
    rows = list(cases.for_desk()[:MOST_ROWS])
    audit.record(
        "cases_exported", actor=by, request=request, at=at,
        detail={"count": len(rows), "format": kind, "filters": " ".join(sorted(words))},
    )  # fmt: skip
    people = _people(rows)
    yield HEAD
    for case in rows:
        yield [_safe(cell) for cell in _cells(case, by, people.get(case.pk))]


def _people(rows: list[Case]) -> dict[int, Reporter]:
    """The first resident of each case; petitioners lie in a table that nothing here reads."""
    found: dict[int, Reporter] = {}
    numbers = [case.pk for case in rows]
    for start in range(0, len(numbers), 500):
        some = Reporter.objects.filter(case__in=numbers[start : start + 500], kind=ReporterKind.RESIDENT)
        for row in some.order_by("at", "pk"):
            found.setdefault(row.case_id, row)
    return found


def _cells(case: Case, user: Any, person: Reporter | None) -> list[Any]:
    secret = case.is_petition and not (
        user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")
    )
    times = (case.accepted_at, case.registered_at, case.dispatched_at, case.handled_at, case.closed_at)
    return [
        case.number, case.get_source_display(), case.title, case.get_state_display(), case.get_urgency_display(),
        "" if secret else str(case.category or ""), "" if secret or not case.community else case.community.short_name,
        "" if secret or not case.grid else case.grid.name, "" if secret else case.address,
        "" if secret else str(case.lead or ""), mask_name(person.name) if person else "",
        mask_phone(person.phone) if person else "", _time(case.received_at), *map(_time, times),
        case.get_due_clock_display(), _time(case.due_at), case.return_count, case.rework_count,
        _time(case.required_at), DEMO if case.is_demo else "",
    ]  # fmt: skip


def _time(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell


def as_csv(rows: Iterable) -> bytes:
    """With a byte-order mark, so that spreadsheets read the Chinese."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return "\ufeff".encode() + text.getvalue().encode()


def as_xlsx(rows: Iterable, *, at: datetime, by: Any) -> bytes:
    """A workbook with a fixed head row and who exported it when."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("案件")
    sheet.freeze_panes = "A2"
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for place, row in enumerate(rows):
        sheet.append(_bold(sheet, row) if not place else row)
    sheet.append([])
    sheet.append([f"{_time(at)} 由 {by.real_name} 导出，姓名、电话已脱敏"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _bold(sheet: Any, row: Iterable[str]) -> list:
    from openpyxl.cell import WriteOnlyCell

    cells = [WriteOnlyCell(sheet, value=value) for value in row]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells
