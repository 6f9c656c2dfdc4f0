"""The conversation: what a sender may write, and what each answer says."""
from datetime import timedelta

import pytest

from cases import wechat_drafts
from cases.models import Case, CaseEvent, WeChatDraft, WeChatPicture
from cases.wechat_drafts import MOST_A_DAY, MOST_ADDED, MOST_PICTURES, Incoming, openid_index, take_message
from grid.coordinates import wgs84_to_gcj02
from tests.make import NOW, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

SITE = "https://street.example"
PLACE = dict(zip(("lon", "lat"), wgs84_to_gcj02(116.17, 39.93), strict=True))
serial = iter(range(10**6))


def say(kind="text", *, sender="oA", at=NOW, **more):
    message = Incoming(
        key=f"k{next(serial)}", openid=sender, openid_index=openid_index(sender), account="gh", kind=kind, **more
    )
    return take_message(message, at=at, site=SITE)


def report(sender="oA", at=NOW, words="西井大街垃圾成堆"):
    """A whole report."""
    say(words=words, sender=sender, at=at)
    say("image", media_id="m", sender=sender, at=at)
    return say("location", sender=sender, at=at, **PLACE)


def test_words_alone_are_submitted_when_the_sender_says_so(xijing):
    say(words="苹二小区3号楼前路灯不亮")
    assert "查询码" in say(words="提交")
    case = Case.objects.get()
    assert (case.title, case.lon, case.community_id) == ("苹二小区3号楼前路灯不亮", None, None)


def test_nothing_is_submitted_from_nothing(xijing):
    assert "还没有内容" in say(words="提交")
    say("location", **PLACE)
    assert "还没有内容" in say(words="提交")
    assert not Case.objects.exists()


def test_pictures_alone_are_named_by_where_they_lie(xijing):
    say("image", media_id="m")
    say("location", **PLACE)
    say(words="1")
    assert Case.objects.get().title == "微信随手拍：西井社区"


def test_a_place_outside_the_street_is_said_and_not_taken(xijing):
    answer = say("location", lon=116.4, lat=39.9)
    assert "不在本街道范围内" in answer
    assert WeChatDraft.objects.get().lon is None
    assert "已收到位置" in say("location", **PLACE)


@pytest.mark.parametrize("broken", [{}, {"lon": 116.17}, {"lat": 39.93}])
def test_a_place_without_numbers_is_said(xijing, broken):
    assert "没有读出来" in say("location", **broken)


def test_two_senders_have_two_drafts(xijing):
    say(words="甲处垃圾", sender="oA")
    say(words="乙处垃圾", sender="oa")  # the letters' case counts
    assert sorted(draft.words for draft in WeChatDraft.objects.all()) == ["乙处垃圾", "甲处垃圾"]


def test_a_cancelled_draft_leaves_nothing_behind(xijing):
    say(words="写错了")
    say("image", media_id="m")
    assert "作废" in say(words="取消")
    assert not WeChatPicture.objects.exists()
    assert WeChatDraft.objects.get().words == ""
    assert "没有未提交" in say(words="取消")
    say(words="西井大街垃圾")
    say(words="提交")
    assert Case.objects.get().description == "西井大街垃圾"


def test_a_phone_in_the_words_is_kept_for_the_answer_and_masked_in_the_text(xijing):
    report(words="西井大街垃圾成堆，我电话13812341234")
    case = Case.objects.get()
    assert case.reporters.get().phone == "13812341234"
    assert "13812341234" not in case.title + case.description + "".join(CaseEvent.objects.values_list("words", flat=True))


def test_a_code_or_a_question_is_answered_with_the_page(xijing):
    assert say(words="查询") == f"凭查询码看进度：{SITE}/q/"
    assert say(words="abcd2345") == f"看这一件的进度：{SITE}/q/ABCD2345/"
    assert not WeChatDraft.objects.exists()


@pytest.mark.parametrize("kind", ["voice", "video", "shortvideo", "link", "file"])
def test_other_kinds_are_declined_in_words(xijing, kind):
    assert "文字、照片和位置" in say(kind)
    assert not WeChatDraft.objects.exists()


def test_events_greet_help_or_say_nothing(xijing):
    assert f"{SITE}/m/report/" in say("event:subscribe")
    assert "随手拍" in say("event:click", words="report")
    assert f"{SITE}/q/" in say("event:click", words="query")
    assert say("event:unsubscribe") == "" and say("event:location") == ""


def test_the_tenth_picture_is_declined_the_ninth_taken(xijing):
    answers = [say("image", media_id=f"m{number}") for number in range(MOST_PICTURES + 1)]
    assert f"{MOST_PICTURES} 张" in answers[-2] and "没有收下" in answers[-1]
    assert WeChatPicture.objects.count() == MOST_PICTURES


def test_too_many_words_are_declined_and_the_former_stay(xijing):
    say(words="前面的话")
    assert "没有收下" in say(words="字" * 2000)
    assert WeChatDraft.objects.get().words == "前面的话"


def test_a_day_has_a_limit_for_each_sender(xijing):
    for number in range(MOST_A_DAY):
        say(words=f"第{number}处", at=NOW + timedelta(minutes=30 * number))
        assert "查询码" in say(words="提交", at=NOW + timedelta(minutes=30 * number))
    later = NOW + timedelta(minutes=30 * MOST_A_DAY)
    assert "先到这里" in say(words="又一处", at=later)
    assert Case.objects.count() == MOST_A_DAY
    assert "请再发" in say(words="别人报的", sender="oB", at=later)
    assert "请再发" in say(words="第二天", at=NOW + timedelta(days=2))


# --- afterthoughts ----------------------------------------------------------------------------------------------------


def test_what_comes_right_after_goes_into_the_same_case(xijing):
    report()
    case = Case.objects.get()
    assert case.public_code in say(words="在3号楼北侧", at=NOW + timedelta(minutes=3))
    assert case.public_code in say("image", media_id="m2", at=NOW + timedelta(minutes=4))
    assert Case.objects.count() == 1
    assert case.events.get(move="note").words == "上报人补充：在3号楼北侧"
    assert WeChatPicture.objects.filter(draft__case=case).count() == 2


def test_submitting_once_more_only_gets_the_code_again(xijing):
    report()
    case = Case.objects.get()
    assert case.public_code in say(words="提交", at=NOW + timedelta(minutes=1))
    assert Case.objects.count() == 1 and case.events.count() == 1
    assert "已补充" in say(words="在3号楼北侧", at=NOW + timedelta(minutes=2))


def test_a_place_or_a_later_message_begins_another_report(xijing):
    report()
    say("location", at=NOW + timedelta(minutes=3), **PLACE)
    say(words="另一处", at=NOW + timedelta(minutes=4))
    assert WeChatDraft.objects.get(case=None).words == "另一处"
    say(words="取消", at=NOW + timedelta(minutes=5))
    say(words="过了很久", at=NOW + timedelta(minutes=30))
    assert WeChatDraft.objects.get(case=None, ended_at=None).words == "过了很久"


def test_nothing_is_added_to_a_case_that_has_ended(xijing, dispatcher):
    report()
    move("reject", Case.objects.get(), dispatcher, reason="不属于本街道的事", public_words="不属于本街道管辖")
    say(words="在3号楼北侧", at=NOW + timedelta(minutes=3))
    assert WeChatDraft.objects.get(case=None).words == "在3号楼北侧"


def test_additions_have_a_limit(xijing):
    report()
    answers = [say(words=f"补充{number}", at=NOW + timedelta(minutes=1)) for number in range(MOST_ADDED + 1)]
    assert "已补充" in answers[-2] and "够多了" in answers[-1]
    assert Case.objects.get().events.filter(move="note").count() == MOST_ADDED


# --- drafts that go quiet ---------------------------------------------------------------------------------------------


def test_a_quiet_draft_opens_by_itself_once_and_tells_the_code(xijing, settings):
    settings.DEMO = False
    say(words="西井大街垃圾成堆")
    draft = WeChatDraft.objects.get()
    soon, late = NOW + timedelta(minutes=29), NOW + timedelta(minutes=31)
    assert wechat_drafts.idle_drafts(at=soon) == []
    assert wechat_drafts.open_idle_draft(draft.pk, at=soon, site=SITE) is None
    assert wechat_drafts.idle_drafts(at=late) == [draft.pk]
    case = wechat_drafts.open_idle_draft(draft.pk, at=late, site=SITE)
    assert wechat_drafts.open_idle_draft(draft.pk, at=late, site=SITE) is None
    assert case.reported_at == NOW and case.received_at == late
    message = case.wechat_messages.get()
    assert case.public_code in message.text and message.openid == "oA"


def test_a_place_alone_is_no_report_and_is_forgotten_after_a_week(xijing):
    say("location", **PLACE)
    assert wechat_drafts.idle_drafts(at=NOW + timedelta(hours=1)) == []
    assert wechat_drafts.forget_old(at=NOW + timedelta(days=6)) == 0
    assert wechat_drafts.forget_old(at=NOW + timedelta(days=8)) == 2
    assert not WeChatDraft.objects.exists()


def test_a_draft_that_became_a_case_is_not_forgotten(xijing):
    report()
    wechat_drafts.forget_old(at=NOW + timedelta(days=80))
    assert WeChatDraft.objects.get().case == Case.objects.get()


def test_a_refused_case_is_said_and_the_draft_stays(xijing, monkeypatch):
    from cases.errors import AnswersRefused

    def refuse(**_):
        raise AnswersRefused({"title": "请填写事项。"})

    say(words="西井大街垃圾")
    monkeypatch.setattr(wechat_drafts.intake, "open_case", refuse)
    assert say(words="提交") == "没有提交成功：请填写事项。"
    assert WeChatDraft.objects.get().ended_at is None
    monkeypatch.undo()
    assert "查询码" in say(words="提交")
