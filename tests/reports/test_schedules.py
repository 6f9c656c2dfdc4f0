"""Bulletins that draft themselves: each period once, caught up once, whatever beat and worker do."""
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections

from accounts.models import Notification
from reports.bulletins import schedules
from reports.bulletins.errors import BulletinForbidden
from reports.models import Bulletin, BulletinSchedule, BulletinSlot
from tests.make import moment

START = moment("2016-11-30 12:00")


def on(admin, *kinds, at=START):
    for kind in kinds:
        schedules.switch(kind, on=True, by=admin, at=at)


def drafted(kind):
    return [one.first for one in Bulletin.objects.filter(kind=kind).order_by("first")]


@pytest.mark.django_db
def test_a_simulated_month_of_beats_drafts_each_period_once(admin, chief):
    on(admin, "daily", "weekly", "monthly")
    at = START
    while at < moment("2017-01-02 09:00"):
        schedules.draft_due(at=at)
        at += timedelta(hours=4)
    assert drafted("weekly") == [date(2016, 11, 28) + timedelta(weeks=week) for week in range(5)]
    assert drafted("monthly") == [date(2016, 11, 1), date(2016, 12, 1)]
    dailies = drafted("daily")
    assert len(dailies) == len(set(dailies)) and date(2016, 12, 3) not in dailies  # a Saturday
    assert {date(2016, 12, 1), date(2016, 12, 30)} <= set(dailies)
    assert BulletinSlot.objects.count() == Bulletin.objects.count()
    assert Notification.objects.filter(user=chief, text__contains="自动拟稿").count() == Bulletin.objects.count()


@pytest.mark.django_db
def test_what_was_missed_is_caught_up_once(admin, chief):
    on(admin, "daily", "weekly", "monthly")
    after = moment("2017-02-07 09:00")
    assert schedules.draft_due(at=after)
    assert drafted("weekly") == [date(2017, 1, 9), date(2017, 1, 16), date(2017, 1, 23), date(2017, 1, 30)]
    assert drafted("monthly") == [date(2016, 11, 1), date(2016, 12, 1), date(2017, 1, 1)]
    assert drafted("daily") == [date(2017, 2, 6)]  # not a whole absence of dailies
    assert schedules.draft_due(at=after) == [] == schedules.draft_due(at=after + timedelta(hours=1))


@pytest.mark.django_db
def test_nothing_before_it_was_switched_on_and_nothing_when_off(admin, chief):
    on(admin, "weekly", at=moment("2016-12-21 10:00"))
    assert schedules.draft_due(at=moment("2016-12-21 12:00")) == []
    schedules.switch("weekly", on=False, by=admin, at=moment("2016-12-22 10:00"))
    assert schedules.draft_due(at=moment("2016-12-27 09:00")) == []
    schedules.switch("weekly", on=True, by=admin, at=moment("2016-12-27 10:00"))
    assert schedules.draft_due(at=moment("2017-01-02 05:00")) == []  # the night before six: not yet judged
    assert len(schedules.draft_due(at=moment("2017-01-02 06:00"))) == 1


@pytest.mark.django_db
def test_only_the_admin_switches(admin, chief, leader):
    for other in (chief, leader):
        with pytest.raises(BulletinForbidden):
            schedules.switch("weekly", on=True, by=other, at=START)
    with pytest.raises(BulletinForbidden):
        schedules.switch("special", on=True, by=admin, at=START)
    schedules.switch("weekly", on=True, by=admin, at=START)
    schedules.switch("weekly", on=True, by=admin, at=START + timedelta(days=1))
    assert BulletinSchedule.objects.get().since == START  # switched on twice it runs since the first


def test_two_beats_at_once_draft_once(transactional_db, admin, chief):
    on(admin, "weekly", "monthly")

    def beat(_):
        try:
            return schedules.draft_due(at=moment("2016-12-05 09:00"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = [draft for drafts in pool.map(beat, range(8)) for draft in drafts]
    assert len(made) == 2 == Bulletin.objects.count() == BulletinSlot.objects.count()


@pytest.mark.django_db
def test_a_draft_that_fails_leaves_no_slot_and_is_tried_again(admin, chief, monkeypatch):
    on(admin, "weekly")
    at = moment("2016-12-05 09:00")

    def fall(*args, **how):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(schedules, "tell_many", fall)
        with pytest.raises(OSError):
            schedules.draft_due(at=at)
    assert not Bulletin.objects.exists() and not BulletinSlot.objects.exists()
    assert len(schedules.draft_due(at=at)) == 1
