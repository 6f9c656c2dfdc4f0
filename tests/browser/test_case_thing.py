"""A registration is offered the components near by: one press chooses one, a typed plate fills the place."""

import pytest
from playwright.sync_api import expect

from cases.models import Case
from tests.browser.stories import settled, violations
from tests.cases.test_case_thing import class_of_case, grating, gratings  # noqa: F401
from tests.grid.conftest import private_files  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards", "private_files")]

PLACE = """([lon, lat]) => {
  const fields = document.querySelector('#register').elements;
  [fields.lon.value, fields.lat.value] = [lon, lat];
  for (const field of [fields.lon, fields.lat]) field.dispatchEvent(new Event('change', { bubbles: true }));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_near_component_is_chosen_with_one_press(street, dispatcher, grating, class_of_case, theme):  # noqa: F811
    page = street.seat(dispatcher, "/cases/new/?source=WG", color_scheme=theme, reduced_motion="reduce")
    page.get_by_label("事项").fill("雨水箅子缺失")
    page.get_by_label("类别").select_option(label="雨水箅子")
    page.evaluate(PLACE, ["116.17", "39.9301"])
    near = page.locator("#things").get_by_role("button", name=grating.code)
    expect(near).to_contain_text("11 米 · 环卫队")
    near.click()
    expect(page.locator("#things .note")).to_contain_text("西井大街12号")
    expect(near).to_have_attribute("aria-pressed", "true")
    settled(page)
    assert violations(page) == []
    page.get_by_role("button", name="登记", exact=True).last.click()
    expect(page.get_by_role("link", name=f"雨水箅子 {grating.code}")).to_be_visible()
    assert Case.objects.get().thing == grating


def test_a_typed_plate_fills_the_place(street, dispatcher, grating):  # noqa: F811
    page = street.seat(dispatcher, "/cases/new/?source=WG")
    page.get_by_label("事项").fill("雨水箅子缺失")
    page.get_by_label("部件标识码").fill("110107010400099")
    page.get_by_label("部件标识码").blur()
    expect(page.locator("#things .err")).to_contain_text("现为 15 位")
    page.get_by_label("部件标识码").fill(grating.code)
    page.get_by_label("部件标识码").blur()
    expect(page.locator("[data-map-says]")).to_have_text("西井社区第1网格")
    page.get_by_role("button", name="登记", exact=True).last.click()
    expect(page.get_by_role("link", name=f"雨水箅子 {grating.code}")).to_be_visible()
    case = Case.objects.get()
    assert (case.thing, case.lon, case.lat) == (grating, grating.lon, grating.lat)


def test_a_case_is_given_its_component_from_the_desk(street, dispatcher, grating, class_of_case, xijing):  # noqa: F811
    from tests.browser.stories import dialog, registered, said

    case = registered(dispatcher, category=class_of_case, grid=xijing.grids.get(), lon=116.17, lat=39.9301)
    page = street.seat(dispatcher, f"/desk/?case={case.number}")
    page.locator("#pane summary", has_text="更多").click()
    page.locator("#pane").get_by_role("link", name="关联部件").click()
    opened = dialog(page)
    opened.get_by_role("link", name=grating.code).click()
    expect(opened.get_by_label("部件标识码")).to_have_value(grating.code)
    opened.get_by_role("button", name="关联部件").click()
    said(page, "关联部件，已记录")
    expect(page.locator("#pane")).to_contain_text("已选环卫队：部件权属单位")
    case.refresh_from_db()
    assert case.thing == grating
