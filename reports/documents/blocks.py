"""What a document consists of, whatever it becomes: the blocks of an official paper (GB/T 9704-2012)."""
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Masthead:
    """版头 of a periodical: red name, issue, issuer left and date right above the red line."""

    name: str
    issue: str
    issuer: str
    date: str


@dataclass(frozen=True)
class Cover:
    """A first page of its own: the name of the file, and lines of label and value."""

    name: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Title:
    """标题: 2号小标宋, centred, two lines below the red line; a line break in it is kept."""

    text: str


@dataclass(frozen=True)
class Addressee:
    """主送机关, flush left."""

    text: str


@dataclass(frozen=True)
class Heading:
    """Level 1 一、黑体; level 2 （一）楷体."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """3号仿宋, first line indented by two characters; `lead` is a beginning in 楷体."""

    text: str
    lead: str = ""
    indent: bool = True


@dataclass(frozen=True)
class Table:
    """A ruled table, its head repeated on every page; `widths` are shares of the 156 mm."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    widths: tuple[float, ...] = ()
    left: frozenset[int] = frozenset()  # columns set flush left; the others are centred


@dataclass(frozen=True)
class Picture:
    """A picture (JPEG bytes) and what stands under it."""

    content: bytes
    caption: str


@dataclass(frozen=True)
class PicturePair:
    """Two pictures side by side, 整改前 and 整改后, under one line of words."""

    words: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Note:
    """附件说明 or a remark after the text: one blank line, indented by two characters."""

    text: str


@dataclass(frozen=True)
class Sign:
    """署名 and 成文日期."""

    name: str
    date: str


@dataclass(frozen=True)
class Signatures:
    """Two parties side by side, each with lines to sign on."""

    parties: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page."""


@dataclass(frozen=True)
class Imprint:
    """版记: on the bottom of the last even page."""

    copies: str
    printer: str
    date: str


Block = (
    Masthead | Cover | Title | Addressee | Heading | Paragraph | Table | PicturePair | Note | Sign | Signatures
    | PageBreak | Imprint
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A paper: its name for the file's properties, its blocks, and the words that every page carries on its face."""

    name: str
    blocks: tuple[Block, ...] = field(default=())
    mark: str = ""  # 演示数据


def texts_of(document: Document) -> Iterator[str]:
    """Every text that the document would show."""
    yield document.mark
    for block in document.blocks:
        yield from _texts(block)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))
