"""A bulletin as a document of blocks, ready to become Word and PDF."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from cases.models import CasePhoto
from grid.photos import PhotoNotReady, open_photo_file
from reports.bulletins.filling import text_of
from reports.bulletins.tables import date_words, today_of
from reports.documents import blocks as b
from reports.models import Bulletin

MASTHEAD = "苹果园街道督查通报"
MARK = "演示数据"
Reader = Callable[[int, str], b.Picture | None]


@dataclass(frozen=True)
class Piece:
    """A block of the document, and the block of the bulletin that it came from (none: masthead, title, signature)."""

    paper: b.Block
    block: dict[str, Any] | None = None


def paper_of(bulletin: Bulletin, blocks: list[dict[str, Any]], *, at: datetime) -> b.Document:
    """The document of filled blocks; until it is issued it has no number and the day of looking stands for its date."""
    pieces = pieces_of(bulletin, blocks, at=at)
    name = f"{MASTHEAD}{issue_words(bulletin)}"
    return b.Document(name, tuple(piece.paper for piece in pieces), mark=mark_of(bulletin))


def pieces_of(
    bulletin: Bulletin, blocks: list[dict[str, Any]], *, at: datetime, with_bytes: bool = True
) -> list[Piece]:
    """Masthead, title, text, signature, annex, imprint, in order; a screen needs no picture's bytes."""
    day = date_words(bulletin.issued_on or today_of(at))
    read = _reader(blocks, with_bytes)
    body = [Piece(paper, block) for block in blocks for paper in _block(block, read)]
    return [
        Piece(b.Masthead(MASTHEAD, issue_words(bulletin), bulletin.issuer, day)),
        Piece(b.Title(bulletin.title)),
        *([Piece(b.Addressee(bulletin.addressee))] if bulletin.addressee else []),
        *_signed(body, b.Sign(bulletin.issuer, day)),
        Piece(b.Imprint(bulletin.copies or "抄送：存档。", bulletin.issuer, f"{day}印发")),
    ]


def issue_words(bulletin: Bulletin) -> str:
    """第161期; before that the place where the number will stand."""
    return f"第{bulletin.number}期" if bulletin.number else "第　　期"


def mark_of(bulletin: Bulletin) -> str:
    """What every page says on its face: that it is demonstration, a draft, or void."""
    words = [MARK] if bulletin.is_demo or settings.DEMO else []
    if not bulletin.is_frozen:
        words.append(bulletin.get_state_display())
    elif bulletin.state == "withdrawn":
        words.append("已作废")
    return " ".join(words)


def _signed(body: list[Piece], sign: b.Sign) -> list[Piece]:
    """The signature stands after the text and before the annex."""
    annex = next((at for at, piece in enumerate(body) if isinstance(piece.paper, b.Note)), len(body))
    rest = body[annex:]
    after = [rest[0], Piece(sign), Piece(b.PageBreak()), *rest[1:]] if len(rest) > 1 else [*rest, Piece(sign)]
    return [*body[:annex], *after]


def _block(block: dict[str, Any], read: Reader) -> list[b.Block]:
    kind = block["kind"]
    if kind == "heading":
        return [b.Heading(text_of(block))]
    if kind == "annex":
        return [b.Note(text_of(block))]
    if kind == "table":
        rows = tuple(tuple(cell["t"] for cell in row) for row in block["rows"])
        return [b.Table(tuple(block["head"]), rows, caption=block["caption"], widths=tuple(block["widths"]),
                        left=frozenset(block["left"]))] if rows else []  # fmt: skip
    if kind == "photos":
        return _pair(block, read)
    return [b.Paragraph(text_of(block), lead=block.get("lead", ""))]


def _pair(block: dict[str, Any], read: Reader) -> list[b.Block]:
    found = (read(block[key], word) for key, word in (("before", "整改前"), ("after", "整改后")))
    pictures = [picture for picture in found if picture]
    return [b.PicturePair(f"{block['number']}整改前后照片：", tuple(pictures))] if pictures else []


def _reader(blocks: list[dict[str, Any]], with_bytes: bool) -> Reader:
    """How a picture is found: its row read beforehand, with all others of the bulletin."""
    wanted = [block[key] for block in blocks if block["kind"] == "photos" for key in ("before", "after")]
    photos = CasePhoto.objects.select_related("photo").in_bulk(wanted)

    def read(pk: int, word: str) -> b.Picture | None:
        row = photos.get(pk)
        content = _content(row) if row and with_bytes else b""
        if row is None or content is None:
            return None
        return b.Picture(content, word + (f"（{row.note}）" if row.note else ""))

    return read


def _content(row: CasePhoto) -> bytes | None:
    """The clean copy; a picture that cannot be shown is left out, its case is named all the same."""
    try:
        with open_photo_file(row.photo, "image") as file:
            return file.read()
    except PhotoNotReady:
        return None
