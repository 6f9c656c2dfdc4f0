"""The wall: opened by a link that can be revoked, without a word that a person wrote, and cheap to ask again."""
from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from cases.states import State
from reports import facts, wall
from reports.errors import ReportConflict, ReportRefused
from reports.models import WallLink
from tests.make import NOW, make_case, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def link(admin):
    """A link and its token."""
    return wall.create_link(name="指挥大厅", by=admin, at=NOW)


def test_the_link_opens_the_wall_without_a_login_until_it_is_revoked(client, admin, link):
    row, token = link
    assert client.get(f"/wall/{token}/").status_code == 200
    assert client.get(f"/wall/{token[:-1]}/").status_code == 404
    wall.revoke_link(row, by=admin, at=NOW)
    assert client.get(f"/wall/{token}/").status_code == 404
    with pytest.raises(ReportConflict, match="已经作废"):
        wall.revoke_link(row, by=admin, at=NOW)


def test_the_token_is_kept_as_a_fingerprint_only(link):
    row, token = link
    assert token not in str(WallLink.objects.values().get()) and len(row.token_hash) == 64
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_link_says_where_it_hangs(admin):
    with pytest.raises(ReportRefused, match="放在哪里"):
        wall.create_link(name=" ", by=admin, at=NOW)
    with pytest.raises(ReportRefused, match="最多 30 个字"):
        wall.create_link(name="厅" * 31, by=admin, at=NOW)
    assert not WallLink.objects.exists() and wall.create_link(name="厅" * 29 + "\0厅 ", by=admin, at=NOW)
    assert WallLink.objects.get().name == "厅" * 30


def test_the_admin_keeps_the_links(client, admin, leader):
    client.force_login(leader)
    assert client.post("/wall/links/", {"name": "大厅"}).status_code == 403
    client.force_login(admin)
    assert client.post("/wall/links/", {"name": ""}).status_code == 422
    page = client.post("/wall/links/", {"name": "大厅"})
    address = page.context["address"]
    assert address in page.content.decode() and address not in client.get("/wall/links/").content.decode()
    client.logout()
    assert client.get(address).status_code == 200
    client.force_login(admin)
    row = WallLink.objects.get()
    assert client.post(f"/wall/links/{row.pk}/revoke/").status_code == 302
    assert client.post(f"/wall/links/{row.pk}/revoke/").status_code == 409
    assert client.get(address).status_code == 404
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"wall_link_created", "wall_link_revoked"}


def test_nothing_that_a_person_wrote_or_is_called_is_on_the_wall(client, dispatcher, petition_officer, category, link,
                                                                 handler, xijing):  # fmt: skip
    words = {"title": "欧阳金丝雀家门前堆物", "description": "电话 13800007777", "address": "金丝雀巷 7 号"}
    case = make_case(
        dispatcher, source="WX", reporter={"name": "欧阳金丝雀", "phone": "13800007777"}, lon=116.17, lat=39.93,
        community=xijing, **words,
    )  # fmt: skip
    petition = make_case(petition_officer, source="XF", title="反映金丝雀养殖扰民", lon=116.18, lat=39.93)
    move("accept", case, dispatcher, category=category)
    for one in (case, petition):
        put(one, State.ACCEPTED, due_at=NOW - timedelta(hours=1), category=category)
    facts.roll_up(at=NOW)
    text = client.get(f"/wall/{link[1]}/").content.decode()
    assert "无照经营游商" in text and "西井" in text  # the case itself is there, by class and place
    secrets = ("金丝雀", "13800007777", case.number, petition.number, "116.18", dispatcher.real_name, handler.real_name)
    for secret in secrets:
        assert secret not in text, secret


def test_petitions_are_counted_but_never_shown(petition_officer, dispatcher, category):
    petition = make_case(petition_officer, source="XF", lon=116.18, lat=39.93)
    case = make_case(dispatcher, lon=116.17, lat=39.93)
    for one in (petition, case):
        put(one, State.ACCEPTED, due_at=NOW - timedelta(hours=1), category=category)
    shown = wall.compose(at=NOW)
    assert shown["open"] == shown["overdue"] == 2
    assert [pin["lon"] for pin in shown["map"]["pins"]] == [116.17] and shown["urgent_count"] == 1


def test_what_is_late_comes_before_what_is_due(dispatcher, category):
    for hours in (5, -3, 30):
        put(make_case(dispatcher), State.ACCEPTED, due_at=NOW + timedelta(hours=hours), category=category)
    urgent = wall.compose(at=NOW)["urgent"]
    assert [row["late"] for row in urgent] == [True, False]  # thirty hours ahead is nobody's worry yet


def test_unchanged_it_is_answered_with_304(client, link):
    import time_machine

    with time_machine.travel(NOW, tick=False) as traveller:
        first = client.get(f"/wall/{link[1]}/")
        traveller.shift(70)
        again = client.get(f"/wall/{link[1]}/", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304 and not again.content
        assert "no-cache" in first["Cache-Control"]


def test_the_page_is_flat_and_asks_for_nothing_outside(client, link):
    page = client.get(f"/wall/{link[1]}/")
    text = page.content.decode()
    assert "http://" not in text.replace("http://www.w3.org", "") and " style=" not in text and "csrf" not in text
    assert 'content="noindex"' in text


def test_it_costs_the_same_with_twice_as_many(dispatcher, category, django_assert_max_num_queries):
    for _ in range(3):
        put(make_case(dispatcher), State.ACCEPTED, due_at=NOW, category=category)
    facts.roll_up(at=NOW)
    with django_assert_max_num_queries(16):
        wall.compose(at=NOW)
    for _ in range(9):
        put(make_case(dispatcher), State.ACCEPTED, due_at=NOW, category=category)
    with django_assert_max_num_queries(16):
        wall.compose(at=NOW)


def test_a_link_asked_for_twice_is_one(client, admin, link):
    client.force_login(admin)
    answer = client.post("/wall/links/", {"name": "指挥大厅"})
    assert answer.status_code == 409 and "已有一个有效的链接" in answer.content.decode()
    wall.revoke_link(link[0], by=admin, at=NOW)
    assert client.post("/wall/links/", {"name": "指挥大厅"}).status_code == 200
    assert WallLink.objects.filter(revoked_at=None).count() == 1


def test_it_says_when_nobody_counts_any_more(client, link, dispatcher):
    import time_machine

    assert "统计还没有运行" in client.get(f"/wall/{link[1]}/").content.decode()
    make_case(dispatcher)
    facts.roll_up(at=NOW)
    for minutes, told in ((14, False), (16, True)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            text = client.get(f"/wall/{link[1]}/").content.decode()
        assert ("统计停在" in text) is told, minutes
