"""What the tests of the ground share: a calendar, private files."""
import pytest

from grid.calendar import seed_calendar


@pytest.fixture
def calendar(db):
    """The published tables of 2004–2026 and the office hours."""
    seed_calendar()


@pytest.fixture
def private_files(settings, tmp_path):
    """Files land in a folder of this test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
