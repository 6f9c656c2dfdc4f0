"""Reports by WeChat near a like matter: the sender is asked, joins on 1, goes alone on 2 or by saying nothing."""
from datetime import timedelta

import pytest

from cases import echo, wechat_drafts, wechat_pictures
from cases.joining import told_alike
from cases.models import Case, CasePhoto, FieldReport, Reporter, WeChatDraft, WeChatMessage, WeChatPicture
from cases.states import State
from grid.coordinates import metres_between, wgs84_to_gcj02
from grid.photos import develop_photo
from tests.field.test_report import jpeg
from tests.field.test_wechat_talk import PLACE, SITE, report, say
from tests.make import NOW, make_case, make_category, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]
SECOND = {"sender": "oB", "at": NOW + timedelta(hours=1)}


@pytest.fixture
def first(xijing):
    """What somebody else reported an hour ago at the same place."""
    report(sender="oA", words="西井大街垃圾成堆")
    return Case.objects.get()


def test_the_answer_says_so_and_one_joins(first):
    answer = report(**SECOND, words="我家楼下垃圾没人收，电话13900001111")
    assert "附近已有相似问题" in answer and "相距 0 米" in answer and "回复 1 并入" in answer and "已收到" in answer
    assert first.number not in answer and first.public_code not in answer and Case.objects.count() == 1
    answer = say(words="1", **SECOND)
    joined = FieldReport.objects.get(joined=True)
    assert "已并入附近的同一件" in answer and joined.public_code in answer and first.public_code not in answer
    assert Case.objects.count() == 1 and joined.case == first
    reporter = joined.reporter
    assert (reporter.openid, reporter.phone, reporter.reply_owed) == ("oB", "13900001111", True)
    assert (joined.datum, joined.raw_lon, joined.origin) == ("gcj02", PLACE["lon"], "pin")
    note = first.events.get(move="note")
    assert "共 2 人" in note.words and "139****1111" in note.words and note.facts["further"] == 2
    draft = WeChatDraft.objects.get(case=first, openid_index=wechat_drafts.openid_index("oB"))
    assert (draft.openid, draft.words) == ("", "")
    assert joined.public_code in say(words="1", **SECOND) and FieldReport.objects.filter(joined=True).count() == 1


@pytest.mark.parametrize("word", ["2", "单独上报", "提交"])
def test_two_opens_a_case_of_its_own(first, word):
    assert "回复 1 并入" in report(**SECOND)
    answer = say(words=word, **SECOND)
    own = Case.objects.exclude(pk=first.pk).get()
    assert own.public_code in answer and "已上报" in answer and not FieldReport.objects.filter(joined=True).exists()


def test_silence_opens_a_case_of_its_own(first, settings):
    settings.DEMO = False
    report(**SECOND)
    late = SECOND["at"] + timedelta(minutes=31)
    draft = WeChatDraft.objects.get(ended_at=None)
    assert wechat_drafts.idle_drafts(at=late) == [draft.pk]
    own = wechat_drafts.open_idle_draft(draft.pk, at=late, site=SITE)
    assert own != first and own.public_code in WeChatMessage.objects.get().text


def test_what_has_ended_meanwhile_is_not_joined(first):
    report(**SECOND)
    put(first, State.CLOSED, closed_at=NOW)
    assert "已上报" in say(words="1", **SECOND)
    assert Case.objects.count() == 2 and not FieldReport.objects.filter(joined=True).exists()


def test_further_words_before_the_choice_grow_the_draft_and_the_question_stands(first):
    report(**SECOND)
    assert "回复 1 并入" in say(words="还有一堆砖头", **SECOND)
    say(words="1", **SECOND)
    assert "还有一堆砖头" in first.events.get(move="note").words


def test_two_and_one_mean_what_they_meant_without_a_question(xijing):
    assert say(words="2") == f"凭查询码看进度：{SITE}/q/"
    say(words="西井大街垃圾")
    assert "查询码" in say(words="1") and Case.objects.count() == 1


@pytest.mark.parametrize("metres,words,offered", [
    (20, "随便什么话", True), (100, "垃圾又没人收了，占道堆着", True), (100, "路灯不亮", False), (400, "占道经营又来了", False),
])  # fmt: skip
def test_near_and_alike_is_offered_far_or_different_is_not(xijing, dispatcher, metres, words, offered):
    pick = make_category("马路市场", code="0504", pick_label="占道经营", pick_icon="basket", pick_order=1)
    make_case(dispatcher, at=NOW, category=pick, title="早市占道", lon=116.17, lat=39.93)
    lat = 39.93 + metres / 111_195
    assert round(metres_between(116.17, 39.93, 116.17, lat)) == metres
    say(words=words, **SECOND)
    say("image", media_id="m", **SECOND)
    lon, lat = wgs84_to_gcj02(116.17, lat)
    answer = say("location", lon=lon, lat=lat, **SECOND)
    assert ("回复 1 并入" in answer) is offered, answer


def test_ones_own_report_is_not_offered(first):
    answer = report(sender="oA", at=NOW + timedelta(hours=1))
    assert "已上报" in answer and Case.objects.count() == 2


def test_a_petition_near_by_is_never_told(xijing, petition_officer):
    make_case(petition_officer, source="XF", lon=116.17, lat=39.93, title="西井大街垃圾成堆")
    assert "已上报" in report(**SECOND)


def test_words_are_alike_by_the_class_or_the_title():
    case = Case(title="西井大街垃圾成堆")
    assert told_alike("西井大街垃圾成堆了", case) and not told_alike("路灯不亮", case) and not told_alike("", case)


def test_pictures_that_come_later_are_the_joiners_own_and_are_answered_to_nobody_else(first, settings):
    settings.DEMO = False
    report(**SECOND)
    say(words="1", **SECOND)
    joined = FieldReport.objects.get(joined=True)
    picture = WeChatPicture.objects.get(draft__case=first, draft__openid_index=wechat_drafts.openid_index("oB"))
    photo = wechat_pictures.keep_picture(picture, jpeg(colour="blue"), at=SECOND["at"] + timedelta(minutes=2))
    develop_photo(photo.pk)
    assert CasePhoto.objects.get(photo=photo).case == first
    assert echo.Pictures(echo.asked_by(joined.public_code)).before.photo == photo
    assert echo.Pictures(echo.asked_by(first.public_code)).before is None
    say("image", media_id="m9", sender="oB", at=SECOND["at"] + timedelta(minutes=3))
    bad = WeChatPicture.objects.get(media_id="m9")
    wechat_pictures.keep_picture(bad, b"no picture", at=SECOND["at"] + timedelta(minutes=4))
    told = WeChatMessage.objects.get(slot=f"picture:{bad.pk}")
    assert told.openid == "oB", "the first reporter is told nothing of another's pictures"


def test_an_afterthought_of_who_joined_is_answered_with_their_own_code(first):
    report(**SECOND)
    say(words="1", **SECOND)
    answer = say(words="现在更多了", sender="oB", at=SECOND["at"] + timedelta(minutes=3))
    assert FieldReport.objects.get(joined=True).public_code in answer and first.public_code not in answer


def test_both_are_answered_at_their_own_wechat(first):
    report(**SECOND)
    say(words="1", **SECOND)
    assert sorted(row.openid for row in Reporter.objects.filter(case=first).owed()) == ["oA", "oB"]
