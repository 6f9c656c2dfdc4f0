"""What people are told, and the bell."""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from accounts.notify import mark_read, tell, tell_many
from tests.accounts.conftest import NOW
from tests.accounts.test_guard import together


def test_a_notice_reaches_the_person(person):
    li = person("handler")
    assert tell(li, text="新派遣 DC-2016-076", url="/cases/DC-2016-076/", case_number="DC-2016-076", at=NOW) == 1
    notice = Notification.objects.for_user(li).unread().get()
    assert (notice.text, notice.case_number, notice.read_at) == ("新派遣 DC-2016-076", "DC-2016-076", None)


def test_the_same_slot_is_told_once_and_an_empty_slot_every_time(person):
    li, wang = person("handler"), person("handler")
    assert tell(li, text="快到期", slot="event:1", at=NOW) == 1
    assert tell(li, text="快到期", slot="event:1", at=NOW) == 0
    assert tell_many([li, wang, wang], text="快到期", slot="event:1", at=NOW) == 1
    assert tell(li, text="快到期", slot="event:2", at=NOW) == 1
    assert tell(li, text="闲话", at=NOW) + tell(li, text="闲话", at=NOW) == 2
    assert Notification.objects.for_user(li).count() == 4


def test_whoever_left_is_told_nothing(person):
    li = person("handler")
    User.objects.filter(pk=li.pk).update(is_active=False)
    li.refresh_from_db()
    assert tell_many([li, None], text="新派遣", at=NOW) == 0


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_notice_links_to_this_site_only(person, url):
    with pytest.raises(ValueError):
        tell(person("handler"), text="x", url=url, at=NOW)


def test_many_people_cost_two_queries(person, django_assert_num_queries):
    people = [person("handler") for _ in range(8)]
    with django_assert_num_queries(2):
        assert tell_many(people, text="会商", slot="event:9", at=NOW) == 8


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_tell_at_once_leave_one_notice(person):
    li = person("handler")
    together(8, lambda: tell(li, text="快到期", slot="event:1", at=NOW))
    assert Notification.objects.for_user(li).count() == 1


def test_the_list_shows_mine_only_newest_first(client, person):
    li, wang = person("handler"), person("handler")
    tell(li, text="早的", at=NOW)
    tell(li, text="晚的", at=NOW + timedelta(hours=1))
    tell(wang, text="别人的", at=NOW)
    client.force_login(li)
    page = client.get("/notifications/").text
    assert page.index("晚的") < page.index("早的") and "别人的" not in page and "未读 2 条" in page


def test_an_empty_list_says_what_will_stand_there(client, person):
    client.force_login(person("handler"))
    assert "还没有通知" in client.get("/notifications/").text


def test_opening_a_notice_marks_it_read_and_goes_there(client, person):
    li = person("handler")
    tell(li, text="新派遣", url="/profile/", at=NOW)
    notice = Notification.objects.get()
    client.force_login(li)
    address = f"/notifications/{notice.pk}/read/"
    assert client.get(address).status_code == 405
    assert client.post(address).url == "/profile/"
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    client.post(address)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_a_notice_of_another_person_is_not_there(client, person):
    li, wang = person("handler"), person("handler")
    tell(wang, text="别人的", at=NOW)
    client.force_login(li)
    assert client.post(f"/notifications/{Notification.objects.get().pk}/read/").status_code == 404
    assert Notification.objects.for_user(wang).unread().count() == 1
    client.force_login(wang)
    assert client.post(f"/notifications/{Notification.objects.get().pk}/read/").status_code == 302


def test_all_are_marked_read_but_only_mine(client, person):
    li, wang = person("handler"), person("handler")
    for text in "一二三":
        tell_many([li, wang], text=text, at=NOW)
    client.force_login(li)
    client.post("/notifications/read/")
    assert not Notification.objects.for_user(li).unread().exists()
    assert Notification.objects.for_user(wang).unread().count() == 3
    assert mark_read(li, at=NOW) == 0


def test_the_bell_answers_304_until_something_changes(client, person):
    li = person("handler")
    client.force_login(li)
    tell(li, text="一", at=NOW)
    answer = client.get("/notifications/unread/")
    assert "未读通知 </span>1<" in answer.text and "no-cache" in answer["Cache-Control"]
    again = client.get("/notifications/unread/", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    tell(li, text="二", at=NOW)
    changed = client.get("/notifications/unread/", headers={"if-none-match": answer["ETag"]})
    assert changed.status_code == 200 and "2" in changed.text


def test_two_people_never_share_a_bell(client, person):
    li, wang = person("handler"), person("handler")
    client.force_login(li)
    tag = client.get("/notifications/unread/")["ETag"]
    client.force_login(wang)
    assert client.get("/notifications/unread/", headers={"if-none-match": tag}).status_code == 200


def test_the_bell_of_an_ended_session_is_empty_not_a_login_page(client, db):
    answer = client.get("/notifications/unread/")
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_bell_asks_for_one_count(client, person, django_assert_max_num_queries):
    client.force_login(person("handler"))
    with django_assert_max_num_queries(3):
        client.get("/notifications/unread/")


def test_the_list_is_paged_and_twice_the_rows_cost_no_more_queries(client, person):
    li = person("handler")
    client.force_login(li)
    counts = []
    for _ in range(2):
        for number in range(14):
            tell(li, text=f"第 {number} 条", url="/profile/", at=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/notifications/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
    for number in range(10):
        tell(li, text=f"再 {number}", at=NOW)
    assert len(client.get("/notifications/").context["page_obj"]) == 30
