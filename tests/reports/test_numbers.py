"""Bulletin numbers: 1 … n without a gap under fifty at once of which a third fails, over the year's turn, after a kill."""
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import F

from reports.bulletins import workflow
from reports.bulletins.errors import BulletinConflict
from reports.models import Bulletin, BulletinCounter, BulletinNumber, BulletinState
from tests.make import make_user, moment
from tests.reports.bulletin_cast import NOW, make_submitted

THREADS = 50


class Struck(Exception):
    """A failure put in by force, after the number was taken."""


def at_once(act, things):
    def once(thing):
        try:
            return act(thing)
        except (Struck, BulletinConflict) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(once, things))


def numbers(year=2016):
    return list(Bulletin.objects.numbered(series="苹城管督", year=year).values_list("number", flat=True))


@pytest.fixture
def waiting(transactional_db, chief):
    """Fifty issues that wait to be signed."""
    return [make_submitted(chief) for _ in range(THREADS)]


def test_of_fifty_at_once_with_a_third_failing_the_numbers_have_no_gap(waiting, leader, monkeypatch):
    doomed = set(random.Random(7).sample([one.pk for one in waiting], 15))
    note = workflow.note

    def strike(bulletin, act, **how):
        if act == "issued" and bulletin.pk in doomed:
            assert Bulletin.objects.get(pk=bulletin.pk).number is not None  # it had its number already
            raise Struck
        note(bulletin, act, **how)

    monkeypatch.setattr(workflow, "note", strike)
    results = at_once(lambda one: workflow.approve(one, by=leader, at=NOW), waiting)
    assert sum(isinstance(one, Struck) for one in results) == 15
    assert sorted(one for one in results if isinstance(one, int)) == numbers() == list(range(1, 36))
    assert BulletinCounter.objects.get().last == 35
    failed = Bulletin.objects.filter(pk__in=doomed)
    assert set(failed.values_list("state", "number", "issued_at")) == {("submitted", None, None)}
    assert not BulletinNumber.objects.filter(bulletin__in=doomed).exists()
    monkeypatch.setattr(workflow, "note", note)
    later = [workflow.approve(one, by=leader, at=NOW) for one in failed]
    assert sorted(later) == list(range(36, 51)) and numbers() == list(range(1, 51))


def test_of_fifty_who_sign_the_same_issue_one_does_and_one_number_is_taken(transactional_db, chief, leader):
    bulletin = make_submitted(chief)
    copies = [Bulletin.objects.get(pk=bulletin.pk) for _ in range(THREADS)]
    results = at_once(lambda one: workflow.approve(one, by=leader, at=NOW), copies)
    assert results.count(1) == 1 and sum(isinstance(one, BulletinConflict) for one in results) == THREADS - 1
    assert numbers() == [1] and BulletinCounter.objects.get().last == 1


def test_the_year_turns_at_midnight_of_shanghai(chief, leader):
    ends, begins = moment("2016-12-31 23:59"), moment("2017-01-01 00:00")
    last = ends.replace(second=58)
    issued = [make_submitted(chief) for _ in range(3)]
    for bulletin, at in zip(issued, (last, last.replace(second=59), begins), strict=True):
        workflow.approve(bulletin, by=leader, at=at)
    assert [(one.year, one.number) for one in issued] == [(2016, 1), (2016, 2), (2017, 1)]
    assert [str(one.issued_on) for one in issued] == ["2016-12-31", "2016-12-31", "2017-01-01"]


def test_withdrawn_numbers_stay_and_are_not_used_again(chief, leader):
    first, second = make_submitted(chief), make_submitted(chief)
    workflow.approve(first, by=leader, at=NOW)
    workflow.withdraw(first, by=chief, at=NOW, reason="统计口径有误")
    assert workflow.approve(second, by=leader, at=NOW) == 2
    first.refresh_from_db()
    assert (first.state, first.number) == (BulletinState.WITHDRAWN, 1) and numbers() == [1, 2]


def test_the_counter_goes_on_behind_what_was_loaded(chief, leader):
    BulletinCounter.objects.create(series="苹城管督", year=2016, last=161)
    bulletin = make_submitted(chief)
    assert workflow.approve(bulletin, by=leader, at=NOW) == 162


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has a guard of its own")
def test_the_database_refuses_to_change_what_was_issued(chief, leader):
    from django.db import DatabaseError, transaction

    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    rows = Bulletin.objects.filter(pk=bulletin.pk)
    for sql in ("UPDATE reports_bulletin SET title = 'x'", "DELETE FROM reports_bulletinstep",
                "UPDATE reports_bulletinnumber SET value = '9'", "UPDATE reports_bulletin SET state = 'draft'"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert rows.update(version=F("version") + 1) == 0
    workflow.withdraw(bulletin, by=chief, at=NOW, reason="统计口径有误")


# --- killed ---------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from accounts.models import User
from reports.bulletins import schedules, workflow
from reports.models import Bulletin
from tests.make import moment
left = int(sys.argv[3])
def count(execute, sql, params, many, context):
    global left
    if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
leader = User.objects.get(username="leader")
with connection.execute_wrapper(count):
    if sys.argv[2] == "due":
        schedules.draft_due(at=moment("2016-12-20 10:00"))
    else:
        workflow.approve(Bulletin.objects.get(pk=sys.argv[2]), by=leader, at=moment("2016-12-20 10:00"))
"""


def killed_after(writes, what):
    """A worker that does it and is killed before so many writes and one; its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"]), str(what), str(writes)], check=False,
        capture_output=True, text=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}, timeout=60,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.slow
def test_a_worker_killed_at_any_point_leaves_nothing_half(transactional_db, chief, leader, dispatcher, handler, standards, category, xijing):
    from tests.reports.bulletin_cast import make_week

    make_week(dispatcher, handler, category, xijing.grids.get())
    bulletin = make_submitted(chief)
    connections.close_all()
    ends = []
    for writes in range(10):
        ends.append(killed_after(writes, bulletin.pk))
        if ends[-1] == 0:
            break
        bulletin.refresh_from_db()
        assert (bulletin.state, bulletin.number) == ("submitted", None) and not numbers()
        assert not BulletinNumber.objects.exists() and not BulletinCounter.objects.filter(last__gt=0).exists()
        assert not bulletin.steps.filter(act="issued").exists()
    assert ends.count(-signal.SIGKILL) >= 4
    if ends[-1]:
        workflow.approve(bulletin, by=leader, at=NOW)
    bulletin.refresh_from_db()
    assert numbers() == [1] and bulletin.numbers.exists()


@pytest.mark.slow
def test_a_worker_killed_while_it_drafts_leaves_nothing_half_and_the_next_one_drafts_once(transactional_db, admin, chief,
                                                                                          leader):  # fmt: skip
    from accounts.models import AuditEntry, Notification
    from reports.bulletins import schedules
    from reports.models import BulletinSlot, BulletinStep

    schedules.switch("weekly", on=True, by=admin, at=moment("2016-12-14 10:00"))
    connections.close_all()
    before, kills = AuditEntry.objects.count(), 0
    for writes in range(12):
        if killed_after(writes, "due") == 0:
            break
        kills += 1
        for model in (Bulletin, BulletinSlot, BulletinStep, Notification):
            assert not model.objects.exists(), (writes, model)
        assert AuditEntry.objects.count() == before
    assert kills >= 4, "with the points of issuing these are ten"
    assert killed_after(99, "due") == 0
    assert Bulletin.objects.count() == BulletinSlot.objects.count() == Notification.objects.count() == 1


def test_a_person_who_is_both_does_not_sign_what_they_submitted(db):
    from reports.bulletins.errors import BulletinForbidden

    both, other = make_user("both", "chief", "leader"), make_user("other", "leader")
    bulletin = make_submitted(both)
    with pytest.raises(BulletinForbidden, match="送签过这份通报的人不能签发"):
        workflow.approve(bulletin, by=both, at=NOW)
    assert workflow.approve(bulletin, by=other, at=NOW) == 1
