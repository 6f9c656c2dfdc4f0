"""An agreement as a Word file: margins and pitch of GB/T 9704-2012, the official fonts by name, no macros, no links."""
import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from campaigns.agreements import PaperBlock

TITLE_FONT, BODY_FONT, HEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
BODY, TITLE, TABLE = Pt(16), Pt(22), Pt(12)  # 3号, 2号, 小4号
PITCH = Pt(29)  # 225 mm / 22 lines
TABLE_WIDTHS = {4: (14, 88, 32, 22), 3: (14, 104, 38)}  # mm, together 156
DEMO = "演示数据"


def as_docx(blocks: Iterable[PaperBlock], *, number: str, is_demo: bool) -> bytes:
    """The whole file."""
    document = Document()
    _page(document)
    if is_demo:
        _paragraph(document, DEMO, align=WD_ALIGN_PARAGRAPH.RIGHT, font=HEAD_FONT, size=TABLE)
    for block in blocks:
        _MAKERS[block.kind](document, block)
        if block.kind == "title" and number:
            _paragraph(document, number, align=WD_ALIGN_PARAGRAPH.CENTER)
    document.core_properties.author = document.core_properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], BODY_FONT, BODY)


def _font(holder: Any, name: str, size: Any) -> None:
    """Chinese text takes the East Asian font, which the library does not set by itself."""
    holder.font.name, holder.font.size = name, size
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _paragraph(
    document: Any, text: str, *, font: str = BODY_FONT, size: Any = BODY, align: Any = None, indent: bool = False
) -> Any:  # fmt: skip
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    shape.alignment = align
    if indent:
        shape.first_line_indent = size * 2
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _title(document: Any, block: PaperBlock) -> None:
    for line in (block.text, "责 任 书"):
        _paragraph(document, line, font=TITLE_FONT, size=TITLE, align=WD_ALIGN_PARAGRAPH.CENTER)


def _heading(document: Any, block: PaperBlock) -> None:
    _paragraph(document, block.text, font=HEAD_FONT, indent=True).paragraph_format.keep_with_next = True


def _body(document: Any, block: PaperBlock) -> None:
    _paragraph(document, block.text, align=WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)


def _table(document: Any, block: PaperBlock) -> None:
    table = document.add_table(rows=0, cols=len(block.rows[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    widths = TABLE_WIDTHS[len(block.rows[0])]
    for place, row in enumerate(block.rows):
        for column, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.width = Mm(widths[column])
            paragraph = cell.paragraphs[0]
            wide = column == 1 and place
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if wide else WD_ALIGN_PARAGRAPH.CENTER
            _font(paragraph.add_run(text), BODY_FONT if place else HEAD_FONT, TABLE)


def _tasks(document: Any, block: PaperBlock) -> None:
    _heading(document, PaperBlock("heading", "附：任务分解"))
    _table(document, block)


def _signatures(document: Any, block: PaperBlock) -> None:
    _paragraph(document, "")
    table = document.add_table(rows=1, cols=2)
    for cell, side, (party, signer, day) in zip(table.rows[0].cells, ("甲方", "乙方"), block.rows, strict=True):
        for place, line in enumerate((f"{side}：{party}（盖章）", f"签字：{signer}", day)):
            paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
            _font(paragraph.add_run(line), BODY_FONT, BODY)


_MAKERS = {
    "title": _title, "heading": _heading, "paragraph": _body, "clause": _body, "table": _table, "tasks": _tasks,
    "signatures": _signatures,
}  # fmt: skip
