"""The browser of the stories: the operating system's own Chromium, since nothing is downloaded."""
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.stories import Street

# Playwright's loop runs in the test's thread; Django would otherwise take every query there for an async mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The shell is Debian's Chromium without its own windows and menus: the same engine, a fifth faster.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Start the Chromium found on the PATH; without one a developer skips, the checking machine fails."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "no Chromium on the PATH: apt-get install chromium fonts-noto-cjk"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """The office's screen, language and clock."""
    screen = {"width": 1440, "height": 900}
    return {**browser_context_args, "viewport": screen, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Ten seconds are enough on this machine's own network; thirty would make a broken page cost half an hour."""
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def quiet_page(page: Page) -> Iterator[Page]:
    """A page on which a script error, a blocked resource or a console error fails the story."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def street(browser: Browser, browser_context_args: dict, live_server) -> Iterator[Street]:
    """The running site with a seat for everybody in the story."""
    street = Street(browser, live_server.url, browser_context_args)
    yield street
    street.leave()
