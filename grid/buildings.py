"""The buildings of a compound as people write them, one a line or one a piece of a cell: 3号楼 4单元 6层."""
import re
from collections.abc import Iterable
from typing import Any

from grid.models import Building
from grid.registering import RegisterRefused

BUILDING = re.compile(r"^(?P<name>\S+)(?:\s+(?P<units>\d{1,2})\s*单元)?(?:\s+(?P<floors>\d{1,2})\s*层)?$")
PARTING = re.compile(r"[、,，;；\n]+")
LONGEST = Building._meta.get_field("name").max_length
MOST = 200  # of one compound


def read_buildings(pieces: Iterable[str], *, counted: str) -> tuple[dict[str, Any], ...]:
    """The buildings; `counted` is what a piece is called. Raises RegisterRefused, which quotes what it is about."""
    found: dict[str, dict[str, Any]] = {}
    for number, piece in enumerate(pieces, start=1):
        read = BUILDING.match(piece.strip())
        if piece.strip() and not read:
            _refuse(f"第 {number} {counted}“{piece.strip()[:20]}”没有看懂。请写成：3号楼 4单元 6层。")
        if read and len(read["name"]) > LONGEST:
            told = f"第 {number} {counted}“{read['name'][:LONGEST]}…”的楼号有 {len(read['name'])} 个字"
            _refuse(f"{told}，最多 {LONGEST} 个字。请写短一些，例如：3号楼。")
        if read and read["name"] in found:
            _refuse(f"第 {number} {counted}的{read['name']}写了两次。请删去一{counted}。")
        if read:
            counts = {name: int(read[name] or 1) for name in ("units", "floors")}
            found[read["name"]] = {"name": read["name"], **counts}
    if len(found) > MOST:
        _refuse(f"楼栋有 {len(found)} 个，最多 {MOST} 个。请分成几个小区登记。")
    return tuple(found.values())


def _refuse(sentence: str) -> None:
    raise RegisterRefused({"buildings": sentence})
