"""The page of a case and its registration in a real browser: nobody is shut out, and it works by mouse and key."""
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.standards import seed_standards
from tests.browser.stories import violations, violations_by_day_and_night
from tests.make import make_case, make_category, make_community, make_department, make_user, move

pytestmark = pytest.mark.django_db(transaction=True)


def settle(page: Page, live_server):
    """A dispatcher at the desk, one community, one class, and how to open a page as this person."""
    seed_standards()
    community, category = make_community(), make_category()
    person = make_user("dispatcher", "dispatcher", department=make_department("指挥中心"), real_name="李小兰")
    visitor = Client()
    visitor.force_login(person)
    session = {"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([session])

    def visit(path: str) -> Page:
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("networkidle")
        return page

    visit.person, visit.community, visit.category = person, community, category
    return visit


@pytest.fixture
def street(quiet_page: Page, live_server):
    """The street, where any complaint of the browser fails the story."""
    return settle(quiet_page, live_server)


@pytest.fixture
def loud_street(page: Page, live_server):
    """The street, where a refused form may be noted by the browser as the 422 that it is."""
    return settle(page, live_server)


def handled_case(street) -> Case:
    """A case with a reporter, a place and an end in sight."""
    at, person = timezone.now(), street.person
    case = make_case(person, source="WX", at=at, lon=116.17, lat=39.93, description="两边摆着果蔬摊",
                     reporter={"name": "王小明", "phone": "13800002046"})  # fmt: skip
    move("accept", case, person, at=at, category=street.category)
    grid = street.community.grids.get()
    move("register", case, person, at=at, category=street.category, grid=grid, urgency="normal")
    return case


def test_nobody_is_shut_out_of_the_pages_of_a_case_in_either_theme(street):
    case = handled_case(street)
    for path in ("", "trail/", "print/order/", f"reveal/?reporter={case.reporters.get().pk}"):
        page = street(f"{case.get_absolute_url()}{path}")
        assert violations_by_day_and_night(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page = street(case.get_absolute_url())
    page.get_by_label("更多操作").click()
    page.get_by_text("为什么是这个期限").first.click()
    assert violations_by_day_and_night(page) == []


@pytest.mark.parametrize("path", ["/cases/new/?source=DC", "/cases/new/?source=RX", "/cases/import/"])
def test_nobody_is_shut_out_of_registration(loud_street, path):
    page = loud_street(path)
    assert violations(page) == []
    page.locator("main .btn--p").first.click()  # an empty form: now with its errors
    page.wait_for_load_state("networkidle")
    expect(page.locator(".errsum")).to_be_visible()
    assert violations(page) == []


def test_a_place_by_name_puts_the_pin_and_names_the_grid_and_the_case_is_registered(street):
    page = street("/cases/new/?source=WG")
    page.locator("#id_title").fill("无照经营游商占道")
    page.locator("#id_address").press_sequentially("西井")
    page.locator("#places button").first.click()
    expect(page.locator("[data-map-says]")).to_have_text("西井社区第1网格")
    page.locator("[data-fill=id_category]").first.click()
    expect(page.locator("#id_category")).not_to_have_value("")
    page.get_by_role("button", name="登记", exact=True).last.click()
    expect(page.locator("h1")).to_have_text("无照经营游商占道")
    case = Case.objects.get()
    assert case.community == street.community and case.lon is not None and case.category == street.category


def test_a_move_is_made_by_its_key_in_the_dialog_and_the_page_tells_it(street):
    case = handled_case(street)
    page = street(case.get_absolute_url())
    page.keyboard.press("c")
    page.locator("#dialog textarea").fill("已电话联系承办单位")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#story")).to_contain_text("已电话联系承办单位")
    assert case.events.filter(move="note").count() == 1


def test_the_identity_is_shown_once_and_gone_after_a_reload_of_the_address(street):
    case = handled_case(street)
    page = street(case.get_absolute_url())
    assert "王小明" not in page.content()
    page.get_by_role("link", name="查看王*明的联系方式").click()
    page.locator("#id_reason").fill("电话核实现场情况")
    page.get_by_role("button", name="查看并记入审计").click()
    expect(page.locator("main")).to_contain_text("13800002046")
    assert "王小明" not in page.url and "13800002046" not in page.url
    page.goto(page.url)
    expect(page.locator("main")).not_to_contain_text("13800002046")
