"""Breaking text into lines of character cells: 28 to a line of 156 mm, by Chinese rules for the ends of lines.

A Chinese character takes one cell; half-width characters keep together as one word, of half a cell for each figure.
"""
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

NOT_FIRST = frozenset("，。、；：？！）》」』】〕”’％%…·,.;:?!)")
NOT_LAST = frozenset("（《「『【〔“‘(")
HANGING = frozenset("，。、；：")  # may stand beyond the edge (标点溢出边界) so that the grid holds
LEANING_LEFT = frozenset("，。、；：？！）》」』】〕”’")  # marks whose ink fills the near half of their cell
LEANING_RIGHT = frozenset("（《「『【〔“‘")
WORD = re.compile(r"[!-~]+|\s|.", re.S)
# What a title is not broken in the middle of.
WORDS_OF_TITLES = frozenset(
    "关于 城市 市管 管理 督查 督办 办理 情况 通报 问题 街道 社区 专项 整治 检查 工作 环境 秩序 处置 更正 季度".split()
)
WIDE_LATIN = frozenset("MW%@mw")


@lru_cache(maxsize=8192)
def width_of(char: str) -> float:
    """The cells that a character takes."""
    if char.isspace() and char != "\u3000":
        return 0.5
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if char in WIDE_LATIN:
        return 1.0
    return 0.75 if char.isupper() else 0.5


def width(text: str) -> float:
    """The cells that a text takes."""
    return sum(map(width_of, text))


def _pieces(text: str, most: float) -> Iterator[str]:
    """What must not be torn: a word, a character; a word longer than a line is torn after all."""
    for piece in WORD.findall(text):
        while width(piece) > most:
            cut = max(1, int(most / 1.0))
            yield piece[:cut]
            piece = piece[cut:]
        if piece:
            yield piece


def break_lines(text: str, *, most: float, first: float = 0) -> list[str]:
    """The lines of a text at most that many cells wide; the first begins `first` cells to the right."""
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        lines += _break_part(part, most=most, first=first)
    return lines


def _break_part(text: str, *, most: float, first: float) -> list[str]:
    lines: list[list[str]] = [[]]
    room = most - first
    for piece in _pieces(text, most - first):
        line = lines[-1]
        if piece.isspace() and not line:
            continue
        if width("".join(line)) + width(piece) <= room:
            line.append(piece)
        elif piece in HANGING and width("".join(line)) <= room:
            line.append(piece)
            room = width("".join(line))  # nothing follows a mark that hangs
        else:
            lines.append(_carried(line, piece))
            room = most
            if not piece.isspace():
                lines[-1].append(piece)
    return ["".join(line).rstrip() for line in lines if line or len(lines) == 1]


def _carried(line: list[str], piece: str) -> list[str]:
    """What goes down with the next piece: who must not be last, and somebody to stand before who must not be first."""
    carried: list[str] = []
    if piece[0] in NOT_FIRST:
        while len(line) > 1 and (not carried or carried[0][0] in NOT_FIRST):
            carried.insert(0, line.pop())
    while len(line) > 1 and line[-1][-1] in NOT_LAST:
        carried.insert(0, line.pop())
    return carried


def break_title(text: str, *, most: float) -> list[str]:
    """The lines of a title: as it was broken by hand, else evenly and after a word that ends a thought."""
    lines = []
    for part in text.splitlines():
        lines += _even(part.strip(), most) if part.strip() else []
    return lines


def _even(text: str, most: float) -> list[str]:
    if width(text) <= most:
        return [text]
    pieces = list(_pieces(text, most))
    best, chosen = None, 1
    for cut in range(1, len(pieces)):
        left, right = "".join(pieces[:cut]), "".join(pieces[cut:])
        if width(left) > most or left[-1] in NOT_LAST or right[0] in NOT_FIRST:
            continue
        ends_well = left.endswith(("的", "、", "，", "问题", "情况", "工作", "活动", "）"))
        torn = left[-1] + right[0] in WORDS_OF_TITLES
        cost = abs(width(left) - width(right)) - (4 if ends_well else 0) + (9 if torn else 0)
        if best is None or cost < best:
            best, chosen = cost, cut
    return ["".join(pieces[:chosen]), *_even("".join(pieces[chosen:]), most)]
