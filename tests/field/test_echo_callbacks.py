"""回访与回音: the queue of those who wait, the call, and what the desk decides about a wish to reopen."""
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from cases import callbacks as book
from cases import echo
from cases.errors import AnswersRefused, MoveRefused
from cases.models import Assignment, CallBack, Opinion, Petitioner, Reply, Reporter
from cases.states import Source, State
from tests.make import make_case, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def now():
    """The pages tell time by the server's own clock."""
    return timezone.now()


def checked(by, **over):
    """A resident's report that waits for its answer and its closing."""
    over.setdefault("reporter", {"kind": "resident", "name": "李小兰", "phone": "13812342046"})
    case = make_case(by, source=Source.SNAP, at=now(), **over)
    return put(case, State.CHECKED, result="已劝离三户摊贩", due_at=now() + timedelta(hours=5), due_clock="reply")


@pytest.fixture
def case(dispatcher):
    """One owed case."""
    return checked(dispatcher)


@pytest.fixture
def reporter(case):
    """Who waits."""
    return case.reporters.get()


def tell(client, case, whom, **over):
    told = {"channel": "phone", "words": "您反映的摊贩已劝离", "reached": "yes", "solved": "yes",
            "satisfaction": "satisfied", "note": "", **over}  # fmt: skip
    return client.post(f"/callbacks/{case.number}/{whom}/", told)


@pytest.fixture(autouse=True)
def each_move_under_its_own_lock(settings):
    """An answer and its call are two moves of one case in one request, each of which locks it."""
    settings.ZEAL_ALLOWLIST = [{"model": "cases.Case", "field": "get()"}, {"model": "sessions.Session"}]


# --- who waits -------------------------------------------------------------------------------------------------------


def test_the_queue_holds_everybody_owed_masked_with_the_time_left(client, dispatcher, case, inspector, chief):
    for person in (dispatcher, inspector, chief):
        client.force_login(person)
        text = client.get("/callbacks/").content.decode()
        assert case.number in text and "李*兰" in text and "138****2046" in text and "回复" in text
        assert "李小兰" not in text and "13812342046" not in text


def test_handlers_clerks_and_strangers_have_no_queue(client, case, handler, clerk, community_worker):
    assert client.get("/callbacks/").status_code == 302
    for person in (handler, clerk, community_worker):
        client.force_login(person)
        assert client.get("/callbacks/").status_code == 403


@pytest.mark.parametrize("state,waits", [(State.IN_PROGRESS, False), (State.CHECKED, True), (State.CLOSED, False)])
def test_only_a_case_about_to_close_is_answered(dispatcher, case, state, waits):
    put(case, state)
    assert book.owed(dispatcher).exists() is waits


def test_petitioners_wait_by_code_name_with_those_who_may_know(client, petition_officer, dispatcher, chief):
    case = make_case(petition_officer, source=Source.PETITION, at=now())
    put(case, State.CHECKED, result="已约谈物业")
    client.force_login(petition_officer)
    text = client.get("/callbacks/?show=petitions").content.decode()
    assert case.petition.code_name in text and "金丝雀" not in text
    assert not book.owed(petition_officer).exists()
    client.force_login(dispatcher)
    assert "show=petitions" not in client.get("/callbacks/?show=petitions").content.decode()
    assert client.get(f"/callbacks/{case.number}/petitioner/").status_code == 403
    client.force_login(chief)
    assert case.number in client.get("/callbacks/?show=petitions").content.decode()
    client.force_login(petition_officer)
    done = tell(client, case, "petitioner", channel="letter", words="已约谈物业，书面答复", reached="", solved="",
                satisfaction="")  # fmt: skip
    assert done.status_code == 302 and Petitioner.objects.get().replied_at
    assert not book.petitions_owed(petition_officer).exists()


def test_a_queue_twice_as_long_costs_no_more_queries(client, dispatcher, django_assert_max_num_queries):
    def cost():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get("/callbacks/")
        with CaptureQueriesContext(connection) as spent:
            client.get("/callbacks/")
        return len(spent)

    client.force_login(dispatcher)
    for _ in range(3):
        checked(dispatcher)
    before = cost()
    for _ in range(3):
        checked(dispatcher)
    assert cost() == before <= 14


def test_the_queue_is_paged(client, dispatcher):
    for _ in range(51):
        checked(dispatcher)
    client.force_login(dispatcher)
    assert len(client.get("/callbacks/").context["lines"]) == 50
    assert len(client.get("/callbacks/?page=2").context["lines"]) == 1


# --- the answer --------------------------------------------------------------------------------------------------------


def test_the_sheet_proposes_the_words_and_the_door(client, dispatcher, case, reporter):
    client.force_login(dispatcher)
    page = client.get(f"/callbacks/{case.number}/{reporter.pk}/")
    form = page.context["form"]
    assert form.initial["channel"] == "phone" and "已劝离三户摊贩" in form.initial["words"]
    assert "李小兰" not in page.content.decode()
    Reporter.objects.filter(pk=reporter.pk).update(openid="oA")
    page = client.get(f"/callbacks/{case.number}/{reporter.pk}/")
    assert page.context["form"].initial["channel"] == "wechat"


def test_an_answer_settles_what_is_owed_and_keeps_what_was_said_to_it(client, dispatcher, case, reporter):
    client.force_login(dispatcher)
    with pytest.raises(MoveRefused, match="没有办结答复"):
        move("close", case, dispatcher, at=now(), conclusion="同意结案")
    assert tell(client, case, reporter.pk, note="口气很好").status_code == 302
    reporter.refresh_from_db()
    assert reporter.replied_at and Reply.objects.get().final
    call = CallBack.objects.get()
    assert (call.reporter, call.reached, call.solved, call.satisfaction) == (reporter, True, True, "satisfied")
    case.refresh_from_db()
    move("close", case, dispatcher, at=now(), conclusion="同意结案")
    assert case.state == State.CLOSED


def test_a_call_that_nobody_takes_is_on_record_and_the_answer_stays_owed(client, dispatcher, case, reporter):
    client.force_login(dispatcher)
    for _ in range(3):
        for _ in range(2):  # a button pressed twice is one call
            vain = tell(client, case, reporter.pk, reached="no", words="", solved="", satisfaction="")
            assert vain.status_code == 302
        CallBack.objects.update(at=F("at") - timedelta(minutes=5))
    reporter.refresh_from_db()
    assert not reporter.replied_at and not Reply.objects.exists()
    assert book.owed(dispatcher).get().calls == 3
    page = client.get(f"/callbacks/{case.number}/{reporter.pk}/").content.decode()
    assert "3 次未接通" in page and "查询码" in page
    done = tell(client, case, reporter.pk, channel="code", reached="", solved="", satisfaction="")
    assert done.status_code == 302 and CallBack.objects.count() == 3
    assert "您反映的摊贩已劝离" in client.get(f"/q/{case.public_code}/").content.decode()


@pytest.mark.parametrize("over,sentence", [
    ({"reached": ""}, "请选择是否接通"), ({"words": ""}, "请填写答复内容"), ({"channel": "sms"}, "不在可选范围"),
    ({"words": "长" * 2001}, "最多 2000 个字"), ({"note": "长" * 301}, "最多 300 个字"),
])  # fmt: skip
def test_an_answer_that_is_not_whole_comes_back_as_typed(client, dispatcher, case, reporter, over, sentence):
    client.force_login(dispatcher)
    page = tell(client, case, reporter.pk, **over)
    assert page.status_code == 422 and sentence in page.content.decode()
    assert not Reply.objects.exists() and not CallBack.objects.exists()


def test_two_at_one_queue_answer_once(client, dispatcher, inspector, case, reporter):
    for person, status in ((dispatcher, 302), (inspector, 409)):
        client.force_login(person)
        assert tell(client, case, reporter.pk).status_code == status
    assert Reply.objects.count() == CallBack.objects.count() == 1


def test_an_answer_and_its_call_are_kept_together_or_not_at_all(dispatcher, case, reporter, monkeypatch):
    def breaks(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(book, "_record_call", breaks)
    with pytest.raises(RuntimeError):
        book.answer(case, reporter, by=dispatcher, at=now(), channel="phone", words="已劝离", reached=True)
    reporter.refresh_from_db()
    assert not reporter.replied_at and not Reply.objects.exists()


def test_the_verb_asks_whether_the_phone_was_taken(dispatcher, case, reporter):
    with pytest.raises(AnswersRefused):
        book.answer(case, reporter, by=dispatcher, at=now(), channel="phone", words="已劝离")


def test_one_answer_may_go_to_all_who_wait_at_wechat_and_to_nobody_else(client, dispatcher, case, reporter):
    others = [
        Reporter.objects.create(case=case, came_with=case, kind="resident", openid=openid, phone=phone, reply_owed=True,
                                at=now())
        for openid, phone in (("oB", ""), ("oC", ""), ("", "13900001111"))
    ]  # fmt: skip
    client.force_login(dispatcher)
    assert "其余 2 位" in client.get(f"/callbacks/{case.number}/{reporter.pk}/").content.decode()
    assert tell(client, case, reporter.pk, everybody="on").status_code == 302
    assert [bool(Reporter.objects.get(pk=one.pk).replied_at) for one in others] == [True, True, False]
    assert set(Reply.objects.filter(reporter__in=others).values_list("channel", flat=True)) == {"wechat"}


def test_an_issuing_unit_is_answered_by_document(client, dispatcher):
    case = make_case(dispatcher, source=Source.NOTICE, at=now(), reporter={"kind": "unit", "name": "区监管中心"})
    put(case, State.CHECKED, result="已拆除")
    unit = case.reporters.get()
    client.force_login(dispatcher)
    page = client.get(f"/callbacks/{case.number}/{unit.pk}/")
    assert page.context["form"].initial["channel"] == "document" and "区监管中心" in page.content.decode()
    assert "贵单位" in page.context["form"].initial["words"]


def test_who_left_nothing_is_told_under_the_code_and_blocks_no_closing(client, dispatcher):
    case = checked(dispatcher, reporter={})
    assert list(book.nameless(dispatcher)) == [case] and not book.owed(dispatcher).exists()
    client.force_login(dispatcher)
    assert case.number in client.get("/callbacks/?show=code").content.decode()
    done = tell(client, case, "code", channel="code", words="摊贩已劝离，夜间有人值守", reached="", solved="",
                satisfaction="")  # fmt: skip
    assert done.status_code == 302 and not book.nameless(dispatcher).exists()
    assert tell(client, case, "code", channel="code", reached="").status_code == 409
    assert "夜间有人值守" in client.get(f"/q/{case.public_code}/").content.decode()
    case.refresh_from_db()
    move("close", case, dispatcher, at=now(), conclusion="同意结案")


def test_strangers_to_the_case_are_no_addressees(client, dispatcher, case):
    other = checked(dispatcher).reporters.get()
    client.force_login(dispatcher)
    for whom in (other.pk, "petitioner", "nobody", "9" * 30):
        assert client.get(f"/callbacks/{case.number}/{whom}/").status_code == 404
    assert client.get(f"/callbacks/WX-2001-001/{other.pk}/").status_code == 404


def test_an_open_case_is_not_answered_finally(client, dispatcher, case, reporter):
    put(case, State.IN_PROGRESS)
    client.force_login(dispatcher)
    assert tell(client, case, reporter.pk).status_code == 409
    assert not Reply.objects.exists()


# --- the call afterwards ---------------------------------------------------------------------------------------------


def test_who_was_answered_but_not_asked_is_called_until_reached_or_three_times(client, dispatcher, case, reporter):
    move("reply", case, dispatcher, at=now(), to_whom=reporter, channel="phone", words="已劝离", final=True)
    assert list(book.unheard(dispatcher, at=now())) == [reporter]
    client.force_login(dispatcher)
    address = f"/callbacks/{case.number}/{reporter.pk}/hear/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reached": ""}).status_code in (200, 422)
    assert client.post(address, {"reached": "no", "note": "关机"}).status_code == 302
    assert book.unheard(dispatcher, at=now()).get().calls == 1
    assert client.post(address, {"reached": "yes", "solved": "no", "satisfaction": "fairly"}).status_code == 302
    assert not book.unheard(dispatcher, at=now()).exists()
    assert client.post(address, {"reached": "yes"}).status_code == 409
    text = client.get("/callbacks/?show=called").content.decode()
    assert "关机" in text and "基本满意" in text and "未接通" in text


def test_nobody_is_called_after_thirty_days_or_after_three_vain_calls(dispatcher, case, reporter):
    move("reply", case, dispatcher, at=now(), to_whom=reporter, channel="phone", words="已劝离", final=True)
    assert book.unheard(dispatcher, at=now() + timedelta(days=29)).exists()
    assert not book.unheard(dispatcher, at=now() + timedelta(days=31)).exists()
    for hour in range(3):
        assert book.unheard(dispatcher, at=now()).exists()
        for second in (0, 2):  # pressed twice
            at = now() + timedelta(hours=hour, seconds=second)
            book.hear(case, reporter, by=dispatcher, at=at, reached=False)
    assert CallBack.objects.count() == 3 and not book.unheard(dispatcher, at=now()).exists()


def test_of_several_reporters_the_one_who_was_called_is_on_record(dispatcher, case, reporter):
    second = Reporter.objects.create(case=case, came_with=case, kind="resident", phone="13900001111", at=now())
    move("call_back", case, dispatcher, at=now(), called=second, reached=True)
    move("call_back", case, dispatcher, at=now(), reached=True)
    assert list(CallBack.objects.order_by("pk").values_list("reporter", flat=True)) == [second.pk, reporter.pk]


# --- the wish to reopen ----------------------------------------------------------------------------------------------


@pytest.fixture
def wish(dispatcher, law_enforcement):
    """A reporter who says that nothing is solved."""
    case = checked(dispatcher, reporter={})
    Assignment.objects.create(case=case, department=law_enforcement, role="lead", assigned_at=now())
    move("close", case, dispatcher, at=now(), conclusion="同意结案")
    asked = echo.asked_by(case.public_code)
    return echo.judge(asked, solved=False, satisfaction="dissatisfied", words="晚上又来了三家", at=now())


def test_a_wish_waits_in_the_queue_until_somebody_reopens(client, dispatcher, inspector, wish):
    client.force_login(inspector)
    page = client.get("/callbacks/?show=reopen").content.decode()
    assert "晚上又来了三家" in page and wish.case.number in page
    sheet = client.get(f"/cases/{wish.case.number}/reopen/?reason=上报人评价没有解决：晚上又来了三家")
    assert "晚上又来了三家" in sheet.content.decode()
    done = client.post(
        f"/cases/{wish.case.number}/reopen/", {"reason": "上报人评价没有解决", "next": "/callbacks/?show=reopen"}
    )
    assert (done.status_code, done.url) == (302, "/callbacks/?show=reopen")
    assert client.get("/callbacks/?show=reopen").context["lines"] == []
    assert "已重开" in client.get("/callbacks/?show=opinions").content.decode()


def test_a_wish_is_declined_with_words_once(client, dispatcher, handler, wish):
    address = f"/callbacks/opinions/{wish.pk}/"
    client.force_login(handler)
    assert client.get(address).status_code == 403
    client.force_login(dispatcher)
    assert client.get(address).status_code == 200
    assert client.post(address, {"words": "不"}).status_code == 422
    assert client.post(address, {"words": "夜间已安排值守，请再观察"}).status_code == 302
    assert client.post(address, {"words": "夜间已安排值守，请再观察"}).status_code == 409
    assert Opinion.objects.get().wish == "kept" and not book.wishes(dispatcher).exists()
    assert "夜间已安排值守" in client.get(f"/q/{wish.code}/").content.decode()
    assert client.get("/callbacks/opinions/99999/").status_code == 404


@pytest.mark.parametrize("show", ["owed", "code", "unheard", "reopen", "opinions", "called", "nonsense"])
def test_each_queue_says_what_it_is_when_it_is_empty(client, dispatcher, show):
    client.force_login(dispatcher)
    page = client.get(f"/callbacks/?show={show}")
    assert page.status_code == 200 and 'class="empty"' in page.content.decode()
