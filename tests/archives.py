"""Small PMTiles archives for the tests: pictures of one colour, and vector tiles with a ground, a lake and a named road."""
import gzip
import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

BOX = (116.13, 39.90, 116.25, 39.97)  # the street and what lies around it on a screen
EXTENT = 4096
Place = tuple[int, int, int]


def place_of(lon: float, lat: float, z: int) -> Place:
    """The tile in which a position lies."""
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return z, int(x), int(y)


def places(zooms: Iterable[int]) -> list[Place]:
    """The tiles of the box."""
    west, south, east, north = BOX
    found = []
    for z in zooms:
        (_, left, bottom), (_, right, top) = place_of(west, south, z), place_of(east, north, z)
        found += [(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    return found


def write_archive(
    path: Path, tiles: dict[Place, bytes], kind: TileType, *, packing: Compression = Compression.NONE, **metadata: Any
) -> Path:
    """An archive with these tiles."""
    with path.open("wb") as file:
        writer = Writer(file)
        for place in sorted(tiles, key=lambda one: zxy_to_tileid(*one)):
            writer.write_tile(zxy_to_tileid(*place), tiles[place])
        writer.finalize({"tile_type": kind, "tile_compression": packing}, metadata)
    return path


def picture_archive(path: Path, colour: str = "teal", zooms: Iterable[int] = range(10, 15)) -> Path:
    """Pictures of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(buffer, "PNG")
    return write_archive(path, dict.fromkeys(places(zooms), buffer.getvalue()), TileType.PNG)


def vector_archive(path: Path, zooms: Iterable[int] = range(9, 15), *, road_layer: str = "roads") -> Path:
    """Vector tiles as the basemap of Protomaps has them."""
    tile = gzip.compress(vector_tile(road_layer), mtime=0)
    layers = [{"id": "earth"}, {"id": "water"}, {"id": road_layer}]
    tiles = dict.fromkeys(places(zooms), tile)
    return write_archive(path, tiles, TileType.MVT, packing=Compression.GZIP, vector_layers=layers)


# --- a vector tile by hand (Mapbox Vector Tile 2.1: protocol buffers) -------------------------------------------------


def vector_tile(road_layer: str = "roads") -> bytes:
    """Ground everywhere, a square lake in the north-west, a road from west to east through the middle."""
    ground = _feature(3, [(0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT)])
    lake = _feature(3, [(300, 300), (1500, 300), (1500, 1500), (300, 1500)], tags=[0, 0])
    road = _feature(2, [(0, 2048), (EXTENT, 2048)], tags=[0, 0, 1, 1])
    return b"".join([
        _layer("earth", ground, {}),
        _layer("water", lake, {"kind": "lake"}),
        _layer(road_layer, road, {"kind": "major_road", "name": "试验路"}),
    ])  # fmt: skip


def _varint(number: int) -> bytes:
    said = bytearray()
    while number > 0x7F:
        said.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*said, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _bytes(field, b"".join(map(_varint, values)))


def _feature(kind: int, points: list[tuple[int, int]], *, tags: Iterable[int] = ()) -> bytes:
    """A line (2) or an area (3): one move, lines by what they differ, and an area is shut."""
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in zip([(0, 0), *points], points, strict=False)]
    signs = [[step << 1 ^ step >> 31 for step in pair] for pair in steps]
    drawn = [1 << 3 | 1, *signs[0], len(signs[1:]) << 3 | 2, *(sign for pair in signs[1:] for sign in pair)]
    return _packed(2, tags) + _number(3, kind) + _packed(4, [*drawn, *([1 << 3 | 7] if kind == 3 else [])])


def _layer(name: str, feature: bytes, facts: dict[str, str]) -> bytes:
    keys = b"".join(_bytes(3, key.encode()) for key in facts)
    values = b"".join(_bytes(4, _bytes(1, value.encode())) for value in facts.values())
    return _bytes(3, _number(15, 2) + _bytes(1, name.encode()) + _bytes(2, feature) + keys + values + _number(5, EXTENT))
