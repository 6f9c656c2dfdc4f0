"""The wording of an agreement as structured blocks: read, filled, numbered and compared. There is no HTML anywhere.

A text is a list of blocks: {"kind": "heading" | "paragraph" | "clause", "text": …} or {"kind": "table", "rows":
[[indicator, target, points], …]}. Numbers (一、 （一） 1) are never stored: they follow from the order. A variable
stands in the text as {{name}}. A variable is {"name", "kind", "required", "value"}; `value` holds what is the same for
every party, and a variable that names a person has none.
"""
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from campaigns.errors import AnswersRefused

KINDS = {"heading": "条款标题", "paragraph": "正文", "clause": "编号条款", "table": "指标表"}
VARIABLE_KINDS = {"text": "文字", "number": "数字", "date": "日期", "person": "人名"}
PARTY, COMMUNITY = "乙方", "所在社区"
AUTOMATIC = (PARTY, COMMUNITY)  # filled from the party itself
TABLE_HEAD = ("指标", "目标值", "分值")
MOST_BLOCKS, MOST_ROWS, LONGEST_TEXT, LONGEST_CELL, LONGEST_NAME = 200, 50, 2000, 120, 20
TO_FILL, BLANK = "待填写", "＿＿＿＿＿＿"
TOKEN = re.compile(r"\{\{\s*([^{}]{1,20}?)\s*\}\}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
MARKS = {"heading": "【标题】", "clause": "【编号】"}  # so that a change of kind alone shows in a comparison
DIGITS = "〇一二三四五六七八九"

Block = dict[str, Any]
Variable = dict[str, Any]


def chinese_number(number: int) -> str:
    """1–99 as headings count: 一, 十, 十二, 二十三."""
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones or not tens else "")


# --- reading what somebody sent ---------------------------------------------------------------------------------------


def _line(value: Any, *, longest: int, where: str) -> str:
    """One line of text without control characters; anything that is no text is refused."""
    if not isinstance(value, str):
        raise AnswersRefused({"blocks": f"{where}不是文字。请刷新页面后再改。"})
    text = " ".join(UNSEEN.sub(" ", value).replace("\u00a0", " ").split())
    if len(text) > longest:
        raise AnswersRefused({"blocks": f"{where}有 {len(text)} 个字，最多 {longest} 个。请分成几段。"})
    return text


def _table(rows: Any, where: str) -> Block | None:
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise AnswersRefused({"blocks": f"{where}的指标表最多 {MOST_ROWS} 行。请分成两张表。"})
    clean = []
    for row in rows:
        if not isinstance(row, list) or len(row) != len(TABLE_HEAD):
            raise AnswersRefused({"blocks": f"{where}的指标表应有 {len(TABLE_HEAD)} 列。请刷新页面后再改。"})
        cells = [_line(cell, longest=LONGEST_CELL, where=f"{where}的指标表") for cell in row]
        if any(cells):
            clean.append(cells)
    return {"kind": "table", "rows": clean} if clean else None


def read_blocks(sent: Any) -> list[Block]:
    """Blocks as they are kept, out of what a browser sent: known kinds only, plain text only, empty ones left out."""
    if not isinstance(sent, list) or len(sent) > MOST_BLOCKS:
        raise AnswersRefused({"blocks": f"正文最多 {MOST_BLOCKS} 段。请合并一些段落。"})
    clean: list[Block] = []
    for place, block in enumerate(sent, start=1):
        where = f"第 {place} 段"
        kind = block.get("kind") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            raise AnswersRefused({"blocks": f"{where}的类别不认识。请刷新页面后再改。"})
        if kind == "table":
            table = _table(block.get("rows"), where)
            clean += [table] if table else []
            continue
        text = _line(block.get("text"), longest=LONGEST_TEXT, where=where)
        clean += [{"kind": kind, "text": text}] if text else []
    if not clean:
        raise AnswersRefused({"blocks": "正文是空的。请至少写一段。"})
    return clean


def read_variables(sent: Any) -> list[Variable]:
    """Variables as they are kept: each name once, kinds that exist, no value for a person."""
    clean: dict[str, Variable] = {}
    for one in sent if isinstance(sent, list) else ():
        name = _line(one.get("name", ""), longest=LONGEST_NAME, where="变量名")
        kind = one.get("kind", "text")
        if not name:
            continue
        if name in AUTOMATIC:
            raise AnswersRefused({"variables": f"“{name}”按签订对象自动填写，不用另设。请删去这一行。"})
        if name in clean:
            raise AnswersRefused({"variables": f"变量“{name}”写了两次。请只留一行。"})
        if kind not in VARIABLE_KINDS or "{" in name or "}" in name:
            words = "、".join(VARIABLE_KINDS.values())
            raise AnswersRefused({"variables": f"变量“{name}”不对：名称不能含花括号，类别只有{words}。"})
        value = "" if kind == "person" else _line(one.get("value", "") or "", longest=LONGEST_CELL, where=f"“{name}”")
        clean[name] = {"name": name, "kind": kind, "required": bool(one.get("required", True)), "value": value}
    return list(clean.values())


def with_new_names(blocks: Iterable[Block], variables: list[Variable]) -> list[Variable]:
    """The variables, and those that the text names for the first time: text, required, filled for each party."""
    known = {one["name"] for one in variables} | set(AUTOMATIC)
    new = [name for name in used_names(blocks) if name not in known]
    return variables + [{"name": name, "kind": "text", "required": True, "value": ""} for name in new]


def texts_of(block: Block) -> Iterator[str]:
    """Every piece of text of a block."""
    if block["kind"] == "table":
        for row in block["rows"]:
            yield from row
    else:
        yield block["text"]


def used_names(blocks: Iterable[Block]) -> list[str]:
    """The variables that a text names, in order, each once."""
    return list(dict.fromkeys(name for block in blocks for text in texts_of(block) for name in TOKEN.findall(text)))


# --- filling and numbering --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """A stretch of text: plain, or a variable with what it says."""

    text: str
    name: str = ""
    filled: bool = True


def runs_of(text: str, values: Mapping[str, str]) -> list[Run]:
    """A text cut at its variables; one that nobody filled says 待填写."""
    runs, end = [], 0
    for match in TOKEN.finditer(text):
        if match.start() > end:
            runs.append(Run(text[end : match.start()]))
        value = values.get(match[1], "")
        runs.append(Run(value or TO_FILL, match[1], bool(value)))
        end = match.end()
    return [*runs, Run(text[end:])] if end < len(text) else runs


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables written out; one that may stay empty becomes a line to write on."""
    return TOKEN.sub(lambda match: values.get(match[1], "") or BLANK, text)


@dataclass(frozen=True)
class Line:
    """A block as it is shown: its kind, its number, its runs of text or, for a table, its rows of runs."""

    kind: str
    number: str = ""
    runs: list[Run] = field(default_factory=list)
    rows: list[list[list[Run]]] = field(default_factory=list)


def numbers_of(blocks: Iterable[Block]) -> Iterator[str]:
    """The number of each block: 一、 for headings, （一） for clauses since the last heading."""
    headings = clauses = 0
    for block in blocks:
        if block["kind"] == "heading":
            headings, clauses = headings + 1, 0
            yield f"{chinese_number(headings)}、"
        elif block["kind"] == "clause":
            clauses += 1
            yield f"（{chinese_number(clauses)}）"
        else:
            yield ""


def lines_of(blocks: list[Block], values: Mapping[str, str]) -> list[Line]:
    """A text as it is shown, filled and numbered."""
    lines = []
    for block, number in zip(blocks, numbers_of(blocks), strict=True):
        if block["kind"] == "table":
            rows = [[runs_of(cell, values) for cell in row] for row in block["rows"]]
            lines.append(Line("table", rows=rows))
        else:
            lines.append(Line(block["kind"], number, runs_of(block["text"], values)))
    return lines


# --- comparing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One place where two wordings differ: `before` and `after` as runs (text, changed?); an empty one is missing."""

    before: list[tuple[str, bool]]
    after: list[tuple[str, bool]]


def _units(heading: str, blocks: Iterable[Block]) -> list[str]:
    """What is compared: the heading, each block, each row of a table."""
    units = [heading]
    for block in blocks:
        if block["kind"] == "table":
            units += ["｜".join(row) for row in block["rows"]]
        else:
            units.append(MARKS.get(block["kind"], "") + block["text"])
    return [TOKEN.sub(r"［\1］", unit) for unit in units]


def _inside(before: str, after: str) -> Change:
    """Two wordings of one place, letter by letter."""
    old, new = [], []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old += [(before[i:j], what != "equal")] if j > i else []
        new += [(after[k:m], what != "equal")] if m > k else []
    return Change(old, new)


def changes_between(before: tuple[str, list[Block]], after: tuple[str, list[Block]]) -> list[Change]:
    """The places where two wordings (heading, blocks) differ, in order."""
    old, new = _units(*before), _units(*after)
    found = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            found += [_inside(left, right) for left, right in zip_longest(old[i:j], new[k:m], fillvalue="")]
    return found
