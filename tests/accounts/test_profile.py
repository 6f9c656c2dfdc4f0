"""The own page."""
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import DutyShift, User
from tests.accounts.conftest import NOW


@pytest.fixture
def li(person, department):
    return person("handler", "worker", department=department, phone="13812341234")


def test_the_profile_shows_who_i_am_with_a_masked_phone(client, li):
    client.force_login(li)
    page = client.get("/profile/").text
    assert "李小兰" in page and "城管执法队" in page and "承办人、社区工作者" in page
    assert "138****1234" in page and "13812341234" not in page


def test_theme_and_shortcuts_are_kept(client, li):
    client.force_login(li)
    assert client.post("/profile/", {"theme": "dark"}).url == "/profile/"
    li = User.objects.get(pk=li.pk)
    assert (li.theme, li.shortcuts_on) == ("dark", False)
    assert 'data-theme="dark"' in client.get("/profile/").text
    client.post("/profile/", {"theme": "auto", "shortcuts_on": "on"})
    li = User.objects.get(pk=li.pk)
    assert (li.theme, li.shortcuts_on) == ("auto", True)


def test_an_unknown_theme_is_refused_and_nothing_is_kept(client, li):
    client.force_login(li)
    assert client.post("/profile/", {"theme": "pink"}).status_code == 422
    assert User.objects.get(pk=li.pk).theme == "auto"


def test_saving_the_look_cannot_change_anything_else(client, li):
    client.force_login(li)
    client.post("/profile/", {"theme": "light", "username": "root", "is_active": "", "department": ""})
    after = User.objects.get(pk=li.pk)
    assert (after.username, after.is_active, after.department_id) == (li.username, True, li.department_id)


def test_my_coming_shifts_stand_there_and_others_do_not(client, li, person):
    soon = timezone.now() + timedelta(days=2)
    other = person("handler", real_name="王芳芳")
    DutyShift.objects.create(date=soon.date(), kind="day", starts_at=soon, ends_at=soon + timedelta(hours=9), user=li)
    later = soon + timedelta(days=1)
    DutyShift.objects.create(
        date=later.date(), kind="day", starts_at=later, ends_at=later + timedelta(hours=9), user=other
    )
    DutyShift.objects.create(
        date=NOW.date(), kind="night", starts_at=NOW, ends_at=NOW + timedelta(hours=9), user=li
    )
    client.force_login(li)
    page = client.get("/profile/").text
    assert page.count("白班") == 1 and "夜班" not in page and "王芳芳" not in page


def test_many_shifts_cost_no_more_queries(client, li, django_assert_max_num_queries):
    soon = timezone.now() + timedelta(days=1)
    for number in range(15):
        begin = soon + timedelta(days=number)
        DutyShift.objects.create(
            date=begin.date(), kind="day", starts_at=begin, ends_at=begin + timedelta(hours=9), user=li, leader=li
        )
    client.force_login(li)
    with django_assert_max_num_queries(7):
        assert client.get("/profile/").text.count("白班") == 15
