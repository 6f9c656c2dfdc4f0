"""The outbox page: who sees it, what is stuck and why, and sending it again."""
import pytest

from accounts.notify import tell_outside
from cases.models import WeChatMessage, WeChatPicture
from tests.field.test_wechat_talk import report, say
from tests.make import NOW, make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def speaking(settings):
    """An account that may speak first; nobody is asked anything in these tests."""
    settings.DEMO = False
    settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = "wx1", "s"


def put(number=1, *, status="failed", why="对方没有关注公众号。", case=None):
    message = tell_outside("wechat", address="oSecret", text=f"您上报的事项有答复{number}", at=NOW, slot=f"s{number}", case=case)
    WeChatMessage.objects.filter(pk=message.pk).update(status=status, why=why)
    return message


def page(client, user, address="/outbox/"):
    client.force_login(user)
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_what_is_stuck_says_why_and_never_whose(client, dispatcher, speaking):
    case = make_case(dispatcher)
    put(case=case)
    for address in ("/outbox/", "/outbox/wechat/"):
        status, html = page(client, dispatcher, address)
        assert status == 200
        assert case.number in html and "对方没有关注公众号。" in html and "重发" in html
        assert "oSecret" not in html


def test_the_list_has_all_and_narrows(client, dispatcher, speaking):
    put(1, status="sent", why="")
    put(2)
    _, html = page(client, dispatcher, "/outbox/wechat/")
    assert "有答复1" in html and "有答复2" in html
    _, html = page(client, dispatcher, "/outbox/wechat/?status=sent")
    assert "有答复1" in html and "有答复2" not in html.split("微信发件列表")[1]
    assert page(client, dispatcher, "/outbox/wechat/?status=nonsense")[0] == 200
    assert "没有微信发件" in page(client, dispatcher, "/outbox/wechat/?status=queued")[1]


@pytest.mark.parametrize(("who", "status"), [
    ("dispatcher", 200), ("chief", 200), ("inspector", 403), ("handler", 403), ("community_worker", 403),
    ("petition_officer", 403), ("leader", 403), ("admin", 403), ("auditor", 403), ("clerk", 403),
])  # fmt: skip
def test_who_sees_the_outbox(client, request, speaking, who, status):
    message = put()
    user = request.getfixturevalue(who)
    assert page(client, user, "/outbox/wechat/")[0] == status
    answer = client.post(f"/outbox/wechat/{message.pk}/resend/")
    assert answer.status_code == (302 if status == 200 else 403)
    message.refresh_from_db()
    assert message.status == ("queued" if status == 200 else "failed")


def test_a_double_click_sends_once_and_says_so(client, dispatcher, speaking):
    message = put()
    client.force_login(dispatcher)
    client.post(f"/outbox/wechat/{message.pk}/resend/")
    answer = client.post(f"/outbox/wechat/{message.pk}/resend/", follow=True)
    assert "不用重发" in answer.content.decode()
    assert client.post("/outbox/wechat/999999/resend/").status_code == 404
    assert client.get(f"/outbox/wechat/{message.pk}/resend/").status_code == 405


def test_a_picture_that_is_gone_can_be_fetched_again(client, dispatcher, speaking, xijing):
    report()
    WeChatPicture.objects.update(status="failed", why="照片在微信上已经过期（保存三天）。")
    picture = WeChatPicture.objects.get()
    _, html = page(client, dispatcher)
    assert picture.why in html and picture.draft.case.number in html
    assert client.post(f"/outbox/wechat/pictures/{picture.pk}/fetch/").status_code == 302
    picture.refresh_from_db()
    assert picture.status == "waiting"
    assert "不用重新下载" in client.post(f"/outbox/wechat/pictures/{picture.pk}/fetch/", follow=True).content.decode()
    assert client.post("/outbox/wechat/pictures/999999/fetch/").status_code == 404


def test_a_picture_of_an_open_draft_is_listed_too(client, dispatcher, speaking, xijing):
    say("image", media_id="m")
    WeChatPicture.objects.update(status="failed", why="微信系统繁忙。")
    assert "尚未提交" in page(client, dispatcher)[1]


def test_the_demonstration_says_that_nothing_goes_out(client, dispatcher, settings):
    assert settings.DEMO
    tell_outside("wechat", address="oA", text="您上报的事项有答复", at=NOW, slot="s")
    _, html = page(client, dispatcher, "/outbox/wechat/")
    assert "演示环境不向外发送" in html and "不外发" in html


def test_a_petitions_answer_is_never_in_the_outbox(client, dispatcher, petition_officer, speaking):
    from cases.models import Reply
    from cases.wechat_outbox import queue_replies

    case = make_case(petition_officer, source="XF")
    Reply.objects.create(case=case, to_petitioner=True, channel="wechat", words="金丝雀反映的事已办", at=NOW)
    assert queue_replies(at=NOW) == 1
    html = page(client, dispatcher)[1] + page(client, dispatcher, "/outbox/wechat/")[1]
    assert "金丝雀" not in html and "信访答复不经微信发出" in html


def test_more_rows_cost_no_more_queries(client, dispatcher, speaking, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/outbox/wechat/").status_code == 200
        return len(seen)

    client.force_login(dispatcher)
    for number in range(3):
        put(number, case=make_case(dispatcher))
    client.get("/outbox/wechat/")
    few = queries()
    for number in range(3, 9):
        put(number, case=make_case(dispatcher))
    assert queries() == few


def test_the_list_is_paged(client, dispatcher, speaking):
    for number in range(51):
        put(number, status="sent", why="")
    _, html = page(client, dispatcher, "/outbox/wechat/")
    assert "1–50 / 51" in html
