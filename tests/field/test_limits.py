"""Open doors that are used too much: told when to come again, each beside what still passes."""
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases import limits
from cases.models import Case, DoorCount
from grid.models import Photo
from tests.field.test_report import LAT, LON, jpeg, pick, picture, send, street, street_worker  # noqa: F401  fixtures
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]


def narrow(monkeypatch, door, *, device, address):
    old = limits.LIMITS[door]
    monkeypatch.setitem(limits.LIMITS, door, limits.Limit(device, address, old.span, old.many, old.instead))


def ask_nearby(client):
    return client.get("/m/report/nearby.json", {"lon": LON, "lat": LAT, "category": "0504"})


def test_asking_what_is_near_too_often_is_told_so_per_device_first(client, street, monkeypatch):  # noqa: F811
    narrow(monkeypatch, "nearby", device=2, address=4)
    client.get("/m/report/")  # the device gets its mark
    assert [ask_nearby(client).status_code for _ in range(3)] == [200, 200, 429]
    refused = ask_nearby(client)
    told = refused.json()
    assert told["near"] == [] and "不影响上报" in told["sentence"] and 0 < int(refused["Retry-After"]) <= 600
    other = Client()
    other.get("/m/report/")
    assert [ask_nearby(other).status_code for _ in range(2)] == [200, 200], "another phone behind the same address"
    third = Client()
    third.get("/m/report/")
    assert ask_nearby(third).status_code == 429, "the address is full, whatever the devices claim"
    assert send(client).status_code == 201, "the report itself is not held up"


def test_a_position_that_is_none_takes_no_place(client, street):  # noqa: F811
    assert client.get("/m/report/nearby.json").status_code == 422 and not DoorCount.objects.exists()


def test_the_bytes_of_a_day_are_counted_for_who_has_no_login(client, street, settings):  # noqa: F811
    heavy = jpeg() + b"\0" * 700_000
    settings.UPLOAD_DEVICE_MB_A_DAY, settings.UPLOAD_ADDRESS_MB_A_DAY = 1, 2
    client.get("/m/report/")
    assert send(client, photos=[picture(heavy)]).status_code == 201
    refused = send(client, key="b" * 32, photos=[picture(heavy)])
    assert refused.status_code == 429 and "今天上传的照片太多" in refused.json()["sentence"]
    assert "明天" in refused.json()["sentence"] and 0 < int(refused["Retry-After"]) <= 86400
    assert Photo.objects.count() == Case.objects.count() == 1
    assert send(client, key="c" * 32).status_code == 201, "a small one still fits"
    assert send(client, photos=[picture(heavy)]).status_code == 201, "a second delivery takes nothing"
    other = Client()
    other.get("/m/report/")
    assert send(other, key="d" * 32, photos=[picture(heavy)]).status_code == 201
    third = Client()
    third.get("/m/report/")
    assert send(third, key="e" * 32, photos=[picture(heavy)]).status_code == 429, "the address has had its share"


def test_staff_are_not_counted(client, street, street_worker, settings):  # noqa: F811
    settings.UPLOAD_DEVICE_MB_A_DAY = settings.UPLOAD_ADDRESS_MB_A_DAY = 0
    assert send(client).status_code == 429
    client.force_login(street_worker)
    assert send(client, key="b" * 32, who=str(street_worker.pk)).status_code == 201
    assert not DoorCount.objects.filter(door="upload", used__gt=0).exists()


def test_what_failed_by_our_fault_is_given_back(settings):
    settings.UPLOAD_DEVICE_MB_A_DAY, settings.UPLOAD_ADDRESS_MB_A_DAY = 1, 5
    told = {"device": "d", "address": "10.0.0.1", "at": timezone.now()}
    place = limits.take_place("upload", amount=900, **told)
    with pytest.raises(limits.TooMany):
        limits.take_place("upload", amount=900, **told)
    assert {row.used for row in DoorCount.objects.all()} == {900}, "the refused one left nothing behind"
    limits.give_back(place)
    limits.take_place("upload", amount=900, **told)


def test_a_day_begins_at_midnight_in_beijing(settings):
    settings.UPLOAD_DEVICE_MB_A_DAY, settings.UPLOAD_ADDRESS_MB_A_DAY = 1, 5
    told = {"device": "d", "address": "10.0.0.1", "amount": 1024}
    limits.take_place("upload", at=moment("2016-12-21 23:59"), **told)
    with pytest.raises(limits.TooMany) as refusal:
        limits.take_place("upload", at=moment("2016-12-21 23:59"), **told)
    assert refusal.value.until == moment("2016-12-22 00:00")
    limits.take_place("upload", at=moment("2016-12-21 23:59") + timedelta(minutes=1), **told)
