"""Guessing passwords, one after the other and all at once."""
import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts import guard, login
from accounts.models import AuditEntry, LoginGuard, User
from accounts.staff import create_user
from tests.accounts.conftest import NOW, PASSWORD


def wrong(username="lixiaolan", *, at=NOW, ip="10.0.0.1"):
    """One wrong try; returns the sentence."""
    with pytest.raises(login.LoginRefused) as refusal:
        login.check_password(username, password="wrong", ip=ip, at=at)
    return refusal.value


@pytest.fixture
def lixiaolan(person):
    return person("handler", username="lixiaolan")


def test_the_sentence_counts_down_truly(lixiaolan):
    said = [str(wrong()) for _ in range(4)]
    assert said == [f"账号或密码不对。再错 {left} 次将锁定 15 分钟。" for left in (4, 3, 2, 1)]
    last = wrong()
    assert isinstance(last, login.LoginLocked) and last.minutes == 15


def test_while_locked_even_the_right_password_is_not_looked_at(lixiaolan, monkeypatch):
    for _ in range(5):
        wrong()
    monkeypatch.setattr(User, "check_password", lambda *_: pytest.fail("looked at"))
    with pytest.raises(login.LoginLocked) as locked:
        login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.1", at=NOW + timedelta(minutes=4, seconds=30))
    assert locked.value.minutes == 11


def test_after_the_lock_the_right_password_works_and_the_count_starts_anew(lixiaolan):
    for _ in range(5):
        wrong()
    later = NOW + timedelta(minutes=15)
    assert login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.1", at=later) == lixiaolan
    assert "再错 4 次" in str(wrong(at=later))


def test_a_right_password_forgets_the_wrong_ones(lixiaolan):
    for _ in range(4):
        wrong()
    assert login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.1", at=NOW) == lixiaolan
    assert "再错 4 次" in str(wrong())


def test_wrong_tries_grow_old(lixiaolan):
    for _ in range(4):
        wrong()
    assert "再错 4 次" in str(wrong(at=NOW + timedelta(minutes=15)))


def test_one_address_locks_neither_another_address_nor_another_account(lixiaolan, person):
    other = person("handler", username="wangfang")
    for _ in range(5):
        wrong()
    assert login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.2", at=NOW) == lixiaolan
    assert login.check_password("wangfang", password=PASSWORD, ip="10.0.0.1", at=NOW) == other


def test_capital_letters_and_spaces_do_not_win_more_tries(lixiaolan):
    for name in ("lixiaolan", "LIXIAOLAN", " lixiaolan", "Lixiaolan"):
        wrong(name)
    assert isinstance(wrong(), login.LoginLocked)


def test_an_address_that_tries_many_accounts_is_locked_generously(lixiaolan, settings):
    settings.LOGIN_ADDRESS_LIMIT = 12
    for number in range(12):
        wrong(f"nobody{number}")
    with pytest.raises(login.LoginLocked):
        login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.1", at=NOW)
    assert login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.9", at=NOW) == lixiaolan


def test_right_passwords_never_fill_an_address(lixiaolan, settings):
    settings.LOGIN_ADDRESS_LIMIT = 3
    for _ in range(6):
        assert login.check_password("lixiaolan", password=PASSWORD, ip="10.0.0.1", at=NOW) == lixiaolan


def test_an_unknown_account_is_refused_in_the_same_words(lixiaolan):
    assert str(wrong("nobody")) == str(wrong("lixiaolan"))


def test_failures_and_the_lock_are_in_the_trail_without_any_password(lixiaolan):
    for _ in range(5):
        wrong()
    wrong("my-secret-in-the-wrong-box")
    entries = AuditEntry.objects.all()
    assert entries.of_action("login_failed").count() == 6
    assert entries.of_action("login_locked").count() == 1
    assert entries.of_action("login_failed").filter(actor_name="lixiaolan", ip="10.0.0.1").count() == 5
    said = str(list(entries.values()))
    assert "wrong'" not in said and "my-secret" not in said


def test_a_demonstration_login_works_in_the_demonstration_only(person, settings):
    demo = person("handler", username="handler", password="demo-2016", is_demo=True)
    settings.DEMO = True
    assert login.check_password("handler", password="demo-2016", ip="", at=NOW) == demo
    settings.DEMO = False
    with pytest.raises(login.LoginRefused, match="演示账号只能在演示系统登录"):
        login.check_password("handler", password="demo-2016", ip="", at=NOW)


def test_a_disabled_account_is_told_so_only_with_its_password(lixiaolan):
    User.objects.filter(pk=lixiaolan.pk).update(is_active=False)
    with pytest.raises(login.LoginRefused, match="已停用"):
        login.check_password("lixiaolan", password=PASSWORD, ip="", at=NOW)
    assert "停用" not in str(wrong(ip=""))


def test_old_counters_are_removed_and_living_ones_kept(lixiaolan):
    wrong(ip="10.0.0.7")
    wrong(ip="10.0.0.8", at=NOW + timedelta(hours=1))
    assert guard.forget_stale(at=NOW + timedelta(hours=1)) == 2
    assert LoginGuard.objects.count() == 2


def together(count, act):
    """Run an act in many threads at once; raises what a thread raised."""
    gate, trouble = threading.Barrier(count), []

    def run():
        try:
            gate.wait()
            act()
        except Exception as error:  # handed to the test below
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_guesses_get_no_more_than_five_looks_at_the_password(monkeypatch):
    create_user(username="lixiaolan", real_name="李小兰", password=PASSWORD, roles=["handler"], by=None, at=NOW)
    looks, refused, locked = [], [], []
    monkeypatch.setattr(User, "check_password", lambda self, raw: bool(looks.append(raw)))

    def guess():
        try:
            login.check_password("lixiaolan", password="wrong", ip="10.0.0.1", at=NOW)
        except login.LoginLocked:
            locked.append(1)
        except login.LoginRefused:
            refused.append(1)

    together(50, guess)
    assert (len(looks), len(refused), len(locked)) == (5, 4, 46)
    assert AuditEntry.objects.of_action("login_locked").count() == 1
    assert LoginGuard.objects.count() == 2
