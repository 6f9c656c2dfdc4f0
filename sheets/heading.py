"""Where a table's headings stand, which column is which, and which rows are no data (title, total, note, repeat)."""
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sheets.reading import Merge, Sheet
from sheets.targets import Column, Target

LOOKED_AT = 30  # rows from the top in which headings are sought
SUM_ROW = re.compile(
    r"^((本页|本表|本社区|全社区|全街道?)?(合计|小计|总计|共计|累计|总数)([:：\d一二三四五六七八九十共].*)?"
    r"|.{2,10}(合计|小计|总计))$"  # 西井社区小计; not two characters, which may be a name
)
NOTE_ROW = re.compile(
    r"^(注|备注|说明|附注|填表说明|填表人|填报人|制表人?|审核人?|复核人?|负责人|经办人|联系人|填报单位|填表单位|单位|制表日期"
    r"|填报日期|填表日期|日期|数据来源)(\(.*\))?[:：]"
)
FOOTER = re.compile(r"(演示数据|由 .{1,30} 导出|第 ?\d+ ?页)")
MOST_NOTE_CELLS = 6
SAME_AS_ABOVE = {"同上", "〃", "″"}


def tidy_heading(text: str) -> str:
    """A heading without what offices add to it: spaces, stars, units and notes in brackets; half-width, lower case.

    Many write 安装时间 over the days of 安装日期.
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", text)
    return re.sub(r"[\s*:,、。._/\\-]+", "", text).replace("时间", "日期")


@dataclass(frozen=True)
class Heading:
    """The rows of the headings (from 0) and the name of each column."""

    first: int
    last: int
    names: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same headings in another file have the same fingerprint."""
        return hashlib.sha256("\0".join(tidy_heading(name) for name in self.names).encode()).hexdigest()


def find_heading(sheet: Sheet, target: Target) -> Heading:
    """The one or two rows among the first thirty that name most columns; else the first row with the most words."""
    best, best_score = None, 0.0
    for first in range(min(LOOKED_AT, len(sheet.rows))):
        for last in (first, first + 1):
            if last < len(sheet.rows):
                heading = heading_at(sheet, first, last)
                score = len(map_columns(heading.names, target)) - 0.5 * (last > first) - 0.01 * first
                if score > best_score and not _half_of_two(sheet, first, last):
                    best, best_score = heading, score
    return best or heading_at(sheet, (row := _wordiest(sheet)), row)


def heading_at(sheet: Sheet, first: int, last: int) -> Heading:
    """The names that stand in these rows; a merged cell's word holds for all the columns below it."""
    rows = [_spread(sheet, row) for row in range(first, last + 1)]
    names = []
    for column in range(len(rows[0])):
        parts = [row[column].replace("\n", "") for row in rows]
        names.append(" ".join(dict.fromkeys(part for part in parts if part)))
    return Heading(first, last, tuple(names))


def _spread(sheet: Sheet, row: int) -> list[str]:
    """A row with the words of merged cells in every cell they cover."""
    cells = list(sheet.rows[row])
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and (top, left) != (bottom, right):
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = sheet.rows[top][left]
    return cells


def _half_of_two(sheet: Sheet, first: int, last: int) -> bool:
    """Whether the candidate begins or ends in the middle of a cell that is merged downwards."""
    return any(
        top < first <= bottom or first <= top <= last < bottom for top, _, bottom, _ in _small(sheet.merges)
    )


def _small(merges: Iterable[Merge]) -> Iterable[Merge]:
    """Merges of two or three rows; longer ones group data (one community over its households)."""
    return (merge for merge in merges if merge[2] - merge[0] < 3)


def _wordiest(sheet: Sheet) -> int:
    """The first row with the most different words, none of them a number."""
    def words(row: list[str]) -> int:
        return len({cell for cell in row if cell and not cell.replace(".", "").isdigit()})

    return max(range(min(LOOKED_AT, len(sheet.rows))), key=lambda place: (words(sheet.rows[place]), -place))


# --- which column is which ----------------------------------------------------------------------------------------


def map_columns(names: Sequence[str], target: Target) -> dict[int, str]:
    """Place → the ledger's column: exact headings first, then a heading that contains one; each is used once."""
    tidy = [(place, _forms(name)) for place, name in enumerate(names)]
    found: dict[int, str] = {}
    for exact in (True, False):
        for column, word in _words(target.columns):
            if column.name in found.values():
                continue
            for place, forms in tidy:
                if place not in found and any(form == word if exact else word in form for form in forms):
                    found[place] = column.name
                    break
    ways_in = {column.name for column in target.ways_in}
    return {place: name for place, name in found.items() if name in ways_in}


def _forms(name: str) -> tuple[str, ...]:
    """A two-level heading (补贴 市级) is known by its lower word, by both, or by both the other way round."""
    parts = [tidy_heading(part) for part in name.split(" ")]
    return tuple(dict.fromkeys((tidy_heading(name), parts[-1], "".join(reversed(parts)))))


def _words(columns: Iterable[Column]) -> list[tuple[Column, str]]:
    """Every column by each of its words, longest words first, so that 户主电话 is not taken for 户主."""
    pairs = [(column, tidy_heading(word)) for column in columns for word in (column.title, *column.synonyms)]
    return sorted(pairs, key=lambda pair: -len(pair[1]))


# --- what a row says --------------------------------------------------------------------------------------------


def filled_rows(sheet: Sheet) -> list[list[str]]:
    """The rows with what a cell merged downwards (one community over its households) and 同上 say to them."""
    rows = [list(row) for row in sheet.rows]
    for top, left, bottom, _ in sheet.merges:
        for row in rows[top + 1 : bottom + 1]:
            row[left : left + 1] = [cell or sheet.rows[top][left] for cell in row[left : left + 1]]
    for above, row in pairwise(rows):
        for place, cell in enumerate(row):
            if cell in SAME_AS_ABOVE:
                row[place] = above[place]
    return rows


def filled_from(said: str, filled: str) -> str:
    """How a cell came to say something else than the file has there, so that the preview can tell; or nothing."""
    return "" if said == filled else "合并单元格" if not said else "同上"


# --- which rows are no data ---------------------------------------------------------------------------------------


def reason_to_ignore(cells: Sequence[str], heading: Heading) -> str:
    """Why a row below the headings is no data, or nothing."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return "空行"
    tidy = [unicodedata.normalize("NFKC", re.sub(r"\s+", "", cell)) for cell in filled]
    if any(SUM_ROW.match(cell) for cell in tidy[:3]):
        return "合计行"
    if len(filled) <= MOST_NOTE_CELLS and NOTE_ROW.match(tidy[0]):
        return "说明行"
    if len(filled) <= 2 and FOOTER.search(filled[0]):
        return "说明行"
    words = {tidy_heading(part) for name in heading.names for part in (name, *name.split(" "))}
    if len(filled) > 1 and sum(tidy_heading(cell) in words for cell in filled) * 10 >= len(filled) * 6:
        return "重复的表头"
    return ""


# --- the year that 3/5 belongs to ---------------------------------------------------------------------------------

YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
CHINESE_YEAR = re.compile(r"[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def year_of(*texts: str) -> int | None:
    """The year that the first of these texts names: the title rows, the sheet's name, the file's name."""
    for text in texts:
        text = unicodedata.normalize("NFKC", text)
        found = YEAR.search(text) or CHINESE_YEAR.search(text)
        if found:
            return int(found.group().translate(DIGITS))
    return None


def year_in(sheet: Sheet, heading: Heading, file_name: str) -> int | None:
    """The year of a sheet."""
    titles = [cell for row in sheet.rows[: heading.first] for cell in row if cell]
    return year_of(*titles, sheet.name, file_name)
