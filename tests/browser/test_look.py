"""The components page in a real browser: what the scripts do, and that nobody is shut out."""
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.stories import violations
from tests.make import make_department, make_user

pytestmark = pytest.mark.django_db(transaction=True)


LISTEN = """document.querySelector('[data-key="C"]').addEventListener('click', () => window.pressed = 1)"""


def open_components(page: Page, live_server) -> Page:
    """The components page, opened by somebody with a login."""
    person = make_user("dispatcher", "dispatcher", "chief", department=make_department("指挥中心"), real_name="李小兰")
    visitor = Client()
    visitor.force_login(person)
    session = {"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([session])
    page.goto(f"{live_server.url}/components/")
    page.wait_for_load_state("networkidle")
    return page


@pytest.fixture
def components(quiet_page: Page, live_server) -> Page:
    """The page on which an error of a script fails the story."""
    return open_components(quiet_page, live_server)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_components_in_either_theme_with_menus_and_dialogs_open(components: Page, theme):
    components.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(components.locator("html")).to_have_attribute("data-theme", theme)
    assert violations(components) == []
    components.locator(".side details summary").click()
    assert violations(components) == []
    components.keyboard.press("Escape")
    components.get_by_role("button", name="打开对话框").click()
    assert violations(components) == []
    components.keyboard.press("Escape")
    components.get_by_role("button", name="快捷键").click()
    assert violations(components) == []


@pytest.mark.parametrize("width", [1440, 1180, 1000, 700])
def test_the_page_never_scrolls_sideways(components: Page, width):
    components.set_viewport_size({"width": width, "height": 800})
    assert components.evaluate("document.documentElement.scrollWidth") <= width


def test_a_dialog_opens_on_the_first_error_and_gives_the_focus_back(components: Page):
    opener = components.get_by_role("button", name="打开对话框")
    opener.click()
    expect(components.locator("#sample-why")).to_be_focused()
    components.keyboard.press("Escape")
    expect(components.locator("#sample")).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_theme_can_be_switched_here_and_stays_on_the_next_page(components: Page):
    components.locator(".top [data-theme-toggle]").click()
    expect(components.locator("html")).to_have_attribute("data-theme", "dark")
    components.reload()
    expect(components.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_single_key_presses_its_button_and_one_that_cannot_be_used_says_why(components: Page):
    components.evaluate(LISTEN)
    components.keyboard.press("c")
    assert components.evaluate("window.pressed") == 1
    components.keyboard.press("f")
    expect(components.locator("#toasts")).to_contain_text("先登记回复")
    components.keyboard.press("z")
    expect(components.locator("#toasts")).to_contain_text("这一件现在不能作废")


def test_single_keys_rest_while_somebody_types_or_has_switched_them_off(components: Page):
    components.evaluate(LISTEN)
    components.locator("#id_reason").press("c")
    components.evaluate("document.activeElement.blur(); document.body.dataset.shortcuts = 'off'")
    components.keyboard.press("c")
    assert components.evaluate("window.pressed") is None
    expect(components.locator("#id_reason")).to_have_value("c在办")


def test_the_sheet_lists_the_keys_of_this_page(components: Page):
    components.keyboard.press("?")
    sheet = components.locator("[data-keys-sheet]")
    expect(sheet).to_be_visible()
    expect(sheet.locator("dd").get_by_text("派遣", exact=True)).to_be_visible()
    expect(sheet).not_to_contain_text("结案")  # its button is disabled just now


def test_a_menu_is_walked_by_arrows_and_closed_by_escape(components: Page):
    summary = components.locator(".side details summary")
    summary.focus()
    components.keyboard.press("ArrowDown")
    expect(components.get_by_role("link", name="个人设置")).to_be_focused()
    components.keyboard.press("ArrowUp")
    expect(components.get_by_role("button", name="退出")).to_be_focused()
    components.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(components.get_by_role("button", name="退出")).to_be_hidden()


def test_tabs_are_walked_by_arrows(components: Page):
    components.get_by_role("tab", name="流转 7").focus()
    components.keyboard.press("ArrowRight")
    expect(components.get_by_role("tabpanel")).to_have_text("批注 2 条。")


def test_the_photo_slider_moves_by_arrow_keys(components: Page):
    components.locator(".cmp input").focus()
    components.keyboard.press("ArrowRight")
    assert components.evaluate("document.querySelector('.cmp').style.getPropertyValue('--x')") == "55%"


def test_a_double_click_sends_a_form_once_and_ctrl_enter_sends_it_too(components: Page, live_server):
    sent: list[str] = []

    def count(route):
        sent.append(route.request.method)
        route.fulfill(status=204)

    components.route(f"{live_server.url}/components/", count)
    components.get_by_role("button", name="申请延期").dblclick()
    expect(components.get_by_role("button", name="正在申请")).to_be_visible()
    assert sent == ["POST"]
    components.locator("#id_reason").press("Control+Enter")
    assert sent == ["POST"]  # still on its way


def test_ctrl_enter_sends_a_form_and_the_answer_puts_the_focus_on_what_is_wrong(page: Page, live_server):
    components = open_components(page, live_server)  # the browser itself complains of a 422, so not the quiet page
    with components.expect_navigation() as answer:
        components.locator("#id_until").press("Control+Enter")
    assert answer.value.status == 422
    expect(components.locator("#id_reason")).to_be_focused()


def test_unsaved_words_are_not_lost_without_a_question(components: Page):
    asked: list[str] = []
    components.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    components.locator("#id_reason").fill("已经写了很多字")
    components.reload()
    assert asked == ["beforeunload"]
    components.reload()
    assert asked == ["beforeunload"]


def test_a_message_from_the_server_offers_to_take_the_move_back(components: Page, live_server):
    components.evaluate("""document.body.dispatchEvent(new CustomEvent('toast',
        { bubbles: true, detail: { text: '已派遣 3 件', undo: '/components/' } }))""")
    toast = components.locator("#toasts .toast")
    expect(toast).to_contain_text("已派遣 3 件")
    components.route("**/components/", lambda route: route.fulfill(status=200, body=route.request.method))
    toast.get_by_role("button", name="撤销").click()
    expect(components.locator("body")).to_have_text("POST")


def test_a_lost_network_is_told_and_the_banner_goes_when_it_is_back(components: Page):
    components.context.set_offline(True)
    expect(components.locator(".offline")).to_contain_text("网络已断开")
    components.context.set_offline(False)
    expect(components.locator(".offline")).to_have_count(0)
