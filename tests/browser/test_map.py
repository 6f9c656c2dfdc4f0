"""The map in a real browser: the ground is drawn, a pin says its grid, and the theme redraws it."""
import base64

import pytest
from django.conf import settings as project
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from accounts.models import User
from grid.coordinates import metres_between, wgs84_to_gcj02
from tests.grid.conftest import sites, territory  # noqa: F401  the shipped street

TILE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
pytestmark = pytest.mark.django_db(transaction=True)

PICKER = """() => {
  const main = document.querySelector('main');
  main.innerHTML = `<form><div class="map map--pick"><div data-map='{"live":1,"zoom":16}' data-map-pick></div></div>
    <input name="lon" value="116.19112"><input name="lat" value="39.93047"><input name="datum"><p data-map-says></p></form>`;
  main.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true }));
}"""


def enter(page, address):
    """Log somebody of the staff in and open the map page."""
    user = User.objects.create(username="someone", real_name="某人")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = project.AUTHENTICATION_BACKENDS[0]
    session.save()
    page.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}])
    page.goto(address + "/grid/")


@pytest.fixture
def at_the_map(quiet_page, live_server, sites):  # noqa: F811
    """The map page, drawn."""
    enter(quiet_page, live_server.url)
    expect(quiet_page.locator("[data-map-state=ready]")).to_be_visible()
    return quiet_page


def test_the_ground_and_the_key_sites_are_drawn_without_any_foreign_address(at_the_map):
    foreign = []
    at_the_map.on("request", lambda request: foreign.append(request.url))
    at_the_map.reload()
    expect(at_the_map.locator("[data-layer=sites] [data-count]")).to_have_text("60")
    expect(at_the_map.locator(".map__lbl")).to_have_count(20)
    assert at_the_map.locator(".map path").count() >= 135
    assert all(url.startswith("http://localhost") or url.startswith("data:") for url in foreign)


def test_another_theme_redraws_the_ground_in_its_colours(at_the_map):
    ground = at_the_map.locator(".map path").first
    light = ground.get_attribute("fill")
    at_the_map.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(ground).not_to_have_attribute("fill", light)


def test_a_click_and_the_arrow_keys_set_the_place_and_say_its_grid(at_the_map):
    at_the_map.evaluate(PICKER)
    says = at_the_map.locator("[data-map-says]")
    expect(says).to_have_text("西井社区第3网格")
    box = at_the_map.locator("[data-map-pick]").bounding_box()
    at_the_map.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    moved = float(at_the_map.input_value("[name=lon]"))
    assert moved > 116.19112
    assert at_the_map.input_value("[name=datum]") == "wgs84"
    at_the_map.focus(".is-pick")
    at_the_map.keyboard.press("ArrowLeft")
    assert 4 < (moved - float(at_the_map.input_value("[name=lon]"))) * 111_320 * 0.767 < 6


def test_a_place_outside_the_street_gets_the_sentence(at_the_map):
    at_the_map.evaluate(PICKER)
    at_the_map.fill("[name=lon]", "116.39")
    at_the_map.dispatch_event("[name=lon]", "change")
    expect(at_the_map.locator("[data-map-says]")).to_contain_text("不在本街道范围内")


def test_a_map_that_gets_no_ground_says_so_and_the_tables_stay(page, live_server, sites):  # noqa: F811
    page.route("**/grid/ground.json", lambda route: route.abort())
    enter(page, live_server.url)
    expect(page.locator("[data-map-state=failed]")).to_be_visible()
    expect(page.get_by_role("table", name="社区，按代码排列")).to_be_visible()


def test_the_shift_in_the_browser_is_the_one_of_the_server(at_the_map):
    there, back = at_the_map.evaluate(
        """async () => {
          const { toGcj02, fromGcj02 } = await import('/static/js/gcj02.js');
          return [toGcj02([116.377817, 39.911954]), fromGcj02([116.38404722455657, 39.91334545536069])];
        }"""
    )
    assert there == pytest.approx(wgs84_to_gcj02(116.377817, 39.911954), abs=1e-9)
    assert back == pytest.approx((116.377817, 39.911954), abs=1e-9)


def test_on_shifted_tiles_the_pin_is_drawn_shifted_and_written_true(quiet_page, live_server, sites, settings):  # noqa: F811
    settings.MAP_TILES = [{"name": "高德", "url": "/tiles/{z}/{x}/{y}.png", "datum": "gcj02"}]
    quiet_page.route("**/tiles/**", lambda route: route.fulfill(body=TILE, content_type="image/png"))
    enter(quiet_page, live_server.url)
    quiet_page.evaluate(PICKER)
    says = quiet_page.locator("[data-map-says]")
    expect(says).to_have_text("西井社区第3网格")
    dot = quiet_page.locator(".is-pick").bounding_box()
    quiet_page.mouse.click(dot["x"] + dot["width"] / 2 + 30, dot["y"] + dot["height"] / 2)
    true_lon = float(quiet_page.input_value("[name=lon]"))
    assert 0 < metres_between(116.19112, 39.93047, true_lon, float(quiet_page.input_value("[name=lat]"))) < 100
    assert true_lon > 116.19112
