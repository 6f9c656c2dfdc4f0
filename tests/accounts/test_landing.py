"""The first page of each person."""
import pytest

from accounts import landing
from accounts.landing import first_page

FIRST = {
    "dispatcher": "/desk/",
    "chief": "/desk/",
    "inspector": "/desk/",
    "petition": "/desk/",
    "handler": "/desk/",
    "worker": "/m/tasks/",
    "clerk": "/ledgers/structures/",
    "leader": "/dashboard/",
    "admin": "/admin/",
    "auditor": "/audit/",
}


@pytest.mark.parametrize(("role", "address"), FIRST.items())
def test_each_role_begins_at_its_own_page(person, monkeypatch, role, address):
    monkeypatch.setattr(landing, "has_page", lambda _: True)
    assert first_page(person(role)) == address


def test_a_page_that_is_not_there_is_passed_over(person, monkeypatch):
    monkeypatch.setattr(landing, "has_page", lambda address: address not in {"/dashboard/", "/desk/"})
    assert first_page(person("leader")) == "/profile/"
    assert first_page(person("chief", "auditor")) == "/audit/"
    monkeypatch.setattr(landing, "has_page", lambda address: address != "/dashboard/")
    assert first_page(person("leader")) == "/desk/"


def test_pages_are_really_looked_up():
    assert landing.has_page("/profile/") and not landing.has_page("/no-such-page/")


def test_a_person_without_roles_begins_at_the_profile(person):
    assert first_page(person()) == "/profile/"


def test_the_root_sends_everyone_on(client, person):
    assert client.get("/").url == "/login/?next=/"
    client.force_login(person("admin"))
    assert client.get("/").url == "/admin/"
