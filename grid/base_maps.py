"""Base maps (底图) as browsers get them; one of the office's own lies in a PMTiles archive, read here tile by tile."""
import logging
import os
import threading
import weakref
import zlib
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from pmtiles.reader import Reader
from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    find_tile,
    zxy_to_tileid,
)

KINDS = {
    TileType.MVT: "application/vnd.mapbox-vector-tile",
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
}
PAINTER = "vendor/protomaps-leaflet.js"  # draws vector tiles whose layers are named as in the basemap of Protomaps
NEEDED_LAYER = "roads"  # other schemas call it transportation or streets, and would be drawn as an empty sheet
VECTORS_FROM = 10  # the map begins at zoom 11, and a vector tile is drawn one zoom further in
DEEPEST_LEAF = 3  # directories below the root, by the format's own limit
KEPT_DIRECTORIES = 64

log = logging.getLogger(__name__)


class ArchiveRefused(Exception):
    """Why an archive cannot be the ground of the map, for whoever runs the installation."""


def _read(file: int, offset: int, length: int) -> bytes:
    """Bytes at a place. No memory map: a file that is copied over while mapped would end the process."""
    return os.pread(file, length, offset)


def _read_directory(file: int, offset: int, length: int) -> list[Entry]:
    return deserialize_directory(_read(file, offset, length))


def _edition(told: os.stat_result) -> str:
    """What changes when another file is put in the place of this one."""
    return f"{told.st_mtime_ns:x}-{told.st_size:x}"


class Archive:
    """One PMTiles file, open; any number of threads may read it at once. It can be drawn, or it is not made."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            file = os.open(path, os.O_RDONLY)
            weakref.finalize(self, os.close, file)  # when the last thread that reads from it has let go
            told = os.fstat(file)
            reader = Reader(partial(_read, file))
            self.header = reader.header()
        except (MagicNumberNotFound, SpecVersionUnsupported, ValueError, IndexError):
            raise ArchiveRefused(f"{path} 不是第 3 版的 PMTiles 文件。请用 pmtiles-convert 转换后再放。") from None
        except OSError as error:
            words = "请核对 MAP_TILES 里的路径（用容器的，是容器里的路径），并让运行本系统的用户能读这个文件。"
            raise ArchiveRefused(f"{path} 读不到（{error.strerror}）。{words}") from None
        self.edition = _edition(told)
        self.kind = KINDS.get(self.header["tile_type"], "")
        self.is_vector = self.header["tile_type"] is TileType.MVT
        self.is_packed = self.header["tile_compression"] is Compression.GZIP
        self._directory = lru_cache(KEPT_DIRECTORIES)(partial(_read_directory, file))
        self._bytes = reader.get_bytes
        if told.st_size < self.header["tile_data_offset"] + self.header["tile_data_length"]:
            raise ArchiveRefused(f"{path} 没有拷完整。请重新拷贝，拷完再改名放到这里。")
        try:
            fault = self._fault(reader)
        except (OSError, EOFError, ValueError, AttributeError, TypeError, zlib.error):  # no words of a file are trusted
            raise ArchiveRefused(f"{path} 的目录是坏的。请重新下载或转换，再拷一次。") from None
        if fault:
            raise ArchiveRefused(f"{path} {fault}")

    def _fault(self, reader: Reader) -> str:
        """What keeps it from being drawn; empty for nothing."""
        if self.header["internal_compression"] is not Compression.GZIP:
            return "的目录不是用 gzip 压缩的，读不了。请用 pmtiles-convert 重新转换。"
        self._directory(self.header["root_offset"], self.header["root_length"])
        if not self.kind:
            words = "请改用 png、jpg、webp 图片，或 Protomaps 底图的矢量瓦片（mvt）。"
            return f"里的瓦片是 {self.header['tile_type'].name}，画不出来。{words}"
        if self.header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            return f"里的瓦片用 {self.header['tile_compression'].name} 压缩，读不了。请改用 gzip 或不压缩。"
        if not self.is_vector:
            return ""
        if NEEDED_LAYER not in {layer.get("id") for layer in reader.metadata().get("vector_layers", [])}:
            words = "请从 Protomaps 底图截取，或改用图片瓦片。"
            return f"的矢量瓦片里没有图层 {NEEDED_LAYER}，不是 Protomaps 底图，画出来是空白。{words}"
        if self.header["min_zoom"] > VECTORS_FROM:
            words = f"请截取时保留到第 {VECTORS_FROM} 级以下。"
            return f"的矢量瓦片从第 {self.header['min_zoom']} 级才开始，看全街道时是空白。{words}"
        return ""

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """One tile as it lies there; None where the archive has a hole."""
        number, offset, length = zxy_to_tileid(z, x, y), self.header["root_offset"], self.header["root_length"]
        for _ in range(1 + DEEPEST_LEAF):
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(self.header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = self.header["leaf_directory_offset"] + entry.offset, entry.length
        return None


# path → the file that was looked at, and what it was: an archive, or the sentence that refuses it.
_KEPT: dict[str, tuple[tuple[int, ...], Archive | str]] = {}
_LOCK = threading.Lock()


def _lying_at(path: str) -> tuple[int, ...]:
    """What changes when another file is put there, or when the file is made readable; empty for none."""
    try:
        told = os.stat(path)
    except OSError:
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def archive_at(path: str) -> Archive:
    """The archive as it lies there now: looked at once in a process, and again when the file was replaced. A file that
    is refused is refused by the same look, so that a map of a hundred tiles says so once. Raises ArchiveRefused."""
    with _LOCK:
        lying = _lying_at(path)
        if path not in _KEPT or _KEPT[path][0] != lying:
            _KEPT.pop(path, None)
            _KEPT[path] = lying, _looked_at(path)
        found = _KEPT[path][1]
    if isinstance(found, str):
        raise ArchiveRefused(found)
    return found


def _looked_at(path: str) -> Archive | str:
    try:
        return Archive(path)
    except ArchiveRefused as fault:
        log.error("base map left out: %s", fault)
        return str(fault)


def archive_named(key: str) -> Archive | None:
    """The archive whose file has this name; none when MAP_TILES knows none, or when it cannot be read just now."""
    path = next((source["archive"] for source in settings.MAP_TILES if key == key_of(source)), None)
    try:
        return path and archive_at(path)
    except ArchiveRefused:
        return None


def key_of(source: dict[str, Any]) -> str:
    """The name in the addresses of an archive's tiles; empty for a source of another kind."""
    return Path(source["archive"]).stem if "archive" in source else ""


def base_maps() -> list[dict[str, Any]]:
    """The sources for the browser. An archive becomes the address of its tiles, its path stays here; one that cannot be
    read is left out, so that the grids are the ground again."""
    return list(filter(None, map(_shown, settings.MAP_TILES)))


def _shown(source: dict[str, Any]) -> dict[str, Any] | None:
    key = key_of(source)
    if not key:
        return source
    archive = archive_named(key)
    if archive is None:
        return None
    shown = {name: value for name, value in source.items() if name != "archive"}
    shown["url"] = f"/grid/tiles/{key}/{{z}}/{{x}}/{{y}}?v={archive.edition}"  # another file has other addresses
    shown |= {"min_zoom": archive.header["min_zoom"], "max_zoom": archive.header["max_zoom"]}
    return shown | ({"painter": static(PAINTER)} if archive.is_vector else {})
