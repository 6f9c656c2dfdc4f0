"""Tables of figures carried away as a workbook: one sheet a table, with today's numbers, noted in the trail."""
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from reports.books import Sums, summed
from reports.breakdown import Cell
from reports.dashboard import DIMENSIONS, Dashboard
from reports.figures import FIGURES, Figure, Value
from reports.models import Bulletin, Dimension
from reports.periods import Period
from reports.querysets import CaseFactQuerySet
from reports.ranking import PARTS, Place
from reports.scopes import names_of
from reports.year import Line
from reports.year_figures import YearFigure
from reports.year_sheets import NOTHING
from reports.year_sheets import Cell as YearCell
from sheets.exporting import safe

MOST_ROWS = 5000
Sheet = tuple[str, list[list[Any]]]  # name, rows with the headings first
WIDTH = 14


def workbook(sheets: Iterable[Sheet], *, title: str, by: Any, at: datetime) -> bytes:
    """The sheets as one file; each says what it is, that it is a demonstration, and who took it when."""
    from openpyxl import Workbook  # 10 MB of a web worker that never makes one
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A3"
        for place in range(1, max(map(len, rows)) + 1):
            sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        sheet.append([_bold(sheet, f"{title} {name}".strip() + f"{'（演示数据）' if settings.DEMO else ''}")])
        sheet.append([_bold(sheet, safe(str(cell))) for cell in rows[0]])
        for row in rows[1:]:
            sheet.append([_cell(cell) for cell in row])
        sheet.append([])
        sheet.append([f"{timezone.localtime(at):%Y-%m-%d %H:%M} 由 {by.real_name} 导出"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(value: Any) -> Any:
    """Numbers stay numbers, rates to two decimals; no number is a dash."""
    if value is None:
        return "–"
    return round(value, 2) if isinstance(value, Decimal) else safe(value) if isinstance(value, str) else value


def export_dashboard(board: Dashboard, *, by: Any, at: datetime, request: Any = None) -> bytes:
    """Every figure of the period beside the one before and the year before, and by month, source, community, unit."""
    record("figures_exported", actor=by, detail={"period": board.period.key}, request=request, at=at)
    sheets = [("指标", _figures(board)), ("逐月", _months(board))]
    found = summed(DIMENSIONS, board.period, today=board.today)
    sheets += [(Dimension(one).label, _parts(one, found[one])) for one in DIMENSIONS]
    return workbook(sheets, title=board.period.words, by=by, at=at)


def _figures(board: Dashboard) -> list[list[Any]]:
    spans = (board.period, board.before, board.year_before)
    sums = [board.sums(span) for span in spans]
    rows = [
        [one.name, one.unit, *(Value.of(one, each).number for each in sums), one.words] for one in FIGURES.values()
    ]
    return [["指标", "单位", *(span.words for span in spans), "公式、单位和来源"], *rows]


def _months(board: Dashboard) -> list[list[Any]]:
    months = [month for month in board.year.months() if month.first <= board.today]
    rows = [[month.words, *_numbers(board.sums(month))] for month in months]
    return [["月份", *(f"{one.name}（{one.unit}）" for one in FIGURES.values())], *rows]


def _parts(dimension: str, found: dict[str, Sums]) -> list[list[Any]]:
    rows = [[name, *_numbers(found[key])] for key, name in names_of(dimension).items() if key in found]
    return [[Dimension(dimension).label, *(f"{one.name}（{one.unit}）" for one in FIGURES.values())], *rows]


def _numbers(sums: Any) -> list[Any]:
    return [one.compute(sums) for one in FIGURES.values()]


def export_parts(
    cells: list[Cell], *, figure: Figure, word: str, period: Period, by: Any, at: datetime, request: Any = None
) -> bytes:  # fmt: skip
    """One figure by the parts of the street or by month, as the page shows it."""
    record("figures_exported", actor=by, detail={"period": period.key, "part": f"{figure.name}按{word}"},
           request=request, at=at)  # fmt: skip
    head = [word, f"{figure.name}（{figure.unit}）", *(["分子", "分母"] if figure.bottom else [])]
    rows = [
        [one.name, one.value.number, *([one.value.top, one.value.bottom] if figure.bottom else [])] for one in cells
    ]  # fmt: skip
    return workbook([(f"按{word}", [head, *rows])], title=f"{period.words}{figure.name}", by=by, at=at)


def export_ranking(places: list[Place], *, period: Period, word: str, by: Any, at: datetime, request: Any = None
                   ) -> bytes:  # fmt: skip
    """A ranking as the page shows it; who is 不参评 has no rank."""
    record("figures_exported", actor=by, detail={"period": period.key, "part": word}, request=request, at=at)
    head = ["名次", "单位", "应处置", *(part.word for part in PARTS), "加减分", "得分", "每千户公众举报"]
    rows = [
        [one.rank or "不参评", one.name, one.due, *(one.rates[part.weight] for part in PARTS), one.points, one.score,
         one.per_thousand]
        for one in places
    ]  # fmt: skip
    return workbook([(word, [head, *rows])], title=period.words, by=by, at=at)


def export_rows(lines: CaseFactQuerySet, *, name: str, period: Period, by: Any, at: datetime, request: Any = None
                ) -> bytes:  # fmt: skip
    """The cases behind a figure, at most five thousand: numbers, classes and places, nobody's name."""
    kept = list(lines.for_list()[:MOST_ROWS])
    detail = {"period": period.key, "part": name, "count": len(kept)}
    record("figures_exported", actor=by, detail=detail, request=request, at=at)
    rows = [
        [f"{one.day:%Y-%m-%d}", one.case.number, one.case.title, one.case.get_source_display(),
         str(one.case.category or "–"), one.case.community.short_name if one.case.community else "–",
         one.department.short_name if one.department else "–", one.case.get_state_display()]
        for one in kept
    ]  # fmt: skip
    head = ["计入日期", "案号", "事项", "来源", "类别", "社区", "承办单位", "现在状态"]
    return workbook([(name, [head, *rows])], title=period.words, by=by, at=at)


def export_year(lines: Iterable[Line], *, year: Period, by: Any, at: datetime, request: Any = None) -> bytes:
    """The year as its page shows it: reported, computed, difference."""
    record("figures_exported", actor=by, detail={"period": year.key, "part": "年度数据"}, request=request, at=at)
    rows = [
        [one.figure.group, one.figure.name, one.reported.words if one.reported else None,
         one.computed if one.has_number else one.shown, one.figure.unit if one.has_number else None, one.difference]
        for one in lines
    ]  # fmt: skip
    head = ["分类", "指标", "报告值", "计算值", "单位", "差"]
    return workbook([("年度数据", [head, *rows])], title=year.words, by=by, at=at)


def export_year_rows(
    rows: QuerySet, *, figure: YearFigure, year: Period, by: Any, at: datetime, request: Any = None
) -> bytes:  # fmt: skip
    """The rows behind one figure of the year, at most five thousand."""
    kept = [[_plain(cell) for cell in figure.sheet.cells(row)] for row in rows[:MOST_ROWS]]
    detail = {"period": year.key, "part": figure.name, "count": len(kept)}
    record("figures_exported", actor=by, detail=detail, request=request, at=at)
    return workbook([("明细", [list(figure.sheet.head), *kept])], title=f"{year.words}{figure.name}", by=by, at=at)


def _plain(cell: YearCell) -> Any:
    """What stands in a column of the page; a number is one again."""
    return Decimal(cell.words.replace(",", "")) if cell.is_number and cell.words != NOTHING else cell.words


def export_bulletins(rows: Iterable[Bulletin], *, by: Any, at: datetime, request: Any = None) -> bytes:
    """The list of issues as the page shows it, at most five thousand."""
    kept = list(rows[:MOST_ROWS])
    record("figures_exported", actor=by, detail={"part": "督查通报目录", "count": len(kept)}, request=request, at=at)
    head = ["年份", "期号", "标题", "类型", "起始日", "截止日", "状态", "问题", "已整改", "签发人", "签发时间"]
    lines = [
        [one.year, one.number, one.title, one.get_kind_display(), f"{one.first:%Y-%m-%d}", f"{one.last:%Y-%m-%d}",
         one.get_state_display(), one.problems, one.fixed, str(one.issued_by or "–"),
         f"{timezone.localtime(one.issued_at):%Y-%m-%d %H:%M}" if one.issued_at else None]
        for one in kept
    ]  # fmt: skip
    return workbook([("督查通报目录", [head, *lines])], title="", by=by, at=at)
