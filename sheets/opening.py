"""What an uploaded file really is, asked of its bytes before anything unpacks it: one sentence refuses it."""
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

LARGEST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 120 * 1024 * 1024  # a sheet of 20,000 rows and 30 columns unpacks to about 40 MB
MOST_ENTRIES = 1000
MOST_RATIO = 400  # sheets with many equal rows reach 100
MOST_AREA = 3_000_000  # rows × columns up to the last filled cell: the reader keeps them all, filled or not
WORKBOOK_BEGINS, FILEPASS, RECORDS_LOOKED_AT = b"\x09\x08\x10\x00\x00\x06\x05\x00", 0x002F, 12
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*?(/?)>')
OVERLAP = 200  # bytes of a chunk looked at again with the next, so that no cell falls between two
CHUNK = 1 << 20
PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
BROKEN = "电子表格已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"
TOO_LARGE = "电子表格展开后太大。请只保留要导入的行，另存为新文件后再上传。"
PASSWORD = "电子表格加了密码，读不出来。请去掉打开密码，另存后再上传。"
WRONG_KIND = "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。"


class FileRefused(Exception):
    """The file cannot be read; the text says in one sentence why and what to do."""


def kind_of(content: bytes) -> str:
    """xlsx, xls or text, by the bytes; a file that lies, bursts or is locked is refused here."""
    if not content.strip():
        raise FileRefused("文件是空的。请选择有数据的表格。")
    if len(content) > LARGEST_BYTES:
        raise FileRefused(f"文件有 {len(content) / 1024 / 1024:.1f} MB，最大 10 MB。请分成几个文件。")
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content or _is_locked(content):
            raise FileRefused(PASSWORD)
        return "xls"
    if content.startswith(b"PK"):
        check_archive(content)
        return "xlsx"
    start = content[:2000].lstrip().lower()
    if content.startswith(PICTURES):
        raise FileRefused(WRONG_KIND)
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"mime-version")):
        raise FileRefused("这是网页格式的表格，不是真正的 Excel 文件。请用 Excel 打开后另存为 .xlsx，再上传。")
    return "text"


def _is_locked(content: bytes) -> bool:
    """Whether an .xls begins with the record of a password (FILEPASS, MS-XLS 2.4.117)."""
    at = content.find(WORKBOOK_BEGINS)
    for _ in range(RECORDS_LOOKED_AT):
        if at < 0 or at + 4 > len(content):
            return False
        kind, length = struct.unpack("<HH", content[at : at + 4])
        if kind == FILEPASS:
            return True
        at += 4 + length
    return False


def check_archive(content: bytes) -> None:
    """An .xlsx is a zip: what it lists, what it really unpacks to, and how far its cells reach."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileRefused(BROKEN)
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or len(names) < len(entries):
        raise FileRefused(TOO_LARGE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(PASSWORD)
    declared, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if declared > MOST_UNPACKED or declared > MOST_RATIO * max(packed, 1024):
        raise FileRefused(TOO_LARGE)
    if "xl/workbook.xml" not in names:
        xlsb = "xl/workbook.bin" in names
        raise FileRefused("二进制格式 .xlsb 不能导入。请另存为 .xlsx 后再上传。" if xlsb else WRONG_KIND)
    _unpack(content, entries)


def _unpack(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once in small pieces, since the declared sizes may lie, and look how far the cells reach."""
    total = 0
    for entry in entries:
        reach, tail = _Reach(), b""
        for piece in _pieces(content, entry):
            total += len(piece)
            if total > MOST_UNPACKED:
                raise FileRefused(TOO_LARGE)
            if entry.filename.startswith("xl/worksheets/"):
                reach.look(tail + piece)
                tail = piece[-OVERLAP:]


class _Reach:
    """How far the filled cells of one sheet reach."""

    def __init__(self) -> None:
        self.row = self.column = 0

    def look(self, text: bytes) -> None:
        """Take in a piece; two cells in far corners would make the reader keep everything between them."""
        for letters, digits, closed in CELL.findall(text):
            if closed:  # only a format, no value
                continue
            self.row = max(self.row, int(digits))
            if len(letters) > 1 or self.column < 26:
                number = 0
                for letter in letters:
                    number = number * 26 + letter - 64
                self.column = max(self.column, number)
        if self.row * self.column > MOST_AREA:
            raise FileRefused(TOO_LARGE)


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's bytes as they really unpack, a megabyte at a time; `zipfile` would stop at the declared size."""
    header = content[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != ZIP:
        raise FileRefused(BROKEN)
    name, extra = struct.unpack("<HH", header[26:30])
    start = entry.header_offset + 30 + name + extra
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused(BROKEN)
    opener = zlib.decompressobj(-15)
    try:
        while packed and not opener.eof:
            yield opener.decompress(packed, CHUNK)
            packed = opener.unconsumed_tail
    except zlib.error:
        raise FileRefused(BROKEN)
