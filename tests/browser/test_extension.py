"""More time is asked for before the limit and decided by the 值班科长; the clock goes on meanwhile."""
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.stories import dialog, in_progress, said, send, stands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def handled(dispatcher, handler, category, xijing):
    """A case in work at 城管执法队."""
    return in_progress(dispatcher, handler, category=category, grid=xijing.grids.get())


def limit(case):
    """When it must be done now."""
    return case.clocks.get(kind="handle").due_at


def ask_for_a_day(page, case):
    """Y, the new moment, the reason, Ctrl+Enter."""
    until = limit(case) + timedelta(days=1)
    page.keyboard.press("y")
    form = dialog(page)
    form.locator("[name=until]").fill(timezone.localtime(until).strftime("%Y-%m-%dT%H:%M"))
    form.locator("[name=reason]").fill("吊车后天才能进场作业")
    send(page)
    expect(page.locator("dialog[open]")).to_have_count(0)
    return until.replace(second=0, microsecond=0)


def test_an_extension_is_asked_and_granted(street, handler, chief, handled):
    before = limit(handled)
    counter = street.seat(handler)
    until = ask_for_a_day(counter, handled)
    expect(counter.locator("#pane .note--warn")).to_contain_text("申请延期")
    assert limit(handled) == before  # asking moves nothing

    office = street.seat(chief)
    stands(office, "处置中")
    expect(office.locator("#pane .note--warn")).to_contain_text("吊车后天才能进场作业")
    office.keyboard.press("y")
    said(office, "批准延期")
    assert limit(handled) == until
    expect(office.locator("#pane .note--warn")).to_have_count(0)


def test_an_extension_is_refused_with_the_reason_and_the_limit_stays(street, handler, chief, handled):
    before = limit(handled)
    ask_for_a_day(street.seat(handler), handled)
    office = street.seat(chief)
    office.locator("#pane").get_by_text("更多").click()
    office.locator("#pane .menu").get_by_text("不准延期").click()
    dialog(office).locator("[name=reason]").fill("五天足够，请今晚加班办结")
    send(office)
    said(office, "不准延期")
    assert limit(handled) == before
    counter = street.seat(handler)
    expect(counter.locator("#pane .tl")).to_contain_text("五天足够，请今晚加班办结")
