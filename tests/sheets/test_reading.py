"""Files as offices send them: every kind read alike, every bad one refused in one sentence and at once."""
import io
import struct
import zipfile
import zlib

import pytest
from openpyxl import Workbook

from sheets.opening import FileRefused, kind_of
from sheets.reading import MOST_ROWS, number_text, read_file
from tests.make import moment
from tests.pace import within
from tests.sheets.ledger import workbook
from tests.sheets.old_excel import old_workbook

ROWS = [["户主", "电话"], ["李小兰", "13800000001"]]
CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


@pytest.mark.parametrize("content", [
    workbook(["户主", "电话"], ["李小兰", 13800000001]), old_workbook(["户主", "电话"], ["李小兰", 13800000001.0]),
    "户主,电话\n李小兰,13800000001\n".encode(), "户主,电话\r\n李小兰,13800000001\r\n".encode("utf-8-sig"),
    "户主,电话\n李小兰,13800000001\n".encode("gbk"), "户主\t电话\n李小兰\t13800000001\n".encode("utf-16"),
    "户主;电话\n李小兰;13800000001\n".encode("gb18030"),
])  # fmt: skip
def test_every_kind_of_file_is_read_alike(content):
    assert read_file(content)[0].rows == ROWS


def test_rows_keep_the_numbers_that_excel_shows_and_cells_read_as_people_read_them():
    day = moment("2016-03-05 00:00").replace(tzinfo=None)
    rows = ([], ["甲", "乙"], [], [42.5, day], ["是", day.replace(hour=9, minute=5)])
    sheet = read_file(workbook(*rows))[0]
    assert sheet.rows == [["", ""], ["甲", "乙"], ["", ""], ["42.5", "2016-03-05"], ["是", "2016-03-05 09:05"]]
    assert [number_text(n) for n in (3.0, 0.1, 1.3800000001e10, 110107199001011234)] == [
        "3", "0.1", "13800000001", "1.10107199001011E+17"
    ]  # fmt: skip


def test_sheets_that_hold_nothing_are_left_out_and_merges_told():
    sheets = read_file(workbook(["题", None], ["甲", "乙"], merges=("A1:B1",), more=(("空", ()), ("二", (["丙"],)))))
    assert [sheet.name for sheet in sheets] == ["汇总", "二"] and sheets[0].merges == [(0, 0, 0, 1)]


def zipped(**files: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return sink.getvalue()


def lying_bomb() -> bytes:
    """A zip whose list says 100 bytes where 200 MB unpack."""
    name, body = b"xl/workbook.xml", zlib.compress(bytes(200 << 20), 9)[2:-4]
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(body), 100, len(name), 0)
    local = b"PK\x03\x04" + head + name + body
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def corners() -> bytes:
    book, sink = Workbook(), io.BytesIO()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(sink)
    return sink.getvalue()


BOMBS = {
    "declared": zipped(xl__workbook=b"", **{"xl__workbook.xml": bytes(130 << 20)}),
    "lying": lying_bomb(), "corners": corners(),
    "entries": zipped(**{"xl__workbook.xml": b"", **{f"a{n}": b"" for n in range(1200)}}),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name):
    with within(5), pytest.raises(FileRefused, match="展开后太大"):
        read_file(BOMBS[name])


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "文件是空的。请选择有数据的表格。"), (b" \n ", "文件是空的。请选择有数据的表格。"),
    (workbook(), "表格里没有数据。请选择有数据的表格。"), (b",,\n,,\n", "表格里没有数据。请选择有数据的表格。"),
    (b"%PDF-1.7 ...", "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。"),
    (b"\x89PNG\r\n\x1a\n", "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。"),
    (b"MZ\x00\x01binary", "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。"),
    (zipped(**{"word__document.xml": b"<w/>"}), "这不是电子表格。请上传 .xlsx、.xls 或 .csv 文件。"),
    (zipped(**{"xl__workbook.bin": b"1"}), "二进制格式 .xlsb 不能导入。请另存为 .xlsx 后再上传。"),
    (b"<html><table><tr><td>1</td></tr></table></html>", "这是网页格式的表格，不是真正的 Excel 文件。请用 Excel 打开后另存为 .xlsx，再上传。"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "电子表格加了密码，读不出来。请去掉打开密码，另存后再上传。"),
    (old_workbook(["户主"], ["李"], locked=True), "电子表格加了密码，读不出来。请去掉打开密码，另存后再上传。"),
    (b"PK\x03\x04 broken", "电子表格已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"),
    (workbook(["户主"], ["李"])[:-300], "电子表格已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "电子表格已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"),
    (zipped(**{"xl__workbook.xml": b"<a>", "[Content_Types].xml": CONTENT_TYPES}), "电子表格已损坏，读不出来。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。"),
    (b"\xff\xff\xfe\x81", "文件的编码不认识。请另存为 .xlsx，或 UTF-8 编码的 .csv。"),
    (b"x" * (10 * 1024 * 1024 + 1), "文件有 10.0 MB，最大 10 MB。请分成几个文件。"),
    (b"a\n" * (MOST_ROWS + 200), "共有 20,200 行，最多 20,000 行。请分成几个文件。"),
    (b",".join([b"a"] * 101), "共有 101 列，最多 100 列。请删去用不到的列。"),
])  # fmt: skip
def test_each_bad_file_has_its_one_sentence(content, sentence):
    with within(5), pytest.raises(FileRefused) as refused:
        read_file(content)
    assert str(refused.value) == sentence


def test_the_name_of_a_file_counts_for_nothing():
    assert [kind_of(workbook(["a"])), kind_of(old_workbook(["a"])), kind_of(b"a,b")] == ["xlsx", "xls", "text"]
