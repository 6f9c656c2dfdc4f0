"""A tiny writer of .xls (BIFF8 in a compound file), since nothing installed writes them any more."""
import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def old_workbook(*rows: list, locked: bool = False) -> bytes:
    """An .xls of one sheet; `locked` bears the record of a password."""
    return _compound(_stream(rows, locked))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _stream(rows: tuple, locked: bool) -> bytes:
    """The workbook stream: globals with one BOUNDSHEET, then the sheet's cells as LABEL and NUMBER records."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    lock = _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) if locked else b""
    codepage, end = _record(0x0042, struct.pack("<H", 1200)), _record(0x000A)
    name = struct.pack("<BB", 2, 1) + "登记".encode("utf-16-le")
    size = len(begin + lock + codepage + end) + 4 + 6 + len(name)
    bound = _record(0x0085, struct.pack("<IBB", size, 0, 0) + name)
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            at = struct.pack("<HHH", row, column, 0)
            cells += _record(0x0203, at + struct.pack("<d", value)) if isinstance(value, float | int) else (
                _record(0x0204, at + _text(value))
            )  # fmt: skip
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)) + cells + _record(0x000A)
    return begin + lock + codepage + bound + end + sheet


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream called Workbook: header, FAT, directory, data."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    fat = [FAT, END, *(place + 1 for place in range(2, sectors + 1)), END]
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, END, 0, END, 0
    )  # fmt: skip
    header += struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    directory = directory.ljust(SECTOR, b"\0")
    return header.ljust(SECTOR, b"\0") + struct.pack(f"<{SECTOR // 4}I", *fat) + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip
