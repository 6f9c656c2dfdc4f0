"""A department returns a case and it goes elsewhere; after two returns only the 值班科长 decides."""
import pytest
from playwright.sync_api import expect

from cases.states import State
from tests.browser.stories import dialog, now, registered, said, send, stands
from tests.make import make_return_reason, move

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def dispatched(dispatcher, category, xijing, law_enforcement):
    """A case that lies with 城管执法队."""
    make_return_reason()
    case = registered(dispatcher, category=category, grid=xijing.grids.get())
    move("dispatch", case, dispatcher, at=now(), lead=law_enforcement)
    return case


def test_a_department_returns_a_case_with_reason_and_it_goes_to_another(
    street, dispatcher, handler, other_handler, dispatched, sanitation
):
    counter = street.seat(handler)
    stands(counter, "待签收")
    counter.keyboard.press("r")
    form = dialog(counter)
    send(counter)  # nothing filled in: the sentence says what is missing, nothing is written
    expect(form.locator(".err, .errsum").first).to_be_visible()
    assert dispatched.events.count() == 4
    form.locator("select[name=return_reason]").select_option(label="不属本单位职责")
    form.locator("textarea[name=reason]").fill("属垃圾清运，应由环卫队办理")
    send(counter)
    expect(counter.locator("dialog[open]")).to_have_count(0)
    dispatched.refresh_from_db()
    assert (dispatched.state, dispatched.return_count) == (State.RETURNED, 1)

    desk = street.seat(dispatcher, f"/desk/?case={dispatched.number}")
    stands(desk, "已退回")
    expect(desk.locator("#pane")).to_contain_text("退回 1 次")
    expect(desk.locator("#pane .tl")).to_contain_text("属垃圾清运，应由环卫队办理")
    desk.locator("#pane select[name=lead]").select_option(label="环卫队")
    desk.locator("#pane form.act .btn--p").click()
    said(desk, "已派遣给环卫队")
    other = street.seat(other_handler)
    stands(other, "待签收")
    street.go(counter, "/desk/?tab=all")
    expect(counter.locator(f"#case-{dispatched.number} .stage")).not_to_have_text("已退回")


def test_after_two_returns_the_dispatcher_is_told_and_the_chief_dispatches(
    street, dispatcher, chief, handler, other_handler, dispatched, law_enforcement, sanitation
):
    reason = make_return_reason()
    move("return", dispatched, handler, at=now(), return_reason=reason, reason="不属本单位职责范围")
    move("dispatch", dispatched, dispatcher, at=now(), lead=sanitation)
    move("return", dispatched, other_handler, at=now(), return_reason=reason, reason="产权不在本单位")
    desk = street.seat(dispatcher)
    stands(desk, "已退回")
    desk.locator("#pane select[name=lead]").select_option(label="城管执法队")
    desk.locator("#pane form.act .btn--p").click()
    expect(desk.locator("#pane .errsum")).to_contain_text("本案已退回 2 次，须由值班科长派遣")
    expect(desk.locator("#pane select[name=lead] option:checked")).to_have_text("城管执法队")  # what was chosen stays
    dispatched.refresh_from_db()
    assert dispatched.state == State.RETURNED

    office = street.seat(chief)
    stands(office, "已退回")
    office.locator("#pane select[name=lead]").select_option(label="城管执法队")
    office.locator("#pane form.act .btn--p").click()
    stands(office, "待签收")
    dispatched.refresh_from_db()
    assert (dispatched.state, dispatched.lead) == (State.DISPATCHED, law_enforcement)
