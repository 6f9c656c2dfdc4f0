"""From report to closing by keyboard alone: no mouse touches the screen of anybody in this story."""
import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.states import State
from tests.browser.stories import choose, said, send, stands, tab_to, write
from tests.make import make_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
TITLE = "Stall blocks the lane"  # the keyboard of a test types letters


def log_in(street, username: str) -> Page:
    """By the login page, as everybody does in the morning."""
    page = street.seat(path="/login/")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab") if page.evaluate("document.activeElement.tagName") == "A" else None
    page.keyboard.type("demo-2016")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    page.wait_for_load_state("networkidle")
    return page


def test_a_case_goes_from_report_to_closing_without_a_mouse(
    street, dispatcher, handler, inspector, law_enforcement, xijing, category
):
    desk = log_in(street, "dispatcher")
    desk.keyboard.press("n")
    desk.wait_for_url("**/cases/new/**")
    tab_to(desk, desk.locator(".tabs a", has_text="随手拍"))
    desk.keyboard.press("Enter")
    desk.wait_for_url("**source=WX*")
    write(desk, desk.locator("#id_title"), TITLE)
    write(desk, desk.locator("#id_name"), "Li")
    write(desk, desk.locator("#id_phone"), "13800001234")
    choose(desk, desk.locator("#id_grid"), "西井社区第1网格")
    send(desk)
    expect(desk.locator("h1, h2").filter(has_text=TITLE).first).to_be_visible()
    case = Case.objects.get()
    assert (case.state, case.grid, case.source) == (State.REPORTED, xijing.grids.get(), "WX")

    # The dispatcher: J to the case, A, L, D.
    street.go(desk, "/desk/")
    desk.keyboard.press("j")
    expect(desk.locator(f"#case-{case.number}")).to_have_attribute("aria-selected", "true")
    stands(desk, "待受理")
    desk.keyboard.press("a")
    category_list = desk.locator("#pane select[name=category]")
    choose(desk, category_list, category.name)
    send(desk)
    stands(desk, "已受理")
    desk.keyboard.press("l")
    stands(desk, "待派遣")
    desk.keyboard.press("d")
    choose(desk, desk.locator("#pane select[name=lead]"), "城管执法队")
    send(desk)
    stands(desk, "待签收")
    said(desk, "已派遣给城管执法队")

    # The handler: S, B.
    counter = log_in(street, "handler")
    counter.keyboard.press("j")
    stands(counter, "待签收")
    counter.keyboard.press("s")
    stands(counter, "处置中")
    counter.keyboard.press("b")
    field = counter.locator("#pane textarea[name=words]")
    expect(field).to_be_focused()
    phrase = tab_to(counter, counter.locator("#pane [data-phrase]").first)
    counter.keyboard.press("Enter")
    expect(field).to_have_value(phrase.get_attribute("data-phrase"))
    send(counter)
    stands(counter, "已反馈")

    # V, and the inspector Q.
    street.go(desk, f"/desk/?case={case.number}")
    stands(desk, "已反馈")
    desk.keyboard.press("v")
    choose(desk, desk.locator("#pane select[name=checker]"), inspector.real_name)
    send(desk)
    stands(desk, "核查中")
    walker = log_in(street, "inspector")
    walker.keyboard.press("j")
    stands(walker, "核查中")
    walker.keyboard.press("q")
    expect(walker.locator("#pane textarea[name=words]")).to_be_focused()
    walker.keyboard.type("Lane is free")
    send(walker)
    stands(walker, "待结案")

    # H, F.
    street.go(desk, f"/desk/?case={case.number}")
    stands(desk, "待结案")
    desk.keyboard.press("h")
    words = desk.locator("#pane textarea[name=words]")
    expect(words).to_be_focused()
    desk.keyboard.type("Done, thank you")
    send(desk)
    expect(desk.locator("#pane form.act[action$='/close/']")).to_be_visible()
    desk.keyboard.press("f")
    expect(desk.locator("#pane textarea[name=conclusion]")).to_be_focused()
    desk.keyboard.type("Agreed")
    send(desk)
    stands(desk, "已结案")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert list(case.events.order_by("seq").values_list("move", flat=True)) == [
        "report", "accept", "register", "dispatch", "acknowledge", "feedback", "send_check", "pass_check", "reply",
        "close",
    ]  # fmt: skip


HANDS_QUICKER_THAN_HTMX = """([number, category]) => {
  document.addEventListener('htmx:afterSwap', () => {
    const form = document.querySelector('#pane form.act');
    form.elements.category.value = category;
    form.requestSubmit();
  }, { once: true });
  htmx.ajax('GET', `/cases/${number}/pane/`, { target: '#pane', swap: 'innerHTML' });
}"""


def test_a_form_sent_in_the_moment_of_its_arrival_stays_on_the_desk(street, dispatcher, category):
    case = make_case(dispatcher)
    desk = street.seat(dispatcher, f"/desk/?case={case.number}")
    stands(desk, "待受理")
    desk.evaluate(HANDS_QUICKER_THAN_HTMX, [case.number, str(category.pk)])
    stands(desk, "已受理")
    assert "/desk/" in desk.url
