"""A structure from finding to write-off with photos, by keys and dialogs; the views; nobody shut out of any of it."""
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from campaigns import ledger
from campaigns.lawful import seed_periods
from campaigns.models import EntryKind, Structure
from campaigns.seeding import seed_kinds
from campaigns.states import Stage
from grid.photos import develop_photo, store_photo
from tests.browser.stories import (
    dialog,
    now,
    picture,
    said,
    send,
    settled,
    too_wide,
    upload,
    violations_by_day_and_night,
)
from tests.campaigns.walk import FOUND, make_structure, walk
from tests.grid.conftest import sites, territory  # noqa: F401  the shipped street

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_files", "standards")]
LEDGER = "/ledgers/structures/"


@pytest.fixture
def private_files(settings, tmp_path):
    """Photos land in a folder of this test; pages' queries are counted elsewhere."""
    settings.MEDIA_ROOT = tmp_path
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]
    seed_periods()


def photo(colour):
    """A real picture, developed."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    kept = store_photo(SimpleUploadedFile("a.jpg", picture(colour), content_type="image/jpeg"), by=None, at=now())
    return develop_photo(kept.pk)


def take(page, key, button, fields, *, files=()):
    """One step by its key, through its dialog."""
    page.keyboard.press(key)
    opened = dialog(page)
    expect(opened.locator("h2")).to_have_text(button)
    for name, value in fields.items():
        field = opened.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            opened.locator(f"[name={name}][value={value}]").check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    if files:
        opened.locator("[name=after_photos]").set_input_files(list(files))
    send(page)
    said(page, button)
    expect(page.locator("#dialog")).not_to_have_attribute("open", "")
    settled(page)


def test_a_structure_from_finding_to_write_off_with_photos(street, sites, territory, clerk):  # noqa: F811
    page = street.seat(clerk, LEDGER)
    page.keyboard.press("n")
    expect(page.locator("[data-map-state=ready]")).to_be_visible()
    page.locator("#id_place").fill("西井大街门前棚亭")
    page.locator("#id_found_on").fill("2016-03-02")
    page.locator("#id_owner_name").fill("陈砚明")
    page.locator("[data-map-pick]").click(position={"x": 170, "y": 140})
    expect(page.locator("[data-map-says]")).to_contain_text("网格")
    page.locator("#id_photos").set_input_files([upload(colour="brown")])
    send(page)
    expect(page.locator("h1").first).to_have_text("西井大街门前棚亭")
    structure = Structure.objects.get()
    assert structure.grid and structure.photos.count() == 1
    street.go(page, LEDGER)
    expect(page.locator("#pane h2")).to_have_text("西井大街门前棚亭")
    paper = {"authority": "区城管执法监察局", "service": "direct"}
    take(page, "a", "认定", {"on": "2016-03-09", "floor_area_m2": "80.5"})
    take(page, "a", "限期拆除通知", {**paper, "number": "限拆1号", "on": "2016-03-14", "served_on": "2016-03-14"})
    take(page, "a", "催告", {**paper, "number": "催1号", "on": "2016-09-20", "served_on": "2016-09-20"})
    take(page, "a", "强拆决定", {**paper, "number": "强拆1号", "on": "2016-10-12", "served_on": "2016-10-12"})
    take(page, "a", "公告", {**paper, "number": "公告1号", "on": "2016-10-13", "deadline_on": "2016-10-20"})
    expect(page.locator("#pane")).to_contain_text("最早可依法强制拆除：2016-10-21")
    page.keyboard.press("c")
    opened = dialog(page)
    opened.locator("[name=on]").fill("2016-11-11")
    opened.locator("[name=mode][value=forced]").check()
    opened.locator("[name=demolished_area_m2]").fill("90")
    send(page)
    expect(dialog(page).locator(".err").first).to_contain_text("大于认定建筑面积")
    opened.locator("[name=demolished_area_m2]").fill("80.5")
    opened.locator("[name=vacated_land_m2]").fill("120")
    opened.locator("[name=relocated_people]").fill("4")
    send(page)
    said(page, "登记拆除")
    settled(page)
    take(page, "a", "验收", {"on": "2016-11-14"}, files=[upload(colour="green")])
    take(page, "a", "销账", {"on": "2016-11-15", "later_use": "补建绿地"})
    expect(page.locator("#sums")).to_contain_text("80.50")
    expect(page.locator(f"#structure-{structure.number}")).to_contain_text("已销账")
    structure.refresh_from_db()
    assert structure.stage == Stage.WRITTEN_OFF and structure.photos.count() == 2
    assert "陈砚明" not in page.content()


def test_keys_move_through_the_list_and_the_slider_compares(street, clerk, xijing):
    for number in range(3):
        one = make_structure(clerk, xijing, place=f"第{number}处", photos=[photo("brown")])
        ledger.add_photos(one, [photo("green")], moment="after", taken_on=FOUND, by=clerk, at=now())
    page = street.seat(clerk, LEDGER)
    expect(page.locator("#pane h2")).to_have_text("第2处")
    page.keyboard.press("j")
    expect(page.locator("#pane h2")).to_have_text("第1处")
    assert "structure=" in page.url
    page.keyboard.press("k")
    expect(page.locator("#pane h2")).to_have_text("第2处")
    page.keyboard.press("Enter")
    slider = page.locator("#pane .cmp input")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == "51"
    page.locator("#pane .pane__body").focus()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar", name="批量操作")).to_contain_text("已勾选 1 处")
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_hidden()
    page.get_by_role("button", name="导出所选").click()
    expect(page.locator("main form")).to_contain_text("1 处")


def test_nobody_is_shut_out_of_the_ledgers(street, clerk, admin, xijing):
    from campaigns import entries, plans

    seed_kinds()
    campaign = plans.keep_campaign(by=clerk, at=now(), slug="one", name="治乱疏解", starts_on=FOUND)
    plans.set_target(campaign, by=clerk, at=now(), measure="sites", amount=Decimal(4))
    plans.note_reported(campaign, by=clerk, at=now(), measure="days", words="357 天", source="总结")
    walk(make_structure(clerk, xijing, campaign=campaign, photos=[photo("brown")], lon=116.17, lat=39.93), clerk)
    open_one = make_structure(clerk, xijing, owner_name="陈砚明", owner_kind="resident", photos=[photo("brown")])
    entries.record_entry(EntryKind.objects.get(slug="garbage"), by=clerk, at=now(), community=xijing, place="边府",
                         happened_on=timezone.localdate(now()), quantity=Decimal(3))  # fmt: skip
    page = street.seat(clerk, LEDGER, reduced_motion="reduce")
    found = {}
    for path in (
        LEDGER, f"{LEDGER}?view=map", f"{LEDGER}?view=pairs", f"{LEDGER}?q=没有", f"{LEDGER}new/", f"{LEDGER}export/",
        open_one.get_absolute_url(), f"{open_one.get_absolute_url()}determine/", f"{open_one.get_absolute_url()}edit/",
        f"{open_one.get_absolute_url()}reveal/", "/campaigns/", "/campaigns/one/", "/campaigns/one/targets/",
        "/campaigns/entries/garbage/", "/campaigns/entries/garbage/new/", "/campaigns/entries/walls/",
        f"/campaigns/entries/garbage/LJ{timezone.localdate(now()).year}-001/",
    ):  # fmt: skip
        street.go(page, path)
        found[path] = violations_by_day_and_night(page) + ([f"{too_wide(page)} px too wide"] if too_wide(page) else [])
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (LEDGER, open_one.get_absolute_url(), "/campaigns/one/", "/campaigns/entries/garbage/", f"{LEDGER}new/"):
        street.go(page, path)
        found[f"390 {path}"] = [f"{too_wide(page)} px too wide"] if too_wide(page) else []
    page.set_viewport_size({"width": 1440, "height": 900})
    street.go(page, LEDGER)
    page.keyboard.press("a")
    dialog(page)
    found["dialog"] = violations_by_day_and_night(page)
    kinds = street.seat(admin, "/campaigns/kinds/new/", reduced_motion="reduce")
    found["kinds"] = violations_by_day_and_night(kinds)
    assert not {path: faults for path, faults in found.items() if faults}
