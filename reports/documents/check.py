"""Reading a made PDF back and measuring it against GB/T 9704-2012: nothing is believed that is not on the page."""
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTCurve, LTImage, LTLine, LTPage, LTRect

from reports.documents import fonts
from reports.documents.pages import (
    BOTTOM,
    CELL,
    CELLS,
    HALF_INK,
    LEFT,
    LINES,
    MASTHEAD,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PITCH,
    RED,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    THICK,
    THIN,
    TOP,
    WIDTH,
)

NEAR = 0.3  # mm; the standard itself allows 1 mm
INDENT = 2 * CELL
GRID_OFFSET = PITCH / 2 + SIZE_3 * MM * HALF_INK  # from the top of a line down to its base line


@dataclass(frozen=True)
class Glyph:
    """A character on the page: where its cell begins and its base line lies (mm from the left and top), size in pt."""

    x: float
    y: float
    end: float
    text: str
    size: float
    font: str
    colour: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """A ruled line, horizontal or upright: its ends in mm and how thick it is."""

    x0: float
    y0: float
    x1: float
    y1: float
    thick: float
    colour: tuple[float, ...]

    @property
    def is_level(self) -> bool:
        """Whether it lies."""
        return abs(self.y1 - self.y0) < 0.01


@dataclass
class Read:
    """What was found on one page."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    pictures: int = 0

    def body(self) -> list[Glyph]:
        """The characters of 3号 in black inside the type area."""
        return [g for g in self.glyphs if abs(g.size - SIZE_3) < 0.05 and TOP < g.y < BOTTOM and not _is_red(g.colour)]

    def text(self) -> str:
        """The characters as they are read: line by line, left to right."""
        return "".join(g.text for g in sorted(self.glyphs, key=lambda g: (round(g.y, 1), g.x)))


@dataclass(frozen=True)
class Finding:
    """One point of the standard, what was measured, and whether it holds."""

    words: str
    measured: str
    holds: bool


def read_back(content: bytes) -> list[Read]:
    """The pages of a PDF as they would be printed."""
    return [_read(page) for page in extract_pages(BytesIO(content), laparams=None)]


def check_layout(content: bytes, *, masthead: bool = True, imprint: bool = True) -> list[Finding]:
    """Every point of the layout, measured."""
    pages = read_back(content)
    found = [_paper(pages), _type_area(pages), _sizes(pages), _grid(pages), _cells(pages), _numbers(pages)]
    if masthead:
        found += [_masthead(pages[0]), _red_line(pages[0]), _title(pages[0])]
    if imprint:
        found.append(_imprint(pages))
    return found


def _read(page: LTPage) -> Read:
    read = Read(page.width * MM, page.height * MM)
    for item in _leaves(page):
        if isinstance(item, LTChar):
            x, y = item.matrix[4] * MM, read.height - item.matrix[5] * MM
            colour = _colour(item.graphicstate.ncolor)
            font = item.fontname.partition("+")[2] or item.fontname
            read.glyphs.append(Glyph(x, y, item.x1 * MM, item.get_text(), item.size, font, colour))
        elif isinstance(item, LTLine | LTRect | LTCurve):
            ends = item.pts if isinstance(item, LTLine) else ((item.x0, item.y0), (item.x1, item.y1))
            (x0, y0), (x1, y1) = ends[0], ends[-1]
            colour = _colour(item.stroking_color)
            read.lines.append(Line(x0 * MM, read.height - y0 * MM, x1 * MM, read.height - y1 * MM,
                                   item.linewidth * MM, colour))  # fmt: skip
        elif isinstance(item, LTImage):
            read.pictures += 1
    return read


def _leaves(item: Any) -> Iterator[Any]:
    for part in item:
        if isinstance(part, LTChar | LTLine | LTRect | LTCurve | LTImage):
            yield part
        elif isinstance(part, Iterable):
            yield from _leaves(part)


def _colour(value: Any) -> tuple[float, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (float(value or 0),)


def _is_red(colour: tuple[float, ...]) -> bool:
    return len(colour) == 3 and colour[0] > 0.6 and max(colour[1:]) < 0.3


def _wanted_red(colour: tuple[float, ...]) -> bool:
    wanted = [int(RED[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return len(colour) == 3 and all(abs(one - other) < 0.01 for one, other in zip(colour, wanted, strict=True))


def _paper(pages: list[Read]) -> Finding:
    sizes = {(round(page.width), round(page.height)) for page in pages}
    words = "、".join(f"{wide}×{high} mm" for wide, high in sorted(sizes))
    return Finding(f"A4 纸，版心 {WIDTH:.0f}×{BOTTOM - TOP:.0f} mm", f"{words}，{len(pages)} 页",
                   sizes == {(PAGE_WIDTH, PAGE_HEIGHT)})  # fmt: skip


def _type_area(pages: list[Read]) -> Finding:
    """天头 and 订口: where the grid of the body begins, and nothing but a hanging mark passes the right edge."""
    body = [g for page in pages for g in page.body()]
    left = min((g.x for g in body), default=0)
    if abs(left - LEFT - INDENT) < 1:  # a short paper whose lines are all first lines of paragraphs
        left -= INDENT
    right = max((g.x for g in body), default=0)
    highest = min((g.y for g in body), default=0) - GRID_OFFSET
    top = highest - round((highest - TOP) / PITCH) * PITCH
    inside = all(TOP < g.y < BOTTOM for g in body) and right < LEFT + WIDTH + 0.5
    holds = bool(body) and abs(left - LEFT) < 1 and abs(top - TOP) < NEAR and inside
    return Finding("天头 37 mm，订口 28 mm", f"天头 {top:.1f} mm，订口 {left:.1f} mm", holds)


def _sizes(pages: list[Read]) -> Finding:
    sizes = Counter(round(g.size, 1) for page in pages for g in page.glyphs if TOP < g.y < BOTTOM)
    body = sizes.most_common(1)[0][0] if sizes else 0
    faces = fonts.faces()
    family = faces["body"].family.replace(" ", "")
    names = Counter(g.font.replace("-", "") for page in pages for g in page.body())
    named = bool(names) and names.most_common(1)[0][0].startswith(family)
    return Finding("正文 3 号（16 磅）仿宋", f"{body:.1f} 磅，{faces['body'].family}",
                   bool(pages) and SIZE_3 in sizes and named)  # fmt: skip


def _rows(page: Read) -> list[float]:
    """Base lines of the body, top to bottom."""
    return sorted({round(g.y, 2) for g in page.body()})


def _grid(pages: list[Read]) -> Finding:
    """Every base line of the body lies on one of 22 lines of 225/22 mm."""
    steps = [(y - TOP - GRID_OFFSET) / PITCH for page in pages for y in _rows(page)]
    off = [step for step in steps if abs(step - round(step)) * PITCH > NEAR or not -0.1 < step < LINES - 0.9]
    most = max((len(_rows(page)) for page in pages), default=0)
    return Finding(f"每页 {LINES} 行", f"行距 {PITCH:.2f} mm，最多一页 {most} 行", not off and most <= LINES)


def _cells(pages: list[Read]) -> Finding:
    """Neighbouring Chinese characters of one line stand 156/28 mm apart."""
    gaps = []
    for page in pages:
        rows: dict[float, list[Glyph]] = {}
        for glyph in page.body():
            rows.setdefault(round(glyph.y, 2), []).append(glyph)
        for row in rows.values():
            han = [g for g in sorted(row, key=lambda g: g.x) if "\u4e00" <= g.text <= "\u9fff"]
            gaps += [b.x - a.x for a, b in pairwise(han) if b.x - a.x < 1.2 * CELL]
    pitch = sum(gaps) / len(gaps) if gaps else 0
    holds = bool(gaps) and max(abs(gap - CELL) for gap in gaps) < NEAR
    measured = f"字距 {pitch:.2f} mm，一行 {WIDTH / pitch:.1f} 字" if pitch else "没有正文"
    return Finding(f"每行 {CELLS} 字", measured, holds)


def _numbers(pages: list[Read]) -> Finding:
    """— 1 — of 4号 on the outer side, 7 mm below the type area; a blank page and the imprint after it bear none."""
    holds, last = True, len(pages)
    if len(pages) > 1 and not any(TOP < g.y < BOTTOM for g in pages[-2].glyphs) and not pages[-2].pictures:
        last -= 2
        holds = not any(g.y > BOTTOM + 1 for page in pages[last:] for g in page.glyphs)
    for number, page in enumerate(pages[:last], start=1):
        low = sorted((g for g in page.glyphs if g.y > BOTTOM + 1), key=lambda g: g.x)
        words = "".join(g.text for g in low)
        outer = bool(low) and (low[-1].end > LEFT + WIDTH - 15 if number % 2 else low[0].x < LEFT + 15)
        dash = bool(low) and abs(low[0].y - low[0].size * MM * HALF_INK - BOTTOM - 7) < 1
        holds &= words == f"—{number}—" and outer and dash and {round(g.size, 1) for g in low} == {SIZE_4}
    return Finding("页码 4 号，版心下 7 mm，外侧", f"{len(pages)} 页", holds)


def _masthead(page: Read) -> Finding:
    name = [g for g in page.glyphs if _is_red(g.colour)]
    holds = bool(name) and all(_wanted_red(g.colour) and abs(g.size - MASTHEAD) < 0.1 for g in name)
    holds &= bool(name) and abs((name[0].x + name[-1].end) / 2 - LEFT - WIDTH / 2) < 2
    return Finding("红色版头，小标宋", "".join(g.text for g in name) or "没有", holds)


def _red_line(page: Read) -> Finding:
    """The full width of the type area, 4 mm below what stands above it."""
    red = [line for line in page.lines if _is_red(line.colour)]
    if len(red) != 1:
        return Finding("红色分隔线与版心等宽", f"{len(red)} 条", False)
    line = red[0]
    above = max((g.y + g.size * MM * 0.14 for g in page.body() if g.y < line.y0), default=0)
    holds = abs(line.x0 - LEFT) < NEAR and abs(line.x1 - LEFT - WIDTH) < NEAR and abs(line.y0 - above - 4) < NEAR
    return Finding("红色分隔线与版心等宽", f"{line.x1 - line.x0:.1f} mm，上距 {line.y0 - above:.1f} mm", holds)


def _title(page: Read) -> Finding:
    title = [g for g in page.glyphs if abs(g.size - SIZE_2) < 0.05]
    faces = {g.font for g in title}
    wanted = fonts.faces()["title"].family.replace(" ", "")
    holds = bool(title) and all(font.replace("-", "").startswith(wanted) for font in faces)
    return Finding("标题 2 号（22 磅）小标宋", f"{len(title)} 字", holds)


def _imprint(pages: list[Read]) -> Finding:
    """On the last page, which is even; first and last rule 0.35 mm, the last one on the lower edge of the type area."""
    last = pages[-1]
    low = [line for line in last.lines if line.is_level and abs(line.y0 - BOTTOM) < 45]
    rules = sorted(low, key=lambda line: line.y0)[-3:]
    thick = [round(line.thick, 2) for line in rules]
    holds = len(pages) % 2 == 0 and thick == [THICK, THIN, THICK] and abs(rules[-1].y0 - BOTTOM) < NEAR
    return Finding("版记在最后一面（双页）底部", f"第 {len(pages)} 页", holds)
