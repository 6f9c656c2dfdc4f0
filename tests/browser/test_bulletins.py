"""A bulletin in a real browser: drafted, edited in place, submitted, signed by another, its number opened."""
from datetime import date

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from accounts.models import User
from cases.standards import seed_standards
from reports import facts
from reports.bulletins.registering import PastIssue, register_past
from reports.models import Bulletin
from tests.browser.stories import (
    dialog,
    in_progress,
    now,
    said,
    settled,
    too_wide,
    violations,
    violations_by_day_and_night,
)
from tests.make import make_category, make_community, make_department, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def people() -> tuple[User, User]:
    """A chief and a leader, and two cases taken on today."""
    seed_standards()
    community, category = make_community(), make_category()
    desk = make_user("dispatcher", "dispatcher", department=make_department("指挥中心"))
    handler = make_user("handler", "handler", department=make_department())
    for number in (1, 2):
        in_progress(desk, handler, category=category, grid=community.grids.get(), title=f"马路市场回潮{number}")
    facts.roll_up(at=now())
    return make_user("chief", "chief", real_name="周建国"), make_user("leader", "leader", real_name="郑国栋")


def test_from_draft_to_issue_and_into_the_rows_of_a_number(street):
    chief, leader = people()
    page = street.seat(chief, "/bulletins/new/")
    page.get_by_label("类型").select_option("daily")
    page.get_by_label("统计日期").fill(f"{localdate():%Y-%m-%d}")
    page.get_by_role("button", name="拟稿").click()
    expect(page.locator(".doc-title")).to_contain_text("城市管理督查情况的通报")
    expect(page.locator(".doc-p").first).to_contain_text("中心受理问题2件")
    expect(page.locator(".checks li").first).to_be_visible()
    assert violations(page) == []

    block = page.locator(".doc-block").nth(1)
    block.hover()
    block.locator(".doc-block__edit").click()
    words = page.locator(".blockform textarea").first
    words.fill("今日受理{受理}件，立案{立案}件。")
    assert violations(page) == []
    page.locator(".blockform").get_by_role("button", name="保存").click()
    expect(page.locator(".doc-p").first).to_have_text("今日受理2件，立案2件。")
    settled(page)

    page.get_by_role("link", name="送签发").click()
    dialog(page).get_by_role("button", name="送签发").click()
    said(page, "已送签发")
    expect(page.locator(".top .tag").first).to_have_text("待签发")

    signing = street.seat(leader, Bulletin.objects.get().get_absolute_url(), viewport={"width": 390, "height": 844})
    assert too_wide(signing) <= 0 and violations(signing) == []
    signing.get_by_role("link", name="签发").click()
    dialog(signing).get_by_role("button", name="签发").click()
    said(signing, "第 1 期")

    street.go(page, Bulletin.objects.get().get_absolute_url())
    expect(page.locator(".doc-no")).to_have_text("第1期")
    page.locator(".doc-p .doc-num").first.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert violations(page) == []
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("马路市场回潮")


def test_nobody_is_shut_out_of_the_bulletins_in_either_theme(street):
    chief, _leader = people()
    page = street.seat(chief, "/bulletins/new/")
    assert violations(page) == []
    page.get_by_label("统计日期").fill(f"{localdate():%Y-%m-%d}")
    page.get_by_role("button", name="拟稿").click()
    draft = Bulletin.objects.get().get_absolute_url()
    register_past([PastIssue(161, date(2016, 12, 30), "监督周报", "周报", "全街道", 5, 4, "指挥中心", "各社区", 4)], by=None, at=now())
    past = Bulletin.objects.get(number=161).get_absolute_url()
    for path in ("/bulletins/", past, draft, f"{draft}?view=full", f"{draft}?view=pages", f"{draft}blocks/b2/", f"{draft}check/",
                 f"{draft}withdraw/", f"{draft}numbers/受理/", "/bulletins/?kind=yearly"):  # fmt: skip
        street.go(page, path)
        assert too_wide(page) <= 0, path
        assert violations_by_day_and_night(page) == [], path
