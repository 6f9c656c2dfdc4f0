"""From set pages to a PDF or to pictures, drawn by typst: every character in its cell, nothing left to chance.

Texts go over as data, never as markup, so that no text can mean anything to typst.
"""
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from reports.documents import fonts
from reports.documents.blocks import Document
from reports.documents.cells import LEANING_LEFT, LEANING_RIGHT
from reports.documents.pages import Image, Page, Rule, Run, cells_of, set_pages

DRAWING = """
#let pages = json("pages.json")
#set document(title: pages.title)
#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(lang: "zh", region: "cn", fallback: false, cjk-latin-spacing: none)
#set text(top-edge: "baseline", bottom-edge: "baseline")
#let sides = ("left": left, "center": center, "right": right)
#let at(x, y, body) = place(top + left, dx: x * 1mm, dy: y * 1mm, body)
#for (number, items) in pages.pages.enumerate() {
  if number > 0 { pagebreak() }
  for item in items {
    if item.kind == "run" {
      set text(font: item.font, weight: item.weight, size: item.size * 1pt, fill: rgb(item.colour))
      for (x, w, char, side) in item.chars { at(x, item.y, box(width: w * 1mm, align(sides.at(side), char))) }
    } else if item.kind == "rule" {
      let end = if item.w > 0 { (item.w * 1mm, 0mm) } else { (0mm, item.h * 1mm) }
      at(item.x, item.y, line(start: (0mm, 0mm), end: end, stroke: item.thick * 1mm + rgb(item.colour)))
    } else {
      at(item.x, item.y, box(width: item.w * 1mm, height: item.h * 1mm,
        align(center + horizon, image(item.file, width: 100%, height: 100%, fit: "contain"))))
    }
  }
}
"""


def make_pdf(document: Document, *, at: datetime) -> bytes:
    """The PDF; raises FontMissing when a character has no glyph."""
    return _typeset(set_pages(document), document.name, kind="pdf", timestamp=at.astimezone(UTC).replace(microsecond=0))


def make_picture(document: Document, number: int, *, ppi: int = 110) -> bytes | None:
    """One page as a PNG, counted from 1; None when there is no such page."""
    pages = set_pages(document)
    if not 1 <= number <= len(pages):
        return None
    return _typeset([pages[number - 1]], document.name, kind="png", ppi=ppi)


def refuse_missing_glyphs(document: Document) -> None:
    """Raise FontMissing when a character of the document has no glyph; nothing is drawn."""
    _refuse_missing(set_pages(document))


def _refuse_missing(pages: list[Page]) -> None:
    runs = [item for page in pages for item in page.items if isinstance(item, Run)]
    fonts.refuse_missing((run.role, run.text) for run in runs)


def _typeset(pages: list[Page], title: str, *, kind: str, **how: Any) -> Any:
    _refuse_missing(pages)
    import typst  # 7 MB of a web worker that never makes a paper

    with TemporaryDirectory() as folder:  # typst takes pictures from files alone
        drawn = [[_drawn(item, Path(folder)) for item in page.items] for page in pages]
        data = json.dumps({"title": title, "pages": drawn}, ensure_ascii=False)
        (Path(folder) / "pages.json").write_text(data, encoding="utf-8")
        main = Path(folder) / "main.typ"
        main.write_text(DRAWING, encoding="utf-8")
        return typst.compile(main, font_paths=[str(settings.FONT_DIR)], ignore_system_fonts=True, format=kind, **how)


def _drawn(item: Any, folder: Path) -> dict[str, Any]:
    if isinstance(item, Rule):
        return {"kind": "rule", **vars(item)}
    if isinstance(item, Image):
        name = f"{hashlib.sha256(item.content).hexdigest()}.jpg"
        (folder / name).write_bytes(item.content)
        return {"kind": "image", "x": item.x, "y": item.y, "w": item.w, "h": item.h, "file": name}
    face = fonts.faces()[item.role]
    chars = [(x, wide, char, _side(char)) for x, wide, char in cells_of(item) if not char.isspace()]
    return {
        "kind": "run", "y": item.y, "chars": chars, "size": item.size, "colour": item.colour,
        "font": face.family, "weight": face.weight,
    }  # fmt: skip


def _side(char: str) -> str:
    """Where a character stands in its cell: typst trims the empty half of a mark, and the grid gives it back."""
    return "left" if char in LEANING_LEFT else "right" if char in LEANING_RIGHT else "center"
