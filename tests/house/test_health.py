"""/healthz tells a watcher whether the system can serve."""
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from config import health, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seen():
    cache.delete(tasks.BEAT_KEY)


def test_a_working_database_is_healthy(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "beat": "unknown"}
    assert "no-store" in answer["Cache-Control"]


def test_the_timetable_that_ran_is_told_and_one_that_stopped_too(client):
    tasks.note_beat.delay()
    assert client.get("/healthz").json()["beat"] == "ok"
    assert health.beat_state(at=timezone.now() + timedelta(minutes=6)) == "late"


def test_a_database_that_is_down_is_a_503(client, monkeypatch):
    def down():
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "migrations_pending", down)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": "down"})


def test_a_database_older_than_the_code_is_a_503(client, monkeypatch):
    monkeypatch.setattr(health, "migrations_pending", lambda: True)
    assert client.get("/healthz").status_code == 503


def test_healthz_is_only_read(client):
    assert client.post("/healthz").status_code == 405


def test_once_the_shape_fits_the_migration_files_are_read_no_more(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(health, "_fitting", [])
    assert client.get("/healthz").status_code == 200
    with django_assert_num_queries(1):
        assert not health.migrations_pending()
