"""导入: a messy file of some office, three cells mended in the table, written into the ledger, and taken back."""
import pytest
from playwright.sync_api import expect

from coal_to_electric.models import Household
from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from sheets.models import ImportBatch
from tests.browser.stories import Street, now, said, settled, too_wide, violations
from tests.coal_to_electric.make import make_programme
from tests.sheets.ledger import workbook

pytestmark = pytest.mark.django_db(transaction=True)


def messy() -> bytes:
    """Titles, a heading of two levels, a total and a signature; a wrong community, phone and area, and one row twice."""
    return workbook(
        ["琅山村煤改电入户登记表（2016年）"], ["填报单位：琅山村居委会"],
        ["序号", "住户", None, "房屋", None, None, "摸底日期"], [None, "户主姓名", "联系电话", "家庭住址", "所属社区", "采暖面积（㎡）", None],
        [1, "李小兰", 13812340917, "琅山村 12 号", "琅山村", 42, "2016.3.5"],
        [2, "王大海", 1361234, "琅山村 15 号", "琅山村社区", "68㎡", "2016年3月5日"],
        [3, "沈小平", 13700008125, "琅山村 16 号", "琅山村社区", "一百八", "二〇一六年三月五日"],
        [4, "韩小玉", 13800006471, "琅山村 31 号", "西井社区甲", 43.3, 42434],
        [5, "韩小玉", 13800006471, "琅山村 31 号", "琅山村社区", 43.3, "20160305"],
        ["合  计", None, None, None, None, 153.3, None], ["填表人：张三", None, None, "审核人：李四"],
        merges=("A1:G1", "A3:A4", "B3:C3", "D3:F3", "G3:G4"),
    )  # fmt: skip


def test_a_messy_file_is_mended_written_and_taken_back(street: Street, clerk, langshan, xijing, transactional_db):
    seed_limits()
    seed_policies(seed_equipment())
    make_programme(now().year, target=2)
    desk = street.seat(clerk, "/imports/")
    desk.get_by_label("导入到").select_option(label="煤改电台账")
    desk.locator("input[type=file]").set_input_files(
        {"name": "琅山村煤改电入户登记表.xlsx", "mimeType": "application/octet-stream", "buffer": messy()}
    )
    desk.get_by_role("button", name="上传").click()
    expect(desk.get_by_label("户主姓名")).to_have_value("householder")
    assert not violations(desk)
    desk.get_by_role("button", name="逐行预检").click()

    counts, button = desk.locator("#import-counts"), desk.locator("#commit button")
    expect(counts).to_contain_text("错误 3 行")
    expect(desk.locator("#row-10, #row-11")).to_have_count(0)
    expect(desk.locator("main")).not_to_contain_text("王大海")
    assert not violations(desk) and too_wide(desk) == 0
    desk.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(desk) <= 0
    desk.set_viewport_size({"width": 1440, "height": 900})

    phone = desk.locator("#row-6 input[aria-invalid]")
    phone.fill("13612340002")
    phone.press("Enter")
    expect(desk.locator("#row-6")).to_contain_text("136****0002")
    expect(counts).to_contain_text("错误 2 行")
    settled(desk)
    area = desk.locator("#row-7 input[aria-invalid]")
    expect(area).to_be_focused()
    area.fill("180")
    area.press("Tab")
    expect(counts).to_contain_text("错误 1 行")
    desk.locator("#row-8").get_by_role("button", name="改为").click()
    expect(desk.locator("#row-8 .is-bad")).to_have_count(0)
    expect(counts).not_to_contain_text("错误")
    settled(desk)
    desk.locator("#row-9").get_by_role("button", name="跳过本行").click()
    expect(counts).not_to_contain_text("疑似重复")
    settled(desk)
    desk.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert not violations(desk)

    expect(button).to_have_text("导入 4 户")
    button.click()
    said(desk, "已写入煤改电台账 4 行")
    assert Household.objects.count() == 4
    assert not violations(desk)
    desk.get_by_role("button", name="撤销这一批").click()
    said(desk, "已撤销 4 行")
    assert ImportBatch.objects.get().stage == "undone"
    desk.set_viewport_size({"width": 390, "height": 844})
    street.go(desk, "/imports/")
    assert too_wide(desk) == 0 and not violations(desk)
    expect(desk.locator("main > .page__in > .pager")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_all_of_an_identity_is_seen_in_the_box_in_which_it_is_mended(street: Street, clerk, langshan, transactional_db):
    seed_limits()
    seed_policies(seed_equipment())
    make_programme(now().year, target=2)
    content = workbook(
        ["户主姓名", "证件号", "家庭住址", "所属社区", "采暖面积（㎡）"],
        ["李小兰", "110199199001010019", "琅山村 12 号", "琅山村社区", 42],
    )
    desk = street.seat(clerk, "/imports/")
    desk.get_by_label("导入到").select_option(label="煤改电台账")
    file = {"name": "一户.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    desk.locator("input[type=file]").set_input_files(file)
    desk.get_by_role("button", name="上传").click()
    desk.get_by_role("button", name="逐行预检").click()
    box = desk.locator("#row-2 input[aria-invalid]")
    expect(box).to_have_value("110199199001010019")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
