"""A resident asks by code, is told, is not content; the desk calls back, hears it, and reopens."""
import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cases.models import CallBack, CasePhoto, Opinion, PhotoKind, Reply
from cases.states import Source, State
from grid.photos import develop_photo, store_photo
from tests.browser.stories import now, picture, tab_to, too_wide, upload, violations
from tests.field.conftest import private_files  # noqa: F401  files of this test
from tests.field.test_echo_callbacks import each_move_under_its_own_lock  # noqa: F401  two moves in one request
from tests.make import make_case, make_category, move

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards", "private_files")]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}


def shown(colour: str):
    """A developed photo without a person behind it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = store_photo(SimpleUploadedFile("现场.jpg", picture(colour), "image/jpeg"), by=None, at=now())
    return develop_photo(photo.pk) or photo


@pytest.fixture
def case(dispatcher, handler, xijing):
    """A resident's report that 城管执法队 works on."""
    category = make_category("马路市场", code="0504", pick_label="占道经营")
    case = make_case(
        dispatcher, source=Source.SNAP, at=now(), title="西井社区出入口游商占道", community=xijing, category=category,
        grid=xijing.grids.get(), reporter={"kind": "resident", "name": "李小兰", "phone": "13812342046"},
    )  # fmt: skip
    CasePhoto.objects.create(case=case, photo=shown("grey"), kind=PhotoKind.BEFORE, added_at=now())
    move("accept", case, dispatcher, at=now(), category=category)
    move("register", case, dispatcher, at=now(), category=category, grid=case.grid, urgency="normal")
    move("dispatch", case, dispatcher, at=now(), lead=handler.department)
    move("acknowledge", case, handler, at=now())
    return case


def hand_in(case, dispatcher, handler, inspector):
    """Handled and checked."""
    move("feedback", case, handler, at=now(), words="已劝离三户摊贩，安排高峰值守")
    CasePhoto.objects.create(case=case, photo=shown("green"), kind=PhotoKind.AFTER, added_at=now(), added_by=handler)
    move("send_check", case, dispatcher, at=now(), checker=inspector)
    move("pass_check", case, inspector, at=now(), words="现场已清理")


def large(name: str) -> dict:
    """A photo as a phone's camera writes it: twelve megapixels of noise."""
    image = Image.effect_noise((4000, 3000), 40)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def whole(page: Page, name: str) -> None:
    """Nobody is shut out of this page; with SHOTS set it is also kept as a picture."""
    page.wait_for_load_state("networkidle")
    assert not violations(page), name
    assert too_wide(page) <= 0, name
    if os.environ.get("SHOTS"):
        page.screenshot(path=Path(os.environ["SHOTS"]) / f"{name}.png", full_page=True)


def small_targets(page: Page) -> list[str]:
    """What is pressed with a thumb and smaller than 44 px."""
    return page.evaluate(
        """() => Array.from(document.querySelectorAll('header a, main button, main input:not([type=hidden]), main label.opt, main textarea'))
        .filter(element => !element.closest('label.opt') || element.matches('label.opt'))
        .filter(element => element.getBoundingClientRect().height < 44).map(element => element.outerHTML.slice(0, 80))"""
    )


def ask(page: Page, code: str) -> None:
    """Type the code as it is read aloud, and press Enter."""
    page.get_by_label("查询码").fill(f"{code[:4].lower()} {code[4:].lower()}")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def test_a_resident_follows_a_report_is_not_content_and_sees_it_reopened(
    street, case, dispatcher, handler, inspector
):
    phone = street.seat(path="/q/", **PHONE)
    whole(phone, "ask-mobile")
    ask(phone, "ZZZZZZZZ")
    expect(phone.get_by_role("alert")).to_contain_text("没有查到")
    ask(phone, case.public_code)
    expect(phone.locator("h2").first).to_have_text("西井社区出入口游商占道")
    expect(phone.locator("[aria-current=step]")).to_contain_text("正在处置")
    expect(phone.get_by_alt_text("您上报的照片")).to_be_visible()
    assert phone.evaluate("document.querySelector('.pubres img').naturalWidth") > 0
    assert "李小兰" not in phone.content() and "handler甲" not in phone.content()
    whole(phone, "handling-mobile")
    assert not small_targets(phone)
    screen = street.seat(path=f"/q/{case.public_code}/", viewport={"width": 1280, "height": 900})
    whole(screen, "handling-desktop")
    phone.locator("summary").click()
    whole(phone, "more-mobile")
    phone.get_by_label("补充情况").fill("下午又来了两家")
    phone.get_by_label("照片").set_input_files([upload("一.jpg", "navy"), large("二.jpg")])
    expect(phone.get_by_text("已选 2 张照片")).to_be_visible()
    assert max(phone.evaluate("Array.from(document.querySelector('#id_photos').files).map(file => file.size)")) < 1_000_000  # noise of several MB
    assert not small_targets(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("您补充了情况")).to_be_visible()
    expect(phone.get_by_text("照片 2 张")).to_be_visible()
    added = case.photos.filter(kind="added")
    assert added.count() == 2
    for row in added:
        develop_photo(row.photo_id)
    beside = street.seat(dispatcher, f"/cases/{case.number}/")
    expect(beside.get_by_text("上报人补充").first).to_be_visible()
    whole(beside, "added-desk")

    hand_in(case, dispatcher, handler, inspector)
    desk = street.seat(dispatcher, "/callbacks/")
    expect(desk.get_by_text("李*兰 138****2046")).to_be_visible()
    whole(desk, "callbacks")
    tab_to(desk, desk.get_by_role("link", name="答复", exact=True))
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("答复内容")).to_have_value(
        "您反映的“西井社区出入口游商占道”已处理：已劝离三户摊贩，安排高峰值守。感谢您对街道工作的监督。"
    )
    whole(desk, "callbacks-sheet")
    desk.get_by_label("已接通").check()
    desk.get_by_label("问题解决了吗").select_option("没有解决")
    desk.get_by_role("button", name="答复", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("已答复")
    assert Reply.objects.get().final and CallBack.objects.get().solved is False
    case.refresh_from_db()
    move("close", case, dispatcher, at=now(), conclusion="同意结案")

    street.go(phone, f"/q/{case.public_code}/")
    expect(phone.get_by_text("已劝离三户摊贩").first).to_be_visible()
    expect(phone.get_by_alt_text("处理后的照片")).to_be_visible()
    whole(phone, "closed-mobile")
    assert not small_targets(phone)
    phone.get_by_label("没有解决").check()
    phone.get_by_label("不满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("#opinion [role=alert]")).to_contain_text("说明")
    phone.get_by_label("说明").fill("晚上又来了三家")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("#said")).to_contain_text("没有解决")
    whole(phone, "judged-mobile")

    street.go(desk, "/desk/?reopen=1")
    expect(desk.locator("#list")).to_contain_text("西井社区出入口游商占道")
    street.go(desk, "/callbacks/?show=reopen")
    expect(desk.get_by_text("晚上又来了三家")).to_be_visible()
    whole(desk, "callbacks-reopen")
    desk.get_by_role("link", name="重开", exact=True).click()
    expect(desk.get_by_label("理由")).to_have_value("上报人评价没有解决：晚上又来了三家")
    desk.get_by_role("button", name="重开", exact=True).click()
    expect(desk.get_by_text("没有人请求重开")).to_be_visible()
    case.refresh_from_db()
    assert case.state == State.REGISTERED and Opinion.objects.get().wish == "reopened"
    street.go(phone, f"/q/{case.public_code}/")
    expect(phone.get_by_text("已重新办理")).to_be_visible()
    whole(phone, "reopened-mobile")


def test_the_page_works_without_script_and_double_pressing_says_it_once(street, case, dispatcher, handler, inspector):
    hand_in(case, dispatcher, handler, inspector)
    move("reply", case, dispatcher, at=now(), to_whom=case.reporters.get(), channel="phone", words="已劝离", final=True)
    move("close", case, dispatcher, at=now(), conclusion="同意结案")
    phone = street.seat(path="/q/", java_script_enabled=False, **PHONE)
    ask(phone, case.public_code)
    phone.get_by_label("已解决").check()
    phone.get_by_label("满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").dblclick()
    expect(phone.locator("#said")).to_contain_text("谢谢")
    assert Opinion.objects.count() == 1 and Opinion.objects.get().solved


def test_without_script_a_photo_is_added_and_a_bad_one_told(street, case):
    phone = street.seat(path=f"/q/{case.public_code}/", java_script_enabled=False, **PHONE)
    phone.locator("summary").click()
    phone.get_by_label("补充情况").fill("下午又来了两家")
    phone.get_by_label("照片").set_input_files([{"name": "坏.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}])
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("#more [role=alert]")).to_contain_text("照片")
    expect(phone.get_by_text("这个文件不是照片")).to_be_visible()
    expect(phone.get_by_label("补充情况")).to_have_value("下午又来了两家")
    phone.get_by_label("照片").set_input_files([upload("一.jpg", "navy")])
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("照片 1 张")).to_be_visible()
    assert case.photos.filter(kind="added").count() == 1


def test_two_people_at_the_queue_answer_once(street, case, dispatcher, other_dispatcher, handler, inspector):
    hand_in(case, dispatcher, handler, inspector)
    address = f"/callbacks/{case.number}/{case.reporters.get().pk}/"
    first, second = street.seat(dispatcher, address), street.seat(other_dispatcher, address)
    for page in (first, second):
        page.get_by_label("已接通").check()
        page.get_by_role("button", name="答复", exact=True).click()
        page.wait_for_load_state("networkidle")
    expect(second.get_by_role("alert").first).to_contain_text("没有重复记录")
    whole(second, "callbacks-late")
    assert Reply.objects.count() == 1
