"""A boundary moved on the map from a day on: cases received since then follow it and say so, earlier ones stay."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case
from grid.models import BoundaryEdition
from tests.browser.stories import SETTLED, now, too_wide, violations_by_day_and_night
from tests.grid.test_boundaries import two_grids  # noqa: F401  西井 cut into two grids
from tests.make import make_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
EAST_OF_THE_LINE = {"lon": 116.171, "lat": 39.93}  # 85 m


@pytest.fixture
def received(two_grids, dispatcher):  # noqa: F811
    """Two cases at one spot just east of the line between the grids: of the day before yesterday, and of today."""
    east = two_grids[1]
    place = {**EAST_OF_THE_LINE, "grid": east, "community": east.community}
    before = make_case(dispatcher, at=now() - timezone.timedelta(days=2), title="改线以前收到的案件", **place)
    return before, make_case(dispatcher, at=now(), title="改线当天收到的案件", **place)


def drawn(page: Page) -> None:
    """The grids stand on the map with their corners."""
    expect(page.locator("[data-boundary-state=ready]")).to_be_visible()
    page.evaluate(SETTLED)


def move_the_line(page: Page) -> None:
    """A press on the line between the grids makes a corner there; it is dragged to the east."""
    box = page.locator("[data-boundary]").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    corners = page.get_by_role("button", name="折点")
    known = corners.count()
    page.mouse.click(*middle)
    expect(corners).to_have_count(known + 1)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 120, middle[1], steps=6)
    page.mouse.up()
    expect(page.locator("[data-boundary-says]")).to_contain_text("已改动 2 个网格")


def test_cases_follow_a_moved_boundary_from_its_day_on(street, admin, dispatcher, two_grids, received):  # noqa: F811
    (west, east), (before, after) = two_grids, received
    page = street.seat(admin, "/grid/boundaries/")
    page.get_by_role("link", name="西井社区").click()
    drawn(page)
    move_the_line(page)
    page.get_by_role("button", name="检查并保存").click()
    expect(page.get_by_text("请写明为什么调整边界。").first).to_be_visible()
    drawn(page)
    expect(page.locator("[data-boundary-says]")).to_contain_text("已改动 2 个网格")  # what was drawn is still there
    expect(page.get_by_label("生效日期")).to_have_value(str(timezone.localdate()))
    page.get_by_label("说明").fill("新修道路改线")
    page.get_by_role("button", name="检查并保存").click()
    row = page.get_by_role("row", name="新修道路改线")
    expect(row).to_contain_text("已生效")
    expect(row).to_contain_text(str(timezone.localdate()))
    assert BoundaryEdition.objects.count() == 1
    assert dict(Case.objects.values_list("pk", "grid")) == {before.pk: east.pk, after.pk: west.pk}
    desk = street.seat(dispatcher, after.get_absolute_url())
    story = desk.locator("#story")
    expect(story).to_contain_text(f"网格边界自 {timezone.localdate()} 起调整，所在网格由{east.name}改为{west.name}。")
    street.go(desk, before.get_absolute_url())
    expect(desk.locator("#story")).to_contain_text("上报")
    expect(desk.locator("#story")).not_to_contain_text("网格边界")
    expect(desk.get_by_label("案件信息")).to_contain_text(east.name)


def test_nobody_is_shut_out_of_the_boundaries_in_either_theme(street, admin, two_grids):  # noqa: F811
    page = street.seat(admin, "/grid/boundaries/")
    for path in ("/grid/boundaries/", f"/grid/boundaries/{two_grids[0].community.code}/move/"):
        street.go(page, path)
        if path.endswith("move/"):
            drawn(page)
        page.emulate_media(reduced_motion="reduce")
        assert violations_by_day_and_night(page) == [], path
        page.set_viewport_size({"width": 390, "height": 844})
        assert too_wide(page) <= 0, path
        page.set_viewport_size({"width": 1440, "height": 900})


def test_a_corner_is_moved_by_the_arrow_keys_alone(street, admin, two_grids):  # noqa: F811
    page = street.seat(admin, f"/grid/boundaries/{two_grids[0].community.code}/move/")
    drawn(page)
    page.get_by_role("button", name="折点").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-boundary-says]")).to_contain_text("已改动 2 个网格")
