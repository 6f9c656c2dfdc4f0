"""The patrols of 2016 by their verbs: the totals of the article, the levels of the file; and the patrol of today."""
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from campaigns.models import COUNTERS, MAIN, PatrolLog, PollutionAlert
from campaigns.patrols import TOTALS_OVER
from campaigns.patrols_roster import board, unfilled_shifts
from config.demo_loading.files import rows
from config.demo_loading.patrols import LEVELS, keep_patrol_today, load_patrols
from config.demo_loading.people import load_departments
from tests.field.conftest import private_files  # noqa: F401
from tests.make import NOW, make_user, moment

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[2] / "config" / "demo" / "2016"
FIRST, LAST = date(2016, 11, 15), date(2017, 1, 15)


@pytest.fixture
def winter(db):
    """The winter of 2016–17."""
    load_departments(rows(FOLDER, "departments"))
    return load_patrols(FOLDER, at=NOW)


def test_the_totals_are_those_of_the_article_and_each_is_summed_from_rows(winter):
    assert (LAST - FIRST).days + 1 == TOTALS_OVER
    totals = PatrolLog.objects.between(FIRST, LAST).totals()
    assert totals["outings"] == 99
    assert {name: totals[name] for name in MAIN} == {
        "persons": 2982, "vehicles": 604, "sites_inspected": 86, "stoves_seized": 263, "briquettes_seized": 2960,
        "unlicensed_banned": 45,
    }  # fmt: skip
    one = PatrolLog.objects.get(number="XC20161115A")
    PatrolLog.objects.filter(pk=one.pk).update(persons=one.persons + 1)
    assert PatrolLog.objects.between(FIRST, LAST).totals()["persons"] == 2983


def test_each_log_says_what_its_row_says(winter):
    logs = {log.number: log for log in PatrolLog.objects.prefetch_related("departments")}
    lines = rows(FOLDER, "patrols")
    assert set(logs) == {line["log_no"] for line in lines} and len(lines) == 99
    for line in lines:
        log = logs[line["log_no"]]
        assert log.alert_level == LEVELS.get(line["alert_level"], "") and log.leader_name == line["leader_on_duty"]
        assert {one.short_name for one in log.departments.all()} >= set(line["team_depts"].split(";"))
        assert (log.area, log.note, log.feedback) == (line["area"], line["findings"], line["wechat_feedback"])
        assert log.started_at == moment(f"{line['date']} {line['start']}")
        assert log.ended_at == moment(f"{line['date']} {line['end']}") and log.is_demo
        for name in COUNTERS:
            assert getattr(log, name) == int(line.get(name, 0)) == log.counts.get().added.get(name, 0)


def test_the_roster_of_the_winter_lacks_only_the_nights_of_two_blue_days(winter):
    days = board(FIRST, days=TOTALS_OVER)
    assert [(day.date, day.level, slot.shift) for day in days for slot in day.slots if slot.unfilled] == [
        (date(2016, 11, 30), "blue", "night"), (date(2016, 12, 7), "blue", "night")
    ]  # fmt: skip


def test_loading_twice_changes_nothing(winter):
    before = (PatrolLog.objects.count(), PollutionAlert.objects.count())
    load_patrols(FOLDER, at=NOW)
    assert (PatrolLog.objects.count(), PollutionAlert.objects.count()) == before


@pytest.mark.parametrize("clock", ["09:00", "21:00", "02:00"])
def test_today_has_an_alert_one_red_shift_and_a_running_log(xijing, command_centre, private_files, clock):  # noqa: F811
    make_user("inspector", "inspector", department=command_centre)
    make_user("worker", "worker", department=xijing.department)
    now = moment(f"2026-11-25 {clock}")
    said: list[str] = []
    for later in (0, 0, 71):  # three days of 24 hours less one
        keep_patrol_today(FOLDER, now=now + timedelta(hours=later), say=said.append)
    assert len(said) == 1
    today = timezone.localdate(now)
    alert = PollutionAlert.objects.at(now).get()
    assert alert.level == "yellow" and alert.is_demo and unfilled_shifts(today) == 1
    assert board(today, days=1)[0].slots[1].unfilled, "tonight"
    log = PatrolLog.objects.get(team=xijing.department)
    assert log.is_open and log.persons == 6 and log.photos.count() == 2
    keep_patrol_today(FOLDER, now=now + timedelta(days=4), say=said.append)
    log.refresh_from_db()
    assert len(said) == 2 and not log.is_open and PatrolLog.objects.filter(ended_at__isnull=True).count() == 1
