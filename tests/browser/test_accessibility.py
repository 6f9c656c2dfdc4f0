"""Nobody is shut out: every page of the URL table, full, empty and wrong, light and dark, menus and dialogs open."""
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import AuditEntry, Notification
from cases.models import CasePhoto, CaseTag
from cases.states import State
from grid.photos import develop_photo, store_photo
from tests.browser.stories import (
    in_progress,
    now,
    picture,
    registered,
    send,
    stands,
    too_wide,
    violations,
    violations_by_day_and_night,
)
from tests.make import make_case, make_return_reason, move, put
from tests.test_every_url import OURS, PERSONS, address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]
WIDTHS = (1440, 1180, 900)
STILL = {"reduced_motion": "reduce"}  # colours are measured when they have settled
PHONE = {**STILL, "viewport": {"width": 390, "height": 844}}
MORE = (  # addresses whose query decides what they show
    "/desk/?q=没有这个词", "/desk/?clock=over&source=WG", "/cases/new/?source=RX", "/cases/new/?source=WX",
    "/cases/new/?source=ZB", "/cases/new/?source=XF", "/cases/new/?source=WG&fixed=1", "/nosuch/",
)  # fmt: skip


@pytest.fixture
def private_files(settings, tmp_path):
    """Photos land in a folder of this test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cast(request):
    """Everybody, by role."""
    return {role: request.getfixturevalue(name) for role, name in PERSONS.items()}


@pytest.fixture
def full(private_files, settings, cast, category, xijing, law_enforcement, sanitation, other_handler):
    """A street with something in every corner; the case that most pages are opened with is returned."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]  # the pages' queries are counted elsewhere
    by, handler, grid = cast["dispatcher"], cast["handler"], xijing.grids.get()
    place = {"grid": grid, "community": xijing, "lon": 116.17, "lat": 39.93, "address": "西井大街八号院"}
    common = {"category": category, "grid": grid}
    main = _worked_case(by, handler, category, place)
    reason = make_return_reason()
    twice = registered(by, **common, title="绿地里堆放装修垃圾")
    for department, person in ((law_enforcement, handler), (sanitation, other_handler)):
        move("dispatch", twice, by, at=now(), lead=department)
        move("return", twice, person, at=now(), return_reason=reason, reason="产权不在本单位范围")
    wish = in_progress(by, handler, **common, title="井盖松动有响声")
    until = wish.clocks.get(kind="handle").due_at + timedelta(days=1)
    move("request_extension", wish, handler, at=now(), until=until, reason="设备明天才能到货")
    registered(by, **common, title="路灯不亮")
    make_case(by, source="WX", at=now(), title="垃圾桶满溢", reporter={"name": "李小兰", "phone": "13800001234"}, **place)
    for state in (State.CLOSED, State.SUSPENDED, State.CHECKED, State.VERIFYING, State.REJECTED):
        put(make_case(by, at=now(), **place, title=f"{state.label}的一件"), state, category=category, lead=law_enforcement)
    late = in_progress(by, handler, **common, title="早就该办完的一件")
    put(late, late.state, due_at=now() - timedelta(hours=30))
    petition = make_case(cast["petition"], source="XF", at=now(), title="反映楼上漏水")
    move("accept", petition, cast["petition"], at=now(), category=category)
    for person in cast.values():
        Notification.objects.create(user=person, at=now(), text="WG-2026-001 已超期", url="/desk/", kind="bad")
    AuditEntry.objects.create(at=now(), actor=by, actor_name=str(by), action="case_exported", reason="月度汇总")
    return main


def _worked_case(by, handler, category, place):
    """A case in work with two photos, a tag, a note and 督办."""
    case = in_progress(by, handler, category=category, grid=place["grid"], title="占道堆放建筑垃圾三车，居民出行不便")
    put(case, case.state, **{name: place[name] for name in ("lon", "lat", "address")})
    for kind, colour in (("before", "grey"), ("after", "green")):
        photo = store_photo(_file(colour), by=handler, at=now())
        develop_photo(photo.pk)
        CasePhoto.objects.create(case=case, photo=photo, kind=kind, added_at=now(), added_by=handler)
    CaseTag.objects.create(case=case, word="复审")
    move("note", case, by, at=now(), words="已电话联系物业，明早进场清运")
    return case


def _file(colour):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("现场.jpg", picture(colour), content_type="image/jpeg")


def _filled(route: str, case) -> str:
    """The address of a route; of one whose blanks nobody can fill, the table of addresses complains itself."""
    try:
        return address(route, case)
    except AssertionError:
        return ""


def pages_for(user, case) -> list[str]:
    """The addresses of the URL table that answer this person with a whole page."""
    client = Client()
    client.force_login(user)
    routes = [route.replace("<str:code>", case.public_code).replace("<slug:which>", "before") for route in OURS]
    wanted = dict.fromkeys([*filter(None, (_filled(route, case) for route in routes)), *MORE])
    found = []
    for path in wanted:
        answer = client.get(path)
        html = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if html and answer.status_code in (200, 403, 404) and b"<html" in answer.content:
            found.append((path, answer.status_code))
    refused = [path for path, status in found if status == 403][:1]
    lost = [path for path, status in found if status == 404][:1]
    return [path for path, status in found if status == 200] + refused + lost


def faults(page: Page) -> list[str]:
    """Light, dark, and too wide at the widths of a desk; what is made for one screen (the wall) has one dress."""
    if not page.locator("html[data-theme]:not([data-theme-choice=fixed])").count():
        return violations(page)
    found = violations_by_day_and_night(page)
    for width in WIDTHS[1:] + WIDTHS[:1]:
        page.set_viewport_size({"width": width, "height": 900})
        if over := too_wide(page):
            found.append(f"{over} px too wide at {width}")
    return found


def walk(street, page: Page, paths) -> dict[str, list[str]]:
    """Address → what is wrong there."""
    found = {}
    for path in paths:
        page.goto(street.address + path)
        if page.locator("#pane").count() and page.locator("#list tr[data-number]").count():
            expect(page.locator("#pane .pane__body")).to_be_visible()
        if wrong := faults(page):
            found[path] = wrong
    return found


def test_every_page_of_the_url_table_as_everybody_who_sees_it(street, full, cast):
    seen: set[str] = set()
    found = {}
    for role, user in cast.items():
        mine = [path for path in pages_for(user, full) if path not in seen or path in ("/desk/", full.get_absolute_url())]
        seen |= set(mine)
        page = street.seat(user, "/profile/", **STILL)
        found |= {f"{role} {path}": wrong for path, wrong in walk(street, page, mine).items()}
        page.context.close()
    assert found == {}
    assert len(seen) > 30  # the table has not become empty


def test_the_pages_of_an_empty_street(street, cast):
    found = {}
    for role in ("dispatcher", "handler", "worker", "petition", "auditor"):
        paths = ["/desk/", "/handover/", "/notifications/", "/outbox/", "/audit/", "/m/mine/", "/grid/"]
        client = Client()
        client.force_login(cast[role])
        page = street.seat(cast[role], "/profile/", **STILL)
        seen = [path for path in paths if client.get(path).status_code == 200]
        found |= {f"{role} {path}": wrong for path, wrong in walk(street, page, seen).items()}
        page.context.close()
    assert found == {}


def test_forms_that_come_back_with_their_errors(street, full, cast):
    page = street.seat(cast["dispatcher"], "/profile/", **STILL)
    paths = (
        "/cases/new/?source=DC", "/cases/import/", "/cases/paste/", "/profile/password/",
        f"/cases/{full.number}/remind/", f"/cases/{full.number}/void/", f"/cases/{full.number}/reveal/",
        f"/cases/{full.number}/merge/", f"/cases/{full.number}/request_suspension/",
    )  # fmt: skip
    found = {}
    for path in paths:
        page.goto(street.address + path)
        button = page.locator("main form .btn--p").first
        if not button.count():
            continue
        with page.expect_navigation():
            button.click()
        if wrong := faults(page):
            found[path] = wrong
    assert found == {}


def test_the_menus_and_dialogs_of_the_desk_stand_open(street, full, cast):
    page = street.seat(cast["dispatcher"], f"/desk/?case={full.number}", **STILL)
    stands(page, "处置中")
    found = {}

    def look(what: str) -> None:
        if wrong := violations_by_day_and_night(page):
            found[what] = wrong

    for menu in page.locator("#list details[data-menu] summary, .side details summary, #pane details summary").all():
        menu.click()
        page.wait_for_load_state("networkidle")
        look(f"menu {menu.inner_text()}")
        menu.click()
    for key in ("g", "m", "c", "?"):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        look(f"dialog of {key}")
        if key in "gm":  # empty: the errors stand beside the questions
            send(page)
            expect(page.locator("dialog[open] .errsum")).to_be_visible()
            look(f"dialog of {key} with errors")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#list [data-pick-all]").check()
    look("bulk bar")
    for name in ("dispatch", "note", "export"):
        page.locator(f"[data-bulk-move={name}]").click()
        expect(page.locator("dialog[open]")).to_be_visible()
        look(f"bulk {name}")
        page.keyboard.press("Escape")
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_a_phone(street, full, cast, theme):
    page = street.seat(None, "/login/", color_scheme=theme, **PHONE)
    found = {"/login/": violations(page) + ([f"{over} px too wide"] if (over := too_wide(page)) else [])}
    page = street.seat(cast["worker"], "/m/report/", color_scheme=theme, **PHONE)
    for path in ("/m/report/", "/m/mine/", "/m/offline/", "/desk/", full.get_absolute_url(), "/notifications/"):
        page.goto(street.address + path)
        over = too_wide(page)
        found[path] = violations(page) + ([f"{over} px too wide"] if over else [])
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
