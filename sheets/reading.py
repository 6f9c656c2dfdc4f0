"""Reading a file that some office sent: its sheets with every cell as a text, rows numbered as Excel numbers them."""
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from sheets.opening import BROKEN, PASSWORD, TOO_LARGE, FileRefused, kind_of

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_SHEETS = 50
MOST_CHARACTERS = 4000  # of one cell
FIRST_LOST = 10**15  # a spreadsheet keeps 15 digits of a number; beyond, the last ones are gone
DELIMITERS = "\t,;"
LOOKED_AT = 5000  # characters of a CSV in which its delimiter is sought

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


@dataclass
class Sheet:
    """One sheet: `rows[0]` is row 1 of Excel."""

    name: str
    rows: list[list[str]]
    merges: list[Merge] = field(default_factory=list)

    @property
    def filled(self) -> int:
        """How many rows hold anything."""
        return sum(1 for row in self.rows if any(row))


def read_file(content: bytes) -> list[Sheet]:
    """The sheets of a file that hold anything; FileRefused when it cannot be read."""
    kind = kind_of(content)
    sheets = [_read_text(content)] if kind == "text" else _read_workbook(content)
    filled = [sheet for sheet in sheets if sheet.filled]
    if not filled:
        raise FileRefused("表格里没有数据。请选择有数据的表格。")
    return filled


def _read_workbook(content: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        if len(names) > MOST_SHEETS:
            raise FileRefused(f"共有 {len(names)} 个工作表，最多 {MOST_SHEETS} 个。请删去用不到的工作表。")
        return [_read_sheet(book, name) for name in names]
    except PasswordError:
        raise FileRefused(PASSWORD)
    except (CalamineError, OSError, ValueError):
        raise FileRefused(BROKEN)


def _read_sheet(book: CalamineWorkbook, name: str) -> Sheet:
    """One sheet, from row 1 and column A on, whatever lies empty before its first cell."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > MOST_ROWS * 3 or sheet.total_width > MOST_COLUMNS * 10:
        raise FileRefused(TOO_LARGE)
    rows = sheet.to_python(skip_empty_area=False)
    return Sheet(name, _tidy([_text(cell) for cell in row] for row in rows), _merges(sheet))


def _merges(sheet: Any) -> list[Merge]:
    return [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]


def _read_text(content: bytes) -> Sheet:
    text = decode(content)
    top = text[:LOOKED_AT]  # a title line above the headings holds no delimiter
    delimiter = max(DELIMITERS, key=top.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise FileRefused("CSV 文件读不成表格。请用 Excel 打开后另存为 .xlsx，再上传。")
    return Sheet("", _tidy(rows))


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, or GB 18030 (GBK is a part of it)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content:
        raise FileRefused("这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件的编码不认识。请另存为 .xlsx，或 UTF-8 编码的 .csv。")


def _text(value: Any) -> str:
    """A cell as a person reads it: no .0 behind whole numbers; a number that lost its last digits shows that it did."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        return number_text(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date | time) else "" if isinstance(value, timedelta) else str(value)


def number_text(value: float | int) -> str:
    """13800000001 for 1.3800000001E10, 42.5 for 42.5, and 1.10107199001011E+17 where digits are lost."""
    if abs(value) >= FIRST_LOST:
        return f"{value:.15G}"
    if float(value).is_integer():
        return str(int(value))
    return f"{Decimal(repr(value)):f}"


def _tidy(rows: Iterable[list[str]]) -> list[list[str]]:
    """Trimmed texts, no empty rows or columns behind the last filled one."""
    found = [[cell.replace("\0", "").strip()[:MOST_CHARACTERS] for cell in row] for row in rows]
    while found and not any(found[-1]):
        found.pop()
    width = max((place + 1 for row in found for place, cell in enumerate(row) if cell), default=0)
    if len(found) > MOST_ROWS + 100:
        raise FileRefused(f"共有 {len(found):,} 行，最多 {MOST_ROWS:,} 行。请分成几个文件。")
    if width > MOST_COLUMNS:
        raise FileRefused(f"共有 {width} 列，最多 {MOST_COLUMNS} 列。请删去用不到的列。")
    return [(row + [""] * width)[:width] for row in found]
