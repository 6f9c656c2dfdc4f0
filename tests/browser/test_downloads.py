"""Files that a page gives: the page stays as it was, and gives them again."""
import pytest
from playwright.sync_api import Page, expect

from tests.browser.stories import Street
from tests.campaigns.agreement_cast import list_party, make_text
from tests.campaigns.walk import make_structure

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


def fetched(page: Page, button: str) -> str:
    """The name of the file that a press brings, once the button can be pressed again."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).not_to_have_attribute("aria-disabled", "true")
    return coming.value.suggested_filename


def test_a_ledger_and_an_agreement_are_fetched_twice_from_one_page(street: Street, clerk, admin, xijing, law_enforcement):
    make_structure(clerk, xijing)
    desk = street.seat(clerk, "/ledgers/structures/export/")
    assert [fetched(desk, "导出 1 处")[-5:] for _ in range(2)] == [".xlsx"] * 2
    agreement = list_party(make_text(admin), admin, department=law_enforcement)
    street.go(desk, f"{agreement.get_absolute_url()}paper/")
    assert [fetched(desk, "Word") for _ in range(2)] == [f"责任书 {agreement.party_name}.docx"] * 2
