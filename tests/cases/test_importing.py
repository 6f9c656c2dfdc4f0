"""Taking in a hotline's table: read, named, checked in words, taken in once."""
import io
import json

import pytest
from openpyxl import Workbook
from zeal import zeal_ignore

from accounts.models import AuditEntry
from cases.importing import guess_mapping, import_rows, preview
from cases.models import Case, HotlineKind
from cases.tables import TableRefused, read_pasted, read_uploaded
from tests.make import NOW, moment
from tests.pace import within

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

HEADER = ["工单编号", "标题", "主要内容", "问题地点", "来电人", "联系电话", "来电时间", "办结时限"]
ROW = ["RX001", "占道经营", "两边摆摊", "西井大街12号", "李小兰", "13812341234", "2016-12-20 09:30", "2016-12-25"]


def pasted(*rows):
    return "\n".join("\t".join(row) for row in [HEADER, *rows])


@pytest.fixture
def kind(db):
    """政风行风热线."""
    return HotlineKind.objects.get(code="ZFXF")


def seen_of(kind, *rows):
    table = read_pasted(pasted(*rows))
    return preview(table, guess_mapping(table[0]), kind=kind, at=NOW)


def changed(**over):
    names = dict(zip(("number", "title", "text", "address", "name", "phone", "received", "required"), ROW, strict=True))
    return list((names | over).values())


def test_columns_are_recognised_by_their_headings_each_once():
    words = guess_mapping(HEADER)
    assert words == {
        "outside_number": 0, "title": 1, "description": 2, "address": 3, "name": 4, "phone": 5, "received_at": 6,
        "required_at": 7,
    }  # fmt: skip
    assert guess_mapping(["甲", "乙"]) == {}


def test_a_good_row_is_read_with_its_moments_in_beijing(kind):
    row = seen_of(kind, ROW).fit[0]
    assert row.values["received_at"] == moment("2016-12-20 09:30")
    assert row.values["required_at"] == moment("2016-12-25 00:00")


@pytest.mark.parametrize(("over", "sentence"), [
    ({"number": ""}, "热线编号不能为空。"), ({"title": ""}, "事项不能为空。"),
    ({"phone": "1361234"}, ""), ({"phone": "136123456"}, "电话应为 11 位手机号或座机号，现为 9 位。"),
    ({"received": "前天"}, "收件时间“前天”不是日期。应为 2016-12-21 14:20 这样。"),
    ({"received": "2016-12-30 09:30"}, "收件时间 2016-12-30 09:30 晚于现在。"),
    ({"received": "2016年12月2日 9:05"}, ""), ({"received": "2016/1/2"}, ""), ({"received": ""}, ""),
    ({"address": "长" * 101}, "地点太长，现为 101 个字，最多 100 个字。"),
])  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_in_a_sentence_and_what_is_right_passes(kind, over, sentence):
    seen = seen_of(kind, changed(**over))
    assert [error for row in seen.bad for error in row.errors] == ([sentence] if sentence else [])
    assert len(seen.fit) == (0 if sentence else 1)


def test_the_same_number_twice_in_a_table_is_an_error_of_the_second_row(kind):
    seen = seen_of(kind, ROW, changed(title="又一件"))
    assert [(row.line, row.errors) for row in seen.bad] == [(3, ["热线编号与本表第 2 行重复。"])]


def test_a_title_too_long_is_cut_and_kept_whole_in_the_words(kind):
    row = seen_of(kind, changed(title="长" * 90)).fit[0]
    assert len(row.values["title"]) == 80 and "长" * 90 in row.values["description"]


def test_every_row_becomes_a_case_and_a_second_time_none_does(kind, dispatcher, xijing):
    seen = seen_of(kind, ROW, changed(number="RX002"))
    done = import_rows(seen.rows, kind=kind, by=dispatcher, at=NOW)
    case = Case.objects.get(number=done.opened[0].case.number)
    assert case.number == "RX-2016-001" and case.community == xijing and case.reporters.get().reply_owed
    assert case.required_at == moment("2016-12-25 00:00") and case.received_at == moment("2016-12-20 09:30")
    again = seen_of(kind, ROW, changed(number="RX002"), changed(number="RX003"))
    assert [row.known for row in again.known] == ["RX-2016-001", "RX-2016-002"]
    done = import_rows(again.rows, kind=kind, by=dispatcher, at=NOW)
    assert [len(done.opened), len(done.known), len(done.refused)] == [1, 2, 0] and Case.objects.count() == 3
    assert AuditEntry.objects.filter(action="cases_imported").count() == 2
    assert "李小兰" not in str(AuditEntry.objects.values_list("detail", "reason"))


def test_a_row_taken_by_somebody_else_meanwhile_is_told_and_the_others_go_on(kind, dispatcher):
    seen = seen_of(kind, ROW, changed(number="RX002"))
    import_rows(seen_of(kind, ROW).rows, kind=kind, by=dispatcher, at=NOW)
    done = import_rows(seen.rows, kind=kind, by=dispatcher, at=NOW)
    assert [row.errors for row in done.refused] == [["热线编号 RX001 已登记为 RX-2016-001，不要重复登记。"]]
    assert len(done.opened) == 1 and Case.objects.count() == 2


def workbook(*rows):
    book, sink = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(sink)
    return sink.getvalue()


def test_a_workbook_and_both_encodings_of_csv_are_read_alike():
    number, stamp = 20161221001, moment("2016-12-20 09:30").replace(tzinfo=None)
    cells = read_uploaded(workbook(["编号", "时间"], [number, stamp]))
    assert cells == [["编号", "时间"], ["20161221001", "2016-12-20 09:30"]]
    for encoding in ("utf-8-sig", "gb18030"):
        assert read_uploaded("编号,事项\n1,占道\n".encode(encoding)) == [["编号", "事项"], ["1", "占道"]]


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04 broken", "读不出来"), (b"%PDF-1.7", "不是电子表格"), (b"", "文件是空的"),
    ("编号,事项".encode(), "没有数据行"), (b"x" * (5 * 1024 * 1024 + 1), "最大 5 MB"), (b"\xff\xfe\x00\x00\xff", "编码不认识"),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_words(content, words):
    with pytest.raises(TableRefused, match=words):
        read_uploaded(content)


def test_the_page_previews_and_writes_only_at_the_last_button(client, dispatcher, kind):
    client.force_login(dispatcher)
    assert client.get("/cases/import/").status_code == 200
    answer = client.post("/cases/import/", {"kind": kind.pk, "pasted": pasted(ROW, changed(number=""))})
    html = answer.content.decode()
    assert answer.status_code == 200 and "登记 1 件" in html and "热线编号不能为空。" in html and not Case.objects.exists()
    table = json.dumps(read_pasted(pasted(ROW, changed(number=""))))
    columns = {f"col_{key}": place for key, place in guess_mapping(HEADER).items()}
    for _ in range(2):  # a double click
        answer = client.post("/cases/import/", {"kind": kind.pk, "table": table, "commit": "1", **columns})
        assert answer.status_code == 200
    assert Case.objects.count() == 1 and "跳过已有的 1 行" in answer.content.decode()


def test_a_column_can_be_named_by_hand_and_a_missing_one_is_asked_for(client, dispatcher, kind):
    client.force_login(dispatcher)
    text = "甲\t乙\nRX9\t占道经营"
    html = client.post("/cases/import/", {"kind": kind.pk, "pasted": text}).content.decode()
    assert "没有认出热线编号、事项是哪一列" in html and "登记 1 件" not in html
    table = json.dumps(read_pasted(text))
    data = {"kind": kind.pk, "table": table, "col_outside_number": "0", "col_title": "1"}
    assert "登记 1 件" in client.post("/cases/import/", data).content.decode()
    for broken in ("[]", "{", '[["a"],["b","c"]]', '[[1],[2]]'):
        assert client.post("/cases/import/", {**data, "table": broken}).status_code == 422


@pytest.mark.parametrize("who", ["handler", "community_worker", "petition_officer", "inspector", "clerk", "outsider"])
def test_importing_is_for_the_desk(client, kind, who, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/cases/import/").status_code == 403
    assert client.post("/cases/import/", {"kind": kind.pk, "pasted": pasted(ROW)}).status_code == 403


@pytest.mark.slow
def test_five_hundred_rows_take_five_seconds_at_most(kind, dispatcher):
    seen = seen_of(kind, *[changed(number=f"RX{n:05d}") for n in range(500)])
    with zeal_ignore(), within(5):  # the watch for repeated queries costs as much again
        assert len(import_rows(seen.rows, kind=kind, by=dispatcher, at=NOW).opened) == 500
