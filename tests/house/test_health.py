"""/healthz tells a watcher whether the system can serve."""
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import Notification
from cases import limits, storage
from cases.storage import GIB
from cases.tasks import watch_storage
from config import health, tasks

Usage = namedtuple("Usage", "total used free")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch):
    """A machine with room, nothing remembered of another test."""
    cache.delete_many([tasks.BEAT_KEY, "storage-state"])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(100 * GIB, 0, 50 * GIB))


def test_a_working_database_is_healthy(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "beat": "unknown", "storage": "ok"}
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


def test_little_room_is_told_and_does_not_take_the_web_down(client, monkeypatch, settings):
    settings.DISK_LEAST_FREE_GB = 5
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(100 * GIB, 0, 4 * GIB))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["storage"]) == (200, "low")


def test_many_uploads_without_a_login_are_told(client, settings):
    settings.UPLOAD_ALARM_GB_A_DAY = 1
    settings.UPLOAD_DEVICE_MB_A_DAY = settings.UPLOAD_ADDRESS_MB_A_DAY = 5000
    at = timezone.now()
    limits.take_place("upload", device="one", address="10.0.0.1", at=at, amount=700 * 1024)
    assert limits.uploaded_mb(at=at) == 700 and client.get("/healthz").json()["storage"] == "ok"
    limits.take_place("upload", device="two", address="10.0.0.2", at=at, amount=700 * 1024)
    assert limits.uploaded_mb(at=at) == 1400
    assert limits.uploaded_mb(at=at + timedelta(days=1)) == 0, "yesterday's is yesterday's"
    cache.delete("storage-state")
    assert client.get("/healthz").json()["storage"] == "flooded"


def test_the_admins_are_told_of_little_room_once_a_day(admin, dispatcher, monkeypatch):
    assert watch_storage() == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(100 * GIB, 0, GIB))
    assert [watch_storage(), watch_storage()] == [1, 0]
    notice = Notification.objects.get()
    assert notice.user == admin and "剩余空间不足" in notice.text
    assert storage.tell_of_storage(at=timezone.now() + timedelta(days=1)) == 1


def test_a_folder_that_is_not_made_yet_lies_on_its_parents_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert storage.free_gb() > 0
