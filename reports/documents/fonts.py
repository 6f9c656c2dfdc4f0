"""The fonts of official papers: which are wanted, which lie in the folder, which stand in, and what they can show.

小标宋, 仿宋_GB2312, 黑体 and 楷体_GB2312 are licensed: a unit drops its own into FONT_DIR, and until then the open Noto
fonts stand in and are named. Only the two tables that are asked here are read (`name`, `cmap`; OpenType 1.9).
"""
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

# role → (what Word is told, the families that will do, best first, with their weight)
WANTED: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "title": ("方正小标宋简体", (("FZXiaoBiaoSong-B05S", "regular"), ("Noto Serif SC", "bold"))),
    "body": ("仿宋_GB2312", (("FangSong_GB2312", "regular"), ("FangSong", "regular"), ("Noto Serif SC", "regular"))),
    "hei": ("黑体", (("SimHei", "regular"), ("Noto Sans SC", "regular"))),
    "kai": ("楷体_GB2312", (("KaiTi_GB2312", "regular"), ("KaiTi", "regular"), ("Noto Serif SC", "regular"))),
    "song": ("宋体", (("SimSun", "regular"), ("Noto Serif SC", "regular"))),
}


LACKING = "〓"


class FontMissing(Exception):
    """A paper cannot be set; str() names the font or the character and says what to do."""


@dataclass(frozen=True)
class Face:
    """One font file: family and weight as typst calls it, and what it can show."""

    family: str
    weight: str
    path: Path

    @property
    def official(self) -> bool:
        """Whether it is one that the standard names, not one that stands in."""
        return not self.family.startswith("Noto ")


def faces() -> dict[str, Face]:
    """The face of each role; raises FontMissing when none of those that would do lies in the folder."""
    return _faces(str(settings.FONT_DIR))


@cache
def _faces(folder: str) -> dict[str, Face]:
    found = {}
    for path in sorted(Path(folder).glob("*.[to]tf")):
        family, weight = _names(path)
        found.setdefault((family, weight), Face(family, weight, path))
    chosen = {}
    for role, (official, families) in WANTED.items():
        face = next((found[key] for key in families if key in found), None)
        if face is None:
            raise FontMissing(f"字体文件夹 {folder} 里没有{official}，也没有可替代的字体。请放入字体文件后重试。")
        chosen[role] = face
    return chosen


def substitutions() -> dict[str, str]:
    """Official font → the family that stands in for it."""
    return {WANTED[role][0]: face.family for role, face in faces().items() if not face.official}


def refuse_missing(texts: Iterable[tuple[str, str]]) -> None:
    """Raise FontMissing when a character of a (role, text) has no glyph: an error, never a box on paper."""
    for role, text in texts:
        face = faces()[role]
        gone = sorted({char for char in text if not char.isspace()} - covered(face.path))
        if gone:
            signs = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in gone[:5])
            raise FontMissing(f"{face.family} 没有 {signs} 的字形，不能排版。请改用别的字，或放入有这个字的字体。")


def printable(text: str) -> str:
    """What somebody outside wrote, with the printers' 〓 for each character that a face lacks, such as an emoji."""
    known = frozenset.intersection(*(covered(face.path) for face in faces().values()))
    return "".join(char if char.isspace() or char in known else LACKING for char in text)


@cache
def covered(path: Path) -> frozenset[str]:
    """The characters that a font has glyphs for."""
    table = _table(path, b"cmap")
    best: frozenset[str] = frozenset()
    for index in range(struct.unpack_from(">H", table, 2)[0]):
        offset = struct.unpack_from(">HHI", table, 4 + 8 * index)[2]
        kind = struct.unpack_from(">H", table, offset)[0]
        read = {4: _format_4, 12: _format_12}.get(kind)
        points = read(table, offset) if read else frozenset()
        best = max(best, points, key=len)
    return best


def _format_12(table: bytes, at: int) -> frozenset[str]:
    groups = struct.unpack_from(">I", table, at + 12)[0]
    found: set[str] = set()
    for index in range(groups):
        first, last, _glyph = struct.unpack_from(">III", table, at + 16 + 12 * index)
        found.update(map(chr, range(first, last + 1)))
    return frozenset(found)


def _format_4(table: bytes, at: int) -> frozenset[str]:
    double = struct.unpack_from(">H", table, at + 6)[0]
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, at + 14)
    starts = struct.unpack_from(f">{count}H", table, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, at + 16 + 2 * double)
    base = at + 16 + 3 * double
    found = set()
    for index, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        shift = struct.unpack_from(">H", table, base + 2 * index)[0]
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point + delta
            if shift:
                glyph = struct.unpack_from(">H", table, base + 2 * index + shift + 2 * (point - first))[0]
                glyph = glyph + delta if glyph else 0
            if glyph & 0xFFFF:
                found.add(chr(point))
    return frozenset(found)


def _names(path: Path) -> tuple[str, str]:
    """Family and weight out of the name table."""
    table = _table(path, b"name")
    count, strings = struct.unpack_from(">HH", table, 2)
    names: dict[int, str] = {}
    for index in range(count):
        platform, _encoding, language, name, length, offset = struct.unpack_from(">6H", table, 6 + 12 * index)
        if platform == 3 and language == 0x409 and name in (1, 2, 16, 17):
            names[name] = table[strings + offset : strings + offset + length].decode("utf-16-be")
    family, style = names.get(16, names.get(1, path.stem)), names.get(17, names.get(2, ""))
    return family, "bold" if "bold" in style.lower() else "regular"


def _table(path: Path, tag: bytes) -> bytes:
    """One table of a font file; a font that has none is no font."""
    with open(path, "rb") as file:
        head = file.read(12)
        for _ in range(struct.unpack_from(">H", head, 4)[0]):
            name, _sum, offset, length = struct.unpack(">4sIII", file.read(16))
            if name == tag:
                file.seek(offset)
                return file.read(length)
    raise FontMissing(f"字体文件 {path.name} 读不出 {tag.decode()} 表。请换一个完整的字体文件。")
