"""Two dispatchers at once: nothing is done twice, nothing is overwritten, and each learns of the other."""
import pytest
from playwright.sync_api import expect

from cases.models import Case, CaseView
from tests.browser.stories import now, registered, said, send, stands, too_wide

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def waiting(dispatcher, category, xijing, law_enforcement, sanitation):
    """One case that waits to be dispatched."""
    return registered(dispatcher, category=category, grid=xijing.grids.get())


def dispatch(page, name):
    """Choose and press the blue button."""
    page.locator("#pane select[name=lead]").select_option(label=name)
    page.locator("#pane form.act .btn--p").click()


def test_the_second_dispatcher_is_told_and_overwrites_nothing(street, dispatcher, other_dispatcher, waiting):
    first, second = street.seat(dispatcher), street.seat(other_dispatcher)
    stands(first, "待派遣")
    stands(second, "待派遣")
    dispatch(first, "城管执法队")
    said(first, "已派遣给城管执法队")
    dispatch(second, "环卫队")
    told = f"{waiting.number} 已由{dispatcher.real_name}派遣，未重复操作"
    expect(second.locator("#pane .errsum")).to_contain_text(told)
    stands(second, "待签收")  # and sees how it stands now
    case = Case.objects.get()
    assert case.lead.short_name == "城管执法队" and case.events.count() == 4


def test_each_sees_that_the_other_looks_at_the_same_case(street, dispatcher, other_dispatcher, waiting):
    street.seat(dispatcher)
    second = street.seat(other_dispatcher)
    expect(second.locator("#pane .looking")).to_contain_text(f"{dispatcher.real_name}也在看本案")


def test_many_who_look_at_a_case_are_counted_and_widen_nothing(
    street, dispatcher, other_dispatcher, chief, inspector, leader, waiting
):
    for person in (dispatcher, other_dispatcher, chief, inspector):
        CaseView.objects.create(case=waiting, user=person, seen_at=now())
    page = street.seat(leader)
    looking = page.locator("#pane .looking")
    expect(looking).to_contain_text("等 4 人也在看本案")
    assert too_wide(page) == 0


def test_a_change_by_another_is_told_without_moving_the_list(
    street, dispatcher, other_dispatcher, waiting, category, xijing
):
    first = street.seat(dispatcher)
    clock = first.context.clock
    clock.install()
    street.go(first, "/desk/")
    expect(first.locator("#changes")).to_be_empty()
    second = street.seat(other_dispatcher)
    dispatch(second, "环卫队")
    said(second, "已派遣给环卫队")
    clock.run_for(61_000)
    expect(first.locator("#changes")).to_contain_text("有 1 条更新")
    expect(first.locator("#list .stage")).to_have_text("待派遣")  # as it was drawn
    first.locator("#changes button").click()
    expect(first.locator("#list .stage")).to_have_text("待签收")
    expect(first.locator("#changes")).to_be_empty()


def test_a_double_press_dispatches_once(street, dispatcher, waiting):
    page = street.seat(dispatcher)
    page.locator("#pane select[name=lead]").select_option(label="环卫队")
    page.locator("#pane form.act .btn--p").dblclick()
    said(page, "已派遣给环卫队")
    send(page)
    assert Case.objects.get().events.filter(move="dispatch").count() == 1
