"""What goes out and what is fetched, against a stand-in that speaks the platform's protocol on loopback."""
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import AuditEntry
from accounts.notify import tell_outside
from cases import wechat_outbox, wechat_pictures
from cases.channels.wechat import client as api
from cases.channels.wechat.tasks import fetch_pictures, send_messages
from cases.errors import MoveRefused
from cases.models import Case, CasePhoto, WeChatDraft, WeChatMessage, WeChatPicture
from grid.models import Photo
from tests.field.test_wechat_talk import report, say
from tests.field.wechat_letters import jpeg
from tests.make import NOW, make_case, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards", "private_files")]


def put(slot="s1", **more):
    return tell_outside("wechat", address="oA", text="您上报的事项有答复", at=NOW, slot=slot, **more)


def run(at=NOW):
    with time_machine.travel(at, tick=False):
        send_messages()


def reported(xijing, dispatcher):
    """A case from WeChat, accepted."""
    report()
    case = Case.objects.get()
    from tests.make import make_category

    move("accept", case, dispatcher, category=make_category())
    return case


# --- replies go out by the door they came in -----------------------------------------------------------------------


def test_a_reply_by_wechat_goes_out_once(platform, xijing, dispatcher):
    case = reported(xijing, dispatcher)
    move("reply", case, dispatcher, to_whom=case.reporters.get(), channel="wechat", words="已派城管执法队到场")
    for _ in range(3):
        run()
    assert len(platform.sent) == 1
    sent = platform.sent[0]
    assert sent["touser"] == "oA" and case.public_code in sent["text"]["content"]
    assert "已派城管执法队到场" in sent["text"]["content"]
    message = WeChatMessage.objects.get()
    assert (message.status, message.sent_at, message.tries) == ("sent", NOW, 1)


def test_replies_by_phone_and_old_ones_send_nothing(platform, xijing, dispatcher):
    case = reported(xijing, dispatcher)
    reporter = case.reporters.get()
    move("reply", case, dispatcher, to_whom=reporter, channel="phone", words="电话里说过了")
    move("reply", case, dispatcher, to_whom=reporter, channel="wechat", words="已派城管执法队到场")
    run(NOW + timedelta(days=8))
    assert platform.sent == [] and not WeChatMessage.objects.exists()


def test_a_reporter_without_wechat_is_shown_as_stuck(platform, xijing, dispatcher):
    case = make_case(dispatcher, source="WX", reporter={"kind": "resident", "name": "王小明", "phone": "13800001111"})
    from tests.make import make_category

    move("accept", case, dispatcher, category=make_category())
    move("reply", case, dispatcher, to_whom=case.reporters.get(), channel="wechat", words="已派城管执法队到场")
    run()
    message = WeChatMessage.objects.get()
    assert message.status == "failed" and "改用电话" in message.why
    assert platform.sent == []


def test_the_demonstration_holds_everything(platform, settings, xijing):
    settings.DEMO = True
    assert put().status == "held"
    run()
    fetched = fetch_one()
    assert platform.asked == []
    assert fetched.status == "failed" and fetched.why == wechat_outbox.DEMO_SENTENCE


def test_a_demonstration_case_is_held_on_a_real_site(platform, xijing, dispatcher):
    case = make_case(dispatcher, is_demo=True)
    assert put(case=case).status == "held"
    assert put(slot="s2").status == "queued"


def test_an_account_without_a_secret_says_so(platform, settings):
    settings.WECHAT_APP_SECRET = ""
    assert put().status == "failed" and "WECHAT_APP_SECRET" in WeChatMessage.objects.get().why


def test_the_same_occasion_is_told_once(platform):
    assert put().pk == put().pk
    assert put(slot="s2").pk != put().pk


# --- what the platform answers ------------------------------------------------------------------------------------


def test_a_token_that_is_over_is_renewed_once(platform):
    put()
    put(slot="s2")
    platform.codes = [42001]
    run()
    assert len(platform.sent) == 2 and platform.tokens == ["token-1", "token-2"]


def test_the_token_is_asked_once_for_many_messages(platform):
    for number in range(5):
        put(slot=f"s{number}")
    run()
    assert len(platform.sent) == 5 and platform.asked.count("/cgi-bin/stable_token") == 1


def test_a_busy_platform_is_asked_again_later_and_not_before(platform):
    put()
    platform.codes = [-1, -1]
    run()
    message = WeChatMessage.objects.get()
    assert (message.status, message.why, message.tries) == ("queued", "微信系统繁忙。", 1)
    run(NOW + timedelta(seconds=50))
    assert WeChatMessage.objects.get().tries == 1
    run(NOW + timedelta(seconds=61))
    run(NOW + timedelta(minutes=10))
    assert len(platform.sent) == 1 and WeChatMessage.objects.get().status == "sent"


def test_what_stays_busy_is_stuck_and_says_why(platform):
    put()
    platform.codes = [-1] * 20
    for hours in range(12):
        run(NOW + timedelta(hours=hours))
    message = WeChatMessage.objects.get()
    assert (message.status, message.tries) == ("failed", wechat_outbox.MOST_TRIES)


@pytest.mark.parametrize(("code", "word"), [(43004, "没有关注"), (45015, "48 小时"), (48001, "权限"), (99999, "99999")])
def test_a_refusal_is_stuck_with_its_reason(platform, code, word):
    put()
    platform.codes = [code]
    run()
    run(NOW + timedelta(days=1))
    message = WeChatMessage.objects.get()
    assert message.status == "failed" and word in message.why
    assert platform.sent == []


def test_a_wrong_secret_is_said(platform, settings):
    settings.WECHAT_APP_SECRET = "wrong"
    put()
    run()
    assert "WECHAT_APP_SECRET" in WeChatMessage.objects.get().why


def test_after_two_days_the_template_is_used(platform, settings, xijing, dispatcher):
    settings.WECHAT_TEMPLATE_ID = "T1"
    settings.WECHAT_TEMPLATE_FIELDS = {"character_string1": "code", "thing2": "text", "time3": "time"}
    case = reported(xijing, dispatcher)
    move("reply", case, dispatcher, to_whom=case.reporters.get(), channel="wechat", words="已派城管执法队到场，" * 5)
    platform.codes = [45015]
    run()
    run()
    assert platform.sent == [] and len(platform.templates) == 1
    told = platform.templates[0]
    assert told["touser"] == "oA" and told["url"] == f"https://street.example/q/{case.public_code}/"
    assert told["data"]["character_string1"]["value"] == case.public_code
    assert len(told["data"]["thing2"]["value"]) == 20
    assert told["data"]["time3"]["value"] == "2016-12-21 14:20"
    assert (WeChatMessage.objects.get().status, WeChatMessage.objects.get().kind) == ("sent", "template")


def test_a_notice_to_staff_never_takes_the_template_of_answers(platform, settings):
    settings.WECHAT_TEMPLATE_ID = "T1"
    settings.WECHAT_TEMPLATE_FIELDS = {"character_string1": "code", "thing2": "text", "time3": "time"}
    put()
    platform.codes = [45015]
    run()
    run()
    message = WeChatMessage.objects.get()
    assert platform.templates == [] and platform.sent == []
    assert (message.status, message.kind) == ("failed", "customer") and message.why


@pytest.mark.parametrize("how", ["hang up", "502"])
def test_a_line_that_breaks_after_sending_is_unsure_and_not_sent_twice(platform, how):
    put()
    platform.misdeeds = [how]
    run()
    run(NOW + timedelta(days=1))
    message = WeChatMessage.objects.get()
    assert message.status == "unsure" and "确认没有收到再重发" in message.why
    assert len(platform.sent) == 1


def test_a_platform_that_is_away_is_tried_again(platform):
    put()
    platform.stop()
    run()
    message = WeChatMessage.objects.get()
    assert message.status == "queued" and "连不上" in message.why
    platform.stop = lambda: None


def test_a_worker_that_died_leaves_an_unsure_message(platform):
    message = put()
    assert wechat_outbox.claim(message.pk, at=NOW) is not None
    assert wechat_outbox.claim(message.pk, at=NOW) is None
    run(NOW + timedelta(minutes=4))
    assert WeChatMessage.objects.get().status == "sending"
    run(NOW + timedelta(minutes=6))
    assert WeChatMessage.objects.get().status == "unsure"
    assert platform.sent == []
    late = message
    late.claimed_at = NOW
    assert not wechat_outbox.note_sent(late, at=NOW)  # its result comes too late to be written


def test_a_long_text_is_cut_between_characters(platform):
    tell_outside("wechat", address="oA", text="字" * 2000, at=NOW, slot="s")
    run()
    content = platform.sent[0]["text"]["content"]
    assert len(content.encode()) <= 2048 and content.startswith("字字") and content.endswith("查询码查看）")


# --- sending again by hand ----------------------------------------------------------------------------------------


def test_a_stuck_message_is_sent_again_with_an_audit_row(platform, dispatcher):
    message = put()
    platform.codes = [43004]
    run()
    wechat_outbox.resend_message(message.pk, by=dispatcher, at=NOW)
    run()
    assert len(platform.sent) == 1 and WeChatMessage.objects.get().status == "sent"
    assert AuditEntry.objects.filter(action="wechat_resent", actor=dispatcher).count() == 1
    with pytest.raises(MoveRefused, match="已发，不用重发"):
        wechat_outbox.resend_message(message.pk, by=dispatcher, at=NOW)
    run()
    assert len(platform.sent) == 1


def test_what_cannot_go_is_not_sent_again(platform, settings, dispatcher):
    nobody = tell_outside("wechat", address="", text="x", at=NOW, slot="nobody")
    with pytest.raises(MoveRefused, match="改用电话"):
        wechat_outbox.resend_message(nobody.pk, by=dispatcher, at=NOW)
    settings.DEMO = True
    held = put(slot="held")
    with pytest.raises(MoveRefused, match="演示环境"):
        wechat_outbox.resend_message(held.pk, by=dispatcher, at=NOW)


# --- pictures -----------------------------------------------------------------------------------------------------


def fetch_one(at=NOW, content=None, platform=None):
    """Let one picture of a new draft be fetched."""
    say("image", media_id="m", sender="oPic")
    if platform is not None and content is not None:
        platform.media["m"] = content
    with time_machine.travel(at, tick=False):
        fetch_pictures()
    return WeChatPicture.objects.latest("pk")


def test_pictures_are_fetched_and_go_along_into_the_case(platform, xijing):
    picture = fetch_one(content=jpeg(), platform=platform)
    assert picture.status == "stored" and picture.photo.format == "JPEG"
    say(words="西井大街垃圾", sender="oPic")
    say(words="提交", sender="oPic")
    assert Case.objects.get().photos.get().photo == picture.photo
    assert Case.objects.get().photos.get().kind == "before"


def test_a_picture_fetched_after_the_case_is_hung_on_it(platform, xijing):
    report()
    platform.media["m"] = jpeg()
    with time_machine.travel(NOW, tick=False):
        fetch_pictures()
        fetch_pictures()
    case = Case.objects.get()
    assert CasePhoto.objects.get().case == case and CasePhoto.objects.get().kind == "before"
    assert Photo.objects.count() == 1
    assert case.events.get(move="note").facts == {"photos": 1}
    from cases.trail import first_break

    assert first_break(case) == ""


@pytest.mark.parametrize("content", [b"<html>no picture</html>", b"\xff\xd8\xff broken", b"GIF89a" + bytes(20)])
def test_a_file_that_is_no_photo_is_refused_and_the_sender_told(platform, xijing, content):
    picture = fetch_one(content=content, platform=platform)
    assert picture.status == "refused" and picture.why
    message = WeChatMessage.objects.get()
    assert message.openid == "oPic" and picture.why in message.text
    assert not Photo.objects.exists()


def test_a_picture_that_is_gone_is_stuck_and_can_be_fetched_again(platform, xijing, dispatcher):
    picture = fetch_one()
    assert picture.status == "failed" and "过期" in picture.why
    platform.media["m"] = jpeg()
    wechat_outbox.refetch_picture(picture.pk, by=dispatcher, at=NOW)
    with time_machine.travel(NOW, tick=False):
        fetch_pictures()
    picture.refresh_from_db()
    assert picture.status == "stored"
    with pytest.raises(MoveRefused, match="已保存"):
        wechat_outbox.refetch_picture(picture.pk, by=dispatcher, at=NOW)


def test_a_line_that_breaks_is_tried_again_for_pictures(platform, xijing):
    platform.codes = [-1]
    picture = fetch_one(content=jpeg(), platform=platform)
    assert picture.status == "waiting" and picture.tries == 1
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        fetch_pictures()
    picture.refresh_from_db()
    assert picture.status == "stored"


def test_two_workers_fetch_a_picture_once(platform, xijing):
    say("image", media_id="m")
    picture = WeChatPicture.objects.get()
    first = wechat_pictures.claim(picture.pk, at=NOW)
    assert first and wechat_pictures.claim(picture.pk, at=NOW) is None
    again = wechat_pictures.claim(picture.pk, at=NOW + timedelta(minutes=3))  # the first one seems dead
    assert wechat_pictures.keep_picture(again, jpeg(), at=NOW) is not None
    assert wechat_pictures.keep_picture(first, jpeg(), at=NOW) is None
    assert Photo.objects.count() == 1


def test_a_picture_address_in_a_message_is_never_asked(platform, xijing):
    """PicUrl is the sender's word in plain mode; only the platform's own interface is asked."""
    fetch_one(content=jpeg(), platform=platform)
    assert set(platform.asked) == {"/cgi-bin/stable_token", "/cgi-bin/media/get"}


def test_the_interface_follows_no_redirect(platform, settings, monkeypatch):
    monkeypatch.setattr(platform, "misdeeds", ["302"])
    with pytest.raises(api.LineBroken, match="302"):
        api.send_customer("oA", "x")


# --- the menu -----------------------------------------------------------------------------------------------------


def test_the_menu_leads_to_the_mobile_pages(platform):
    call_command("wechat_menu")
    buttons = platform.menus[0]["button"]
    links = [button["url"] for button in buttons if button["type"] == "view"]
    assert links == ["https://street.example/m/report/", "https://street.example/q/"]


def test_the_menu_needs_an_address(platform, settings, capsys):
    from django.core.management import CommandError

    settings.SITE_URL = ""
    with pytest.raises(CommandError, match="SITE_URL"):
        call_command("wechat_menu")
    assert platform.menus == []


def test_a_draft_stays_when_nothing_is_fetched(platform, xijing):
    fetch_one()
    assert WeChatDraft.objects.get().ended_at is None


# --- who is answered by which door --------------------------------------------------------------------------------


def test_who_came_by_wechat_is_answered_there_when_the_case_is_refused(platform, xijing, dispatcher):
    report()
    case = Case.objects.get()
    move("reject", case, dispatcher, reason="不属于本街道的事", public_words="不属于本街道管辖，已转告海淀")
    run()
    assert "不属于本街道管辖" in platform.sent[0]["text"]["content"]


def test_who_joined_from_elsewhere_is_not_answered_to_the_first_sender(platform, xijing, dispatcher):
    from cases.joining import join_case

    case = reported(xijing, dispatcher)
    joined = join_case(case, key="j1", by=None, at=NOW, phone="13800001111")
    case.refresh_from_db()
    assert joined.reporter.usual_channel == "phone"
    move("reply", case, dispatcher, to_whom=joined.reporter, channel="wechat", words="给第二位的答复")
    run()
    assert platform.sent == [] and WeChatMessage.objects.get().status == "failed"


@pytest.mark.parametrize("late", [False, True], ids=["within two days", "by template"])
def test_a_merged_reporter_is_still_answered_at_their_own_wechat(platform, settings, xijing, dispatcher, late):
    report(sender="oA")
    report(sender="oB", at=NOW + timedelta(hours=1), words="西井大街又有垃圾")
    say(words="2", sender="oB", at=NOW + timedelta(hours=1))  # not the one near by
    first, second = Case.objects.order_by("pk")
    move("merge", second, dispatcher, master=first, reason="同一处垃圾堆")
    first.refresh_from_db()
    from tests.make import make_category

    move("accept", first, dispatcher, category=make_category())
    for reporter in first.reporters.all():
        move("reply", first, dispatcher, to_whom=reporter, channel=reporter.usual_channel, words="已派人清理")
    settings.WECHAT_TEMPLATE_ID = "T1"
    settings.WECHAT_TEMPLATE_FIELDS = {"character_string1": "code"}
    platform.codes = [45015, 45015] if late else []
    run()
    run()
    codes = {"oA": first.public_code, "oB": second.public_code}
    by_template = {sent["touser"]: sent["data"]["character_string1"]["value"] for sent in platform.templates}
    assert by_template == (codes if late else {})
    assert sorted(sent["touser"] for sent in platform.sent) == ([] if late else ["oA", "oB"])
    assert all(codes[sent["touser"]] in sent["text"]["content"] for sent in platform.sent), "each by their own code"


def test_the_form_proposes_the_door_they_came_through(xijing, dispatcher, client):
    case = reported(xijing, dispatcher)
    by_phone = make_case(dispatcher, source="WX", reporter={"kind": "resident", "phone": "13800001111"})
    from tests.make import make_category

    move("accept", by_phone, dispatcher, category=make_category())
    client.force_login(dispatcher)
    for one, channel in ((case, "wechat"), (by_phone, "phone")):
        html = client.get(f"/cases/{one.number}/reply/").content.decode()
        assert f'<option value="{channel}" selected>' in html
        assert ("居民 微信（待答复）" in html) == (channel == "wechat")
