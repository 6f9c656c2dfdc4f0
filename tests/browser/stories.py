"""How the stories are walked: people at their screens, keys without a mouse, the checks of what nobody may be shut out of."""
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from accounts.models import User
from cases.models import Case
from tests.make import make_case, move

ANSWERED = ("status of 403", "status of 404", "status of 409", "status of 422")  # the browser calls a refusal an error
MOST_TABS = 80


def now() -> datetime:
    """The stories run today: the pages tell time by the server's own clock."""
    return timezone.now()


class Street:
    """The running site, and the people who come to it, each with a browser of their own."""

    def __init__(self, browser: Browser, address: str, options: dict[str, Any]) -> None:
        self.browser, self.address, self.options = browser, address, options
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def seat(self, user: User | None = None, path: str = "/desk/", **options: Any) -> Page:
        """Somebody's own browser, logged in, at one address."""
        context = self.browser.new_context(**{**self.options, **options})
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if user:
            context.add_cookies([{**_session_of(user), "url": self.address}])
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> Page:
        """Open an address and wait until the page is quiet."""
        page.goto(self.address + path)
        page.wait_for_load_state("networkidle")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in ANSWERED):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def leave(self) -> None:
        """Everybody goes home; no script error, blocked resource or console error may have happened."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, "\n".join(self.complaints)


def _session_of(user: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}


# --- keys ---------------------------------------------------------------------------------------------------------


def tab_to(page: Page, target: Locator) -> Locator:
    """Walk there by Tab alone, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return target
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab")


def choose(page: Page, select: Locator, words: str) -> None:
    """Walk to a list and down it until it says these words."""
    tab_to(page, select)
    page.keyboard.press("Home")
    options = select.locator("option").all_text_contents()
    chosen = "element => element.selectedOptions[0].textContent.trim()"
    for _ in options:
        if words in select.evaluate(chosen):
            return
        page.keyboard.press("ArrowDown")
    assert words in select.evaluate(chosen), f"{words} is not among {options}"


def write(page: Page, field: Locator, words: str) -> None:
    """Walk to a field and type."""
    tab_to(page, field)
    page.keyboard.type(words)


def send(page: Page) -> None:
    """Ctrl+Enter, wherever the focus stands."""
    page.keyboard.press("Control+Enter")


def stands(page: Page, words: str) -> None:
    """The pane says that the case stands there now."""
    expect(page.locator("#pane .stage").first).to_have_text(words)
    settled(page)


def settled(page: Page) -> None:
    """What has just arrived listens to its keys and buttons."""
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def said(page: Page, words: str) -> None:
    """The foot of the screen says so."""
    expect(page.locator("#toasts")).to_contain_text(words)


def dialog(page: Page) -> Locator:
    """The dialog that stands open."""
    opened = page.locator("#dialog[open]")
    expect(opened).to_be_visible()
    settled(page)
    return opened


# --- nobody is shut out -------------------------------------------------------------------------------------------


# A theme is changed by a script that hears of it a moment later: two frames and a beat, then what moves comes to rest.
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))
  .then(() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => null))))"""


def violations(page: Page, *, only: str = "") -> list[str]:
    """What axe finds by all its rules (or by one), each with the piece of the page it means, once colours settled."""
    page.evaluate(SETTLED)  # half-way between two themes no colour has its contrast
    chosen = {"runOnly": [only]} if only else {}
    options = {"preload": False, "resultTypes": ["violations"], **chosen}  # preloading breaks the page's own CSP
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


def violations_by_day_and_night(page: Page) -> list[str]:
    """What axe finds in the light by all its rules, and in the dark by that of contrast: nothing else has a theme."""
    found = violations(page)
    _turn_to("dark", page)
    found += [f"dark: {one}" for one in violations(page, only="color-contrast")]
    _turn_to("light", page)
    return found


def _turn_to(theme: Literal["dark", "light"], page: Page) -> None:
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def too_wide(page: Page) -> int:
    """By how many pixels the page can be moved sideways, once it has settled."""
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    if page.evaluate(over) > 0:
        page.wait_for_timeout(300)
    return page.evaluate(over)


# --- what the stories begin with ------------------------------------------------------------------------------------


def picture(colour: str = "grey", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small real photo."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((size[0] // 3, size[1] // 3, size[0] // 2, size[1] // 2), fill="white")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def upload(name: str = "现场.jpg", colour: str = "grey") -> dict[str, Any]:
    """A photo as a file input takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(colour)}


def registered(by: User, *, category: Any, grid: Any, **over: Any) -> Case:
    """A case that waits to be dispatched."""
    case = make_case(by, at=now(), grid=grid, community=grid.community, **over)
    move("accept", case, by, at=now(), category=category)
    move("register", case, by, at=now(), category=category, grid=grid, urgency="normal")
    return case


def in_progress(by: User, handler: User, **over: Any) -> Case:
    """A case that the handler's department has signed for."""
    case = registered(by, **over)
    move("dispatch", case, by, at=now(), lead=handler.department)
    move("acknowledge", case, handler, at=now())
    return case


def eventually(page: Page, true: Callable[[], bool], *, seconds: float = 5) -> None:
    """Wait for something that no page shows."""
    for _ in range(int(seconds * 10)):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come true")
