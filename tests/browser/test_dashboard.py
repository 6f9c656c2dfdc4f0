"""A leader reads the page, opens a number's rows and comes back; the wall lives through a lost connection."""
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from cases.states import State
from reports import facts, wall
from reports.models import WallLink
from tests.browser.stories import eventually, now, registered, tab_to, too_wide, violations
from tests.make import put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
STILL = {"reduced_motion": "reduce"}


@pytest.fixture
def counted(dispatcher, category, xijing):
    """Two cases of this month, one of them late."""
    grid = xijing.grids.get()
    place = {"category": category, "grid": grid, "lon": 116.17, "lat": 39.93}
    late = registered(dispatcher, **place, title="早就该办完的一件")
    put(late, late.state, due_at=now() - timedelta(hours=30))
    registered(dispatcher, **place, title="刚立案的一件")
    facts.roll_up(at=now())
    return late


def test_a_number_opens_its_rows_and_the_chart_has_its_table(street, leader, counted):
    month = f"{localdate():%Y-%m}"
    page = street.seat(leader, f"/dashboard/?period={month}", **STILL)
    expect(page.locator("[data-chart-state=ready] svg")).to_be_visible()
    expect(page.locator("[data-map-state=ready]")).to_be_visible()
    number = page.locator(".kpi", has_text="受理数").locator("dd a").first
    expect(number).to_contain_text("2")
    why = page.locator(".kpi summary").first
    tab_to(page, why)
    page.keyboard.press("Enter")
    expect(page.locator(".kpi .why p").first).to_contain_text("受理数 = ")
    page.keyboard.press("Enter")
    number.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("早就该办完的一件")
    page.go_back()
    page.get_by_text("看表格").click()
    expect(page.get_by_role("region", name="逐月表格")).to_be_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert violations(page, only="color-contrast") == []


def test_all_figures_open_their_parts_and_the_parts_their_rows(street, leader, counted):
    page = street.seat(leader, f"/dashboard/?period={localdate():%Y-%m}", **STILL)
    page.get_by_role("link", name="全部指标").click()
    expect(page.locator("tbody tr", has_text="超期待处置率")).to_contain_text("GB/T 30428.4")
    assert violations(page) == []
    page.get_by_role("link", name="受理数", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="按来源").click()
    page.locator("tbody a").first.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.go_back()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) == 0 and violations(page, only="color-contrast") == []


def test_the_page_fits_a_sheet_of_a4(street, leader, counted):
    page = street.seat(leader, f"/dashboard/?period={localdate():%Y-%m}", **STILL)
    expect(page.locator("[data-chart-state=ready] svg")).to_be_visible()
    page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm between the margins
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".print-only").first).to_be_visible()

    def sticks_out(inner, outer):
        return page.evaluate(
            """([inner, outer]) => [...document.querySelectorAll(inner)].filter(one =>
                one.getBoundingClientRect().right > one.closest(outer).getBoundingClientRect().right + 1).length""",
            [inner, outer],
        )

    assert page.locator(".kpi").count() == 5 and sticks_out(".kpi", ".kpis") == 0
    assert sticks_out("[data-chart] svg", ".card") == 0 and sticks_out(".tbl", ".card") == 0
    tops = {round(kpi.bounding_box()["y"]) for kpi in page.locator(".kpi").all()}
    assert len(tops) == 1


BARS = """() => {
  const chart = echarts.getInstanceByDom(document.querySelector('[data-chart]'));
  const bars = chart.getModel().getSeriesByType('bar').map(one => one.getData().getItemLayout(0));
  return [chart.convertToPixel({ xAxisIndex: 0 }, 1) - chart.convertToPixel({ xAxisIndex: 0 }, 0), bars[0].width];
}"""


def test_the_page_fits_a_leaders_phone(street, leader, counted):
    page = street.seat(leader, f"/dashboard/?period={localdate():%Y-%m}", viewport={"width": 390, "height": 844}, **STILL)
    expect(page.locator("[data-chart-state=ready] svg")).to_be_visible()
    band, width = page.evaluate(BARS)
    assert 0 < 2 * width < band  # two bars a month, side by side
    assert too_wide(page) == 0 and violations(page) == []


def test_the_wall_refreshes_keeps_its_numbers_offline_and_goes_dark_when_revoked(street, admin, counted, dispatcher,
                                                                                category, xijing):  # fmt: skip
    _, token = wall.create_link(name="指挥大厅", by=admin, at=now())
    page = street.seat(None, f"/wall/{token}/", viewport={"width": 1920, "height": 1080}, **STILL)
    open_cases = page.locator(".fig", has_text="在办").locator("b")
    expect(open_cases).to_have_text("2件")
    expect(page.locator("[data-chart-state=ready] svg")).to_be_visible()
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [1080, 1920]
    assert violations(page) == []

    registered(dispatcher, category=category, grid=xijing.grids.get(), title="又来一件")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(open_cases).to_have_text("3件")

    page.clock.install()
    page.reload()
    expect(open_cases).to_have_text("3件")
    page.context.set_offline(True)
    page.clock.fast_forward(3 * 24 * 3600 * 1000)
    expect(page.locator("[data-wall-age]")).to_contain_text("连接中断")
    expect(page.locator("[data-wall-age]")).to_contain_text("已 3 天")
    expect(open_cases).to_have_text("3件")
    page.reload()  # the machine was switched off and on again
    expect(open_cases).to_have_text("3件")
    expect(page.locator("[data-chart-state=ready] svg")).to_be_visible()
    expect(page.locator("[data-wall-age]")).to_contain_text("已 3 天")
    put(counted, State.CLOSED)
    page.context.set_offline(False)
    page.clock.fast_forward(61_000)
    expect(open_cases).to_have_text("2件")
    expect(page.locator("[data-wall-age]")).to_have_text("每 60 秒更新")

    wall.revoke_link(WallLink.objects.get(), by=admin, at=now())
    page.clock.fast_forward(61_000)
    expect(page.locator("[data-wall-age]")).to_contain_text("已作废")
    eventually(page, lambda: "在办" not in page.content())
    eventually(page, lambda: page.evaluate("caches.has('wall')") is False)
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
