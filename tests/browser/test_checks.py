"""A round of key places on the phone without network, an answer that gets lost, the desk; for everybody, and without script."""
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case, Category, CheckFinding
from grid.forms.checks import week_key
from grid.models import CheckPlan, Community, KeySite, SiteCheck
from tests.browser.stories import Street, eventually, too_wide, upload, violations_by_day_and_night
from tests.browser.test_patrols import HASHES, PHONE, drained, kept
from tests.field.conftest import private_files  # noqa: F401  files of this test
from tests.field.test_report import LAT, LON, pick  # noqa: F401
from tests.field.test_report import street as shipped_street  # noqa: F401  the shipped street and its pick
from tests.grid.conftest import calendar, territory  # noqa: F401  the shipped street
from tests.make import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_files", "calendar", "standards")
]  # fmt: skip
NORTH_100_M = 0.0009


@pytest.fixture
def home(shipped_street):  # noqa: F811
    """西井社区."""
    return Community.objects.without_shapes().get(code="110107005008")


@pytest.fixture
def places(home):
    """Three places of 西井, by number from far to near; twice a day, so that one is due whenever the story is told."""
    made = []
    for serial, (name, north) in enumerate((("西井大街北口", 3), ("西井市场", 1), ("西井公园", 2)), start=1):
        site = KeySite.objects.create(
            code=f"KS{serial:03d}", name=name, category="重点点位", community=home, grid=home.grids.first(), lon=LON,
            lat=LAT + north * NORTH_100_M, patrol_per_week=14,
        )  # fmt: skip
        since = timezone.localdate() - timedelta(days=21)
        CheckPlan.objects.create(site=site, since=since, per_week=14, check_time="any")
        made.append(site)
    return made


@pytest.fixture
def worker(home):
    """A community worker of 西井."""
    return make_user("worker", "worker", department=home.department, real_name="刘凤英")


@pytest.fixture
def phone(street: Street, worker, places, pick) -> Page:  # noqa: F811
    """The worker's phone on the route, which the service worker keeps with the page of each place."""
    page = street.seat(worker, "/m/checks/", **PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    for address in ("/m/checks/", *(f"/m/checks/{site.code}/" for site in places)):
        shelved = f"async () => Boolean(await caches.match('{address}', {{ cacheName: 'field-pages' }}))"
        eventually(page, lambda shelved=shelved: page.evaluate(shelved), seconds=30)
    return street.go(page, "/m/checks/")


def card(page: Page, site: KeySite):
    """The place on the route."""
    return page.locator(f"[data-stop={site.code}]")


def look(page: Page, site: KeySite, verdict: str, kind: str = "", colour: str = "grey") -> None:
    """Open a place, take a photo, judge, hand in; back on the route."""
    card(page, site).click()
    expect(page.locator("h1")).to_have_text(site.name)
    page.set_input_files("#id_photos", [upload("photo.jpg", colour)])
    expect(page.locator("[data-shots] figure")).to_have_count(1)
    page.get_by_role("radio", name=verdict, exact=True).check()
    if kind:
        page.get_by_role("radio", name=kind, exact=True).check()
    page.locator("[data-send]").click()
    expect(page.locator("[data-checks]")).to_be_visible()


def without_network(street: Street) -> None:
    """What the browser says of a network that was taken away on purpose."""
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_round_without_network_arrives_once_and_its_problem_is_a_case(phone, street, worker, places):
    north, market, park = places
    expect(phone.locator("[data-by=near]")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("[data-stops] h2")).to_have_text([market.name, park.name, north.name])  # from near to far
    phone.context.set_offline(True)
    look(phone, market, "正常", colour="green")
    expect(phone.locator("[data-said]")).to_contain_text("已存本机")
    expect(card(phone, market).locator("[data-unsent]")).to_be_visible()
    expect(card(phone, market).locator("[data-progress]")).to_have_text("1")
    expect(phone.locator("[data-stops] h2").last).to_have_text(market.name)  # what is done stands behind
    look(phone, north, "有问题", "占道经营", colour="brown")
    kept(phone, 2)
    waiting = phone.evaluate(HASHES)
    assert [url for url, _ in waiting] == [f"/m/checks/{market.code}/", f"/m/checks/{north.code}/"]
    assert not SiteCheck.objects.exists()
    back = timezone.now()
    phone.context.set_offline(False)
    drained(phone)
    fine, bad = SiteCheck.objects.order_by("pk")
    assert (fine.site, fine.verdict, bad.site, bad.verdict) == (market, "normal", north, "trouble")
    assert fine.checked_at < back and bad.checked_at < back < bad.received_at  # when it was made, not when it came
    assert 90 < fine.distance_m < 110 and {fine.by, bad.by} == {worker}
    assert [row.photo.sha256 for check in (fine, bad) for row in check.photos.all()] == [
        one for _, hashes in waiting for one in hashes
    ]
    case = Case.objects.get()
    assert CheckFinding.objects.get().site_check == bad and case.site == north and case.title == "占道经营：西井大街北口"
    expect(card(phone, north).locator("[data-arrived]")).to_be_visible()
    street.go(phone, "/m/checks/")
    expect(phone.locator("[data-stops] h2")).to_have_text([park.name])
    without_network(street)


def test_a_kept_page_is_used_twice_and_an_answer_gets_lost_but_each_check_counts_once(phone, street, places):
    market = places[1]
    phone.context.set_offline(True)
    for colour in ("green", "brown"):
        look(phone, market, "正常", colour=colour)
    kept(phone, 2)  # two checks, though the page and what stood in its form were the same
    lost = []

    def lose(route):
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # the server has it; the answer is lost on the way
        route.abort("connectionreset")

    phone.context.route(f"**/m/checks/{market.code}/", lose)
    phone.context.set_offline(False)
    eventually(phone, lambda: bool(lost), seconds=20)
    phone.evaluate("() => Field.send.all()")
    drained(phone)
    assert lost == [200] and SiteCheck.objects.count() == 2
    without_network(street)
    street.complaints[:] = [one for one in street.complaints if "ERR_CONNECTION_RESET" not in one]


def test_what_is_refused_comes_back_to_its_form_with_time_and_photo(phone, street, places):
    market = places[1]
    phone.context.set_offline(True)
    look(phone, market, "有问题", "占道经营")
    made_at = phone.evaluate("async () => (await Field.queue.all())[0].fields.filter(pair => pair[0] === 'pressed')[0][1]")
    Category.objects.filter(code="0504").update(active=False)
    phone.context.set_offline(False)
    refused = "async () => (await Field.queue.all()).filter(unit => unit.state === 'refused').length"
    eventually(phone, lambda: phone.evaluate(refused) == 1, seconds=40)
    Category.objects.filter(code="0504").update(active=True)
    street.go(phone, "/m/mine/")
    phone.get_by_role("link", name="修改").click()
    expect(phone.locator("[data-say]")).to_contain_text("已经停用")
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    phone.locator("[data-send]").click()
    expect(phone.locator("[data-said]")).to_contain_text("已转案件")
    check = SiteCheck.objects.get()
    assert int(check.checked_at.timestamp() * 1000) == int(made_at) and Case.objects.count() == 1
    assert phone.evaluate("async () => (await Field.queue.all()).length") == 0
    without_network(street)


def test_a_check_that_was_not_sent_is_there_again_when_the_camera_has_pushed_the_page_out(phone, street, places):
    north, market, _ = places
    street.go(phone, f"/m/checks/{market.code}/")
    phone.context.set_offline(True)
    phone.set_input_files("#id_photos", [upload("photo.jpg", "brown")])
    expect(phone.locator("[data-where]")).to_contain_text("离点位")
    phone.get_by_role("radio", name="有问题", exact=True).check()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.locator("#id_words").fill("门前堆了货箱")
    who = phone.locator("form[data-check]").get_attribute("data-who")
    draft = f"Field.draft.read('check /m/checks/{market.code}/', '{who}')"
    eventually(phone, lambda: phone.evaluate(f"async () => {{ const what = await {draft}; return what && what.fields[2][1]; }}") == "门前堆了货箱")
    phone.context.set_geolocation({"longitude": LON, "latitude": LAT + 20 * NORTH_100_M, "accuracy": 12})
    street.go(phone, f"/m/checks/{north.code}/")
    expect(phone.locator("[data-shots] figure")).to_have_count(0)  # each place has its own
    street.go(phone, f"/m/checks/{market.code}/")
    expect(phone.locator("[data-kept]")).to_have_text("上次没交的内容已取回。")
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    expect(phone.get_by_role("radio", name="占道经营", exact=True)).to_be_checked()
    expect(phone.locator("#id_words")).to_have_value("门前堆了货箱")
    expect(phone.locator("[data-where]")).to_contain_text("离点位 100 米")  # where the photo was taken, not where it is sent
    phone.context.set_offline(False)
    phone.locator("[data-send]").click()
    expect(phone.locator("[data-said]")).to_contain_text("已转案件")
    assert SiteCheck.objects.get().photos.count() == Case.objects.get().photos.count() == 1
    street.go(phone, f"/m/checks/{market.code}/")
    expect(phone.locator("[data-shots] figure")).to_have_count(0)
    assert phone.evaluate(f"() => {draft}") is None
    without_network(street)


def test_a_place_that_went_to_another_community_does_not_hold_up_the_checks_behind_it(phone, street, home, places):
    north, market, park = places
    phone.context.set_offline(True)
    for site in (market, park, north):
        look(phone, site, "正常")
    kept(phone, 3)
    elsewhere = Community.objects.without_shapes().exclude(pk=home.pk).exclude(department=home.department).first()
    KeySite.objects.filter(pk=market.pk).update(community=elsewhere, grid=elsewhere.grids.first())
    phone.context.route(  # as a server answers that no longer knows the address
        f"**/m/checks/{park.code}/", lambda route: route.fulfill(status=404, content_type="text/html", body="<h1>404</h1>")
    )
    phone.context.set_offline(False)
    states = "async () => (await Field.queue.all()).map(unit => [unit.url, unit.state])"
    refused = [[f"/m/checks/{site.code}/", "refused"] for site in (market, park)]
    eventually(phone, lambda: phone.evaluate(states) == refused, seconds=40)
    assert SiteCheck.objects.get().site == north
    street.go(phone, "/m/mine/")
    cards = phone.locator("[data-refused-list] article")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("已不归你检查")
    expect(cards.nth(1)).to_contain_text("要交到的地方已经没有了")
    expect(cards.get_by_role("link", name="修改")).to_have_count(0)
    without_network(street)
    street.complaints[:] = [one for one in street.complaints if "404" not in one]


def test_nobody_is_shut_out_of_route_check_and_desk(phone, street, places, worker):
    look(phone, places[1], "有问题", "占道经营")
    drained(phone)
    check = SiteCheck.objects.get()
    for address in ("/m/checks/", f"/m/checks/{places[0].code}/"):
        phone.emulate_media(reduced_motion="reduce")
        street.go(phone, address)
        assert violations_by_day_and_night(phone) == [] and too_wide(phone) <= 0
    phone.locator("[data-send]").click()
    expect(phone.locator("[data-say]")).to_contain_text("请至少拍一张照片")
    phone.get_by_role("radio", name="有问题", exact=True).check()
    assert violations_by_day_and_night(phone) == []
    inspector = make_user("inspector", "inspector", real_name="孙晓梅")
    desk = street.seat(inspector, "/grid/checks/", reduced_motion="reduce")
    last_week = timezone.localdate() - timedelta(days=7)
    missed = f"?week={week_key(last_week)}&missed=on"
    for page in ("", missed, "?week=2000-W01", f"{check.pk}/"):
        street.go(desk, f"/grid/checks/{page}")
        assert violations_by_day_and_night(desk) == [] and too_wide(desk) <= 0


def test_without_script_a_check_is_a_plain_form(street, worker, places, pick):  # noqa: F811
    page = street.seat(worker, "/m/checks/", **PHONE, java_script_enabled=False)
    card(page, places[0]).click()
    page.set_input_files("#id_photos", [upload()])
    page.get_by_role("radio", name="有问题", exact=True).check(force=True)
    page.locator("[data-send]").click()
    expect(page.locator(".err").first).to_contain_text("请选一类问题")
    page.set_input_files("#id_photos", [upload()])
    page.get_by_role("radio", name="占道经营", exact=True).check(force=True)
    page.locator("[data-send]").click()
    expect(page.locator("main")).to_contain_text("这半天已查")
    assert CheckFinding.objects.get().case.title == "占道经营：西井大街北口"
