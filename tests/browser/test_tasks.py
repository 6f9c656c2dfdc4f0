"""The worker's phone in the street: sign and hand in without network, the ghost over the camera, and a task that changed."""
import hashlib
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import FieldAct, Phrase
from cases.states import State
from grid.models import Community, Photo, UnitGrid
from grid.photos import develop_photo, store_photo
from tests.browser.stories import (
    Street,
    eventually,
    now,
    picture,
    tab_to,
    too_wide,
    upload,
    violations,
    violations_by_day_and_night,
)
from tests.field.conftest import private_files  # noqa: F401  files of this test
from tests.field.test_report import (
    LAT,
    LON,
    pick,  # noqa: F401
)
from tests.field.test_report import street as shipped_street  # noqa: F401  the shipped street and its pick
from tests.field.test_tasks import upload as file_of
from tests.grid.conftest import calendar, territory  # noqa: F401  the shipped street
from tests.make import make_case, make_department, make_return_reason, make_user, move

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_files", "calendar", "standards")
]  # fmt: skip
ENOUGH = "已劝离游商并清运杂物，道路恢复畅通"
PHONE = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
    "permissions": ["geolocation"], "geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 12},
}  # fmt: skip
# A camera: a canvas that films itself, since the machine has none.
CAMERA = """() => { navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement('canvas'); canvas.width = 800; canvas.height = 600;
  const brush = canvas.getContext('2d'); setInterval(() => { brush.fillStyle = '#2a6'; brush.fillRect(0, 0, 800, 600); }, 50);
  return canvas.captureStream(10); }; }"""
HASHES = """async () => { const hex = bytes => Array.from(new Uint8Array(bytes)).map(b => ('0' + b.toString(16)).slice(-2)).join('');
  const units = await Field.queue.all();
  return Promise.all(units.map(async unit => [unit.extra.act, unit.state, await Promise.all(
    unit.files.map(async file => hex(await crypto.subtle.digest('SHA-256', await file.blob.arrayBuffer()))))])); }"""


@pytest.fixture
def worker(shipped_street):  # noqa: F811
    """A community worker of 西井."""
    home = Community.objects.get(code="110107005008").department
    return make_user("worker", "worker", department=home, real_name="刘凤英")


@pytest.fixture
def desk(shipped_street):  # noqa: F811
    """Who dispatches."""
    return make_user("desk", "dispatcher", "chief", department=make_department("指挥中心", kind="office"), real_name="陈立新")


def task_for(worker, desk, category, title="西井社区出入口游商占道", **over):
    """A task with a photo, given to the worker's community."""
    grid = UnitGrid.objects.filter(community__department=worker.department).first()
    place = {"lon": LON, "lat": LAT, "address": "西井社区北口小路", **over}
    case = make_case(desk, at=now(), title=title, grid=grid, community=grid.community, **place)
    photo = store_photo(file_of("before.jpg"), by=None, at=now())
    develop_photo(photo.pk)
    case.photos.create(photo=photo, kind="before", seq=0, added_at=now())
    move("accept", case, desk, at=now(), category=category)
    move("register", case, desk, at=now(), category=category, grid=grid, urgency="normal")
    move("dispatch", case, desk, at=now(), lead=worker.department, words="请先劝离，再清运")
    return case


@pytest.fixture
def task(worker, desk, pick):  # noqa: F811
    """The worker's task."""
    Phrase.objects.create(move="feedback", text="劝离游商，")
    return task_for(worker, desk, pick)


@pytest.fixture
def phone(street: Street, worker, task) -> Page:
    """The worker's phone on the list, opened with network so that the worker script keeps what it needs."""
    page = street.seat(worker, "/m/tasks/", **PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    kept = f"async () => Boolean(await caches.match('/m/tasks/{task.number}/', {{ cacheName: 'field-pages' }}))"
    eventually(page, lambda: page.evaluate(kept), seconds=30)
    street.go(page, "/m/tasks/")
    return page


def gone(page: Page) -> None:
    """Nothing waits on the phone any more."""
    eventually(page, lambda: page.evaluate("async () => (await Field.queue.all()).length") == 0, seconds=30)


def signed(task, worker):
    """Signed for before the story begins."""
    move("acknowledge", task, worker, at=now())
    return task


def fill(page: Page, words: str = ENOUGH) -> None:
    """A photo and words."""
    page.set_input_files("#id_photos", [upload("after.jpg", "green")])
    expect(page.locator("#act figure")).to_have_count(1)
    page.locator("#id_words").fill(words)


def test_the_list_shows_place_time_and_distance(phone, task):
    card = phone.locator("[data-card]")
    expect(card).to_contain_text("西井社区北口小路")
    expect(card.locator("[data-metres]")).to_contain_text("10 米")
    expect(card.locator(".sla")).to_contain_text("剩")
    expect(card.locator("img")).to_be_visible()
    assert card.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")


def test_the_list_is_sorted_by_distance_on_wish(street, worker, desk, pick):  # noqa: F811
    task_for(worker, desk, pick, title="远处的", lon=LON + 0.004)
    task_for(worker, desk, pick, title="近处的", lon=LON + 0.001)
    page = street.seat(worker, "/m/tasks/", **PHONE)
    titles = page.locator("[data-card] h2")
    expect(titles).to_have_text(["远处的", "近处的"])
    page.get_by_role("button", name="按距离").click()
    expect(titles).to_have_text(["近处的", "远处的"])
    expect(page.locator("[data-order]")).to_contain_text("按距离排序")
    page.get_by_role("button", name="按时限").click()
    expect(titles).to_have_text(["远处的", "近处的"])


def test_sign_then_hand_in_with_network(phone, task):
    phone.locator("[data-card]").click()
    expect(phone.get_by_role("heading", name="签收任务")).to_be_visible()
    expect(phone.locator(".said")).to_contain_text("请先劝离，再清运")
    phone.get_by_role("button", name="签收").click()
    expect(phone.get_by_role("heading", name="处置反馈")).to_be_visible()
    fill(phone)
    expect(phone.locator("[data-compare] .after")).to_be_visible()
    phone.locator("[data-compare] input").press("ArrowRight")
    assert phone.locator("[data-compare]").evaluate("box => box.style.getPropertyValue('--x')") == "51%"
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-said]")).to_have_text(f"{task.number}：提交反馈，已记录")
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED and task.result == ENOUGH


def test_the_whole_task_without_network(phone, task, street):
    """Signed, photographed and handed in offline, the page closed and opened again; sent in order, once, byte by byte."""
    phone.context.set_offline(True)
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.get_by_role("button", name="签收").click()
    expect(phone.locator("[data-kept]")).to_contain_text("签收：已存本机")
    expect(phone.locator("#act")).to_be_visible()
    fill(phone)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-kept]")).to_contain_text("签收、提交反馈：已存本机，联网后自动发出。")
    expect(phone.locator("#act")).to_be_hidden()
    task.refresh_from_db()
    assert task.state == State.DISPATCHED
    street.go(phone, "/m/tasks/")
    expect(phone.locator("[data-card] [data-unsent]")).to_be_visible()
    expect(phone.locator("[data-queue-words]")).to_contain_text("2 件已存本机")
    units = phone.evaluate(HASHES)
    assert [(act, state) for act, state, _ in units] == [("acknowledge", "waiting"), ("feedback", "waiting")]
    phone.context.set_offline(False)
    gone(phone)
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED and task.result == ENOUGH
    assert [event.move for event in task.events.all()][-2:] == ["acknowledge", "feedback"]
    after = task.photos.get(kind="after").photo
    assert [after.sha256] == units[1][2] == [hashlib.sha256(after.original.read()).hexdigest()]
    assert FieldAct.objects.count() == 2
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_check_and_a_verification_are_made_without_network_too(street, task, worker, desk, pick):  # noqa: F811
    other = make_user("other", "worker", department=Community.objects.get(code="110107005017").department)
    signed(task, worker)
    move("feedback", task, worker, at=now(), words=ENOUGH)
    move("send_check", task, desk, at=now(), checker=other, words="看路面")
    doubted = make_case(desk, at=now(), title="有人反映烧烤")
    move("send_verification", doubted, desk, at=now(), verifier=other, words="看是否属实")
    page = street.seat(other, "/m/tasks/?tab=judge", **PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    for case in (task, doubted):
        kept = f"async () => Boolean(await caches.match('/m/tasks/{case.number}/', {{ cacheName: 'field-pages' }}))"
        eventually(page, lambda kept=kept: page.evaluate(kept), seconds=30)
    street.go(page, "/m/tasks/?tab=judge")
    page.context.set_offline(True)
    street.go(page, f"/m/tasks/{task.number}/")
    expect(page.locator(".said")).to_contain_text(ENOUGH)
    page.locator("#id_words").fill("现场已清理，路面整洁")
    page.get_by_role("button", name="提交核查").click()
    expect(page.locator("[data-kept]")).to_contain_text("提交核查：已存本机")
    street.go(page, f"/m/tasks/{doubted.number}/")
    page.get_by_role("button", name="提交核实").click()
    expect(page.locator("[data-say]")).to_contain_text("请选择是否属实")
    page.get_by_role("radio", name="不属实").check()
    page.get_by_role("button", name="提交核实").click()
    expect(page.locator("[data-kept]")).to_contain_text("提交核实：已存本机")
    page.context.set_offline(False)
    gone(page)
    task.refresh_from_db()
    doubted.refresh_from_db()
    assert (task.state, task.checker) == (State.CHECKED, other)
    assert (doubted.state, doubted.verified_true) == (State.REPORTED, False)
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_task_that_changed_while_the_phone_was_away_is_told_and_can_be_taken_back(phone, task, street, worker, desk):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.context.set_offline(True)
    fill(phone)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-kept]")).to_contain_text("提交反馈：已存本机")
    move("supervise", task, desk, at=now(), level=1, due=now() + timedelta(days=1), words="领导关注，请抓紧")
    phone.context.set_offline(False)
    expect(phone.locator("[data-refused-words]")).to_contain_text("已由陈立新督办，未重复操作", timeout=30_000)
    task.refresh_from_db()
    assert task.state == State.IN_PROGRESS and not task.photos.filter(kind="after").exists()
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.get_by_role("button", name="取回已填内容").click()
    expect(phone.locator("#id_words")).to_have_value(ENOUGH)
    expect(phone.locator("#act figure")).to_have_count(1)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-said]")).to_be_visible()
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED and task.photos.filter(kind="after").count() == 1
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_change_while_the_page_stands_open_keeps_what_was_typed(phone, task, street, worker, desk):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone)
    move("supervise", task, desk, at=now(), level=1, due=now() + timedelta(days=1), words="领导关注，请抓紧")
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-say]")).to_contain_text("已由陈立新督办，未重复操作")
    phone.get_by_role("link", name="看最新情况").click()
    expect(phone.locator("#id_words")).to_have_value(ENOUGH)
    expect(phone.locator("#act figure")).to_have_count(1)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-said]")).to_be_visible()
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED


def test_the_ghost_stands_over_the_camera_and_the_shot_is_what_the_frame_showed(phone, task, street, worker):
    signed(task, worker)
    phone.add_init_script(f"({CAMERA})()")
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.get_by_role("button", name="对着整改前照片拍").click()
    box = phone.get_by_role("dialog", name="对着整改前照片拍")
    expect(box).to_be_visible()
    expect(box.get_by_role("button", name="拍照")).to_be_focused()
    assert box.locator("img").evaluate("image => getComputedStyle(image).opacity") == "0.45"
    assert box.locator("img").evaluate("image => image.naturalWidth > 0")
    assert violations(phone) == []
    eventually(phone, lambda: box.locator("video").evaluate("video => video.videoWidth") > 0)
    box.get_by_role("button", name="拍照").click()
    expect(phone.locator("#act figure")).to_have_count(1)
    expect(box).to_be_hidden()
    phone.locator("#id_words").fill(ENOUGH)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-said]")).to_be_visible()
    photo = Photo.objects.get(pk=task.photos.get(kind="after").photo_id)
    assert (photo.width, photo.height) == (800, 600)
    assert photo.taken_at and abs(photo.taken_at - now()) < timedelta(minutes=5)
    develop_photo(photo.pk)
    assert Photo.objects.get(pk=photo.pk).state == "ready"


def test_a_phone_that_denies_the_camera_says_what_to_do(phone, task, street, worker):
    signed(task, worker)
    phone.add_init_script("navigator.mediaDevices.getUserMedia = async () => { const e = new Error('no'); e.name = 'NotAllowedError'; throw e; }")
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.get_by_role("button", name="对着整改前照片拍").click()
    expect(phone.locator("[data-say]")).to_contain_text("没有允许使用相机")
    expect(phone.locator("[data-ghost-box]")).to_be_hidden()


def test_too_few_words_are_told_at_once_and_a_ready_sentence_helps(phone, task, street, worker):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone, "已劝离")
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-words-error]")).to_contain_text("现为 3 个字")
    expect(phone.locator("#id_words")).to_have_attribute("aria-invalid", "true")
    expect(phone.locator("#id_words")).to_be_focused()
    assert violations(phone) == []
    phone.locator("#id_words").fill("")
    phone.get_by_role("button", name="劝离游商，").click()
    expect(phone.locator("#id_words")).to_have_value("劝离游商，")


def test_a_draft_survives_the_page_and_goes_when_it_was_handed_in(phone, task, street, worker):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone)
    phone.get_by_role("button", name="存草稿").click()
    expect(phone.locator("[data-said]")).to_have_text(f"{task.number}：草稿已存本机")
    street.go(phone, f"/m/tasks/{task.number}/")
    expect(phone.locator("#id_words")).to_have_value(ENOUGH)
    expect(phone.locator("#act figure")).to_have_count(1)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-said]")).to_be_visible()
    assert phone.evaluate("""() => new Promise(done => { const asked = indexedDB.open('field-drafts', 1);
      asked.onsuccess = () => { const all = asked.result.transaction('drafts').objectStore('drafts').count();
        all.onsuccess = () => done(all.result); }; })""") == 0


def test_the_three_results_ask_for_what_each_needs(phone, task, street, worker):
    make_return_reason()
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    expect(phone.locator("#id_return_reason")).to_be_hidden()
    phone.get_by_role("radio", name="需继续整改").check()
    expect(phone.locator("#id_until")).to_be_visible()
    expect(phone.get_by_role("button", name="申请延期")).to_be_visible()
    phone.get_by_role("radio", name="非本单位职责").check()
    expect(phone.locator("#id_until")).to_be_hidden()
    expect(phone.locator("#act [data-shots]")).to_be_hidden()
    phone.locator("#id_words").fill("属市政管理范围")
    phone.get_by_role("button", name="退回", exact=True).click()
    expect(phone.locator("[data-say]")).to_have_text(re.compile("请选择退回原因"))
    phone.locator("#id_return_reason").select_option(label="不属本单位职责")
    phone.get_by_role("button", name="退回", exact=True).click()
    expect(phone.locator("[data-said]")).to_have_text(f"{task.number}：退回，已记录")
    task.refresh_from_db()
    assert task.state == State.RETURNED


def test_a_double_tap_makes_one_act(phone, task, street, worker):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone)
    phone.get_by_role("button", name="提交反馈").dblclick()
    expect(phone.locator("[data-said]")).to_be_visible()
    assert task.events.filter(move="feedback").count() == 1 and task.photos.filter(kind="after").count() == 1


def test_found_and_fixed_on_the_spot_without_network(phone, street, worker):
    from cases.models import Case

    street.go(phone, "/m/tasks/fix/")
    phone.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.context.set_offline(True)
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    phone.set_input_files("#id_after_photos", [upload("after.jpg", "green")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.locator("#id_words").fill("当场劝离游商并清扫路面")
    phone.get_by_role("button", name="提交，转核查").click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.context.set_offline(False)
    gone(phone)
    case = Case.objects.get(grid_event__fixed_on_spot=True)
    assert (case.state, case.registrar) == (State.CHECKING, worker) and case.grid.name == "西井社区第3网格"
    assert sorted(row.kind for row in case.photos.all()) == ["after", "before"]
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def fix(page: Page, words: str) -> None:
    """Both pictures, class and words, kept on the phone."""
    page.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    page.set_input_files("#id_after_photos", [upload("after.jpg", "green")])
    expect(page.locator("[data-spot-how]")).not_to_be_empty()
    page.get_by_role("radio", name="占道经营", exact=True).check()
    page.locator("#id_words").fill(words)
    page.get_by_role("button", name="提交，转核查").click()
    expect(page.locator("[data-kept]")).to_contain_text("已存本机")


def test_what_was_fixed_and_not_sent_is_there_again_when_the_camera_has_pushed_the_page_out(phone, street):
    street.go(phone, "/m/tasks/fix/")
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    who = phone.locator("form[data-fix]").get_attribute("data-who")
    stored = f"async () => {{ const what = await Field.draft.read('fix', '{who}'); return Boolean(what && what.fields[0][1]); }}"
    eventually(phone, lambda: phone.evaluate(stored))
    street.go(phone, "/m/tasks/fix/")
    expect(phone.locator("[data-kept]")).to_have_text("上次没交的内容已取回。")
    expect(phone.locator("[data-album=before] figure")).to_have_count(1)
    phone.set_input_files("#id_after_photos", [upload("after.jpg", "green")])
    phone.locator("#id_words").fill("当场劝离游商并清扫路面")
    phone.get_by_role("button", name="提交，转核查").click()
    expect(phone.locator("[data-said]")).to_contain_text("立查立改，已转核查")
    street.go(phone, "/m/tasks/fix/")
    expect(phone.locator("form[data-fix] figure")).to_have_count(0)


def test_a_kept_page_is_opened_again_for_the_next_thing_and_both_count(phone, street):
    """Without network the same page comes out of the store each time, with the key that it was fetched with."""
    from cases.models import Case

    street.go(phone, "/m/tasks/fix/")
    eventually(phone, lambda: phone.evaluate(
        "async () => Boolean(await caches.match('/m/tasks/fix/', { cacheName: 'field-pages' }))"))  # fmt: skip
    phone.context.set_offline(True)
    for words in ("当场劝离游商并清扫路面", "当场清走占道的旧家具"):
        street.go(phone, "/m/tasks/fix/")
        fix(phone, words)
    phone.context.set_offline(False)
    gone(phone)
    fixed = Case.objects.filter(grid_event__fixed_on_spot=True).order_by("pk")
    assert list(fixed.values_list("result", flat=True)) == ["当场劝离游商并清扫路面", "当场清走占道的旧家具"]
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_more_time_is_asked_for_and_then_it_is_handed_in_after_all_without_network(phone, task, street, worker):
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.context.set_offline(True)
    phone.get_by_role("radio", name="需继续整改").check()
    later = timezone.localtime(task.clocks.get(kind="handle").due_at + timedelta(hours=20))
    phone.locator("#id_until").fill(f"{later:%Y-%m-%dT%H:%M}")
    phone.locator("#id_words").fill("连日降雨，路面待干后整修")
    phone.get_by_role("button", name="申请延期").click()
    expect(phone.locator("[data-kept]")).to_contain_text("申请延期：已存本机")
    expect(phone.locator("#id_words")).to_have_value("")
    phone.get_by_role("radio", name="已整改").check()
    fill(phone)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-kept]")).to_contain_text("申请延期、提交反馈：已存本机")
    phone.context.set_offline(False)
    gone(phone)
    assert list(FieldAct.objects.order_by("pk").values_list("move", flat=True)) == ["request_extension", "feedback"]
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_large_type_stays_and_nothing_is_cut_off(phone, task, street):
    phone.get_by_role("button", name="大字").click()
    expect(phone.locator("html")).to_have_attribute("data-large", "yes")
    assert too_wide(phone) == 0
    street.go(phone, f"/m/tasks/{task.number}/")
    expect(phone.locator("html")).to_have_attribute("data-large", "yes")
    assert too_wide(phone) == 0
    assert phone.locator(".m h2").first.bounding_box()["height"] > 26


def test_nobody_is_shut_out(phone, task, street, worker):
    for path in ("/m/tasks/?find=1", "/m/tasks/?tab=closed", f"/m/tasks/{task.number}/", "/m/tasks/fix/"):
        street.go(phone, path)
        assert violations_by_day_and_night(phone) == [], path
        assert too_wide(phone) == 0, path
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone)
    phone.get_by_text("办理经过").click()
    assert violations_by_day_and_night(phone) == [] and too_wide(phone) == 0


def test_every_target_is_large_enough_for_a_thumb(phone, task, street, worker):
    signed(task, worker)
    for path in ("/m/tasks/", f"/m/tasks/{task.number}/"):
        street.go(phone, path)
        small = phone.evaluate("""() => Array.from(document.querySelectorAll('button, a, summary, select, textarea, input[type=radio]'))
          .filter(e => e.offsetParent && !e.classList.contains('skip'))
          .map(e => [e.outerHTML.slice(0, 70), e.getBoundingClientRect()])
          .filter(([html, box]) => box.height < 44 || box.width < 44)
          .map(([html, box]) => `${html} ${Math.round(box.width)}×${Math.round(box.height)}`)""")
        assert small == [], path


def test_without_a_script_the_plain_form_does_it_all(street, worker, task):
    page = street.seat(worker, f"/m/tasks/{task.number}/", **PHONE, java_script_enabled=False)
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_role("heading", name="处置反馈")).to_be_visible()
    page.set_input_files("#id_photos", [upload("after.jpg", "green")])
    page.locator("#id_words").fill(ENOUGH)
    tab_to(page, page.locator("#id_words"))
    page.get_by_role("button", name="提交反馈").click()
    expect(page.locator("#toasts")).to_contain_text("提交反馈，已记录")
    task.refresh_from_db()
    assert task.state == State.FEEDBACK_SUBMITTED and picture()


# --- not delivered: mended and sent again ----------------------------------------------------------------------------


OUT = """async () => { for (const unit of await Field.queue.all()) {
  const far = { lon: '116.5', lat: '39.8' }, fix = Object.assign({}, unit.extra.fix, { lon: 116.5, lat: 39.8 });
  await Field.queue.change(unit.key, { fields: unit.fields.map(pair => [pair[0], far[pair[0]] || pair[1]]), extra: { fix: fix } }); } }"""


def test_a_refused_fix_on_the_spot_is_opened_mended_and_sent_under_a_new_key(phone, street, worker):
    from cases.models import Case

    street.go(phone, "/m/tasks/fix/")
    phone.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    phone.context.set_offline(True)
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    phone.set_input_files("#id_after_photos", [upload("after.jpg", "green")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.locator("#id_words").fill("当场劝离游商并清扫路面")
    phone.get_by_role("button", name="提交，转核查").click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.evaluate(OUT)
    phone.context.set_offline(False)
    street.go(phone, "/m/mine/")
    card = phone.locator("[data-refused-list] article")
    expect(phone.get_by_role("heading", name="未能送达：改一改再送")).to_be_visible(timeout=30_000)
    expect(card).to_contain_text("不在本街道范围内")
    assert violations(phone) == [] and too_wide(phone) <= 0
    key = phone.evaluate("async () => (await Field.queue.all())[0].key")
    card.get_by_role("link", name="修改").click()
    expect(phone.locator('[data-album="before"] figure')).to_have_count(1)
    expect(phone.locator('[data-album="after"] figure')).to_have_count(1)
    expect(phone.locator("#id_words")).to_have_value("当场劝离游商并清扫路面")
    expect(phone.get_by_role("radio", name="占道经营", exact=True)).to_be_checked()
    expect(phone.locator("[data-say]")).to_contain_text("不在本街道范围内")
    phone.get_by_role("button", name="微调").click()
    phone.get_by_role("button", name="用手机定位").click()
    expect(phone.locator("[data-spot-place]")).to_have_text("西井社区第3网格")
    phone.get_by_role("button", name="提交，转核查").click()
    expect(phone.locator("[data-said]")).to_contain_text("立查立改，已转核查")
    gone(phone)
    case = Case.objects.get(grid_event__fixed_on_spot=True)
    assert case.idempotency_key != f"f-{key}" and sorted(row.kind for row in case.photos.all()) == ["after", "before"]
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_refused_finding_of_a_patrol_is_opened_mended_and_sent_again(street, worker, pick):  # noqa: F811
    from cases.models import Case

    phone = street.seat(worker, "/m/patrol/finding/", **PHONE)
    shift = phone.locator("[name=shift]").input_value()
    phone.context.set_offline(True)
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.locator("#id_words").fill("路口堆了建筑垃圾")
    phone.get_by_role("button", name="提交，转案件").click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.evaluate("""async () => { const unit = (await Field.queue.all())[0], far = { lon: '116.5', lat: '39.8' };
      await Field.queue.change(unit.key, { fields: unit.fields.map(pair => [pair[0], far[pair[0]] || pair[1]]) }); }""")
    phone.context.set_offline(False)
    eventually(phone, lambda: phone.evaluate("async () => (await Field.queue.count()).refused") == 1, seconds=30)
    street.go(phone, "/m/mine/")
    phone.locator("[data-refused-list]").get_by_role("link", name="修改").click()
    expect(phone.locator('[data-album="before"] figure')).to_have_count(1)
    expect(phone.locator("#id_words")).to_have_value("路口堆了建筑垃圾")
    assert phone.locator("[name=shift]").input_value() == shift
    expect(phone.locator("[data-spot-place]")).to_have_text("西井社区第3网格")
    phone.get_by_role("button", name="提交，转案件").click()
    gone(phone)
    assert Case.objects.get().photos.count() == 1
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_what_was_never_opened_is_opened_without_network_and_a_refused_finding_too(street, worker, pick):  # noqa: F811
    phone = street.seat(worker, "/m/tasks/", **PHONE)
    shelved = "async name => Boolean(await caches.match(name, { cacheName: 'field-pages' }))"
    for address in ("/m/tasks/", "/m/tasks/fix/", "/m/checks/"):  # no task at all, and still the way to these two
        eventually(phone, lambda address=address: phone.evaluate(shelved, address), seconds=30)
    street.go(phone, "/m/patrol/")
    eventually(phone, lambda: phone.evaluate(shelved, "/m/patrol/finding/"), seconds=30)
    phone.context.set_offline(True)
    street.go(phone, "/m/tasks/fix/")
    expect(phone.locator("form[data-fix]")).to_be_visible()
    street.go(phone, "/m/patrol/finding/?shift=day")
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.get_by_role("button", name="提交，转案件").click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.evaluate("""async () => { const unit = (await Field.queue.all())[0];
      await Field.queue.change(unit.key, { state: 'refused', status: 422, sentence: '请写清楚一些。' }); }""")
    street.go(phone, "/m/mine/")
    phone.locator("[data-refused-list]").get_by_role("link", name="修改").click()
    expect(phone.locator("[data-say]")).to_contain_text("请写清楚一些")
    expect(phone.locator('[data-album="before"] figure')).to_have_count(1)
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_finding_that_was_not_sent_is_there_again_on_its_shift_and_not_on_the_other(street, worker, pick):  # noqa: F811
    phone = street.seat(worker, "/m/patrol/finding/?shift=day", **PHONE)
    phone.set_input_files("#id_photos", [upload("before.jpg", "brown")])
    expect(phone.locator("[data-spot-how]")).not_to_be_empty()
    phone.get_by_role("radio", name="占道经营", exact=True).check()
    phone.get_by_role("radio", name="立查立改，当场改好").check()
    phone.locator("#id_words").fill("路口堆了建筑垃圾")
    who = phone.locator("form[data-finding]").get_attribute("data-who")
    stored = f"async () => {{ const what = await Field.draft.read('finding day', '{who}'); return what && what.fields[4][1]; }}"
    eventually(phone, lambda: phone.evaluate(stored) == "路口堆了建筑垃圾")
    street.go(phone, "/m/patrol/finding/?shift=night")
    expect(phone.locator("form[data-finding] figure")).to_have_count(0)
    expect(phone.locator("#id_words")).to_have_value("")
    phone.locator("#id_words").fill("另一班随手写的几个字")
    phone.wait_for_timeout(1000)  # longer than a page rests before it keeps or drops its draft
    street.go(phone, "/m/patrol/finding/?shift=day")
    expect(phone.locator("[data-kept]")).to_have_text("上次没交的内容已取回。")
    expect(phone.locator("[data-album=before] figure")).to_have_count(1)
    expect(phone.locator("#id_words")).to_have_value("路口堆了建筑垃圾")
    expect(phone.get_by_role("button", name="提交，转核查")).to_be_visible()
    phone.get_by_role("radio", name="转案件，由指挥席派遣").check()
    phone.get_by_role("button", name="提交，转案件").click()
    expect(phone.locator("[data-kept]")).to_contain_text("转案件")
    street.go(phone, "/m/patrol/finding/?shift=day")
    expect(phone.locator("form[data-finding] figure")).to_have_count(0)


def test_an_answer_that_a_colleague_gave_first_goes_in_as_a_note(phone, task, street, worker, desk):
    colleague = make_user("colleague", "worker", department=worker.department, real_name="王立春")
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    phone.context.set_offline(True)
    fill(phone, "我把北侧的杂物也清运干净了")
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-kept]")).to_contain_text("提交反馈：已存本机")
    move("feedback", task, colleague, at=now(), words=ENOUGH)
    phone.context.set_offline(False)
    expect(phone.locator("[data-refused-words]")).to_contain_text("已由王立春提交反馈，未重复操作", timeout=30_000)
    street.go(phone, "/m/mine/")
    card = phone.locator("[data-refused-list] article")
    expect(card).to_contain_text("照片 1 张")
    assert violations(phone) == [] and too_wide(phone) <= 0
    card.get_by_role("button", name="作为批注送交").click()
    gone(phone)
    task.refresh_from_db()
    note = task.events.get(move="note")
    assert "北侧的杂物" in note.words and note.by == worker
    assert task.state == State.FEEDBACK_SUBMITTED and task.photos.filter(kind="during").count() == 1
    street.complaints[:] = [line for line in street.complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_page_whose_form_is_gone_still_has_what_was_typed(phone, task, street, worker, desk):
    colleague = make_user("colleague", "worker", department=worker.department, real_name="王立春")
    signed(task, worker)
    street.go(phone, f"/m/tasks/{task.number}/")
    fill(phone)
    move("feedback", task, colleague, at=now(), words=ENOUGH)
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator("[data-say]")).to_contain_text("已由王立春提交反馈")
    phone.get_by_role("link", name="看最新情况").click()
    expect(phone.locator("[data-refused-words]")).to_contain_text("提交反馈没有办成")
    phone.get_by_role("button", name="作为批注送交").click()
    expect(phone.locator("[data-said]")).to_contain_text("批注，已记录")
    assert task.events.filter(move="note").count() == 1 and task.photos.filter(kind="during").count() == 1
