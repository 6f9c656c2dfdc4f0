"""Registering: the place from the map or by its name, a likely duplicate first, and the theme that stays."""
import pytest
from playwright.sync_api import expect

from cases.models import Case
from grid.models import UnitGrid
from tests.browser.stories import now, send, upload
from tests.grid.conftest import sites, territory  # noqa: F401  the shipped street
from tests.make import make_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
TITLE = "西井大街八号院门口堆放建筑垃圾"


@pytest.fixture
def form(street, sites, dispatcher, category):  # noqa: F811
    """The form of a grid event, with the map drawn."""
    page = street.seat(dispatcher, "/cases/new/?source=WG")
    expect(page.locator("[data-map-state=ready]")).to_be_visible()
    return page


def test_a_click_on_the_map_gives_the_case_its_position_and_grid(form, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    form.locator("#id_title").fill(TITLE)
    form.locator("[data-map-pick]").click(position={"x": 170, "y": 140})
    says = form.locator("[data-map-says]")
    expect(says).to_contain_text("网格")
    form.locator("#id_photos").set_input_files([upload()])
    send(form)
    expect(form.locator("h1").first).to_have_text(TITLE)
    case = Case.objects.get()
    assert case.grid and case.lon and case.photos.count() == 1
    assert UnitGrid.objects.filter(pk=case.grid_id, name=form.locator(".rail aside small").first.inner_text()).exists()


def test_a_place_by_name_sets_the_pin(form):
    form.locator("#id_address").press_sequentially("西井")
    form.locator("#places [data-place]").first.click()
    expect(form.locator("[data-map-says]")).to_contain_text("西井")
    assert float(form.locator("[name=lon]").input_value()) > 116


def test_a_likely_duplicate_is_shown_first_and_can_be_registered_all_the_same(street, form, dispatcher):
    grid = UnitGrid.objects.get(name="西井社区第3网格")
    first = make_case(
        dispatcher, at=now(), title=TITLE, grid=grid, community=grid.community, lon=116.19112, lat=39.93047
    )
    form.locator("#id_title").fill(TITLE)
    for name, value in (("lon", "116.19115"), ("lat", "39.93050")):
        form.locator(f"[name={name}]").evaluate("(field, value) => { field.value = value }", value)
    form.dispatch_event("[name=lon]", "change")
    expect(form.locator("#likely")).to_contain_text(first.number)  # while typing
    send(form)
    warning = form.locator(".note--warn[role=alert]")
    expect(warning).to_contain_text("可能已经登记过")
    expect(warning).to_contain_text(first.number)
    assert Case.objects.count() == 1
    form.get_by_role("button", name="仍要登记").click()
    expect(form.locator("h1").first).to_have_text(TITLE)
    assert Case.objects.count() == 2


def test_leaving_a_half_filled_form_asks_first(form):
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form.locator("#id_title").fill(TITLE)
    form.locator(".crumb a").first.click()
    form.wait_for_url("**/desk/**")
    assert asked == ["beforeunload"]


def test_the_theme_of_the_profile_holds_on_every_page_and_the_switch_on_this_device(street, dispatcher):
    page = street.seat(dispatcher, "/profile/")
    page.get_by_label("深色").check()
    page.locator("main form .btn--p").first.click()
    page.wait_for_load_state("networkidle")
    for path in ("/desk/", "/handover/"):
        street.go(page, path)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
