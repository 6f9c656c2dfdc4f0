"""The pages of imports: who sees what, each step as a plain form and by htmx, refusals with their status."""
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from sheets import preview, targets
from sheets.batches import name_columns, open_batch
from sheets.models import ImportBatch, Result, Stage
from tests.make import NOW, make_user
from tests.pace import within
from tests.sheets.ledger import HEAD, workbook
from tests.sheets.test_preview import GOOD, changed, row, take_in

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def text_of(page):
    return " ".join(page.content.decode().split())


def upload(client, content, name="登记表.xlsx", key="homes"):
    return client.post("/imports/", {"target": key, "file": SimpleUploadedFile(name, content)})


def test_a_file_goes_through_four_steps_as_plain_forms(ledger, clerk, client):
    client.force_login(clerk)
    page = upload(client, workbook(["题"], HEAD, GOOD, changed(address="x", phone="1361234")))
    batch = ImportBatch.objects.get()
    assert page.url == f"/imports/{batch.pk}/" and client.get(page.url).url == f"/imports/{batch.pk}/columns/"
    columns = text_of(client.get(f"/imports/{batch.pk}/columns/"))
    assert "户主姓名" in columns and "李*兰" in columns and "李小兰" not in columns and "13812340917" not in columns
    posted = {f"col-{place}": name for place, name in batch.mapping.items()}
    assert client.post(f"/imports/{batch.pk}/columns/", posted).url == f"/imports/{batch.pk}/"
    shown = text_of(client.get(f"/imports/{batch.pk}/"))
    assert "有问题 1" in shown and "电话应为 11 位手机号，现为 7 位。" in shown and 'value="1361234"' in shown
    assert "导入 1 户" in shown and "下载错误清单" in shown and "李小兰" not in shown
    done = client.post(f"/imports/{batch.pk}/commit/", {"count": "1", "leave_bad": "on"}, follow=True)
    assert "已写入 1 行" in text_of(done) and "撤销这一批" in text_of(done) and len(ledger.homes) == 1
    undone = client.post(f"/imports/{batch.pk}/undo/", follow=True)
    assert "撤销了这一批" in text_of(undone) and not ledger.homes


def test_known_headings_go_straight_to_the_preview(ledger, clerk, client):
    take_in(clerk, GOOD)
    client.force_login(clerk)
    page = upload(client, workbook(["题"], HEAD, changed(address="y")))
    assert client.get(page.url).status_code == 200 and "导入 1 户" in text_of(client.get(page.url))


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "文件是空的。请选择有数据的表格。"), (b"%PDF-1.7", "这不是电子表格。"), (b"PK\x03\x04", "电子表格已损坏"),
])  # fmt: skip
def test_a_bad_file_comes_back_with_its_sentence(ledger, clerk, client, content, sentence):
    client.force_login(clerk)
    page = upload(client, content)
    assert page.status_code == 422 and sentence in text_of(page) and not ImportBatch.objects.exists()
    assert upload(client, workbook(HEAD, GOOD)).status_code == 302
    assert upload(client, workbook(HEAD, GOOD), key="nothing").status_code == 422


def test_a_cell_is_mended_in_place_and_counts_and_button_follow(ledger, clerk, client):
    batch = take_in(clerk, GOOD, changed(address="x", householder="王海", phone="1361234"))
    client.force_login(clerk)
    page = client.post(f"/imports/{batch.pk}/rows/4/", {"column": "phone", "text": "13800000002"}, **HTMX)
    text = text_of(page)
    assert text.startswith('<tr id="row-4"') and "可导入" in text and "导入 2 户" in text
    assert "138****0002" in text and "13800000002" not in text and row(batch, 4).result == Result.FINE
    plain = client.post(f"/imports/{batch.pk}/rows/4/", {"column": "phone", "text": "7"})
    assert plain.url == f"/imports/{batch.pk}/" and row(batch, 4).result == Result.ERROR


def test_a_press_takes_the_suggestion_and_a_duplicate_is_decided(ledger, clerk, client):
    batch = take_in(clerk, changed(community="琅山村"), GOOD)
    client.force_login(clerk)
    shown = text_of(client.get(f"/imports/{batch.pk}/"))
    assert "改为琅山社区" in shown and "跳过本行" in shown and "按新增处理" in shown
    text = text_of(client.post(f"/imports/{batch.pk}/rows/4/", {"decision": "skip"}, **HTMX))
    assert "恢复本行" in text and row(batch, 4).result == Result.SKIPPED
    client.post(f"/imports/{batch.pk}/rows/3/", {"column": "community", "text": "琅山社区"}, **HTMX)
    assert row(batch, 3).result == Result.FINE


def test_the_list_of_errors_has_physical_numbers_and_sentences_and_no_names(ledger, clerk, client):
    batch = take_in(clerk, GOOD, changed(address="x", phone="1361234"))
    client.force_login(clerk)
    page = client.get(f"/imports/{batch.pk}/errors/")
    lines = list(load_workbook(io.BytesIO(page.content)).active.iter_rows(values_only=True))
    assert lines[2][:3] == (4, "错误", "电话应为 11 位手机号，现为 7 位。") and "李小兰" not in str(lines) and "李*兰" in str(lines)


def test_refusals_say_what_and_with_which_status(ledger, clerk, client):
    batch = take_in(clerk, GOOD, changed(address="x", phone="1"))
    client.force_login(clerk)
    at = f"/imports/{batch.pk}/"
    stale = client.post(f"{at}commit/", {"count": "5", "leave_bad": "on"})
    assert stale.status_code == 409 and "现在可导入 1 行" in text_of(stale)
    unsaid = client.post(f"{at}commit/", {"count": "1"})
    assert unsaid.status_code == 422 and "还有 1 行" in text_of(unsaid)
    assert client.post(f"{at}commit/", {"count": "1", "leave_bad": "on"}).status_code == 302
    again = client.post(f"{at}commit/", {"count": "1", "leave_bad": "on"})
    assert again.status_code == 409 and "没有重复操作" in text_of(again)
    late = client.post(f"{at}rows/4/", {"column": "phone", "text": "2"}, **HTMX)
    assert late.status_code == 409 and late["HX-Redirect"] == at
    assert client.post(f"{at}columns/", {"col-0": "householder", "col-1": "address"}).status_code == 409
    assert client.post(f"{at}drop/").status_code == 409


def test_a_batch_is_seen_by_its_importer_and_by_those_who_fill_the_ledger(ledger, clerk, client, handler, dispatcher):
    batch = take_in(clerk, GOOD)
    colleague = make_user("clerk2", "clerk")
    for who, status in ((clerk, 200), (colleague, 200), (handler, 403), (dispatcher, 403)):
        client.force_login(who)
        assert client.get(f"/imports/{batch.pk}/").status_code == status, who
        assert client.get("/imports/").status_code == status
    client.force_login(handler)
    assert client.post(f"/imports/{batch.pk}/commit/", {"count": "1"}).status_code == 403 and not ledger.homes


def test_a_batch_of_another_ledger_does_not_exist(ledger, clerk, client, dispatcher, monkeypatch):
    from sheets import targets

    batch = take_in(clerk, GOOD)
    monkeypatch.setitem(targets._OFFERED, "calls", ledger.target("calls", import_right="cases.import_cases"))
    client.force_login(dispatcher)
    assert client.get("/imports/").status_code == 200 and client.get(f"/imports/{batch.pk}/").status_code == 404
    assert client.post(f"/imports/{batch.pk}/rows/3/", {"decision": "skip"}).status_code == 404
    assert "登记表" not in text_of(client.get("/imports/"))


def test_a_dropped_batch_is_gone(ledger, clerk, client):
    batch = take_in(clerk, GOOD)
    client.force_login(clerk)
    assert client.post(f"/imports/{batch.pk}/drop/", {"again": "1"}).url == "/imports/?target=homes"
    assert client.get(f"/imports/{batch.pk}/").status_code == 404


def test_another_sheet_and_another_row_of_headings_can_be_chosen(ledger, clerk, client):
    client.force_login(clerk)
    page = upload(client, workbook(["x"], HEAD, GOOD, more=(("分表", (HEAD, changed(address="z"))),)))
    at = page.url
    ImportBatch.objects.update(heading_rows=2)
    assert '<option value="2" selected>2 行' in text_of(client.get(f"{at}columns/"))
    look = client.post(f"{at}columns/", {"look": "1", "sheet": "分表", "heading_row": "", "heading_rows": "1"})
    assert look.url == f"{at}columns/" and ImportBatch.objects.get().sheet_name == "分表"
    assert client.post(f"{at}columns/", {"look": "1", "sheet": "没有"}).status_code == 422
    assert client.post(f"{at}columns/", {"look": "1", "sheet": "分表", "heading_row": "99"}).status_code == 422
    assert client.post(f"{at}columns/", {"col-0": "address"}).status_code == 422
    client.post(f"{at}columns/", {"look": "1", "sheet": "汇总", "heading_row": "2", "heading_rows": "1"})
    assert ImportBatch.objects.get().heading_row == 2


def test_a_large_file_shows_its_progress_and_goes_on_by_itself(ledger, clerk, client, monkeypatch):
    monkeypatch.setattr(preview, "LARGE", 1)
    monkeypatch.setattr("sheets.tasks.work_on.delay", lambda pk: None)
    client.force_login(clerk)
    page = upload(client, workbook(HEAD, GOOD, changed(address="x")))
    batch = ImportBatch.objects.get()
    client.post(f"{page.url}columns/", {f"col-{place}": name for place, name in batch.mapping.items()})
    assert "正在预检" in text_of(client.get(page.url)) and "已检 0 行" in text_of(client.get(f"{page.url}progress/"))
    preview.judge_batch(batch, at=batch.created_at)
    assert client.get(f"{page.url}progress/")["HX-Redirect"] == page.url
    assert client.post(f"{page.url}commit/", {"count": "2", "leave_bad": "on"}).status_code == 302
    assert ImportBatch.objects.get().stage == Stage.WRITING and "正在写入" in text_of(client.get(page.url))


def test_the_pages_ask_as_many_queries_for_two_hundred_rows_as_for_two(ledger, clerk, client, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    small = take_in(clerk, *[changed(address=f"x{n}", phone="1", householder=f"甲{n}") for n in range(2)])
    large = take_in(clerk, *[changed(address=f"y{n}", phone="1", householder=f"乙{n}") for n in range(90)])
    client.force_login(clerk)
    asked = []
    for one in (small, large):
        with CaptureQueriesContext(connection, ) as context:
            assert client.get(f"/imports/{one.pk}/").status_code == 200
        asked.append(len(context))
    assert asked[0] == asked[1]
    with django_assert_max_num_queries(8):
        client.get("/imports/")


@pytest.mark.slow
def test_five_thousand_rows_are_previewed_in_five_seconds(ledger, clerk):
    rows = [changed(address=f"琅山村 {n} 号", householder=f"王{n}", phone=13800000000 + n) for n in range(5000)]
    content = workbook(["登记表"], HEAD, *rows)
    with within(5):
        batch = open_batch(content, name="大.xlsx", key="homes", by=clerk, at=NOW)
        name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
        preview.judge_batch(batch, at=NOW)
    assert ImportBatch.objects.get().counts["fine"] == 5000


def test_who_may_no_longer_fill_the_ledger_sees_no_batch_of_it(ledger, clerk, client, monkeypatch):
    """The own ones neither: what the file says of people goes with the right."""
    batch = take_in(clerk, GOOD)
    client.force_login(clerk)
    assert f"/imports/{batch.pk}/" in text_of(client.get("/imports/"))
    homes = ledger.target(import_right="grid.manage_territory")
    other = ledger.target("others", title="另一本台账")
    monkeypatch.setattr(targets, "_OFFERED", {"homes": homes, "others": other})
    assert f"/imports/{batch.pk}/" not in text_of(client.get("/imports/"))
    for page in ("", "errors/", "progress/", "columns/"):
        assert client.get(f"/imports/{batch.pk}/{page}").status_code == 404
    assert client.post(f"/imports/{batch.pk}/commit/", {"count": "1"}).status_code == 404
