"""What the tests of the ground share: a calendar, private files, the ground."""
import csv
import datetime
import io

import pytest
from django.conf import settings as project

from grid.calendar import seed_calendar
from grid.importing import load_key_sites, load_territory

DEMO = project.BASE_DIR / "config" / "demo" / "2016"
AT = datetime.datetime(2016, 3, 8, 2, 0, tzinfo=datetime.UTC)


@pytest.fixture
def calendar(db):
    """The published tables of 2004–2026 and the office hours."""
    seed_calendar()


@pytest.fixture
def private_files(settings, tmp_path):
    """Files land in a folder of this test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def demo_text(name):
    """One of the shipped files."""
    return (DEMO / name).read_text(encoding="utf-8")


@pytest.fixture
def territory(db):
    """The street of the demonstration: 20 communities, 100 grids."""
    return load_territory(
        outline=demo_text("outline.geojson"),
        communities=demo_text("communities.geojson"),
        grids=demo_text("grids.geojson"),
        by=None,
        at=AT,
    )


@pytest.fixture
def sites(territory):
    """Its 60 key sites."""
    return load_key_sites(csv.DictReader(io.StringIO(demo_text("key_sites.csv"))), by=None, at=AT)
