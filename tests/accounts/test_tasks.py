"""House-keeping about people."""
from datetime import timedelta

from django.utils import timezone

from accounts.models import LoginGuard
from accounts.tasks import forget_stale_guards
from config.celery import app


def test_the_nightly_job_forgets_old_counters_only(db):
    now = timezone.now()
    LoginGuard.objects.create(key="old", last_at=now - timedelta(hours=1))
    LoginGuard.objects.create(key="new", last_at=now)
    assert forget_stale_guards() == 1
    assert LoginGuard.objects.get().key == "new"


def test_the_job_stands_in_the_timetable():
    assert "accounts.tasks.forget_stale_guards" in {row["task"] for row in app.conf.beat_schedule.values()}
