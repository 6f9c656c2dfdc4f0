"""The year and one number's rows; a month made public by the chief and read by somebody without a login."""
import pytest
from playwright.sync_api import expect

from reports.models import PublishedMonth
from reports.periods import Span, period_of
from tests.browser.stories import now, too_wide, violations
from tests.reports.year_cast import make_year

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
PHONE = {"viewport": {"width": 390, "height": 844}}


def test_the_year_opens_a_numbers_rows_and_a_month_is_read_without_a_login(
    street, admin, chief, clerk, dispatcher, petition_officer, category, xijing
):
    make_year(admin=admin, chief=chief, clerk=clerk, dispatcher=dispatcher, petition_officer=petition_officer,
              category=category, xijing=xijing)  # fmt: skip
    page = street.seat(chief, "/year/2016/", reduced_motion="reduce")
    assert violations(page) == []
    page.get_by_role("link", name="腾退土地 980.5，看明细").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("河湖仓库")
    assert violations(page) == []

    phone = street.seat(chief, "/year/2016/", **PHONE)
    number = phone.get_by_role("link", name="腾退土地 980.5，看明细")
    row = number.locator("xpath=ancestor::tr")
    expect(row).to_contain_text("差")
    table = number.locator("xpath=ancestor::div[@role='region']")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0  # the computed value stands on the screen
    assert too_wide(phone) == 0 and violations(phone) == []

    month = period_of(Span.MONTH, now().astimezone().date()).previous()
    street.go(page, f"/month/{month.key}/edit/")
    page.get_by_role("textbox", name="导语").fill("感谢王先生提醒")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("mark")).to_have_text("感谢王先生")
    assert violations(page) == []
    page.get_by_role("textbox", name="导语").fill("本月整治占道经营三处")
    page.get_by_role("button", name="公开发布").click()
    expect(page.get_by_text("已公开")).to_be_visible()
    assert PublishedMonth.objects.live().count() == 1

    visitor = street.seat(None, f"/month/{month.key}/", **PHONE)
    expect(visitor.get_by_text("本月整治占道经营三处")).to_be_visible()
    assert visitor.context.cookies() == []
    assert too_wide(visitor) == 0 and violations(visitor) == []
    visitor.emulate_media(color_scheme="dark")
    assert violations(visitor, only="color-contrast") == []
