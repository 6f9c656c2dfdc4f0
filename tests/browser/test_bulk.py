"""Many cases at once: each to its own department, and taken back while the line still stands at the foot."""
import pytest
from playwright.sync_api import expect

from cases.models import Case
from cases.states import State
from tests.browser.stories import dialog, registered, said, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def three(settings, dispatcher, category, xijing, law_enforcement, sanitation):
    """Three cases that wait to be dispatched; the class suggests 城管执法队."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]  # each case is moved under its own lock
    category.default_department = law_enforcement
    category.save()
    grid = xijing.grids.get()
    return [registered(dispatcher, category=category, grid=grid, title=f"第{n}处占道堆物") for n in (1, 2, 3)]


def leads(cases):
    """Who has each of them now."""
    rows = dict(Case.objects.values_list("number", "lead__short_name"))
    return [rows[case.number] for case in cases]


def open_bulk_dispatch(street, dispatcher, cases):
    """Tick the three by keys and press D."""
    page = street.seat(dispatcher)
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator("#list [data-picked]")).to_have_text("已选 3 件，均可派遣")
    page.keyboard.press("d")
    expect(dialog(page).locator("h2")).to_have_text("批量派遣 3 件")
    return page


def test_three_cases_go_to_two_departments_in_one_dialog(street, dispatcher, three):
    page = open_bulk_dispatch(street, dispatcher, three)
    lists = dialog(page).locator(".bulk-rows select")
    expect(lists.locator("option:checked")).to_have_text(["城管执法队"] * 3)
    second = page.locator(f"#id-lead-{three[1].number}")
    second.select_option(label="环卫队")
    second.focus()
    send(page)
    said(page, "已派遣 3 件")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#list .stage")).to_have_text(["待签收"] * 3)
    assert leads(three) == ["城管执法队", "环卫队", "城管执法队"]
    expect(page.locator("#list input:checked")).to_have_count(0)


def test_a_bulk_dispatch_is_taken_back_within_six_seconds(street, dispatcher, three):
    page = open_bulk_dispatch(street, dispatcher, three)
    send(page)
    said(page, "已派遣 3 件")
    page.locator("#toasts .toast").get_by_role("button", name="撤销").click()
    said(page, "已撤销派遣 3 件")
    expect(page.locator("#list .stage")).to_have_text(["待派遣"] * 3)
    assert leads(three) == [None] * 3
    assert [case.events.count() for case in three] == [5, 5, 5]  # 上报 受理 立案 派遣 撤销: nothing is removed


def test_the_offer_to_take_it_back_goes_after_six_seconds_and_the_dispatch_stays(street, dispatcher, three):
    page = open_bulk_dispatch(street, dispatcher, three)
    send(page)
    said(page, "已派遣 3 件")
    expect(page.locator("#toasts .toast")).to_have_count(0, timeout=8000)
    assert leads(three) == ["城管执法队"] * 3


def test_one_department_for_all(street, dispatcher, three):
    page = open_bulk_dispatch(street, dispatcher, three)
    one = page.locator("#dialog .one-lead")
    expect(one).to_be_hidden()
    page.get_by_label("统一派给一个单位").check()
    expect(one).to_be_visible()
    one.locator("select").select_option(label="环卫队")
    page.locator("#dialog .btn--p").click()
    said(page, "已派遣 3 件")
    assert leads(three) == ["环卫队"] * 3


def test_a_case_that_somebody_else_has_dispatched_meanwhile_is_named_and_the_others_go(
    street, dispatcher, other_dispatcher, three, sanitation
):
    from tests.browser.stories import now
    from tests.make import move

    page = open_bulk_dispatch(street, dispatcher, three)
    move("dispatch", three[1], other_dispatcher, at=now(), lead=sanitation)
    send(page)
    result = dialog(page)
    expect(result).to_contain_text("1 件没有派遣")
    expect(result).to_contain_text(f"{three[1].number} 已由{other_dispatcher.real_name}派遣，未重复操作")
    assert leads(three) == ["城管执法队", "环卫队", "城管执法队"]
    assert Case.objects.filter(state=State.DISPATCHED).count() == 3


def test_escape_clears_what_is_ticked_and_then_d_speaks_of_the_one_case(street, dispatcher, three):
    page = street.seat(dispatcher)
    page.keyboard.press("x")
    expect(page.locator("#list .bulk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#list .bulk")).to_be_hidden()
    page.keyboard.press("d")
    said(page, "已派遣给城管执法队")
    assert Case.objects.filter(state=State.DISPATCHED).count() == 1
