"""Reading a hotline's table that somebody pasted or uploaded; files are read as any office's are (sheets.reading)."""
import csv
import io
from collections.abc import Iterable

from sheets.opening import FileRefused
from sheets.reading import MOST_CHARACTERS, read_file

LARGEST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 40


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


def read_uploaded(content: bytes) -> list[list[str]]:
    """The first sheet that holds anything, or a CSV; what a file is, its bytes say and not its name."""
    if len(content) > LARGEST_BYTES:
        raise TableRefused(f"文件有 {len(content) / 1024 / 1024:.1f} MB，最大 5 MB。请分成几个文件。")
    try:
        return _tidy(read_file(content)[0].rows)
    except FileRefused as refusal:
        raise TableRefused(str(refusal))


def _tidy(rows: Iterable[list[str]]) -> list[list[str]]:
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
