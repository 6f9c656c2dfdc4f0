"""Without any script: the whole way from registering to closing by links and forms, as an old browser walks it."""
import pytest
from playwright.sync_api import expect

from cases.models import Case
from cases.states import State
from grid.models import Photo
from tests.browser.stories import registered, upload
from tests.make import make_return_reason

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
TITLE = "西井大街八号院门口堆放建筑垃圾"


class Plain:
    """A person whose browser runs no script."""

    def __init__(self, street, user):
        self.street, self.page = street, street.seat(user, java_script_enabled=False)

    def open(self, case):
        """From the list to the case, by its link."""
        self.street.go(self.page, "/desk/")
        self.page.locator(f"#case-{case.number} a").click()
        expect(self.page.locator("h1").first).to_be_visible()
        return self

    def take(self, button, **answers):
        """The move's link on the page of the case, its form, its button."""
        link = self.page.locator("main header").get_by_role("link", name=button).first
        if not link.is_visible():
            self.page.locator("summary[aria-label=更多操作]").click()
        link.click()
        return self.fill(button, **answers)

    def fill(self, button, **answers):
        """Fill the form that is open, and send it."""
        for name, value in answers.items():
            field = self.page.locator(f"main form [name={name}]").first
            if isinstance(value, dict):
                field.set_input_files([value])
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        self.page.locator("main form .btn--p").click()
        return self


def test_a_case_goes_from_registering_to_closing_by_plain_links_and_forms(
    street, dispatcher, handler, inspector, law_enforcement, xijing, category, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    desk = Plain(street, dispatcher)
    desk.page.get_by_role("link", name="登记案件").click()
    desk.page.get_by_role("link", name="随手拍").click()
    desk.fill("登记", title=TITLE, grid="西井社区第1网格", photos=upload())
    expect(desk.page.locator("h1").first).to_have_text(TITLE)
    case = Case.objects.get()
    assert Photo.objects.count() == 1
    desk.take("受理", category=category.name)
    desk.take("立案")
    desk.take("派遣", lead="城管执法队")
    counter = Plain(street, handler).open(case)
    counter.take("签收")
    counter.take("提交反馈", words="已清运垃圾两车，墙面复原", photos=upload("整改后.jpg", "green"))
    desk.open(case).take("转核查", checker=inspector.real_name)
    Plain(street, inspector).open(case).take("核查通过", words="现场干净，墙面完好")
    desk.open(case).take("结案", conclusion="同意结案")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.photos.count() == 2


def test_the_list_is_filtered_sorted_searched_and_paged_by_links(street, dispatcher, category, xijing, law_enforcement):
    grid = xijing.grids.get()
    cases = [registered(dispatcher, category=category, grid=grid, title=f"第{n}处占道堆物") for n in range(3)]
    page = Plain(street, dispatcher).page
    page.locator("summary", has_text="社区").click()
    page.get_by_role("link", name="选择社区…").click()
    page.get_by_role("link", name="西井", exact=True).click()
    expect(page.locator("#list tbody tr[data-number]")).to_have_count(3)
    page.locator("#q").fill("第2处")
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr[data-number]")).to_have_count(1)
    page.locator(f"#case-{cases[2].number} a").click()
    expect(page.locator("h1").first).to_have_text("第2处占道堆物")


def test_many_are_dispatched_and_taken_back_by_plain_forms(
    street, settings, dispatcher, category, xijing, law_enforcement
):
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]  # each case is moved under its own lock
    grid = xijing.grids.get()
    for n in range(2):
        registered(dispatcher, category=category, grid=grid, title=f"第{n}处占道堆物")
    page = Plain(street, dispatcher).page
    for box in page.locator("#list input[name=n]").all():
        box.check()
    page.get_by_role("button", name="批量派遣").click()
    for chosen in page.locator("main .bulk-rows select").all():
        chosen.select_option(label="城管执法队")
    page.locator("main form .btn--p").click()
    expect(page.locator("#toasts")).to_contain_text("已派遣 2 件")
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(page.locator("#toasts")).to_contain_text("已撤销派遣 2 件")
    assert set(Case.objects.values_list("state", flat=True)) == {State.REGISTERED}


def test_a_form_that_is_wrong_comes_back_with_its_sentence_and_what_was_typed(
    street, dispatcher, handler, category, xijing, law_enforcement
):
    from tests.browser.stories import in_progress

    make_return_reason()
    case = in_progress(dispatcher, handler, category=category, grid=xijing.grids.get())
    counter = Plain(street, handler).open(case)
    counter.take("退回", reason="太远")
    expect(counter.page.locator(".errsum")).to_be_visible()
    expect(counter.page.locator("[name=reason]")).to_have_value("太远")
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
