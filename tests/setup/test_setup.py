"""The guided first set-up of an empty system."""
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import AuditEntry, Department, User
from config import setup
from grid.models import CalendarDay, Community, UnitGrid

PASSWORD = "Diyici-2026-ok"
SQUARE = [[[116.18, 39.92], [116.20, 39.92], [116.20, 39.94], [116.18, 39.94], [116.18, 39.92]]]


@pytest.fixture
def token(db, settings, tmp_path, capsys):
    """The one-time token, as the start prints it."""
    settings.SETUP_TOKEN_FILE = tmp_path / "setup-token"
    call_command("setup_token")
    return capsys.readouterr().out.strip()


def first(token, **over):
    """What the first page sends."""
    return {
        "token": token, "username": "root1", "real_name": "秦管理", "password": PASSWORD, "again": PASSWORD, **over
    }  # fmt: skip


@pytest.fixture
def admin(client, token):
    """The first admin, logged in by having been made."""
    client.post("/setup/", first(token))
    return User.objects.get()


def geojson(code, name, shape=SQUARE, **more):
    """A file with one area."""
    ground = {"type": "Polygon", "coordinates": shape}
    area = {"type": "Feature", "properties": {"code": code, "name": name, **more}, "geometry": ground}
    text = json.dumps({"type": "FeatureCollection", "features": [area]})
    return SimpleUploadedFile("area.geojson", text.encode())


def territory(**over):
    """The three files."""
    return {
        "outline": geojson("110107005", "苹果园街道"),
        "communities": geojson("110107005008", "西井社区", short_name="西井"),
        "grids": geojson(
            "110107005008001", "西井社区第1网格", community_code="110107005008", community="西井社区", serial=1
        ),
        **over,
    }


def test_the_page_opens_with_the_token_only(client, token):
    assert client.get("/setup/", {"token": token}).status_code == 200
    for wrong in ("", "wrong", token + "x", "中文"):
        assert client.get("/setup/", {"token": wrong}).status_code == 404
    assert client.post("/setup/", first("wrong")).status_code == 404
    assert not User.objects.exists()


def test_the_first_admin_is_made_and_the_token_is_used_up(client, token, settings):
    answer = client.post("/setup/", first(token))
    assert (answer.status_code, answer.url) == (302, "/setup/departments/")
    admin = User.objects.get()
    assert admin.roles == {"admin"} and admin.check_password(PASSWORD)
    assert not settings.SETUP_TOKEN_FILE.exists()
    assert Client().get("/setup/", {"token": token}).status_code == 404
    assert client.get("/setup/departments/").status_code == 200
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_with_anyone_there_the_page_is_gone_even_with_the_token(client, token):
    User.objects.create(username="x", real_name="某人")
    assert client.get("/setup/", {"token": token}).status_code == 404


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"again": "other"}, "两次输入的密码不同"),
        ({"password": "12345", "again": "12345"}, "10"),
        ({"username": ""}, "必填"),
        ({"username": "含 空格"}, "用户名"),
    ],
)
def test_a_wrong_first_form_says_why_makes_nobody_and_keeps_the_token(client, token, over, sentence):
    answer = client.post("/setup/", first(token, **over))
    assert answer.status_code == 422 and sentence in answer.text
    assert not User.objects.exists()
    assert client.post("/setup/", first(token)).status_code == 302


def test_of_two_who_hold_the_token_one_becomes_admin(client, token, settings, monkeypatch):
    monkeypatch.setattr(setup, "waits_for_admin", lambda _: True)
    assert client.post("/setup/", first(token)).status_code == 302
    late = Client().post("/setup/", first(token, username="root2"))
    assert late.status_code == 409 and "已由别人建立" in late.text
    assert User.objects.count() == 1


def test_the_steps_are_walked_to_the_end(client, admin):
    usual = client.get("/setup/departments/").context["form"]["lines"].value()
    assert client.post("/setup/departments/", {"lines": usual}).url == "/setup/calendar/"
    assert Department.objects.filter(kind="resident").count() == 8
    assert client.post("/setup/calendar/").url == "/setup/territory/"
    assert CalendarDay.objects.filter(is_workday=True, date="2016-06-12").exists()
    answer = client.post("/setup/territory/", territory())
    assert answer.status_code == 302, answer.context["form"].errors
    assert (Community.objects.count(), UnitGrid.objects.count()) == (1, 1)
    assert Department.objects.get(kind="community").short_name == "西井"
    assert client.get("/setup/done/").status_code == 200
    assert client.post("/setup/done/").url == "/"
    for step in ("departments", "calendar", "territory", "done"):
        assert client.get(f"/setup/{step}/").status_code == 404
    assert AuditEntry.objects.of_action("setup_completed").get().actor == admin


def test_a_step_done_twice_changes_nothing(client, admin):
    for _ in range(2):
        client.post("/setup/departments/", {"lines": "D01,执法队,城管,常驻部门"})
        client.post("/setup/calendar/")
        client.post("/setup/territory/", territory())
    assert Department.objects.count() == 2 and Community.objects.count() == 1


def test_wrong_departments_are_named_by_line_and_none_is_entered(client, admin):
    answer = client.post("/setup/departments/", {"lines": "D01,执法队,城管,常驻部门\nD02,缺列"})
    assert answer.status_code == 422 and "第 2 行：应有 4 列" in answer.text
    assert not Department.objects.exists()


def test_a_wrong_territory_says_why_and_nothing_is_loaded(client, admin):
    no_json = SimpleUploadedFile("area.geojson", b"not json")
    no_text = SimpleUploadedFile("area.geojson", b"\xff\xfe\x00")
    for over in ({"grids": no_json}, {"communities": no_text}, {"outline": ""}):
        answer = client.post("/setup/territory/", territory(**over))
        assert answer.status_code == 422 and "errsum" in answer.text
    assert not Community.objects.exists() and not Department.objects.exists()


def test_the_set_up_is_not_completed_without_departments(client, admin):
    assert client.post("/setup/done/").url == "/setup/departments/"
    assert setup.is_under_way()


def test_the_steps_are_for_the_admin_only(client, admin):
    stranger = Client()
    assert stranger.get("/setup/departments/").status_code == 302
    clerk = User.objects.create(username="clerk", real_name="某人")
    stranger.force_login(clerk)
    assert stranger.get("/setup/departments/").status_code == 403
    assert client.get("/setup/departments/").status_code == 200


def test_a_system_that_was_not_set_up_here_shows_no_steps(client, db):
    from accounts.staff import create_user
    from tests.accounts.conftest import NOW

    admin = create_user(username="a", real_name="某人", password=PASSWORD, roles=["admin"], by=None, at=NOW)
    client.force_login(admin)
    assert client.get("/setup/departments/").status_code == 404
