"""A register from a worker's table: residents with wrong cells, mended in the table, written, and taken back."""
import pytest
from playwright.sync_api import expect

from grid.models import Resident
from grid.people import record_dwelling
from sheets.models import ImportBatch
from tests.browser.stories import Street, now, said, settled, too_wide, violations
from tests.grid.test_people import CANARY, CANARY_ID, OTHER_ID, inside
from tests.sheets.ledger import workbook

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = ["序号", "户编号", "楼院", "房号", "姓名", "公民身份号码", "手机号", "人口类别", "是否户主"]


def messy(home: str) -> bytes:
    """A title, a dwelling by its number and by its door, a short phone, a wrong ID number, a dwelling that is not."""
    return workbook(
        ["西井社区人口登记表"], HEAD,
        [1, home, None, None, CANARY, CANARY_ID, "1380000", "户籍人口", "是"],
        [2, None, "西井一区3号楼", "2单元501", "白头翁", OTHER_ID[:-1] + "0", None, "流动人口", "否"],
        [3, "H999999", None, None, "黄鹂鸣", None, "13800001111", "户籍人口", "否"],
        ["填表人：张三"],
    )  # fmt: skip


def test_residents_are_mended_written_and_taken_back(street: Street, clerk, xijing, transactional_db):
    home = record_dwelling(building="西井一区3号楼", door="2单元501", by=clerk, at=now(), **inside(xijing))
    desk = street.seat(clerk, "/grid/dwellings/")
    desk.get_by_role("link", name="导入 Excel").click()
    desk.get_by_label("导入到").select_option(label="居民台账")
    desk.locator("input[type=file]").set_input_files(
        {"name": "西井人口登记表.xlsx", "mimeType": "application/octet-stream", "buffer": messy(home.code)}
    )
    desk.get_by_role("button", name="上传").click()
    expect(desk.get_by_label("公民身份号码")).to_have_value("id_number")
    desk.get_by_role("button", name="逐行预检").click()

    counts, button = desk.locator("#import-counts"), desk.locator("#commit button")
    expect(counts).to_contain_text("错误 3 行")
    expect(desk.locator("main")).not_to_contain_text(CANARY)
    expect(desk.locator("main")).not_to_contain_text(CANARY_ID)
    assert not violations(desk) and too_wide(desk) == 0

    phone = desk.locator("#row-3 input[aria-invalid]")
    phone.fill("13800007777")
    phone.press("Enter")
    expect(desk.locator("#row-3")).to_contain_text("138****7777")
    expect(counts).to_contain_text("错误 2 行")
    settled(desk)
    number = desk.locator("#row-4 input[aria-invalid]")
    number.fill(OTHER_ID)
    number.press("Enter")
    expect(counts).to_contain_text("错误 1 行")
    settled(desk)
    dwelling = desk.locator("#row-5 input[aria-invalid]")
    dwelling.fill(home.code)
    dwelling.press("Enter")
    expect(counts).to_contain_text("没有错误")
    settled(desk)
    desk.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert not violations(desk)

    expect(button).to_have_text("导入 3 人")
    button.click()
    said(desk, "已写入居民台账 3 行")
    assert {one.name for one in Resident.objects.all()} == {CANARY, "白头翁", "黄鹂鸣"}
    assert not violations(desk)
    desk.get_by_role("button", name="撤销这一批").click()
    said(desk, "已撤销 3 行")
    assert not Resident.objects.exists()
    assert ImportBatch.objects.get().stage == "undone"
