"""The to-do list of the registers: checked now, one mended and gone, one set aside, on the desk and on the phone."""
import pytest
from playwright.sync_api import expect

from grid.models import Finding
from grid.organisations import record_organisation
from grid.sites import record_place
from tests.browser.stories import Street, now, said, too_wide, violations
from tests.grid.test_people import inside

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_is_mended_and_one_set_aside(street: Street, clerk, community_worker, xijing, transactional_db):
    place = inside(xijing)
    for name in ("西井一区", "西井二区"):
        record_place(name=name, category="小区", by=clerk, at=now(), **place)
    record_organisation(name="苹果园物业", kind="property", by=clerk, at=now(), **place)
    desk = street.seat(clerk, "/grid/todo/")
    expect(desk.locator("main")).to_contain_text("台账还没有核对过")
    assert not violations(desk)
    desk.get_by_role("button", name="现在核对").click()
    said(desk, "已核对：新发现")
    desk.get_by_role("link", name="小区没有物业公司").click()
    expect(desk.locator("tbody tr:not(.grp)")).to_have_count(2)
    assert not violations(desk) and too_wide(desk) == 0

    desk.get_by_role("link", name="西井一区（KS001）", exact=True).click()
    desk.get_by_role("link", name="编辑").click()
    desk.get_by_label("物业公司").select_option(label="苹果园物业")
    desk.get_by_role("button", name="保存").click()
    said(desk, "已保存")
    street.go(desk, "/grid/todo/")
    desk.get_by_role("button", name="现在核对").click()
    said(desk, "改正 1 项")
    street.go(desk, "/grid/todo/?kind=compound_without_company")
    expect(desk.locator("tbody tr:not(.grp)")).to_have_count(1)
    expect(desk.locator("tbody")).to_contain_text("西井二区")

    desk.get_by_role("link", name="搁置：西井二区").click()
    desk.get_by_role("button", name="搁置").click()
    expect(desk.locator(".errsum")).to_be_visible()
    assert not violations(desk)
    desk.get_by_label("理由").fill("没有物业，由居委会代管")
    desk.get_by_role("button", name="搁置").click()
    said(desk, "已搁置")
    street.go(desk, "/grid/todo/?kind=compound_without_company&state=aside")
    expect(desk.locator("tbody")).to_contain_text("没有物业，由居委会代管")
    desk.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert not violations(desk)
    assert Finding.objects.set_aside().count() == 1

    phone = street.seat(community_worker, "/grid/todo/?state=resolved", viewport={"width": 390, "height": 844})
    expect(phone.locator("tbody")).to_contain_text("西井一区")
    assert not violations(phone) and too_wide(phone) == 0
