"""Reading a table that somebody pasted or uploaded: cells as texts, whatever program wrote them."""
import csv
import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

LARGEST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024  # an office's table of two thousand rows unpacks to far less
MOST_ROWS = 2000
MOST_COLUMNS = 40
MOST_CHARACTERS = 4000  # of one cell


class TableRefused(Exception):
    """The table cannot be read; the text says why and what to do."""


def read_pasted(text: str) -> list[list[str]]:
    """Cells copied out of a spreadsheet: tabs between them, or commas where there is no tab."""
    text = text.strip("\ufeff\r\n")
    if not text.strip():
        raise TableRefused("没有收到内容。请把表格连同表头一起复制后粘贴。")
    dialect = csv.excel_tab if "\t" in text.partition("\n")[0] else csv.excel
    try:
        return _tidy(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        raise TableRefused("粘贴的内容读不成表格。请在电子表格里选中整块单元格，再复制粘贴。")


def read_uploaded(content: bytes, name: str) -> list[list[str]]:
    """A workbook's first sheet, or a CSV in UTF-8 or GB 18030."""
    if len(content) > LARGEST_BYTES:
        raise TableRefused(f"文件有 {len(content) / 1024 / 1024:.1f} MB，最大 5 MB。请分成几个文件。")
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _read_workbook(content)
    if name.lower().endswith((".xlsx", ".xls", ".et", ".ods")):
        raise TableRefused("这个文件读不成电子表格。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。")
    return read_pasted(_decode(content))


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused("文件的编码不认识。请另存为 .xlsx，或 UTF-8 编码的 .csv。")


def _refuse_bomb(content: bytes) -> None:
    """A few packed megabytes may hold gigabytes: asked of the archive's list before anything is unpacked."""
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
            raise TableRefused("电子表格展开后太大。请只保留要导入的行，另存为新文件后再上传。")


def _read_workbook(content: bytes) -> list[list[str]]:
    try:
        _refuse_bomb(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True, nrows=MOST_ROWS + 2)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError):
        raise TableRefused("电子表格读不出来，可能加了密码或已损坏。请另存为没有密码的 .xlsx 后再上传。")
    return _tidy([[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> str:
    """A cell as a person would read it: no .0 behind whole numbers, moments to the minute."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _tidy(rows: Any) -> list[list[str]]:
    """Without empty lines and trailing cells, every row as wide as the first."""
    found = [[cell.strip()[:MOST_CHARACTERS] for cell in row] for row in rows]
    found = [row for row in found if any(row)]
    if len(found) < 2:
        raise TableRefused("只有表头，没有数据行。请连同表头一起粘贴，至少一行数据。")
    if len(found) > MOST_ROWS + 1:
        raise TableRefused(f"数据超过 {MOST_ROWS} 行。请分几次导入。")
    width = len(found[0])
    if width > MOST_COLUMNS:
        raise TableRefused(f"共有 {width} 列，最多 {MOST_COLUMNS} 列。请删去用不到的列。")
    return [(row + [""] * width)[:width] for row in found]
