"""Setting a document on pages in millimetres, after GB/T 9704-2012: 22 lines of 28 characters on 156 × 225 mm.

The grid is kept whatever the font: a line is 225/22 mm high and a character's cell 156/28 mm wide, and each character
is put into its cell. What is larger than a line (title, table, pictures) ends on the grid again.
"""
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from reports.documents import blocks as b
from reports.documents.cells import break_lines, break_title, width, width_of

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, LEFT, WIDTH, HEIGHT = 37.0, 28.0, 156.0, 225.0  # 天头, 订口, 版心
LINES, CELLS = 22, 28
PITCH, CELL = HEIGHT / LINES, WIDTH / CELLS
BOTTOM = TOP + HEIGHT
MM = 25.4 / 72  # a point in millimetres
SIZE_2, SIZE_3, SIZE_4 = 22.0, 16.0, 14.0  # 2号, 3号, 4号 in points
SMALL = 12.0  # tables and captions
MASTHEAD = 40.0
RED, BLACK, GREY = "#d0121b", "#111111", "#767676"
THICK, THIN, RED_LINE = 0.35, 0.25, 0.8  # mm
TITLE_STEP, IMPRINT_STEP, TABLE_STEP, TABLE_PAD = 13.0, 9.0, 6.2, 2.4  # mm
PICTURE_WIDTH, PICTURE_HEIGHT = 76.0, 57.0  # mm, 4:3
TITLE_CELLS = 18  # of the 20 characters of 2号 that the width holds
IMPRINT_CELLS = WIDTH / (SIZE_4 * MM) - 2  # characters of 4号 in a line of the imprint, one left empty at each end
HALF_INK = 0.36  # from the middle of a character's box down to its base line, in ems


@dataclass
class Run:
    """Characters in cells of equal width from x on; y is the base line. All in mm, the size in points."""

    x: float
    y: float
    text: str
    cell: float
    size: float = SIZE_3
    role: str = "body"
    colour: str = BLACK


@dataclass
class Rule:
    """A line; horizontal if `w`, upright if `h`."""

    x: float
    y: float
    w: float = 0
    h: float = 0
    thick: float = THIN
    colour: str = BLACK


@dataclass
class Image:
    """A picture fitted into a frame."""

    x: float
    y: float
    w: float
    h: float
    content: bytes


@dataclass
class Page:
    """One page, and what is put on it; a blank one before the imprint bears no number, nor does the imprint's own."""

    items: list[Any] = field(default_factory=list)
    is_numbered: bool = True


def set_pages(document: b.Document) -> list[Page]:
    """The document on its pages."""
    setter = _Setter(document)
    for block, after in pairwise([*document.blocks, None]):
        setter.put(block, after)
    return setter.finish()


def begins_on(document: b.Document) -> list[int]:
    """For each block the page, counted from 1, on which it begins; the imprint lies on the last one."""
    setter, found = _Setter(document), []
    for block, after in pairwise([*document.blocks, None]):
        last, held = len(setter.pages), len(setter.pages[-1].items)
        setter.put(block, after)
        stayed = len(setter.pages[last - 1].items) > held
        found.append(last if stayed or len(setter.pages) == last else last + 1)
    count = len(setter.finish())
    return [count if isinstance(block, b.Imprint) else page for block, page in zip(document.blocks, found, strict=True)]


class _Setter:
    """Where the next thing goes: a page and a depth on it, in mm below the top of the type area."""

    def __init__(self, document: b.Document) -> None:
        self.document, self.pages, self.y = document, [Page()], 0.0
        self.imprint: b.Imprint | None = None

    def put(self, block: Any, after: Any) -> None:
        """Put one block; a heading does not stay alone at the foot of a page."""
        if isinstance(block, b.Heading) and after is not None and self.y + 2 * PITCH > HEIGHT + 0.01:
            self.turn()
        PUT[type(block)](self, block)

    # --- moving on ------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """The next page."""
        self.pages.append(Page())
        self.y = 0.0

    def want(self, height: float) -> None:
        """Turn the page unless that much is free on it."""
        if self.y + height > HEIGHT + 0.01 and self.y:
            self.turn()

    def to_grid(self) -> None:
        """Down to the next line of the grid."""
        rows = -(-round(self.y / PITCH, 4) // 1)
        self.y = rows * PITCH

    def add(self, item: Any) -> None:
        """On this page."""
        self.pages[-1].items.append(item)

    # --- words ----------------------------------------------------------------------------------------------------

    def text(self, words: str, *, x: float, top: float, step: float, size: float = SIZE_3, role: str = "body",
             cell: float = CELL, colour: str = BLACK) -> None:  # fmt: skip
        """A line of words whose middle is the middle of a step."""
        y = TOP + top + step / 2 + size * MM * HALF_INK
        self.add(Run(LEFT + x, y, words, cell, size, role, colour))

    def centred(self, words: str, *, top: float, step: float, size: float, role: str, cell: float = 0,
                colour: str = BLACK) -> None:  # fmt: skip
        """A line of words in the middle of the type area."""
        cell = cell or size * MM
        x = (WIDTH - width(words) * cell) / 2
        self.text(words, x=x, top=top, step=step, size=size, role=role, cell=cell, colour=colour)

    def line(self, words: str, *, indent: float = 0, role: str = "body") -> None:
        """One line of the grid."""
        self.want(PITCH)
        self.text(words, x=indent * CELL, top=self.y, step=PITCH, role=role)
        self.y += PITCH

    # --- the blocks -----------------------------------------------------------------------------------------------

    def masthead(self, block: b.Masthead) -> None:
        """Red name, issue, issuer and date, and 4 mm below them the red line."""
        cell = min(16.2, WIDTH / max(width(block.name), 1))
        self.centred(block.name, top=0, step=2 * PITCH, size=MASTHEAD, role="title", cell=cell, colour=RED)
        self.centred(block.issue, top=2 * PITCH, step=PITCH, size=SIZE_3, role="body", cell=CELL)
        bar, end = 3 * PITCH, WIDTH - width(block.date) * CELL
        self.text(block.issuer, x=0, top=bar, step=PITCH)
        self.text(block.date, x=end, top=bar, step=PITCH)
        low = bar + PITCH / 2 + SIZE_3 * MM / 2
        self.add(Rule(LEFT, TOP + low + 4, w=WIDTH, thick=RED_LINE, colour=RED))
        self.y = 6 * PITCH

    def cover(self, block: b.Cover) -> None:
        """A page of its own."""
        self.centred(block.name, top=5 * PITCH, step=2 * PITCH, size=36, role="title", cell=17)
        top = 11 * PITCH
        for label, value in block.lines:
            self.text(f"{label}：", x=2 * CELL, top=top, step=PITCH, role="hei")
            rest = CELLS - 4 - width(label) - 1
            for words in break_lines(value, most=rest):
                self.text(words, x=(3 + width(label)) * CELL, top=top, step=PITCH)
                top += PITCH
        self.turn()

    def title(self, block: b.Title) -> None:
        """2号小标宋, in the middle, and a blank line after it."""
        lines = title_lines(block.text)
        self.want(len(lines) * TITLE_STEP + 2 * PITCH)
        for words in lines:
            self.centred(words, top=self.y, step=TITLE_STEP, size=SIZE_2, role="title")
            self.y += TITLE_STEP
        self.y += 0.4 * PITCH
        self.to_grid()

    def addressee(self, block: b.Addressee) -> None:
        """Flush left."""
        for words in break_lines(block.text, most=CELLS):
            self.line(words)

    def heading(self, block: b.Heading) -> None:
        """黑体 or 楷体."""
        role = "hei" if block.level == 1 else "kai"
        for number, words in enumerate(break_lines(block.text, most=CELLS, first=2)):
            self.line(words, indent=0 if number else 2, role=role)

    def paragraph(self, block: b.Paragraph) -> None:
        """A paragraph; its lead in 楷体 runs on in 仿宋."""
        first = 2.0 if block.indent else 0.0
        lead = block.lead
        for number, words in enumerate(break_lines(lead + block.text, most=CELLS, first=first)):
            indent = 0 if number else first
            taken, lead = words[: len(lead)], lead[len(words) :]
            self.want(PITCH)
            if taken:
                self.text(taken, x=indent * CELL, top=self.y, step=PITCH, role="kai")
            self.text(words[len(taken) :], x=(indent + width(taken)) * CELL, top=self.y, step=PITCH)
            self.y += PITCH

    def note(self, block: b.Note) -> None:
        """After one blank line."""
        self.y += PITCH
        self.paragraph(b.Paragraph(block.text))

    def sign(self, block: b.Sign) -> None:
        """Date four characters from the right, name in the middle above it; a longer name two from the right."""
        name, date = width(block.name), width(block.date)
        self.want(4 * PITCH)
        self.y += 2 * PITCH if self.y + 4 * PITCH <= HEIGHT + 0.01 else PITCH
        middle = CELLS - 4 - date / 2 if name <= date + 4 else CELLS - 2 - name / 2
        self.line(block.name, indent=middle - name / 2)
        self.line(block.date, indent=middle - date / 2)

    def signatures(self, block: b.Signatures) -> None:
        """Side by side."""
        rows = max(len(lines) for _, lines in block.parties) + 1
        self.want((rows + 1) * PITCH)
        self.y += PITCH
        share = CELLS / len(block.parties)
        for number, (party, lines) in enumerate(block.parties):
            top = self.y
            for role, words in (("hei", party), *(("body", line) for line in lines)):
                for part in break_lines(words, most=share - 1):
                    self.text(part, x=number * share * CELL, top=top, step=PITCH, role=role)
                    top += PITCH
        self.y += rows * PITCH

    def page_break(self, _block: b.PageBreak) -> None:
        """A new page, unless this one is still empty."""
        if self.pages[-1].items:
            self.turn()

    def keep_imprint(self, block: b.Imprint) -> None:
        """Put when everything else stands."""
        self.imprint = block

    # --- tables and pictures --------------------------------------------------------------------------------------

    def table(self, block: b.Table) -> None:
        """Rows of 12 points; its head is repeated on every page."""
        widths = column_widths(block)
        self.y += PITCH / 2 if self.y else 0
        if block.caption:
            self.want(PITCH + 3 * (TABLE_STEP + TABLE_PAD))
            self.centred(block.caption, top=self.y, step=PITCH, size=SIZE_4, role="hei")
            self.y += PITCH
        head = _row(block.head, widths) if any(block.head) else None
        if head:
            self.want(2 * head.height)
            self.row(head, widths, role="hei", left=frozenset())
        for cells in block.rows:
            row = _row(cells, widths)
            if self.y + row.height > HEIGHT + 0.01 and self.y:
                self.turn()
                if head:
                    self.row(head, widths, role="hei", left=frozenset())
            self.row(row, widths, role="body", left=block.left)
        self.y += PITCH / 2
        self.to_grid()

    def row(self, row: "_Row", widths: list[float], *, role: str, left: frozenset[int]) -> None:
        """One row with its rules."""
        top, x, cell = self.y, 0.0, SMALL * MM
        for number, (lines, wide) in enumerate(zip(row.cells, widths, strict=True)):
            at = top + (row.height - len(lines) * TABLE_STEP) / 2
            for words in lines:
                gap = 1.5 if number in left else (wide - width(words) * cell) / 2
                self.text(words, x=x + gap, top=at, step=TABLE_STEP, size=SMALL, role=role, cell=cell)
                at += TABLE_STEP
            self.add(Rule(LEFT + x, TOP + top, h=row.height))
            x += wide
        self.add(Rule(LEFT + x, TOP + top, h=row.height))
        for edge in (top, top + row.height):
            self.add(Rule(LEFT, TOP + edge, w=WIDTH))
        self.y += row.height

    def pair(self, block: b.PicturePair) -> None:
        """Words, and below them the pictures side by side."""
        lines = break_lines(block.words, most=CELLS)
        self.want(len(lines) * PITCH + PICTURE_HEIGHT + 8)
        for words in lines:
            self.line(words)
        step = WIDTH - PICTURE_WIDTH
        for number, picture in enumerate(block.pictures[:2]):
            x = number * step if len(block.pictures) > 1 else (WIDTH - PICTURE_WIDTH) / 2
            self.add(Image(LEFT + x, TOP + self.y + 1, PICTURE_WIDTH, PICTURE_HEIGHT, picture.content))
            gap = (PICTURE_WIDTH - width(picture.caption) * SMALL * MM) / 2
            self.text(picture.caption, x=x + gap, top=self.y + PICTURE_HEIGHT + 1, step=7, size=SMALL,
                      cell=SMALL * MM)  # fmt: skip
        self.y += PICTURE_HEIGHT + 8
        self.to_grid()

    # --- the end --------------------------------------------------------------------------------------------------

    def finish(self) -> list[Page]:
        """版记, page numbers, and the mark of the demonstration."""
        if not self.pages[-1].items and len(self.pages) > 1:
            self.pages.pop()
        if self.imprint:
            self._put_imprint(self.imprint)
            if len(self.pages) > 1 and not self.pages[-2].items:  # GB/T 9704-2012, 7.5
                self.pages[-2].is_numbered = self.pages[-1].is_numbered = False
        for number, page in enumerate(self.pages, start=1):
            if page.is_numbered:
                self._put_number(page, number)
            if self.document.mark:
                words = self.document.mark
                x = LEFT + WIDTH - width(words) * SMALL * MM
                page.items.append(Run(x, 24, words, SMALL * MM, SMALL, "hei", GREY))
        return self.pages

    def _put_imprint(self, block: b.Imprint) -> None:
        copies = break_lines(block.copies, most=IMPRINT_CELLS)
        height = (len(copies) + 1) * IMPRINT_STEP
        if self.y > HEIGHT - height - PITCH / 2 and len(self.pages) % 2 == 0:
            self.turn()
        if len(self.pages) % 2:
            self.turn()
        top, cell = HEIGHT - height, SIZE_4 * MM
        edges = [(top, THICK), (HEIGHT - IMPRINT_STEP, THIN), (HEIGHT, THICK)]
        for edge, thick in edges:
            self.add(Rule(LEFT, TOP + edge, w=WIDTH, thick=thick))
        for words in copies:
            self.text(words, x=cell, top=top, step=IMPRINT_STEP, size=SIZE_4, cell=cell)
            top += IMPRINT_STEP
        self.text(block.printer, x=cell, top=top, step=IMPRINT_STEP, size=SIZE_4, cell=cell)
        end = WIDTH - (width(block.date) + 1) * cell
        self.text(block.date, x=end, top=top, step=IMPRINT_STEP, size=SIZE_4, cell=cell)

    def _put_number(self, page: Page, number: int) -> None:
        """— 1 —, the dash 7 mm below the type area; right on odd pages, left on even ones."""
        words, cell = f"— {number} —", SIZE_4 * MM
        x = cell if number % 2 == 0 else WIDTH - (width(words) + 1) * cell
        page.items.append(Run(LEFT + x, BOTTOM + 7 + SIZE_4 * MM * HALF_INK, words, cell, SIZE_4, "song"))


PUT: dict[type, Callable[[_Setter, Any], None]] = {
    b.Masthead: _Setter.masthead, b.Cover: _Setter.cover, b.Title: _Setter.title, b.Addressee: _Setter.addressee,
    b.Heading: _Setter.heading, b.Paragraph: _Setter.paragraph, b.Table: _Setter.table,
    b.PicturePair: _Setter.pair, b.Note: _Setter.note, b.Sign: _Setter.sign, b.Signatures: _Setter.signatures,
    b.PageBreak: _Setter.page_break, b.Imprint: _Setter.keep_imprint,
}  # fmt: skip


def imprint_rows(block: b.Imprint) -> int:
    """How many lines 抄送 takes."""
    return len(break_lines(block.copies, most=IMPRINT_CELLS))


def title_lines(text: str) -> list[str]:
    """The lines of a title of 2号. A line that nearly fills the width is broken, too: another font would push its last
    character down alone."""
    return break_title(text, most=TITLE_CELLS)


@dataclass
class _Row:
    """The lines of each cell, and the height of the row in mm."""

    cells: list[list[str]]
    height: float


def _row(cells: tuple[str, ...], widths: list[float]) -> _Row:
    broken = [
        break_lines(words, most=max(1.0, (wide - 3) / (SMALL * MM)))
        for words, wide in zip(cells, widths, strict=True)
    ]
    return _Row(broken, max(len(lines) for lines in broken) * TABLE_STEP + TABLE_PAD)


def column_widths(block: b.Table) -> list[float]:
    """Column widths in mm: as said, else by the longest words of each column."""
    shares = list(block.widths)
    if not shares:
        every = (block.head, *block.rows)
        shares = [min(16, max(3.0, *(width(row[number]) for row in every))) for number in range(len(block.head))]
    return [WIDTH * share / sum(shares) for share in shares]


def cells_of(run: Run) -> list[tuple[float, float, str]]:
    """Each character of a run with where its cell begins and how wide that is, in mm."""
    placed, x = [], run.x
    for char in run.text:
        wide = width_of(char) * run.cell
        placed.append((x, wide, char))
        x += wide
    return placed
