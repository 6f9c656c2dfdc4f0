"""The same document as a Word file: official font names, the same margins, and Word's own grid of 22 × 28.

Word has the licensed fonts on the office's machines; nothing is embedded.
"""
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from math import floor
from typing import Any

from docx import Document as new_word
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor

from reports.documents import blocks as b
from reports.documents.fonts import WANTED
from reports.documents.pages import (
    BOTTOM,
    CELL,
    IMPRINT_STEP,
    MASTHEAD,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PICTURE_WIDTH,
    PITCH,
    RED,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SMALL,
    TABLE_PAD,
    TABLE_STEP,
    WIDTH,
    column_widths,
    imprint_rows,
    set_pages,
    title_lines,
)

TWENTIETHS = 20  # of a point: Word's unit
TWIPS = 72 * TWENTIETHS / 25.4  # a millimetre in them
LATIN = {"title": "Times New Roman", "body": "仿宋_GB2312", "hei": "黑体", "kai": "楷体_GB2312", "song": "宋体"}
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def make_docx(document: b.Document, *, at: datetime) -> bytes:
    """The Word file."""
    word = _Word(document, at)
    for block in document.blocks:
        PUT[type(block)](word, block)
    buffer = BytesIO()
    word.file.save(buffer)
    return buffer.getvalue()


class _Word:
    """A Word file in the making."""

    def __init__(self, document: b.Document, at: datetime) -> None:
        self.file, self.document = new_word(), document
        properties = self.file.core_properties
        properties.title, properties.author, properties.comments = document.name, "", document.mark
        properties.created = properties.modified = at.replace(tzinfo=None)
        self._style()
        self._page(document.mark)

    def _style(self) -> None:
        normal = self.file.styles["Normal"]
        normal.font.size = Pt(SIZE_3)
        _name_font(normal.element.get_or_add_rPr(), "body")
        normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
        self._fit(normal.element)

    @staticmethod
    def _fit(normal: Any) -> None:
        """28 characters a line by their own spacing, 22 lines by their own height.

        The section's grid shows in Word's page setup; nothing snaps to it, since LibreOffice would give a character
        that is a hair wider than its cell two cells.
        """
        close = OxmlElement("w:spacing")
        close.set(qn("w:val"), str(floor((CELL / MM - SIZE_3) * TWENTIETHS)))
        normal.rPr.find(qn("w:sz")).addprevious(close)
        for name in ("autoSpaceDE", "autoSpaceDN", "snapToGrid"):  # nor is room added beside letters and figures
            off = OxmlElement(f"w:{name}")
            off.set(qn("w:val"), "0")
            normal.pPr.find(qn("w:spacing")).addprevious(off)

    def _page(self, mark: str) -> None:
        """A4, the margins, the grid, the page numbers on the outer side."""
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
        section.top_margin, section.left_margin, section.right_margin, section.bottom_margin = map(Mm, (37, 28, 26, 35))
        section.header_distance, section.footer_distance = Mm(20), Mm(23)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        grid.set(qn("w:type"), "linesAndChars")
        grid.set(qn("w:linePitch"), str(round(PITCH * TWIPS)))
        grid.set(qn("w:charSpace"), str(round((CELL / MM - SIZE_3) * 4096)))
        self.file.settings.odd_and_even_pages_header_footer = True
        for footer, side in ((section.footer, RIGHT), (section.even_page_footer, None)):
            _page_number(footer.paragraphs[0], side)
        for header in (section.header, section.even_page_header):
            if mark:
                self.run(header.paragraphs[0], mark, role="hei", size=SMALL)
                header.paragraphs[0].alignment = RIGHT

    def line(self, text: str = "", *, role: str = "body", size: float = SIZE_3, align: Any = None, indent: float = 0,
             step: float = PITCH) -> Any:  # fmt: skip
        """A paragraph of fixed line height in mm; `indent` in characters."""
        return self.write(self.file.add_paragraph(), text, role, size, align=align, indent=indent, step=step)

    def write(self, paragraph: Any, text: str, role: str, size: float, *, align: Any = None, indent: float = 0,
              step: float = PITCH) -> Any:  # fmt: skip
        """The same in a paragraph that is there, such as that of a cell."""
        form = paragraph.paragraph_format
        form.line_spacing, form.alignment = Emu(round(step * 36000)), align
        if indent:
            form.first_line_indent = Mm(indent * CELL)
        if text:
            self.run(paragraph, text, role=role, size=size)
        return paragraph

    @staticmethod
    def run(paragraph: Any, text: str, *, role: str, size: float = SIZE_3, colour: str = "") -> Any:
        """A run in one of the official fonts."""
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _name_font(run._element.get_or_add_rPr(), role)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
        return run

    # --- the blocks -----------------------------------------------------------------------------------------------

    def masthead(self, block: b.Masthead) -> None:
        """Red name, issue, the bar, the red line."""
        name = self.line(align=CENTRE, step=2 * PITCH)
        self.run(name, block.name, role="title", size=MASTHEAD, colour=RED)
        self.line(block.issue, align=CENTRE)
        bar = self.line()
        bar.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), alignment=2)
        self.run(bar, f"{block.issuer}\t{block.date}", role="body")
        _rule(bar, "bottom", eighths=18, colour=RED, space=11)
        self.line()
        self.line()

    def cover(self, block: b.Cover) -> None:
        """A page of its own."""
        for _ in range(5):
            self.line()
        self.line(block.name, role="title", size=36, align=CENTRE, step=2 * PITCH)
        for _ in range(4):
            self.line()
        for label, value in block.lines:
            line = self.line(f"{label}：", role="hei", indent=2)
            self.run(line, value, role="body")
        self.page_break(b.PageBreak())

    def title(self, block: b.Title) -> None:
        """2号小标宋."""
        for words in title_lines(block.text):
            self.line(words, role="title", size=SIZE_2, align=CENTRE, step=13)
        self.line()

    def addressee(self, block: b.Addressee) -> None:
        """Flush left."""
        self.line(block.text)

    def heading(self, block: b.Heading) -> None:
        """黑体 or 楷体, kept with what follows."""
        line = self.line(block.text, role="hei" if block.level == 1 else "kai", indent=2)
        line.paragraph_format.keep_with_next = True

    def paragraph(self, block: b.Paragraph) -> None:
        """A paragraph."""
        line = self.line(indent=2 if block.indent else 0, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        if block.lead:
            self.run(line, block.lead, role="kai")
        self.run(line, block.text, role="body")

    def note(self, block: b.Note) -> None:
        """After a blank line."""
        self.line()
        self.line(block.text, indent=2)

    def sign(self, block: b.Sign) -> None:
        """Name and date at the right."""
        self.line()
        for words, cells in ((block.name, 2), (block.date, 4)):
            self.line(words, align=RIGHT).paragraph_format.right_indent = Mm(cells * CELL)

    def signatures(self, block: b.Signatures) -> None:
        """Side by side, in a table without rules."""
        self.line()
        table = self.file.add_table(rows=1, cols=len(block.parties))
        for cell, (party, lines) in zip(table.rows[0].cells, block.parties, strict=True):
            self.run(cell.paragraphs[0], party, role="hei")
            for words in lines:
                self.run(cell.add_paragraph(), words, role="body")

    def page_break(self, _block: b.PageBreak) -> None:
        """A new page."""
        self.file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def table(self, block: b.Table) -> None:
        """Ruled, 12 points, the head repeated on every page."""
        if block.caption:
            self.line(block.caption, role="hei", size=SIZE_4, align=CENTRE).paragraph_format.keep_with_next = True
        head = [block.head] if any(block.head) else []
        table = self.file.add_table(rows=0, cols=len(block.head))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        widths = [Mm(wide) for wide in column_widths(block)]
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = wide
        for number, cells in enumerate([*head, *block.rows]):
            row = table.add_row()
            for column, words in enumerate(cells):
                cell = row.cells[column]
                cell.width, cell.vertical_alignment = widths[column], WD_CELL_VERTICAL_ALIGNMENT.CENTER
                paragraph = cell.paragraphs[0]
                form = paragraph.paragraph_format
                form.line_spacing, form.space_before, form.space_after = Mm(TABLE_STEP), *2 * [Mm(TABLE_PAD / 2)]
                is_head = number < len(head)
                paragraph.alignment = None if column in block.left and not is_head else CENTRE
                self.run(paragraph, words, role="hei" if is_head else "body", size=SMALL)
        if head:
            repeated = OxmlElement("w:tblHeader")
            table.rows[0]._tr.get_or_add_trPr().append(repeated)
        self.line()

    def pair(self, block: b.PicturePair) -> None:
        """Words, and a table without rules of pictures and what stands under them."""
        self.line(block.words).paragraph_format.keep_with_next = True
        table = self.file.add_table(rows=2, cols=max(1, len(block.pictures)))
        for column, picture in enumerate(block.pictures):
            holder = table.rows[0].cells[column].paragraphs[0]
            holder.alignment = CENTRE
            holder.add_run().add_picture(BytesIO(picture.content), width=Mm(PICTURE_WIDTH - 4))
            under = table.rows[1].cells[column].paragraphs[0]
            under.alignment = CENTRE
            self.run(under, picture.caption, role="body", size=SMALL)

    def imprint(self, block: b.Imprint) -> None:
        """版记 at the bottom of the last, even page; our own setting knows whether it has a page of its own."""
        text = b.Document("", tuple(part for part in self.document.blocks if not isinstance(part, b.Imprint)))
        pages = set_pages(self.document)
        if len(pages) > len(set_pages(text)):
            section = self.file.add_section(WD_SECTION.EVEN_PAGE)
            if not pages[-1].is_numbered:
                section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
        lines = [self.line(words, size=SIZE_4, indent=1, step=IMPRINT_STEP)
                 for words in (block.copies, f"{block.printer}\t{block.date}")]  # fmt: skip
        lines[1].paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH - CELL), alignment=2)
        for line, side, eighths in ((lines[0], "top", 8), (lines[0], "bottom", 6), (lines[1], "bottom", 8)):
            _rule(line, side, eighths=eighths)
        rows = imprint_rows(block) + 1
        self.line(step=1)._p.append(_at_the_foot([line._p for line in lines], height=rows * IMPRINT_STEP))


PUT: dict[type, Callable[[_Word, Any], None]] = {
    b.Masthead: _Word.masthead, b.Cover: _Word.cover, b.Title: _Word.title, b.Addressee: _Word.addressee,
    b.Heading: _Word.heading, b.Paragraph: _Word.paragraph, b.Table: _Word.table, b.PicturePair: _Word.pair,
    b.Note: _Word.note, b.Sign: _Word.sign, b.Signatures: _Word.signatures, b.PageBreak: _Word.page_break,
    b.Imprint: _Word.imprint,
}  # fmt: skip


# The children of w:pPr that come after its borders, in the order of the schema.
AFTER_BORDERS = tuple(
    f"w:{name}" for name in (
        "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi "
        "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection "
        "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ).split()
)  # fmt: skip
# A text box on the lower edge of the type area, as wide as that. LibreOffice leaves a table or a frame of this width
# in the run of the text, wherever it is told to float.
FOOT = """<w:r {names} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="{shape}">
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"
 layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>
<wp:extent cx="{wide}" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>
<wp:docPr id="9000" name="版记"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="{shape}"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr>
<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr><wps:txbx><w:txbxContent/></wps:txbx>
<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr></wps:wsp></a:graphicData>
</a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"""
SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


def _at_the_foot(paragraphs: list[Any], *, height: float) -> Any:
    """A run that holds these paragraphs at the foot of its page; the height in mm."""
    size = {name: round(mm * 36000) for name, mm in (("wide", WIDTH), ("high", height), ("top", BOTTOM - height))}
    run = parse_xml(FOOT.format(names=nsdecls("w", "wp", "a"), shape=SHAPE, **size))
    run.find(f".//{qn('w:txbxContent')}").extend(paragraphs)
    return run


def _name_font(properties: Any, role: str) -> None:
    """The font by its official name, for Chinese and for half-width characters."""
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), WANTED[role][0])
    for script in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(script), LATIN[role])


def _rule(paragraph: Any, side: str, *, eighths: int, colour: str = "#111111", space: int = 0) -> None:
    """A line above or below a paragraph; its thickness in eighths of a point."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, *AFTER_BORDERS)
    borders.append(_line(side, eighths=eighths, colour=colour, space=space))


def _line(side: str, *, eighths: int, colour: str = "#111111", space: int = 0) -> Any:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour[1:])):
        line.set(qn(f"w:{name}"), value)
    return line


def _page_number(paragraph: Any, side: Any) -> None:
    """— N — in 4号宋体, one character from the outer edge."""
    paragraph.alignment = side
    form = paragraph.paragraph_format
    if side == RIGHT:
        form.right_indent = Pt(SIZE_4)
    else:
        form.left_indent = Pt(SIZE_4)
    _Word.run(paragraph, "— ", role="song", size=SIZE_4)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _Word.run(paragraph, "", role="song", size=SIZE_4)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)
    _Word.run(paragraph, " —", role="song", size=SIZE_4)
