"""The demonstration's checks: believable weeks, some missed, marked, gone on from where they stopped."""
from datetime import timedelta
from pathlib import Path

import pytest

from config.demo_loading.checks import WEEKS, keep_checks
from grid.check_plans import WEEK, monday_of
from grid.check_weeks import weeks_of
from grid.models import CheckPlan, KeySite, SiteCheck
from tests.make import NOW, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "sites")]
FOLDER = Path(__file__).resolve().parents[2] / "config" / "demo" / "2016"
TODAY = NOW.date()


@pytest.fixture
def people():
    """Who checks in each community."""
    homes = {site.community for site in KeySite.objects.select_related("community__department")}
    logins = {"110107005008": "worker", "110107005017": "worker2"}
    return [
        make_user(logins.get(home.code, f"fz-{home.code}"), "worker", department=home.department, is_demo=True)
        for home in homes
    ]


def keep(now):
    """One load; what it said."""
    said = []
    keep_checks(FOLDER, now=now, say=said.append)
    return said


def test_four_weeks_have_checks_and_misses_and_no_check_lies_ahead(people):
    assert "点位检查" in keep(NOW)[0]
    first = monday_of(TODAY) - WEEK * WEEKS
    weeks = weeks_of([first + WEEK * back for back in range(WEEKS)], today=TODAY)
    for week, places in weeks.items():
        tally = sum((one.tally for one in places.values()), start=next(iter(places.values())).tally)
        assert len(places) == 60 and 0.7 < tally.done / tally.planned < 0.99, week
        assert any(one.tally.missed for one in places.values())
    rows = SiteCheck.objects.all()
    assert not rows.filter(is_demo=False) and not rows.filter(received_at__gt=NOW) and not rows.filter(photos=None)
    assert rows.filter(is_far=True).exists() and rows.filter(lon=None).exists() and rows.filter(part="night").exists()
    assert not rows.filter(day__lt=first)
    assert {row.by.department_id == row.site.community.department_id for row in rows.for_list()} == {True}


def test_a_second_load_changes_nothing_and_a_later_one_goes_on(people):
    keep(NOW)
    before = dict(SiteCheck.objects.values_list("key", "pk"))
    assert keep(NOW) == []
    later = NOW + timedelta(days=9)
    assert keep(later)
    after = dict(SiteCheck.objects.values_list("key", "pk"))
    assert before.items() <= after.items()
    newest = max(SiteCheck.objects.filter(key__in=before).values_list("checked_at", flat=True))
    assert min(SiteCheck.objects.exclude(key__in=before).values_list("checked_at", flat=True)) > newest
    assert CheckPlan.objects.count() == 60
