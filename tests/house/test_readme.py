"""What the README and the guides point at is there."""
import re

import pytest

from config.demo_loading.people import LOGINS
from tests.house.sample import ROOT

PAGES = ["README.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("**/*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_guide_leads_to_a_file(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", (ROOT / page).read_text())
    missing = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert not missing, f"{page}: {missing}"


def test_the_files_that_the_readme_names_exist():
    named = re.findall(r"`([\w./-]+\.(?:py|md|yml|toml))`", (ROOT / "README.md").read_text())
    assert "accounts/roles.py" in named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_readme_names_every_demonstration_login():
    told = (ROOT / "README.md").read_text()
    assert not [login for login in LOGINS if f"`{login.username}`" not in told]
