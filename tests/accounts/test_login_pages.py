"""Coming in, staying in, going out."""
import pytest
from django.test import Client

from accounts import staff
from accounts.login import change_password, reset_password
from accounts.models import AuditEntry, LoginGuard, User
from tests.accounts.conftest import NOW, PASSWORD

NEW = "Genghao-2027-mima"


@pytest.fixture
def lixiaolan(person):
    return person("auditor", username="lixiaolan")


def log_in(client, username="lixiaolan", password=PASSWORD, **more):
    """Send the login form."""
    return client.post("/login/", {"username": username, "password": password, **more})


def test_the_login_page_is_open_to_all(client, db):
    page = client.get("/login/")
    assert page.status_code == 200
    assert "社会治理综合指挥中心" in page.text and "忘记密码" in page.text


def test_the_right_password_opens_the_first_page(client, lixiaolan):
    answer = log_in(client)
    assert (answer.status_code, answer.url) == (302, "/audit/")
    assert client.get("/audit/").status_code == 200
    assert AuditEntry.objects.of_action("login").get().actor == lixiaolan


def test_the_wrong_password_says_how_many_tries_are_left_and_keeps_the_name(client, lixiaolan):
    answer = log_in(client, password="wrong")
    assert answer.status_code == 422
    assert "账号或密码不对。再错 4 次将锁定 15 分钟。" in answer.text
    assert 'value="lixiaolan"' in answer.text and "wrong" not in answer.text


def test_an_empty_box_costs_no_try(client, lixiaolan):
    answer = log_in(client, password="")
    assert answer.status_code == 422 and "请填写密码" in answer.text
    assert not LoginGuard.objects.exists()


def test_the_lockout_page_says_how_many_minutes(client, lixiaolan):
    for _ in range(4):
        assert log_in(client, password="wrong").status_code == 422
    assert log_in(client, password="wrong").status_code == 429
    answer = log_in(client)
    assert answer.status_code == 429 and "15 分钟" in answer.text
    assert "_auth_user_id" not in client.session


def test_remembering_lasts_seven_days_and_else_until_the_browser_closes(lixiaolan):
    own, public = Client(), Client()
    log_in(own, remember="on")
    log_in(public)
    assert own.session.get_expiry_age() == 7 * 24 * 3600 and not own.session.get_expire_at_browser_close()
    assert public.session.get_expire_at_browser_close()
    assert own.cookies["sessionid"]["max-age"] == 7 * 24 * 3600
    assert public.cookies["sessionid"]["max-age"] == ""


def test_the_page_asked_for_comes_after_the_login_unless_it_is_another_site(lixiaolan):
    assert log_in(Client(), next="/profile/").url == "/profile/"
    assert log_in(Client(), next="https://evil.example/").url == "/audit/"
    assert log_in(Client(), next="//evil.example/").url == "/audit/"


def test_a_page_asks_for_the_login_first(client, lixiaolan):
    assert client.get("/profile/").url == "/login/?next=/profile/"
    client.force_login(lixiaolan)
    assert client.get("/profile/").status_code == 200
    assert client.get("/login/").url == "/audit/"


def test_going_out_is_a_post_and_ends_the_session(client, lixiaolan):
    log_in(client)
    assert client.get("/logout/").status_code == 405
    assert client.get("/profile/").status_code == 200
    assert client.post("/logout/").url == "/login/"
    assert client.get("/profile/").status_code == 302
    assert AuditEntry.objects.of_action("logout").count() == 1


def test_going_out_twice_does_no_harm(client, lixiaolan):
    log_in(client)
    client.post("/logout/")
    assert client.post("/logout/").url == "/login/"
    assert AuditEntry.objects.of_action("logout").count() == 1


def test_login_needs_the_csrf_token(lixiaolan):
    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict).status_code == 403


def test_disabling_ends_the_session_at_once(client, lixiaolan, person):
    log_in(client)
    assert client.get("/profile/").status_code == 200
    staff.disable_user(lixiaolan, by=person("admin"), at=NOW)
    assert client.get("/profile/").status_code == 302
    staff.enable_user(lixiaolan, by=person("admin"), at=NOW)
    assert client.get("/profile/").status_code == 302


def test_a_reset_password_ends_every_session(client, lixiaolan, person):
    log_in(client)
    reset_password(lixiaolan, password=NEW, by=person("admin"), at=NOW)
    assert client.get("/profile/").status_code == 302
    assert log_in(Client(), password=PASSWORD).status_code == 422
    assert log_in(Client(), password=NEW).status_code == 302


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(lixiaolan):
    here, there = Client(), Client()
    log_in(here, remember="on")
    log_in(there)
    answer = here.post("/profile/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.url == "/profile/"
    assert here.get("/profile/").status_code == 200 and not here.session.get_expire_at_browser_close()
    assert there.get("/profile/").status_code == 302
    entry = AuditEntry.objects.of_action("password_changed").get()
    assert entry.actor == lixiaolan and NEW not in str(entry.__dict__)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "现在的密码不对。再错 4 次"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "两次输入的新密码不同"),
        ({"old": PASSWORD, "new": "short-1", "again": "short-1"}, "10"),
        ({"old": PASSWORD, "new": "1234567890123", "again": "1234567890123"}, "数字"),
        ({"old": PASSWORD, "new": "lixiaolan123", "again": "lixiaolan123"}, "账号"),
    ],
)
def test_a_password_that_will_not_do_says_why_and_changes_nothing(client, lixiaolan, typed, sentence):
    client.force_login(lixiaolan)
    answer = client.post("/profile/password/", typed)
    assert answer.status_code == 422 and sentence in answer.text
    assert User.objects.get(pk=lixiaolan.pk).check_password(PASSWORD)


def test_guessing_the_old_password_is_locked_too(client, lixiaolan):
    client.force_login(lixiaolan)
    typed = {"old": "wrong", "new": NEW, "again": NEW}
    for _ in range(4):
        assert client.post("/profile/password/", typed).status_code == 422
    assert client.post("/profile/password/", typed).status_code == 429
    assert client.post("/profile/password/", {**typed, "old": PASSWORD}).status_code == 429


def test_the_old_password_no_longer_opens(lixiaolan):
    change_password(lixiaolan, password=NEW, at=NOW)
    assert log_in(Client()).status_code == 422
    assert log_in(Client(), password=NEW).status_code == 302


def test_a_demonstration_login_is_refused_elsewhere_and_its_session_ends(client, person, settings):
    person("auditor", username="auditor", password="demo-2016", is_demo=True)
    settings.DEMO = True
    assert log_in(client, "auditor", "demo-2016").status_code == 302
    assert client.get("/profile/").status_code == 200
    settings.DEMO = False
    assert client.get("/profile/").status_code == 302
    answer = log_in(Client(), "auditor", "demo-2016")
    assert answer.status_code == 422 and "演示账号只能在演示系统登录" in answer.text


def test_whoever_forgot_the_password_is_told_whom_to_ask(client, db):
    page = client.get("/login/forgotten/")
    assert page.status_code == 200 and "系统管理员" in page.text


def test_forged_forwarded_addresses_win_no_tries_behind_a_proxy(client, lixiaolan, settings):
    settings.PROXY_COUNT = 1
    for number in range(5):
        client.post(
            "/login/",
            {"username": "lixiaolan", "password": "wrong"},
            headers={"x-forwarded-for": f"1.2.3.{number}, 10.0.0.1"},
        )
    locked = client.post(
        "/login/", {"username": "lixiaolan", "password": PASSWORD}, headers={"x-forwarded-for": "9.9.9.9, 10.0.0.1"}
    )
    free = client.post(
        "/login/", {"username": "lixiaolan", "password": PASSWORD}, headers={"x-forwarded-for": "10.0.0.1, 10.0.0.2"}
    )
    assert (locked.status_code, free.status_code) == (429, 302)
