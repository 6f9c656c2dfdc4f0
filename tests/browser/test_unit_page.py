"""A unit's page: from the map to the unit, to its agreement and back, and to what happened there."""

import pytest
from playwright.sync_api import expect

from grid.models import Organisation, PostRole
from grid.posts import appoint
from tests.browser.stories import now, too_wide, violations
from tests.campaigns.agreement_cast import list_party, make_text, make_unit
from tests.make import make_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def unit(settings, tmp_path, admin, dispatcher, xijing):
    """海特物业 with an agreement, and a case in front of its door."""
    settings.MEDIA_ROOT = tmp_path
    unit = make_unit(xijing, name="海特物业", lon=116.171, lat=39.93, grid=xijing.grids.get())
    make_unit(xijing, 1, name="另一家单位", lon=116.175, lat=39.935, grid=xijing.grids.get())
    list_party(make_text(admin), admin, organisation=unit)
    make_case(
        dispatcher, at=now(), title="海特物业门前堆放杂物", lon=116.1711, lat=39.93, grid=unit.grid, community=xijing
    )
    return unit


def test_from_the_map_to_the_unit_its_agreement_and_back_and_to_its_case(street, chief, unit):
    page = street.seat(chief, "/grid/")
    page.get_by_role("navigation", name="台账").get_by_role("link", name="单位").click()
    page.get_by_role("searchbox").or_(page.locator("form[role=search] input[name=q]")).first.fill("海特")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="另一家单位")).to_have_count(0)
    page.get_by_role("link", name="海特物业").click()
    expect(page.get_by_role("heading", name="海特物业", level=1)).to_be_visible()
    page.get_by_role("link", name="国家卫生区复审责任书").click()
    expect(page.locator("main")).to_contain_text("海特物业")
    page.go_back()
    expect(page.get_by_role("heading", name="海特物业", level=1)).to_be_visible()
    page.get_by_role("link", name="海特物业门前堆放杂物").click()
    expect(page.get_by_role("heading", name="海特物业门前堆放杂物", level=1)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_a_units_page(street, chief, unit, theme):
    page = street.seat(chief, f"/grid/organisations/{unit.code}/", color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    expect(page.locator("[data-map-state=ready]")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) <= 0


def test_what_may_be_done_beside_a_name_is_told_from_it_without_colours(street, clerk, unit):
    Organisation.objects.filter(pk=unit.pk).update(responsible_person="金丝雀", phone="13800007777", post="经理")
    appoint(unit.grid, role=PostRole.GRID_LEADER, holder="赵敏", phone="13800001111", since=now().date(), by=clerk, at=now())
    page = street.seat(clerk, f"/grid/organisations/{unit.code}/", reduced_motion="reduce")
    expect(page.get_by_role("link", name="查看")).to_be_visible()
    assert violations(page, only="link-in-text-block") == []
    street.go(page, f"/grid/{unit.grid.code}/")
    expect(page.get_by_role("link", name="登记赵敏离任")).to_be_visible()
    assert violations(page, only="link-in-text-block") == []
