"""What a reporter reads under the code, and what comes of what they say there."""
import re
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from cases import adding, echo, limits, trail
from cases.announce import announce_due
from cases.errors import AnswersRefused, MoveRefused
from cases.joining import join_case
from cases.models import Case, CasePhoto, DoorCount, Opinion
from cases.states import Source, State
from grid.models import Photo
from grid.photos import develop_photo, store_photo
from tests.field.test_report import LAT, LON, jpeg, pick, picture, send, street  # noqa: F401  fixtures
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import make_case, make_department, make_return_reason, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]


def now():
    """The pages tell time by the server's own clock."""
    return timezone.now()


@pytest.fixture
def desk(street):  # noqa: F811
    """The dispatcher, whose name must never be read under a code."""
    return make_user("desk", "dispatcher", real_name="陈立新")


@pytest.fixture
def hands(street):  # noqa: F811
    """One of 城管执法队."""
    team = make_department("城管执法队", code="D77")
    return make_user("hands", "handler", department=team, real_name="赵振国")


@pytest.fixture
def eyes(street):  # noqa: F811
    """The inspector."""
    return make_user("eyes", "inspector", department=make_department("督查科", kind="office"), real_name="周督查")


@pytest.fixture
def reported(client, street):  # noqa: F811
    """A resident's report with a developed photo."""
    send(client, words="李小兰说油烟大，电话 13812342046", name="李小兰", phone="13812342046", address="西井大街北口")
    develop_photo(Photo.objects.get().pk)
    return Case.objects.get()


def walk(case, desk, hands, eyes, *, to=State.CHECKED, result="已劝离摊贩三户，现场恢复"):
    """The case goes its usual way up to a state."""
    steps = [
        ("accept", desk, {"category": case.category}),
        ("register", desk, {"category": case.category, "grid": case.grid, "urgency": "normal"}),
        ("dispatch", desk, {"lead": hands.department, "words": "内部：注意方法"}), ("acknowledge", hands, {}),
        ("feedback", hands, {"words": result}), ("send_check", desk, {"checker": eyes}),
        ("pass_check", eyes, {"words": "内部核查意见"}),
    ]  # fmt: skip
    order = ["reported", "accepted", "registered", "dispatched", "in_progress", "feedback_submitted", "checking"]
    for name, by, answers in steps[order.index(case.state) if case.state in order else len(steps) :]:
        if case.state == to:
            return case
        move(name, case, by, at=now(), **answers)
    if to == State.CLOSED:
        for reporter in case.reporters.filter(reply_owed=True, replied_at=None):
            move("reply", case, desk, at=now(), to_whom=reporter, channel="phone", words="您反映的摊贩已劝离", final=True)
        move("close", case, desk, at=now(), conclusion="内部：同意结案")
    return case


def read(client, code):
    page = client.get(f"/q/{code}/")
    assert page.status_code == 200
    return page.content.decode()


# --- the code ------------------------------------------------------------------------------------------------------


def test_a_code_opens_without_login_however_it_is_written(client, reported):
    code = reported.public_code
    for text in (code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} {code[4:]} ", f"{code[:4]}－{code[4:]}"):
        answer = client.post("/q/", {"code": text})
        assert (answer.status_code, answer.url) == (302, f"/q/{code}/")
    assert "已收到" in read(client, code)


def test_a_wrong_code_and_a_code_of_another_shape_are_answered_alike(client, reported):
    answers = [client.get(f"/q/{text}/") for text in ("ZZZZZZZZ", "abc", "O0I1L1O0", "a" * 300, "工单")]
    assert {answer.status_code for answer in answers} == {404}
    words = {answer.context["why"] for answer in answers}
    assert len(words) == 1 and "没有查到" in words.pop()
    posted = client.post("/q/", {"code": "ZZZZZZZZ"})
    assert posted.status_code == 404
    assert client.post("/q/", {"code": ""}).status_code == 422


def test_only_failures_are_counted_and_a_right_code_is_never_limited(client, reported, monkeypatch):
    old = limits.LIMITS["code"]
    monkeypatch.setitem(limits.LIMITS, "code", limits.Limit(3, 100, old.span, old.many, old.instead))
    client.get("/q/")
    for _ in range(20):
        assert client.get(f"/q/{reported.public_code}/").status_code == 200
    assert not DoorCount.objects.filter(door="code").exists()
    assert [client.get(f"/q/ZZZZZZZ{last}/").status_code for last in "ABCD"] == [404, 404, 404, 429]
    refused = client.post("/q/", {"code": "YYYYYYYY"})
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 900
    assert "以后再试" in refused.content.decode()
    assert client.get(f"/q/{reported.public_code}/").status_code == 200
    other = Client()
    other.get("/q/")
    assert other.get("/q/ZZZZZZZZ/").status_code == 404, "another phone behind the same address may still err"


def test_guessing_is_stopped_by_address_whatever_the_devices_claim(reported, monkeypatch):
    old = limits.LIMITS["code"]
    monkeypatch.setitem(limits.LIMITS, "code", limits.Limit(3, 4, old.span, old.many, old.instead))
    answers = []
    for last in "ABCDEF":
        phone = Client()
        phone.get("/q/")
        answers.append(phone.get(f"/q/ZZZZZZZ{last}/").status_code)
    assert answers == [404] * 4 + [429] * 2


def test_a_page_under_a_code_is_kept_by_nobody(client, reported):
    page = client.get(f"/q/{reported.public_code}/")
    assert "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_each_state_has_its_plain_words_and_no_page_names_anybody(client, reported, desk, hands, eyes):
    secrets = ("李小兰", "13812342046", "陈立新", "赵振国", "周督查", "内部", "劝离摊贩三户", reported.number)
    expected = {
        State.REPORTED: "已收到", State.ACCEPTED: "已受理", State.DISPATCHED: "已派单", State.IN_PROGRESS: "正在处置",
        State.FEEDBACK_SUBMITTED: "正在核查", State.CHECKED: "正在核查", State.CLOSED: "已办结",
    }  # fmt: skip
    for state, word in expected.items():
        walk(reported, desk, hands, eyes, to=state)
        assert reported.state == state
        page = client.get(f"/q/{reported.public_code}/")
        text = page.content.decode()
        assert page.context["shown"].word == word and f">{word}</span>" in text
        assert not [secret for secret in secrets if secret in text], state
    assert "您反映的摊贩已劝离" in text and "核查通过" in text


def test_every_state_has_a_sentence(reported):
    from cases.progress import SENTENCES, STEP_OF, Progress
    from cases.states import STAGE_OF

    for state in State:
        if state == State.MERGED:
            continue
        put(reported, state)
        shown = Progress(echo.asked_by(reported.public_code), at=now())
        assert shown.sentence and shown.steps and shown.word
        assert STAGE_OF[state] in STEP_OF and (state in SENTENCES or state in (State.IN_PROGRESS, State.REWORK))


def test_the_due_is_promised_only_while_it_lies_ahead(client, reported, desk, hands, eyes):
    walk(reported, desk, hands, eyes, to=State.IN_PROGRESS)
    text = read(client, reported.public_code)
    assert "前处理完" in text and "预计 " not in text  # 预计今天 12:30 前
    Case.objects.filter(pk=reported.pk).update(due_at=now() - timedelta(hours=1))
    text = read(client, reported.public_code)
    assert "前处理完" not in text and "已超过预计时间" in text


def test_an_undone_dispatch_was_never_told(client, reported, desk, hands, eyes):
    walk(reported, desk, hands, eyes, to=State.REGISTERED)
    at = now()
    move("dispatch", reported, desk, at=at, lead=hands.department)
    assert "已派给承办单位" in read(client, reported.public_code)
    move("undo_dispatch", reported, desk, at=at)
    assert "已派给承办单位" not in read(client, reported.public_code)


def test_sending_a_case_to_and_fro_is_the_streets_own_affair(client, reported, desk, hands, eyes):
    walk(reported, desk, hands, eyes, to=State.DISPATCHED)
    move("return", reported, hands, at=now(), return_reason=make_return_reason(), reason="不属本单位职责范围")
    text = read(client, reported.public_code)
    assert "已受理" in text and "退回" not in text and "职责" not in text


def test_a_refusal_is_told_with_the_words_written_for_the_reporter(client, street, desk):  # noqa: F811
    send(client)
    case = Case.objects.get()
    move("reject", case, desk, at=now(), reason="内部理由在此", public_words="不属于本街道管辖，已转告邻街")
    text = read(client, case.public_code)
    assert "不予受理" in text and "已转告邻街" in text and "内部理由" not in text and "办得怎么样" not in text


def test_a_refused_report_bears_no_tick_and_a_closed_one_does(client, reported, desk):
    for state, sign in ((State.CLOSED, "closed"), (State.REJECTED, "returned"), (State.VOIDED, "returned")):
        put(reported, state, closed_at=now())
        assert f"stage--{sign} stage--lead" in client.get(f"/q/{reported.public_code}/").content.decode()


def test_of_a_petition_the_stage_alone_is_told(client, petition_officer):
    case = make_case(petition_officer, source=Source.PETITION, at=now(), description="金丝雀的房产证")
    text = read(client, case.public_code)
    assert "已收到" in text
    assert "<small>" not in text and "<time" not in text
    assert not [word for word in ("金丝雀", "房产证", "马路市场", case.number, "补充情况") if word in text]
    put(case, State.CLOSED, closed_at=now())
    assert "办得怎么样" not in read(client, case.public_code)
    said = client.post(f"/q/{case.public_code}/opinion/", {"solved": "no", "satisfaction": "fairly", "words": "没有办"})
    assert said.status_code == 409 and not Opinion.objects.exists()
    added = client.post(f"/q/{case.public_code}/more/", {"words": "补充"})
    assert added.status_code == 409 and case.events.count() == 1


def test_who_joined_reads_neither_the_words_nor_the_pictures_of_the_first(client, reported, desk, hands, eyes):
    photo = store_photo(picture(jpeg(colour="blue")), by=None, at=now())
    develop_photo(photo.pk)
    joined = join_case(reported, key="9" * 32, by=None, at=now(), phone="13900001111", photos=[photo])
    first, second = echo.asked_by(reported.public_code), echo.asked_by(joined.public_code)
    assert echo.Pictures(second).before.photo == photo
    assert echo.Pictures(first).before.photo != photo
    text = read(client, joined.public_code)
    assert "西井大街北口" not in text and "占道经营：西井社区" in text and "一并办理" in text
    reported.refresh_from_db()
    walk(reported, desk, hands, eyes)
    for reporter, words in ((first.reporter, "给第一位的话"), (second.reporter, "给第二位的话")):
        move("reply", reported, desk, at=now(), to_whom=reporter, channel="phone", words=words)
    assert "给第一位的话" in read(client, reported.public_code)
    text = read(client, joined.public_code)
    assert "给第二位的话" in text and "给第一位的话" not in text


def test_a_merged_report_follows_its_master_without_reading_it(client, reported, desk):
    send(client, key="b" * 32, lat=LAT + 0.003, address="别处的地点")
    follower = Case.objects.exclude(pk=reported.pk).get()
    reported.refresh_from_db()
    move("merge", follower, desk, at=now(), master=reported, reason="同一伙摊贩，内部判断")
    reported.refresh_from_db()
    move("accept", reported, desk, at=now(), category=reported.category)
    text = read(client, follower.public_code)
    assert "已受理" in text and "一并办理" in text and "别处的地点" in text
    assert "北口" not in text and "内部判断" not in text and reported.public_code not in text


# --- pictures --------------------------------------------------------------------------------------------------------


def test_the_reporters_own_picture_is_served_to_the_code_alone(client, reported):
    address = f"/q/{reported.public_code}/before/thumb/"
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert address in read(client, reported.public_code)
    for wrong in ("/q/ZZZZZZZZ/before/thumb/", f"/q/{reported.public_code}/before/original/",
                  f"/q/{reported.public_code}/after/thumb/", f"/q/{reported.public_code}/asked/thumb/"):  # fmt: skip
        assert client.get(wrong).status_code == 404


def test_the_picture_after_the_work_is_shown_once_the_check_has_passed(client, reported, desk, hands, eyes):
    after = Photo.objects.get()
    walk(reported, desk, hands, eyes, to=State.CHECKING)
    CasePhoto.objects.filter(photo=after).update(kind="after")
    address = f"/q/{reported.public_code}/after/image/"
    assert client.get(address).status_code == 404
    walk(reported, desk, hands, eyes, to=State.CLOSED)
    assert client.get(address).status_code == 200 and address in read(client, reported.public_code)
    move("reopen", reported, desk, at=now(), reason="群众反映又回潮")
    assert client.get(address).status_code == 404


# --- satisfied or not ------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(reported, desk, hands, eyes):
    """The report, done."""
    return walk(reported, desk, hands, eyes, to=State.CLOSED)


def say(client, case, **over):
    told = {"solved": "no", "satisfaction": "dissatisfied", "words": "晚上又来了三家", **over}
    return client.post(f"/q/{case.public_code}/opinion/", told)


def test_a_content_reporter_says_so_and_the_story_keeps_it(client, closed):
    assert "办得怎么样" in read(client, closed.public_code)
    assert say(client, closed, solved="yes", satisfaction="satisfied", words="").status_code == 302
    opinion = Opinion.objects.get()
    assert (opinion.solved, opinion.satisfaction, opinion.wish) == (True, "satisfied", "")
    event = closed.events.order_by("-seq").first()
    assert event.words == "上报人评价：已解决，满意。" and event.by is None
    text = read(client, closed.public_code)
    assert "谢谢" in text and "办得怎么样" not in text
    closed.refresh_from_db()
    assert trail.first_break(closed) == ""


def test_not_solved_asks_the_desk_to_reopen_tells_it_and_stands_on_it(client, closed, desk, hands):
    announce_due(at=now())
    Notification.objects.all().delete()
    client.force_login(desk)
    assert closed.title not in client.get("/desk/?reopen=1").content.decode()
    assert say(client, closed, words="李小兰说晚上又来了").status_code == 302
    opinion = Opinion.objects.get()
    assert opinion.wish == "asked" and "李小兰" not in opinion.words
    closed.refresh_from_db()
    assert closed.state == State.CLOSED, "only the desk reopens"
    announce_due(at=now())
    told = Notification.objects.filter(user=desk).get()
    assert "没有解决，请决定是否重开" in told.text and not Notification.objects.filter(user=hands).exists()
    page = client.get("/desk/?reopen=1").content.decode()
    assert closed.title in page
    assert re.search(r"待重开<span class=\"n n--bad\">1</span>", page)
    text = read(client, closed.public_code)
    assert "已转指挥中心决定是否重新办理" in text


def test_a_wish_is_settled_by_reopening_and_the_next_closing_is_judged_anew(client, closed, desk, hands, eyes):
    say(client, closed)
    closed.refresh_from_db()
    move("reopen", closed, desk, at=now(), reason="上报人反映又回潮")
    opinion = Opinion.objects.get()
    assert (opinion.wish, opinion.decided_by) == ("reopened", desk)
    text = read(client, closed.public_code)
    assert "已重新办理" in text and "办得怎么样" not in text
    for name, by, answers in (
        ("dispatch", desk, {"lead": hands.department}), ("acknowledge", hands, {}),
        ("feedback", hands, {"words": "再次劝离，安排夜间值守"}), ("send_check", desk, {"checker": eyes}),
        ("pass_check", eyes, {"words": "现场已清理"}),
        ("reply", desk, {"to_whom": closed.reporters.get(), "channel": "phone", "words": "已值守", "final": True}),
        ("close", desk, {"conclusion": "同意结案"}),
    ):  # fmt: skip
        move(name, closed, by, at=now(), **answers)
    assert say(client, closed, solved="yes", satisfaction="satisfied", words="").status_code == 302
    assert Opinion.objects.count() == 2


def test_a_wish_is_declined_once_with_words_that_the_reporter_reads(client, closed, desk, hands):
    from cases.errors import MoveForbidden

    say(client, closed)
    opinion = Opinion.objects.get()
    with pytest.raises(MoveForbidden):
        echo.keep_closed(opinion, by=hands, at=now(), words="夜间已安排值守，请您再看")
    with pytest.raises(AnswersRefused):
        echo.keep_closed(opinion, by=desk, at=now(), words="不")
    echo.keep_closed(opinion, by=desk, at=now(), words="夜间已安排值守，请您再看")
    with pytest.raises(MoveRefused, match="已经处理过"):
        echo.keep_closed(opinion, by=desk, at=now(), words="夜间已安排值守，请您再看")
    text = read(client, closed.public_code)
    assert "夜间已安排值守" in text and "陈立新" not in text
    closed.refresh_from_db()
    assert trail.first_break(closed) == ""


def test_a_double_click_says_it_once_and_another_opinion_is_refused(client, closed):
    assert [say(client, closed).status_code for _ in range(3)] == [302, 302, 302]
    assert Opinion.objects.count() == 1
    before = closed.events.count()
    again = say(client, closed, solved="yes", satisfaction="satisfied", words="")
    assert again.status_code == 409 and "已经评价过" in again.content.decode()
    assert closed.events.count() == before


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_say_it_once(closed):
    outcomes = []

    def judge():
        try:
            echo.judge(echo.asked_by(closed.public_code), solved=False, satisfaction="fairly", words="又来了", at=now())
            outcomes.append("said")
        finally:
            connection.close()

    threads = [threading.Thread(target=judge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["said"] * 8 and Opinion.objects.count() == 1
    assert closed.events.filter(move="note").count() == 1
    closed.refresh_from_db()
    assert trail.first_break(closed) == ""


def test_two_rows_for_one_code_and_closing_cannot_stand(client, closed):
    say(client, closed)
    opinion = Opinion.objects.get()
    opinion.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        opinion.save(force_insert=True)


@pytest.mark.parametrize("over,sentence", [
    ({"solved": ""}, "请选择问题是否解决"), ({"satisfaction": "great"}, "请选择是否满意"),
    ({"words": ""}, "请写明哪里没有解决"), ({"words": "长" * 301}, "最多 300 个字"),
])  # fmt: skip
def test_an_opinion_that_says_too_little_or_too_much_is_sent_back_with_what_was_typed(client, closed, over, sentence):
    answer = say(client, closed, **over)
    assert answer.status_code == 422 and sentence in answer.content.decode() and not Opinion.objects.exists()
    assert say(client, closed).status_code == 302


def test_an_open_case_cannot_be_judged(client, reported):
    answer = say(client, reported)
    assert answer.status_code == 409 and "办结后才能评价" in answer.content.decode() and not Opinion.objects.exists()


def test_a_wrong_code_cannot_judge_and_counts_as_a_guess(client, closed):
    assert client.post("/q/ZZZZZZZZ/opinion/", {"solved": "yes"}).status_code == 404
    assert DoorCount.objects.filter(door="code").exists() and not Opinion.objects.exists()


def test_opinions_from_one_device_are_limited(client, closed, monkeypatch):
    old = limits.LIMITS["opinion"]
    monkeypatch.setitem(limits.LIMITS, "opinion", limits.Limit(2, 100, old.span, old.many, old.instead))
    client.get("/q/")
    assert [say(client, closed).status_code for _ in range(3)] == [302, 302, 429]


# --- further words ---------------------------------------------------------------------------------------------------


def test_further_words_reach_the_story_once_masked_and_the_desk_is_told(client, reported, desk):
    announce_due(at=now())
    Notification.objects.all().delete()
    address = f"/q/{reported.public_code}/more/"
    for _ in range(2):
        assert client.post(address, {"words": "李小兰：现在有五家了，电话 13812342046"}).status_code == 302
    event = reported.events.get(move="note")
    assert event.words == "李*兰：现在有五家了，电话 138****2046"
    assert client.post(address, {"words": ""}).status_code == 422
    text = read(client, reported.public_code)
    assert "您补充了情况" in text and "现在有五家了" in text
    announce_due(at=now())
    assert "上报人补充了情况" in Notification.objects.get(user=desk).text


def test_further_words_of_one_reporter_are_not_read_by_another(client, reported):
    joined = join_case(reported, key="9" * 32, by=None, at=now())
    client.post(f"/q/{joined.public_code}/more/", {"words": "第二位看到的情况"})
    assert "第二位看到的情况" in read(client, joined.public_code)
    assert "第二位看到的情况" not in read(client, reported.public_code)


def test_ten_supplements_are_enough_and_a_closed_case_takes_none(client, reported, desk, hands, eyes):
    asked = echo.asked_by(reported.public_code)
    for number in range(adding.MOST_ADDED):
        adding.add_more(asked, words=f"第 {number} 条", at=now())
    with pytest.raises(MoveRefused, match="不能再补充"):
        adding.add_more(asked, words="又一条", at=now())
    put(reported, State.CLOSED)
    answer = client.post(f"/q/{reported.public_code}/more/", {"words": "又一条"})
    assert answer.status_code == 409 and "已经办结" in answer.content.decode()


def test_the_page_costs_the_same_however_long_the_story(client, reported, desk, django_assert_max_num_queries):
    for number in range(8):
        move("note", reported, desk, at=now(), words=f"内部批注 {number}")
    with django_assert_max_num_queries(12):
        text = read(client, reported.public_code)
    assert "内部批注" not in text


def test_the_door_stays_shut_without_the_token(closed):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/q/", {"code": closed.public_code}).status_code == 403
    strict.get("/q/")
    token = strict.cookies["csrftoken"].value
    assert strict.post("/q/", {"code": closed.public_code, "csrfmiddlewaretoken": token}).status_code == 302
