"""The one map walked through: found by typing, opened from its card, layers that stay chosen, no mouse needed, on paper."""
import io
import re

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page, expect

from grid.coordinates import metres_between, wgs84_to_gcj02
from grid.models import Community, KeySite, Organisation, Thing, ThingClass
from tests.archives import picture_archive, vector_archive
from tests.browser.stories import eventually, tab_to, too_wide, violations
from tests.browser.test_map import TILE
from tests.grid.conftest import sites, territory  # noqa: F401  the shipped street
from tests.make import make_category, make_department, make_user

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = "/grid/?layers=communities,grids,sites,things,units,cases"


@pytest.fixture
def chief(sites):  # noqa: F811
    """Somebody who may open every layer, on a street with some of everything."""
    chief = make_user("chief", "chief", department=make_department("指挥中心", code="S01"), real_name="周建国")
    community = Community.objects.get(code="110107005008")
    grid = community.grids.get(code="110107005008003")
    manhole = ThingClass.objects.create(code="0101", major="公用设施", name="上水井盖")
    place = {"community": community, "grid": grid}
    Thing.objects.bulk_create(
        Thing(code=f"11010701{n:08d}", thing_class=manhole, lon=116.1905 + n % 10 * 0.0002, lat=39.9300 + n // 10 * 0.0002,
              state="damaged" if n == 7 else "intact", **place)
        for n in range(40)
    )  # fmt: skip
    Organisation.objects.create(code="S001", name="惠民百货商场", lon=116.1912, lat=39.9306, **place)
    return chief


def at_rest(page: Page) -> Page:
    """Every layer has arrived."""
    expect(page.locator("[data-map][data-layers-state=ready]")).to_be_visible()
    return page


def counted(page: Page, layer: str) -> str:
    """What stands beside a switch."""
    return page.locator(f"[data-layer={layer}] [data-count]").text_content()


def test_a_place_is_found_by_keyboard_and_opened_from_its_card(street, chief):
    page = at_rest(street.seat(chief, "/grid/"))
    find = page.get_by_role("combobox", name="在地图上查找")
    tab_to(page, find)
    page.keyboard.type("惠民百货")
    option = page.get_by_role("option", name=re.compile("惠民百货商场"))
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="所选内容")
    expect(card).to_be_focused()
    expect(card).to_contain_text("惠民百货商场")
    expect(page.get_by_role("checkbox", name=re.compile("^单位"))).to_be_checked()  # its layer is shown with it
    tab_to(page, card.get_by_role("link"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/grid/organisations/S001/")


def test_what_is_typed_in_vain_is_answered_and_escape_shuts_the_card_and_gives_the_focus_back(street, chief):
    page = at_rest(street.seat(chief, "/grid/"))
    find = page.locator("#find")
    find.fill("月球背面")
    expect(page.locator(".finder__none")).to_contain_text("没有找到")
    page.keyboard.press("Escape")
    expect(page.locator(".finder__none")).to_be_hidden()
    find.fill("西井社区")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    card = page.locator("[data-card]")
    expect(card).to_contain_text("个网格")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(find).to_be_focused()


def test_layers_are_switched_and_stay_chosen_in_the_address_and_in_this_browser(street, chief):
    page = at_rest(street.seat(chief, "/grid/"))
    things = page.get_by_role("checkbox", name=re.compile("^部件"))
    expect(things).not_to_be_checked()
    things.check()
    expect(page.locator("[data-layer=things] [data-count]")).to_have_text("40")
    expect(page.locator("[data-layer=things] [data-kind=faulty] b")).to_have_text("1")
    at_rest(page)
    assert "layers=communities,grids,sites,things,cases" in page.url
    page.get_by_role("checkbox", name=re.compile("^社区")).uncheck()
    expect(page.locator(".map__lbl")).to_have_count(0)
    at_rest(street.go(page, "/grid/"))
    expect(page.get_by_role("checkbox", name=re.compile("^部件"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("^社区"))).not_to_be_checked()
    at_rest(street.go(page, "/grid/?layers=communities"))
    expect(page.get_by_role("checkbox", name=re.compile("^部件"))).not_to_be_checked()
    expect(page.locator(".map__lbl")).to_have_count(20)


def test_a_cluster_opens_by_a_click_until_a_single_thing_shows_its_card(street, chief):
    page = at_rest(street.seat(chief, "/grid/?layers=things"))
    assert counted(page, "things") == "40" and page.locator(".spot .mark--faulty").count() == 1
    page.locator(".spot--many").first.click()
    page.wait_for_url(re.compile(r"#[\d.]+/"))
    assert float(re.search(r"#([\d.]+)/", page.url).group(1)) > 15
    at_rest(street.go(page, "/grid/?layers=things&lon=116.19140&lat=39.93000&zoom=19"))
    page.locator(".spot .mark--faulty").click()
    card = page.locator("[data-card]")
    expect(card).to_contain_text("上水井盖 1101070100000007")
    expect(card).to_contain_text("破损")
    expect(card.get_by_role("link")).to_have_attribute("href", "/grid/things/1101070100000007/")


def test_a_click_on_the_ground_tells_the_grid_that_lies_there(street, chief):
    page = at_rest(street.seat(chief, "/grid/?layers=communities,grids&lon=116.19112&lat=39.93047&zoom=17"))
    box = page.locator("[data-map]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator("[data-card]")
    expect(card).to_contain_text("西井社区第3网格")
    expect(card.get_by_role("link")).to_have_attribute("href", "/grid/110107005008003/")


def test_the_list_beside_the_map_holds_the_same_and_needs_no_mouse(street, chief):
    page = at_rest(street.seat(chief, "/grid/?layers=sites&lon=116.19112&lat=39.93047&zoom=17"))
    summary = page.locator("[data-list] summary")
    tab_to(page, summary)
    page.keyboard.press("Enter")
    line = page.locator("[data-list] .line").first
    name = line.locator("span").nth(1).evaluate("element => element.firstChild.textContent")
    assert KeySite.objects.filter(name=name).exists()
    tab_to(page, line)
    page.keyboard.press("Enter")
    expect(page.locator("[data-card-name]")).to_have_text(name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_with_results_and_card_open(street, chief, theme):
    make_category()
    page = at_rest(street.seat(chief, EVERYTHING, color_scheme=theme, reduced_motion="reduce"))
    assert violations(page) == []
    page.locator("#find").fill("西井")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("[data-card]")).to_be_visible()
    at_rest(page)
    assert violations(page) == []


def test_on_a_telephone_the_map_stays_within_the_screen_and_layers_fold_away(street, chief):
    page = at_rest(street.seat(chief, "/grid/", viewport={"width": 390, "height": 844}))
    assert too_wide(page) == 0
    expect(page.locator("[data-layer=sites]")).to_be_visible()
    page.locator(".onemap__part > summary").click()
    expect(page.locator("[data-layer=sites]")).to_be_hidden()


def test_on_a_telephone_the_figures_and_the_places_of_a_community_stay_in_their_boxes(street, chief):
    page = street.seat(chief, "/grid/110107005008/", viewport={"width": 390, "height": 844})
    assert too_wide(page) == 0
    spilt = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.textContent)"
    assert page.locator(".kpi, .tbl--wrap").evaluate_all(spilt) == []
    corners = "pager => getComputedStyle(pager).borderBottomLeftRadius"
    assert page.locator(".card > .pager").evaluate(corners) != "0px"


def test_a_layer_that_does_not_arrive_is_named_and_the_others_stay(street, chief):
    page = street.seat(chief, "/grid/")
    at_rest(page)
    page.route("**/grid/layer/things.json*", lambda route: route.fulfill(status=403, body="{}"))
    page.get_by_role("checkbox", name=re.compile("^部件")).check()
    expect(page.locator("[data-layers-say]")).to_contain_text("没有取到：部件")
    assert counted(page, "sites") == "60"


def test_the_sheet_is_one_a3_on_its_side_with_the_map_and_without_buttons(street, chief):
    page = at_rest(street.seat(chief, EVERYTHING))
    made = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox ?\[\s*0 0 ([\d.]+) ([\d.]+)", made)
    assert len(boxes) == 1
    assert (round(float(boxes[0][0]) / 72 * 25.4), round(float(boxes[0][1]) / 72 * 25.4)) == (420, 297)
    page.emulate_media(media="print")
    expect(page.locator("[data-paper]")).to_be_hidden()
    expect(page.locator(".onemap__date")).to_be_visible()
    expect(page.locator("[data-layer=sites]")).to_be_visible()
    expect(page.locator("[data-layer=households]")).to_be_hidden()


def test_each_base_map_has_its_own_datum_and_the_true_place_stays(street, chief, settings):
    settings.MAP_TILES = [
        {"name": "高德", "url": "/tiles/a/{z}/{x}/{y}.png", "datum": "gcj02"},
        {"name": "天地图", "url": "/tiles/b/{z}/{x}/{y}.png", "datum": "wgs84", "attribution": "天地图"},
    ]
    site = KeySite.objects.get(name="苹果园公交枢纽")
    page = street.seat(chief, "/login/")
    page.context.route("**/tiles/**", lambda route: route.fulfill(body=TILE, content_type="image/png"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    at_rest(street.go(page, f"/grid/?layers=sites&lon={site.lon}&lat={site.lat}&zoom=18"))
    assert any("/tiles/a/18/" in url for url in asked)
    shifted = wgs84_to_gcj02(site.lon, site.lat)
    assert 400 < metres_between(site.lon, site.lat, *shifted) < 700
    tile = int(re.search(r"/tiles/a/18/(\d+)/", next(url for url in asked if "/tiles/a/18/" in url)).group(1))
    assert abs(tile - (shifted[0] + 180) / 360 * 2**18) < 4  # the tiles of where the place is drawn, 520 m to the east
    middle = page.locator("[data-map]").bounding_box()
    mark = page.locator(".spot", has=page.locator(".mark--sites")).first.bounding_box()
    assert abs(mark["x"] + mark["width"] / 2 - middle["x"] - middle["width"] / 2) < 30
    page.get_by_label("底图").select_option("天地图")
    eventually(page, lambda: any("/tiles/b/18/" in url for url in asked))
    at_rest(page)
    assert metres_between(site.lon, site.lat, *map(float, page.url.split("#")[1].split("/")[:0:-1])) < 2
    tile = int(re.search(r"/tiles/b/18/(\d+)/", next(url for url in asked if "/tiles/b/18/" in url)).group(1))
    assert abs(tile - (site.lon + 180) / 360 * 2**18) < 4
    box = page.locator("[data-map]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("[data-card]")).to_contain_text(site.name)


def test_without_a_script_the_search_answers_with_a_page_and_the_tables_stay(street, chief):
    page = street.seat(chief, "/grid/", java_script_enabled=False)
    page.get_by_label("在地图上查找").fill("惠民百货")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="查找“惠民百货”")).to_be_visible()
    page.get_by_role("link", name="惠民百货商场").click()
    page.wait_for_url("**/grid/organisations/S001/")


# --- on the ground of an archive -------------------------------------------------------------------------------------

INKS = """tile => {
  const sheet = document.createElement('canvas');
  [sheet.width, sheet.height] = [tile.width, tile.height];
  sheet.getContext('2d').drawImage(tile, 0, 0);
  const dots = new Uint32Array(sheet.getContext('2d').getImageData(0, 0, tile.width, tile.height).data.buffer);
  return new Set(dots.filter(dot => dot >>> 24 === 255)).size;
}"""


def ground_of(page: Page) -> Image.Image:
    """What the middle of the map looks like, with nothing on it."""
    box = page.locator("[data-map]").bounding_box()
    middle = {"x": box["x"] + box["width"] / 2 - 60, "y": box["y"] + box["height"] / 2 - 60, "width": 120, "height": 120}
    return Image.open(io.BytesIO(page.screenshot(clip=middle))).convert("RGB")


def drawn(page: Page, kind: str) -> Page:
    """Every tile of the base map has come."""
    tiles = page.locator(f"[data-map] {kind}.leaflet-tile")
    expect(tiles.first).to_be_visible()
    expect(page.locator(f"[data-map] {kind}.leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
    return at_rest(page)


def brightness(picture: Image.Image) -> float:
    """0 black, 255 white."""
    return ImageStat.Stat(picture.convert("L")).mean[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_vector_tiles_of_an_archive_are_drawn_in_the_light_and_at_night(street, chief, settings, tmp_path, theme):
    path = vector_archive(tmp_path / "street.pmtiles")
    settings.MAP_TILES = [{"name": "本地", "datum": "wgs84", "archive": str(path), "attribution": "测绘"}]
    page = drawn(street.seat(chief, "/grid/?layers=", color_scheme=theme), "canvas")
    inks = page.locator("[data-map] canvas.leaflet-tile").first.evaluate(INKS)
    assert inks > 20  # ground, lake, road and the edges of a written name; a blank sheet has one
    assert brightness(ground_of(page)) > 200 if theme == "light" else brightness(ground_of(page)) < 70
    expect(page.locator(".leaflet-control-attribution")).to_have_text("测绘")
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_of_an_archive_are_drawn_and_need_no_painter(street, chief, settings, tmp_path, theme):
    path = picture_archive(tmp_path / "street.pmtiles", "silver")
    settings.MAP_TILES = [{"name": "影像", "datum": "wgs84", "archive": str(path)}]
    page = street.seat(chief, "/login/", color_scheme=theme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    drawn(street.go(page, "/grid/?layers="), "img")
    assert brightness(ground_of(page)) > 180 if theme == "light" else brightness(ground_of(page)) < 110
    assert any("/grid/tiles/street/" in url for url in asked)
    assert not any("protomaps" in url for url in asked)


def test_another_theme_and_another_base_map_are_chosen_while_the_archive_is_shown(street, chief, settings, tmp_path):
    settings.MAP_TILES = [
        {"name": "本地", "datum": "wgs84", "archive": str(vector_archive(tmp_path / "street.pmtiles"))},
        {"name": "影像", "datum": "wgs84", "archive": str(picture_archive(tmp_path / "photo.pmtiles", "teal"))},
    ]
    page = drawn(street.seat(chief, "/grid/?layers="), "canvas")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    eventually(page, lambda: brightness(ground_of(page)) < 70)
    page.get_by_label("底图").select_option("影像")
    drawn(page, "img")
    expect(page.locator("[data-map] canvas.leaflet-tile")).to_have_count(0)
    page.get_by_label("底图").select_option("本地")
    drawn(page, "canvas")
    expect(page.locator("[data-map] img.leaflet-tile")).to_have_count(0)
    page.get_by_label("底图").select_option("无底图")
    expect(page.locator("[data-map] canvas.leaflet-tile")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "key"])
def test_the_printed_sheet_waits_for_the_base_map_and_has_it_light_and_whole(street, chief, settings, tmp_path, way):
    settings.MAP_TILES = [{"name": "本地", "datum": "wgs84", "archive": str(vector_archive(tmp_path / "street.pmtiles"))}]
    page = drawn(street.seat(chief, "/grid/?layers=communities", color_scheme="dark"), "canvas")
    page.evaluate("""() => { window.print = () => {
      window.dispatchEvent(new Event('beforeprint'));
      const tiles = [...document.querySelectorAll('[data-map] canvas.leaflet-tile')];
      window.printed = { theme: document.documentElement.dataset.theme, drawn: tiles.filter(tile => tile.width).length,
        open: tiles.filter(tile => !tile.classList.contains('leaflet-tile-loaded')).length, wide: document.querySelector('[data-map]').clientWidth };
    }; }""")
    page.get_by_role("button", name="打印 A3").click() if way == "button" else page.keyboard.press("Control+p")
    eventually(page, lambda: page.evaluate("Boolean(window.printed)"), seconds=15)
    printed = page.evaluate("window.printed")
    assert (printed["theme"], printed["open"]) == ("light", 0)
    assert printed["drawn"] >= 12 and printed["wide"] > 1200
    assert brightness(ground_of(page)) > 200
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    drawn(page, "canvas")
    assert brightness(ground_of(page)) < 70


def test_coloured_areas_are_a_ground_of_their_own(street, chief, settings, tmp_path):
    settings.MAP_TILES = [{"name": "影像", "datum": "wgs84", "archive": str(picture_archive(tmp_path / "street.pmtiles"))}]
    page = street.seat(chief, "/dashboard/")
    expect(page.locator("[data-map][data-map-state=ready] path").first).to_be_visible()
    expect(page.locator("[data-map] .leaflet-tile")).to_have_count(0)
    street.go(page, "/dashboard/?map=points")
    expect(page.locator("[data-map] img.leaflet-tile").first).to_be_visible()


def test_a_browser_that_may_not_print_goes_back_to_the_screen(street, chief):
    page = at_rest(street.seat(chief, "/grid/", color_scheme="dark"))
    page.evaluate("window.print = () => { window.asked = document.querySelector('.is-printing') !== null; }")
    page.get_by_role("button", name="打印 A3").click()
    eventually(page, lambda: page.evaluate("window.asked === true"))
    expect(page.locator(".is-printing")).to_have_count(0)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
