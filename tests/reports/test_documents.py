"""The papers as they come out: measured on the page, reopened from Word, refused when a character has no glyph."""
import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document as open_word
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from PIL import Image

from reports.documents import blocks as b
from reports.documents import fonts
from reports.documents.cells import break_lines, break_title, width
from reports.documents.check import check_layout, read_back
from reports.documents.docx import make_docx
from reports.documents.pages import BOTTOM, CELLS, IMPRINT_STEP, LINES, Run, begins_on, set_pages
from reports.documents.pdf import make_pdf, make_picture

AT = datetime(2016, 12, 21, 6, 0, 0, 123456, tzinfo=UTC)
SENTENCE = "12月11日至20日，中心受理问题8件，应结8件，按期办结6件，按期办结率75.0%。"


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(buffer, "JPEG")
    return buffer.getvalue()


def bulletin(paragraphs: int = 1, **over) -> b.Document:
    blocks = (
        b.Masthead("苹果园街道督查通报", "第161期", "苹果园街道社会治理综合指挥中心", "2016年12月21日"),
        b.Title("关于12月中旬城市管理问题督查办理情况的通报"),
        b.Addressee("各社区、各科队站所："),
        b.Heading("一、总体情况"),
        b.Paragraph("西井大街12号至20号门前游商占道（DC-2016-076）。", lead="（一）马路市场回潮。"),
        *[b.Paragraph(SENTENCE * 3)] * paragraphs,
        b.Table(("承办单位", "承办", "按期办结率"), (("城管执法队", "3", "66.7%"), ("合计", "8", "75.0%")), caption="办理情况"),
        b.PicturePair("（一）DC-2016-076", (b.Picture(jpeg(), "整改前"), b.Picture(jpeg(), "整改后"))),
        b.Note("附件：1. 问题清单"),
        b.Sign("苹果园街道社会治理综合指挥中心", "2016年12月21日"),
        b.Imprint("抄送：街道领导班子成员，各科室。", "苹果园街道社会治理综合指挥中心", "2016年12月21日印发"),
    )
    return b.Document("督查通报", over.pop("blocks", blocks), mark="演示数据", **over)


# --- the PDF, read back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paragraphs", [1, 3, 9, 24])
def test_every_point_of_the_standard_holds_on_the_made_pdf(paragraphs):
    findings = check_layout(make_pdf(bulletin(paragraphs), at=AT))
    assert len(findings) == 10
    assert [one for one in findings if not one.holds] == []


def test_a_full_page_has_twenty_two_lines_of_twenty_eight_characters():
    pages = read_back(make_pdf(b.Document("x", (b.Paragraph("督查办理情况" * 200, indent=False),)), at=AT))
    rows = {}
    for glyph in pages[0].body():
        rows.setdefault(round(glyph.y, 2), []).append(glyph)
    assert len(rows) == LINES and {len(row) for row in rows.values()} == {CELLS}
    assert min(glyph.x for glyph in pages[0].body()) == pytest.approx(28, abs=0.3)
    assert max(glyph.end for glyph in pages[0].body()) == pytest.approx(184, abs=0.3)


SPOILT = {
    "red line": lambda page: next(item for item in page.items if getattr(item, "w", 0)).__setattr__("w", 140.0),
    "masthead": lambda page: [item.__setattr__("colour", "#0000ff") for item in page.items if _is(item, 40)],
    "title": lambda page: [item.__setattr__("size", 18.0) for item in page.items if _is(item, 22)],
    "grid": lambda page: [item.__setattr__("y", item.y + 3) for item in page.items if _is(item, 16)],
    "cells": lambda page: [item.__setattr__("cell", 5.0) for item in page.items if _is(item, 16)],
    "number": lambda page: page.items[-2].__setattr__("y", 285.0),
}


def _is(item, size):
    return isinstance(item, Run) and item.size == size


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_set_wrong_is_found(what):
    from reports.documents import pdf

    pages = set_pages(bulletin(3))
    SPOILT[what](pages[0])
    made = pdf._typeset(pages, "x", kind="pdf", timestamp=AT.replace(microsecond=0))
    assert [one.words for one in check_layout(made) if not one.holds], what


def test_an_imprint_missing_or_on_an_odd_page_is_found():
    without = tuple(block for block in bulletin().blocks if not isinstance(block, b.Imprint))
    made = make_pdf(bulletin(blocks=without), at=AT)
    assert [one.words for one in check_layout(made) if not one.holds] == ["版记在最后一面（双页）底部"]


def with_a_blank_page() -> b.Document:
    """Its text ends so low on an even page that the imprint goes on the next but one."""
    found = (bulletin(number) for number in range(1, 30))
    return next(one for one in found if not set_pages(one)[-1].is_numbered)


def test_a_blank_page_before_the_imprint_bears_no_number_and_neither_does_the_imprints():
    pages = read_back(make_pdf(with_a_blank_page(), at=AT))
    feet = ["".join(glyph.text for glyph in page.glyphs if glyph.y > BOTTOM + 1) for page in pages]
    assert len(pages) % 2 == 0 and feet == [f"—{number}—" for number in range(1, len(pages) - 1)] + ["", ""]
    assert not pages[-2].body() and "抄送" in pages[-1].text()
    assert all(page.is_numbered for page in set_pages(bulletin(1)))


def test_a_number_on_a_blank_page_is_found():
    from reports.documents import pdf

    pages = set_pages(with_a_blank_page())
    pages[-1].items.append(Run(30, 270, "— 4 —", 5, 14, "song"))
    made = pdf._typeset(pages, "x", kind="pdf", timestamp=AT.replace(microsecond=0))
    assert [one.words for one in check_layout(made) if not one.holds] == ["页码 4 号，版心下 7 mm，外侧"]


def test_the_demonstration_is_marked_on_every_page_and_the_text_reads_back():
    pages = read_back(make_pdf(bulletin(9), at=AT))
    assert len(pages) % 2 == 0 and all(page.text().startswith("演示数据") for page in pages)
    assert "（一）马路市场回潮。西井大街12号至20号门前游商占道" in pages[0].text()


def test_the_same_document_makes_the_same_bytes():
    assert make_pdf(bulletin(), at=AT) == make_pdf(bulletin(), at=AT)


def test_pages_as_pictures_for_the_screen():
    assert all(make_picture(bulletin(), number, ppi=40).startswith(b"\x89PNG") for number in (1, 2))
    assert make_picture(bulletin(), 3) is None and make_picture(bulletin(), 0) is None


def test_it_is_known_on_which_page_each_block_begins():
    document = bulletin(12)
    begun = begins_on(document)
    assert begun[0] == 1 and begun == sorted(begun) and begun[-1] == len(set_pages(document))
    for block, page in zip(document.blocks, begun, strict=True):
        if isinstance(block, b.Table):
            words = [getattr(item, "text", "") for item in set_pages(document)[page - 1].items]
            assert block.caption in words


# --- fonts ----------------------------------------------------------------------------------------------------------


def test_a_character_without_a_glyph_is_an_error_and_never_a_box():
    with pytest.raises(fonts.FontMissing, match=r"U\+1F600"):
        make_pdf(b.Document("x", (b.Paragraph("巡查😀"),)), at=AT)
    assert make_pdf(b.Document("x", (b.Paragraph("巡查㎡〔2016〕℃③"),)), at=AT)


def test_the_fonts_that_stand_in_are_named():
    assert fonts.substitutions()["仿宋_GB2312"] == "Noto Serif SC"


def test_without_any_font_it_is_said_what_to_do(settings, tmp_path):
    settings.FONT_DIR = tmp_path
    with pytest.raises(fonts.FontMissing, match="请放入字体文件"):
        fonts.faces()


def test_no_text_means_anything_to_the_typesetter():
    words = '#panic("x") $x$ *b* `c` @d <e> \\ [f] #import "g"'
    assert "#panic(" in read_back(make_pdf(b.Document("#x", (b.Paragraph(words),)), at=AT))[0].text()


# --- lines ----------------------------------------------------------------------------------------------------------


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    text = "问题（一）占道，（二）“散煤”；" * 40
    for most in range(9, 29):
        for line in break_lines(text, most=most, first=2):
            assert line[0] not in "，。、；：）”" and line[-1] not in "（“", (most, line)


def test_words_and_figures_are_not_torn():
    lines = break_lines("面积合计39,225.64平方米，编号DC-2016-076，" * 9, most=28, first=2)
    assert "".join(lines).count("39,225.64") == sum(line.count("39,225.64") for line in lines)
    assert all(line.count("DC-") == line.count("DC-2016-076") for line in lines)


def test_only_a_hanging_mark_passes_the_edge():
    for line in break_lines("甲" * 28 + "，乙" + "丙" * 60 + "。", most=28):
        assert width(line) <= 28 or (width(line) <= 29 and line[-1] in "，。、；：")


def test_nothing_is_lost_by_breaking():
    text = "（一）马路市场DC-2016-076。" * 20
    assert "".join(break_lines(text, most=28, first=2)) == text


def test_a_title_breaks_evenly_or_as_it_was_broken_by_hand():
    assert break_title("关于12月中旬城市管理问题督查办理情况的通报", most=20) == ["关于12月中旬城市管理问题", "督查办理情况的通报"]
    assert break_title("关于2026年11月城市管理督查办理情况的通报", most=18) == ["关于2026年11月城市管理", "督查办理情况的通报"]
    assert break_title("甲\n乙", most=20) == ["甲", "乙"]


def test_a_heading_does_not_stand_alone_at_the_foot():
    for count in range(60):
        pages = set_pages(b.Document("x", (*[b.Paragraph("字")] * count, b.Heading("一、情况"), b.Paragraph("字"))))
        for page in pages:
            body = [item for item in page.items if isinstance(item, Run) and item.size == 16]
            assert not body or body[-1].role != "hei", count


def test_the_head_of_a_long_table_is_repeated():
    table = b.Table(("序号", "事项"), tuple((f"{n}", "占道经营") for n in range(80)))
    pages = set_pages(b.Document("x", (table,)))
    assert len(pages) > 2
    assert all(any(getattr(item, "text", "") == "序号" for item in page.items) for page in pages)


# --- Word -----------------------------------------------------------------------------------------------------------


def test_the_word_file_reopens_with_the_margins_the_grid_and_the_official_fonts():
    word = open_word(io.BytesIO(make_docx(bulletin(3), at=AT)))
    section = word.sections[0]
    assert [round(side.mm) for side in (section.top_margin, section.left_margin, section.right_margin)] == [37, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars" and grid.get(qn("w:linePitch")) == "580"
    assert abs((16 + int(grid.get(qn("w:charSpace"))) / 4096) * 28 * 25.4 / 72 - 156) < 0.2
    normal = word.styles["Normal"].element
    pitch = 16 + int(normal.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20  # points
    assert 28 * pitch <= 156 / 25.4 * 72 < 29 * pitch, "28 characters a line, whether or not the grid is obeyed"
    assert normal.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"
    used = {fonts.get(qn("w:eastAsia")) for fonts in word.element.iter(qn("w:rFonts"))}
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= used
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert "苹果园街道督查通报" in texts
    foot = next(word.element.iter(qn("wp:anchor")))
    place, high = foot.find(qn("wp:positionV")), int(foot.find(qn("wp:extent")).get("cy"))
    assert place.get("relativeFrom") == "page" and int(place[0].text) + high == BOTTOM * 36000
    words = ["".join(text.text or "" for text in line.iter(qn("w:t"))) for line in foot.iter(qn("w:p"))]
    assert words == ["抄送：街道领导班子成员，各科室。", "苹果园街道社会治理综合指挥中心2016年12月21日印发"]
    assert word.tables[0].rows[0].cells[0].text == "承办单位" and len(word.inline_shapes) == 2
    assert "演示数据" in section.header.paragraphs[0].text
    assert word.settings.odd_and_even_pages_header_footer


def test_the_imprint_begins_an_even_page_of_its_own_in_word_and_bears_no_number_after_a_blank_one():
    assert len(open_word(io.BytesIO(make_docx(bulletin(1), at=AT))).sections) == 1  # it shares a page with the text
    sections = open_word(io.BytesIO(make_docx(with_a_blank_page(), at=AT))).sections
    assert len(sections) == 2 and sections[1].start_type == WD_SECTION.EVEN_PAGE
    feet = [(section.footer, section.even_page_footer) for section in sections]
    assert all("—" in one.paragraphs[0].text for one in feet[0])
    assert not any(one.is_linked_to_previous or one.paragraphs[0].text for one in feet[1])


ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "autoSpaceDE autoSpaceDN snapToGrid spacing ind jc rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps strike color spacing w kern position sz szCs highlight u lang",
    "sectPr": "headerReference footerReference type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols docGrid",
}


def test_the_parts_of_the_word_file_stand_in_the_order_of_the_schema():
    with zipfile.ZipFile(io.BytesIO(make_docx(bulletin(3), at=AT))) as archive:
        assert archive.testzip() is None
    word = open_word(io.BytesIO(make_docx(bulletin(3), at=AT)))
    for name, order in ORDER.items():
        for element in (*word.element.iter(qn(f"w:{name}")), *word.styles["Normal"].element.iter(qn(f"w:{name}"))):
            tags = [child.tag.rpartition("}")[2] for child in element]
            if name == "sectPr":
                tags = [tag for tag in tags if not tag.endswith("Reference")]
            places = [order.split().index(tag) for tag in tags]
            assert places == sorted(places), (name, tags)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed here")
@pytest.mark.parametrize("paragraphs", [1, 3])
def test_libreoffice_opens_the_word_file_and_puts_the_imprint_at_the_foot_of_the_last_even_page(tmp_path, paragraphs):
    (tmp_path / "bulletin.docx").write_bytes(make_docx(bulletin(paragraphs), at=AT))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(tmp_path / "bulletin.docx")], check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    pages = read_back((tmp_path / "bulletin.pdf").read_bytes())
    assert {(round(page.width), round(page.height)) for page in pages} == {(210, 297)} and len(pages) % 2 == 0
    for number, page in enumerate(pages, start=1):
        found = {glyph.text: glyph.y for glyph in page.glyphs if glyph.text in "抄印"}
        assert bool(found) is (number == len(pages)), f"page {number}"
    low = max(glyph.y for glyph in pages[-1].glyphs if glyph.text == "印")
    assert BOTTOM - IMPRINT_STEP < low < BOTTOM, "the last line of the imprint stands on the lower edge of the type area"
