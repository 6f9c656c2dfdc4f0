"""A bulletin as its page shows it: sheets, numbers that open their rows, the cases it names, what may be done."""
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from reports.bulletins.filling import case_numbers, fill, reading_of
from reports.bulletins.numbers import WORDS, Number, Reading
from reports.bulletins.papers import issue_words, mark_of, paper_of, pieces_of
from reports.documents import blocks as b
from reports.documents.pages import begins_on, set_pages, title_lines
from reports.models import Bulletin, BulletinState


@dataclass(frozen=True)
class Piece:
    """What the template draws: how (the class of the paper's block), with which words, linked to which block."""

    kind: str
    paper: Any
    block: dict[str, Any] | None

    @property
    def label(self) -> str:
        """The first words of it, to tell it from its neighbours."""
        block = self.block or {}
        return (block.get("lead") or block.get("text") or block.get("caption") or block.get("number") or "")[:12]

    @property
    def lines(self) -> list[str]:
        """A title as it is broken in print."""
        return title_lines(self.paper.text)

    @property
    def photos(self) -> list[tuple[int, str]]:
        """The pictures of a pair with what they are."""
        words = (("before", "整改前"), ("after", "整改后"))
        return [(self.block[key], word) for key, word in words] if self.block else []


class Shown:
    """Each part is made once, and only if the page uses it."""

    def __init__(self, bulletin: Bulletin, user: Any, *, at: datetime) -> None:
        self.bulletin, self.user, self.at = bulletin, user, at

    @property
    def may_edit(self) -> bool:
        """Whether this person may change it now."""
        return self.bulletin.state == BulletinState.DRAFT and self.user.has_perm("reports.compose_bulletin")

    @property
    def issue(self) -> str:
        """第161期, or where it will stand."""
        return issue_words(self.bulletin)

    @property
    def mark(self) -> str:
        """演示数据, 草稿, 作废."""
        return mark_of(self.bulletin)

    @cached_property
    def reading(self) -> Reading:
        """The lines behind a draft's numbers."""
        return reading_of(self.bulletin, at=self.at)

    @cached_property
    def blocks(self) -> list[dict[str, Any]]:
        """The text with its numbers."""
        if self.bulletin.is_frozen:
            return self.bulletin.blocks
        return fill(self.bulletin.blocks, self.reading, at=self.at)

    @cached_property
    def sheets(self) -> list[list[Piece]]:
        """What stands on each page, as the made PDF will have it; a long block runs on from the page it begins on."""
        pieces = pieces_of(self.bulletin, self.blocks, at=self.at, with_bytes=False)
        paper = b.Document("", tuple(piece.paper for piece in pieces))
        begun = begins_on(paper)
        sheets: list[list[Piece]] = [[] for _ in range(max(begun))]
        for piece, page in zip(pieces, begun, strict=True):
            kind = type(piece.paper).__name__
            if kind != "PageBreak":
                sheets[page - 1].append(Piece(kind, piece.paper, piece.block))
        return sheets

    @cached_property
    def numbered(self) -> int:
        """How many pages bear a number: all, or all before a blank one and the imprint after it."""
        return sum(page.is_numbered for page in set_pages(self.paper))

    @cached_property
    def paper(self) -> b.Document:
        """The document."""
        return paper_of(self.bulletin, self.blocks, at=self.at)

    @property
    def cases(self) -> list[str]:
        """The cases that the text names."""
        return case_numbers(self.blocks)

    @property
    def numbers(self) -> list[Number]:
        """Every number that may be put into a text, with its value now."""
        return [self.reading.number(word) for word in WORDS] if self.may_edit else []
