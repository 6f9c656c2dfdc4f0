"""A patrol on the phone without network, answers that get lost, two phones of one team; and the roster at the desk."""
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import PatrolCount, PatrolDuty, PatrolFinding, PatrolLog, PatrolPhoto, PollutionAlert
from cases.models import Case
from grid.models import Community
from tests.browser.stories import Street, eventually, too_wide, upload, violations, violations_by_day_and_night
from tests.field.conftest import private_files  # noqa: F401  files of this test
from tests.field.test_report import LAT, LON, pick  # noqa: F401
from tests.field.test_report import street as shipped_street  # noqa: F401  the shipped street and its pick
from tests.grid.conftest import calendar, territory  # noqa: F401  the shipped street
from tests.make import make_department, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_files", "calendar", "standards")
]  # fmt: skip
PHONE = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
    "permissions": ["geolocation"], "geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 12},
}  # fmt: skip
HASHES = """async () => { const hex = bytes => Array.from(new Uint8Array(bytes)).map(b => ('0' + b.toString(16)).slice(-2)).join('');
  const units = await Field.queue.all();
  return Promise.all(units.map(async unit => [unit.url, await Promise.all(
    unit.files.map(async file => hex(await crypto.subtle.digest('SHA-256', await file.blob.arrayBuffer()))))])); }"""


@pytest.fixture
def home(shipped_street):  # noqa: F811
    """西井社区 as a team."""
    return Community.objects.get(code="110107005008").department


@pytest.fixture
def worker(home):
    """A community worker of 西井."""
    return make_user("worker", "worker", department=home, real_name="刘凤英")


def open_phone(street: Street, user) -> Page:
    """The log, opened with network so that the service worker keeps it and the page of a finding."""
    page = street.seat(user, "/m/patrol/", **PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    shift = page.locator("[data-patrol]").get_attribute("data-shift")
    for address in (f"/m/patrol/?shift={shift}", f"/m/patrol/finding/?shift={shift}"):
        kept = f"async () => Boolean(await caches.match('{address}', {{ cacheName: 'field-pages' }}))"
        eventually(page, lambda kept=kept: page.evaluate(kept), seconds=30)
    return street.go(page, f"/m/patrol/?shift={shift}")


@pytest.fixture
def phone(street: Street, worker, pick) -> Page:  # noqa: F811
    """The worker's phone on the log."""
    return open_phone(street, worker)


def press(page: Page, name: str, times: int = 1, way: str = "加一") -> None:
    """Press plus or minus."""
    for _ in range(times):
        page.get_by_role("button", name=f"{name}{way}", exact=True).click()


def shows(page: Page, name: str, value: int) -> None:
    """What the counter says."""
    expect(page.get_by_role("textbox", name=name)).to_have_value(str(value))


def kept(page: Page, units: int) -> None:
    """So many units lie in IndexedDB."""
    eventually(page, lambda: page.evaluate("async () => (await Field.queue.all()).length") == units, seconds=10)


def drained(page: Page) -> None:
    """Nothing waits on the phone any more."""
    eventually(page, lambda: page.evaluate("async () => (await Field.queue.all()).length") == 0, seconds=40)


def sums(log: PatrolLog) -> dict:
    """What all the counts of a log add up to."""
    total: dict = {}
    for row in log.counts.all():
        for name, by in row.added.items():
            total[name] = total.get(name, 0) + by
    return {name: value for name, value in total.items() if value}


def test_a_patrol_without_network_arrives_once_with_its_finding_and_pictures(phone, street, worker):
    shift = phone.locator("[data-patrol]").get_attribute("data-shift")
    street.complaints.clear()
    phone.context.set_offline(True)
    press(phone, "出动人次", 14)
    press(phone, "出动车次", 3)
    phone.get_by_role("textbox", name="收缴蜂窝煤").fill("40")
    press(phone, "收缴小煤炉", 2)
    press(phone, "收缴小煤炉", 1, "减一")
    expect(phone.locator("[data-queue-words]")).to_contain_text("已存本机")
    phone.set_input_files("[data-files]", [upload("stove.jpg", "brown")])
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    kept(phone, 2)
    phone.reload()  # the worker opens the page, the queue knows the numbers
    for name, value in (("出动人次", 14), ("出动车次", 3), ("收缴蜂窝煤", 40), ("收缴小煤炉", 1), ("取缔无照经营", 0)):
        shows(phone, name, value)
    expect(phone.locator("[data-shots] figure")).to_have_count(1)
    press(phone, "出动人次")
    kept(phone, 3)  # who leaves in the middle of a press has a story of their own
    phone.goto(f"{street.address}/m/patrol/finding/?shift={shift}")
    phone.set_input_files("#id_photos", [upload("smoke.jpg", "grey")])
    expect(phone.locator("[data-album=before] figure")).to_have_count(1)
    expect(phone.locator("[data-spot-place]")).to_have_text("西井社区第3网格")
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.get_by_role("button", name="提交，转案件").click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    waiting = phone.evaluate(HASHES)
    assert [url for url, _ in waiting] == [
        "/m/patrol/", "/m/patrol/photos/", "/m/patrol/", "/m/patrol/finding/"
    ], "in order, presses of one stretch as one"
    assert not PatrolLog.objects.exists()
    phone.context.set_offline(False)
    drained(phone)
    log = PatrolLog.objects.get()
    assert (log.persons, log.vehicles, log.briquettes_seized, log.stoves_seized) == (15, 3, 40, 1)
    assert log.team == worker.department and log.problems_found == 1
    assert sums(log) == {
        "persons": 15, "vehicles": 3, "briquettes_seized": 40, "stoves_seized": 1, "problems_found": 1
    }  # fmt: skip
    assert [PatrolPhoto.objects.get().photo.sha256] == waiting[1][1]
    case = Case.objects.get()
    assert PatrolFinding.objects.get().case == case and case.tags.filter(word="蓝天行动").exists()
    assert list(case.photos.values_list("photo__sha256", flat=True)) == waiting[3][1]
    street.go(phone, f"/m/patrol/?shift={shift}")
    shows(phone, "出动人次", 15)
    expect(phone.locator("[data-findings]")).to_contain_text(case.number)
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_kept_page_is_opened_again_for_the_next_finding_and_both_count(phone, street):
    """Without network the same page comes out of the store each time, with the key that it was fetched with."""
    shift = phone.locator("[data-patrol]").get_attribute("data-shift")
    phone.context.set_offline(True)
    for words in ("摊位旁的小煤炉冒烟", "路口有人烧树叶"):
        street.go(phone, f"/m/patrol/finding/?shift={shift}")
        phone.set_input_files("#id_photos", [upload("smoke.jpg", "grey")])
        expect(phone.locator("[data-spot-how]")).not_to_be_empty()
        phone.get_by_role("radio", name="占道经营", exact=True).check()
        phone.locator("#id_words").fill(words)
        phone.get_by_role("button", name="提交，转案件").click()
        expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.context.set_offline(False)
    drained(phone)
    assert set(Case.objects.values_list("description", flat=True)) == {"摊位旁的小煤炉冒烟", "路口有人烧树叶"}
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_an_answer_that_never_arrives_counts_once_and_later_presses_are_apart(phone, street):
    lost = []

    def lose(route):
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # the server has counted; the answer is lost on the way
        route.abort("connectionreset")

    phone.context.route("**/m/patrol/", lose)
    press(phone, "出动人次", 2)
    eventually(phone, lambda: bool(lost), seconds=20)
    press(phone, "出动人次")
    shows(phone, "出动人次", 3)
    phone.evaluate("() => Field.patrol.send()")
    drained(phone)
    assert lost == [200] and PatrolLog.objects.get().persons == 3 and PatrolCount.objects.count() == 2
    shows(phone, "出动人次", 3)
    street.complaints[:] = [one for one in street.complaints if "ERR_CONNECTION_RESET" not in one]


def test_two_phones_add_up_and_what_comes_after_handing_in_is_told(phone, street, home):
    other = open_phone(street, make_user("colleague", "worker", department=home, real_name="马建军"))
    press(phone, "出动人次", 3)
    press(other, "出动人次", 2)
    for page in (phone, other):
        drained(page)
    eventually(phone, lambda: PatrolLog.objects.get().persons == 5, seconds=10)
    other.context.set_offline(True)
    press(other, "出动车次", 2)
    kept(other, 1)
    phone.reload()
    phone.wait_for_load_state("networkidle")
    button = phone.locator("[data-close]")
    button.click()
    expect(button).to_contain_text("再按一次上报")
    assert PatrolLog.objects.get().is_open
    button.click()
    expect(phone.locator("[data-kept]")).to_contain_text("已上报，数字不能再改")
    expect(phone.get_by_role("textbox", name="出动人次")).to_have_js_property("readOnly", True)
    other.context.set_offline(False)
    expect(other.locator("[data-say]")).to_contain_text("没有记上：出动车次 +2", timeout=40_000)
    log = PatrolLog.objects.get()
    assert (log.persons, log.vehicles, log.is_open) == (5, 0, False)
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_press_in_the_very_moment_of_leaving_is_not_lost(phone, street):
    for _ in range(5):
        with phone.expect_navigation():  # the page goes while the queue is being written
            phone.evaluate("""() => { document.querySelector('[data-counter=persons] button[value$=":1"]').click();
              setTimeout(() => location.reload(), 0); }""")
        phone.wait_for_load_state("networkidle")
    shows(phone, "出动人次", 5)
    drained(phone)
    eventually(phone, lambda: PatrolLog.objects.get().persons == 5, seconds=10)
    assert sums(PatrolLog.objects.get()) == {"persons": 5}
    assert phone.evaluate("Object.keys(localStorage).filter(name => name.indexOf('tally-') === 0)") == []
    street.complaints.clear()  # what was being fetched when the page went


def test_nobody_can_hand_in_an_empty_log_and_minus_stops_at_zero(phone):
    phone.locator("[data-close]").click()
    expect(phone.locator("[data-say]")).to_contain_text("还没有记出动人次")
    expect(phone.get_by_role("button", name="出动人次减一", exact=True)).to_be_disabled()
    press(phone, "出动人次")
    press(phone, "出动人次", way="减一")
    shows(phone, "出动人次", 0)
    expect(phone.get_by_role("button", name="出动人次减一", exact=True)).to_be_disabled()


def test_without_script_the_plain_form_counts(street, worker):
    page = street.seat(worker, "/m/patrol/", **PHONE, java_script_enabled=False)
    press(page, "出动人次")
    shows(page, "出动人次", 1)
    page.get_by_role("textbox", name="出动车次").fill("3")
    page.get_by_role("textbox", name="出动车次").press("Enter")
    shows(page, "出动车次", 3)
    page.get_by_role("button", name="上报今日日志").click()
    page.get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("已上报，数字不能再改")).to_be_visible()
    log = PatrolLog.objects.get()
    assert (log.persons, log.vehicles, log.is_open) == (1, 3, False)


def test_nobody_is_shut_out_of_the_phone(phone, street):
    press(phone, "出动人次", 2)
    phone.get_by_text("其他记数、路线和说明").click()
    drained(phone)
    assert violations_by_day_and_night(phone) == [] and too_wide(phone) <= 0
    small = phone.evaluate("""() => Array.from(document.querySelectorAll('.m__body button, .m__body a, .m__body summary, .m__body input'))
      .filter(e => e.offsetParent && e.type !== 'hidden').map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([html, box]) => box.height < 44 || box.width < 44).map(([html, box]) => `${html} ${box.width}×${box.height}`)""")
    assert small == []
    for address in ("/m/patrol/finding/", "/m/patrol/past/"):
        street.go(phone, address)
        assert violations_by_day_and_night(phone) == [] and too_wide(phone) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_desk_issues_an_alert_and_fills_what_stands_red(street, home, theme):
    inspector = make_user("inspector", "inspector", department=make_department("网格中心", kind="office"), real_name="孙晓梅")
    page = street.seat(inspector, "/patrols/alerts/", color_scheme=theme)
    assert violations(page) == []
    now = timezone.localtime()
    page.get_by_role("button", name="发布并转告社区").click()
    expect(page.get_by_role("alert")).to_contain_text("处要改")
    assert violations(page) == []
    page.get_by_text("橙色", exact=True).click()
    page.get_by_label("开始").fill(f"{now:%Y-%m-%dT%H:%M}")
    page.get_by_label("结束").fill(f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("依据文件").fill("市空气重污染橙色预警")
    page.get_by_role("button", name="发布并转告社区").click()
    expect(page.locator("#toasts")).to_contain_text("橙色预警已发布")
    assert PollutionAlert.objects.get().issued_by == inspector
    street.go(page, "/patrols/")
    red = page.locator('[data-state="unfilled"]')
    expect(red).to_have_count(4)
    assert violations(page) == []
    red.first.click()
    page.wait_for_url(re.compile(r"/patrols/days/"))
    page.locator("#day").get_by_label("带队处级领导").fill("陈国强")
    page.locator("#day").get_by_role("button", name="安排").click()
    expect(page.locator("#day")).to_contain_text("陈国强")
    assert PatrolDuty.objects.get().leader_name == "陈国强" and violations(page) == []
    street.go(page, "/patrols/")
    expect(page.locator('[data-state="unfilled"]')).to_have_count(3)
    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) <= 0
