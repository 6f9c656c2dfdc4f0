"""The outbox page: what waits, why, and sending it by hand without telling anybody twice."""
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Notification
from cases import announce
from cases.models import CaseEvent
from tests.make import NOW, make_case, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def waiting(chief):
    """A resident's report of which nobody was told."""
    return make_case(None, source="WX", title="井盖破损").events.get()


@pytest.fixture
def later(monkeypatch):
    """Ten minutes later."""
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=10))


def test_what_nobody_was_told_of_is_listed_with_how_it_stands(client, dispatcher, waiting, later):
    client.force_login(dispatcher)
    page = client.get("/outbox/").content.decode()
    assert "WX-2016-001 井盖破损" in page and "积压" in page and "其中 1 条等了 5 分钟以上" in page


def test_a_fresh_event_only_waits(client, dispatcher, waiting):
    client.force_login(dispatcher)
    page = client.get("/outbox/").content.decode()
    assert "等待" in page and "积压" not in page


def test_an_empty_outbox_says_so(client, dispatcher, waiting):
    announce.announce_due(at=timezone.now())
    client.force_login(dispatcher)
    page = client.get("/outbox/").content.decode()
    assert "全部已通知" in page and "没有待通知的动作" in page and "全部发出" not in page


def test_sending_by_hand_tells_once_and_leaves_an_entry(client, dispatcher, chief, waiting):
    client.force_login(dispatcher)
    answer = client.post("/outbox/resend/", {"event": waiting.pk}, follow=True)
    assert "已发出 1 条。" in answer.content.decode()
    answer = client.post("/outbox/resend/", {"event": waiting.pk}, follow=True)
    assert "没有重复发送" in answer.content.decode()
    assert Notification.objects.filter(user=chief).count() == 1
    assert AuditEntry.objects.get(action="outbox_resent").actor == dispatcher


def test_everything_due_can_be_sent_at_once(client, chief, dispatcher, waiting):
    make_case(None, source="WX", title="路灯不亮")
    client.force_login(chief)
    assert "已发出 2 条。" in client.post("/outbox/resend/", follow=True).content.decode()
    assert not CaseEvent.objects.filter(announced_at__isnull=True).exists()


def test_a_dispatch_that_can_still_be_undone_is_not_sent(
    client, dispatcher, handler, law_enforcement, category, xijing
):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    client.force_login(dispatcher)
    assert "可撤销期内" in client.get("/outbox/").content.decode()
    event = case.events.get(move="dispatch")
    answer = client.post("/outbox/resend/", {"event": event.pk}, follow=True)
    assert "10 秒内可撤销" in answer.content.decode() and not Notification.objects.filter(user=handler).exists()


def test_an_event_that_cannot_be_told_is_said_to_be_broken(client, dispatcher, waiting, monkeypatch):
    def choke(*args, **kwargs):
        raise LookupError("defect")

    monkeypatch.setattr(announce, "notices_of", choke)
    client.force_login(dispatcher)
    answer = client.post("/outbox/resend/", {"event": waiting.pk}, follow=True)
    assert "有 1 条没有发出" in answer.content.decode()
    assert CaseEvent.objects.get(pk=waiting.pk).announced_at is None


@pytest.mark.parametrize("which", ["x", "-1", "9" * 30, "1 OR 1"])
def test_a_strange_number_is_refused(client, dispatcher, waiting, which):
    client.force_login(dispatcher)
    answer = client.post("/outbox/resend/", {"event": which}, follow=True)
    assert answer.status_code == 200 and "没有这条通知" in answer.content.decode()
    assert CaseEvent.objects.get(pk=waiting.pk).announced_at is None


@pytest.mark.parametrize("who", ["inspector", "handler", "community_worker", "petition_officer", "leader", "admin"])
def test_only_those_with_the_right_see_it_and_send(client, request, who, waiting, dispatcher):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/outbox/").status_code == 403
    assert client.post("/outbox/resend/", {"event": waiting.pk}).status_code == 403
    client.force_login(dispatcher)
    assert client.get("/outbox/").status_code == 200


def test_it_is_sent_by_post_alone(client, dispatcher, waiting):
    client.force_login(dispatcher)
    assert client.get("/outbox/resend/").status_code == 405 and client.post("/outbox/").status_code == 405


def test_a_petition_stands_there_by_its_code_name(client, dispatcher, petition_officer):
    make_case(petition_officer, source="XF", title="反映金丝雀家门口施工扰民")
    client.force_login(dispatcher)
    page = client.get("/outbox/").content.decode()
    assert "XF-2016-001 信访人2016-001" in page and "施工" not in page


def test_a_longer_outbox_costs_no_more_queries(client, dispatcher, petition_officer, django_assert_max_num_queries):
    client.force_login(dispatcher)
    for number in range(30):
        make_case(None, source="WX", title=f"井盖破损 {number}", at=NOW)
    make_case(petition_officer, source="XF")
    make_case(petition_officer, source="XF", title="又一件")
    with django_assert_max_num_queries(10):
        assert client.get("/outbox/").status_code == 200


def test_a_full_outbox_has_pages(client, dispatcher):
    for number in range(51):
        make_case(None, source="WX", title=f"井盖破损 {number}")
    client.force_login(dispatcher)
    assert "井盖破损 50" not in client.get("/outbox/").content.decode()
    assert "井盖破损 50" in client.get("/outbox/?page=2").content.decode()
