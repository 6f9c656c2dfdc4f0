"""How a kept row looks in the preview: masked, a box in the cell that must be mended, a button that mends it."""
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sheets.judging import DECISIONS, ROW
from sheets.models import Decision, ImportBatch, ImportRow, Result
from sheets.preview import draft_of
from sheets.targets import Column, Kind, Target

RIGHT = (Kind.NUMBER, Kind.AREA, Kind.MONEY, Kind.COUNT)
SIGNS = {
    Result.FINE: ("circle-check", "ok"), Result.WARNED: ("alert-triangle", "warn"), Result.DUPLICATE: ("copy", "warn"),
    Result.ERROR: ("circle-x", "bad"), Result.SAME: ("circle-check", "muted"),
    Result.SKIPPED: ("arrow-forward-up", "muted"), Result.IGNORED: ("minus", "muted"),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell as shown."""

    column: Column
    text: str  # masked
    right: bool
    css: str = ""  # is-bad, is-warn
    box: bool = False  # to be mended in place
    value: str = ""  # what stands in the box, in clear: only of a cell that is wrong
    mark: str = ""  # how it was filled: 同上, 合并单元格


@dataclass(frozen=True)
class ShownRow:
    """One row as shown."""

    row: ImportRow
    cells: list[Cell]
    beside: list[Cell]  # wrong cells of columns that the table has no room for
    problems: list[dict[str, Any]]
    icon: str
    tone: str
    word: str
    buttons: list[tuple[str, str, str, str]]  # word, column, text, decision


def shown_columns(batch: ImportBatch, target: Target) -> list[Column]:
    """The columns of the table: those that the file has and the table has room for."""
    mapped = set(batch.mapping.values())
    return [column for column in target.ways_in if column.name in mapped and column.in_preview]


def shown_rows(rows: Iterable[ImportRow], batch: ImportBatch, target: Target) -> list[ShownRow]:
    """Rows as the preview shows them."""
    columns = shown_columns(batch, target)
    return [_shown(row, columns, target) for row in rows]


def _shown(row: ImportRow, columns: list[Column], target: Target) -> ShownRow:
    draft, problems = draft_of(row), {one["column"]: one for one in reversed(row.complaints)}
    cells = [
        _cell(column, draft.cells.get(column.name, ""), problems.get(column.name), draft.marks.get(column.name, ""))
        for column in columns
    ]  # fmt: skip
    in_table = {column.name for column in columns}
    names = [name for name in problems if name not in in_table and name != ROW]
    others = [column for column in target.ways_in if column.name in names]
    beside = [_cell(column, draft.cells.get(column.name, ""), problems[column.name]) for column in others]
    icon, tone = SIGNS[Result(row.result)]
    return ShownRow(
        row, cells, [cell for cell in beside if cell.box], row.complaints, icon, tone, _word(row), _buttons(row)
    )


def _cell(column: Column, text: str, problem: dict[str, Any] | None, mark: str = "") -> Cell:
    right = column.kind in RIGHT
    if problem is None:
        return Cell(column, column.masked(text), right, mark=mark)
    if problem.get("doubt") or problem.get("asks") or problem.get("decision"):
        return Cell(column, column.masked(text), right, "is-warn", mark=mark)
    return Cell(column, column.masked(text), right, "is-bad", True, text, mark)


def _word(row: ImportRow) -> str:
    if row.result in (Result.FINE, Result.WARNED) and row.known_number:
        return f"更新 {row.known_number}"
    return row.get_result_display()


def _buttons(row: ImportRow) -> list[tuple[str, str, str, str]]:
    """What mends the row with one press; a decision can be taken back."""
    if row.result == Result.IGNORED:
        return []
    if row.decision != Decision.NONE:
        return [("恢复本行" if row.decision == Decision.SKIP else "撤回", "", "", "")]
    found = [
        (one.get("button") or DECISIONS[one["decision"]], one["column"], one.get("text", ""), one.get("decision", ""))
        for one in row.complaints if one.get("button") or one.get("decision")
    ]  # fmt: skip
    if any(one.get("asks") for one in row.complaints):
        found += [(DECISIONS[how], "", "", how) for how in ("add", "skip") if all(one[3] != how for one in found)]
    return found
