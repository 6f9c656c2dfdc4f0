"""The front door in a real browser."""
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_login_page_loads_within_its_own_walls(quiet_page: Page, live_server):
    quiet_page.goto(f"{live_server.url}/login/")
    expect(quiet_page.locator("input[name=username]")).to_be_focused()
    expect(quiet_page.locator("input[name=password]")).to_be_visible()
