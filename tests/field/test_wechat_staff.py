"""Staff at the official account: six digits bind, and what cannot wait goes out, in the demonstration to nowhere."""
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.binding import bind, offer_code
from accounts.models import WeChatBinding
from cases import limits, reminders
from cases.announce import announce_due
from cases.channels.wechat.tasks import send_messages
from cases.models import Case, WeChatDraft, WeChatMessage
from cases.wechat_drafts import Incoming, openid_index, take_message
from tests.make import make_case, make_user, moment, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def say(words, *, openid="oHANDLER", key="", at=None):
    """A text to the account, and its answer."""
    key = key or f"{openid}{words}{timezone.now().timestamp()}"
    message = Incoming(key, openid, openid_index(openid), "gh_street", "text", words=words)
    return take_message(message, at=at or timezone.now(), site="https://street.example")


def reach(user, openid):
    return bind(offer_code(user, at=timezone.now()), openid=openid, openid_index=openid_index(openid), at=timezone.now())


def test_six_digits_bind_and_begin_no_report(handler):
    answer = say(offer_code(handler, at=timezone.now()))
    assert handler.real_name in answer and "已绑定" in answer
    assert WeChatBinding.objects.get().openid == "oHANDLER" and not WeChatDraft.objects.exists()
    assert "不对或已过期" in say("123456")


def test_a_retry_of_the_platform_gets_the_same_answer(handler):
    code = offer_code(handler, at=timezone.now())
    assert say(code, key="one") == say(code, key="one")
    assert WeChatBinding.objects.bound().count() == 1


def test_guessing_is_stopped_per_sender_and_a_right_code_costs_nothing(handler, other_handler):
    code = offer_code(handler, at=timezone.now())
    wrong = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, 7)]
    answers = [say(guess, openid="oTHIEF") for guess in wrong]
    assert all("不对或已过期" in answer for answer in answers[:5]) and "输错太多次" in answers[5]
    assert "输错太多次" in say(code, openid="oTHIEF"), "even the right one, once too many were wrong"
    assert "已绑定" in say(code)
    assert limits.DoorCount.objects.filter(door="bind", used__gt=0).count() == 2  # the thief's and the account's


def dispatched(dispatcher, lead, category, xijing, **over):
    case = make_case(dispatcher, at=timezone.now(), title="西井大街李小兰家门前占道", **over)
    move("accept", case, dispatcher, at=timezone.now(), category=category)
    move("register", case, dispatcher, at=timezone.now(), category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, at=timezone.now(), lead=lead)
    return case


def test_a_dispatch_goes_to_the_bound_by_number_alone_once(
    handler, dispatcher, category, xijing, law_enforcement, platform
):
    reach(handler, "oHANDLER")
    case = dispatched(dispatcher, law_enforcement, category, xijing)
    later = timezone.now() + timedelta(seconds=20)
    for _ in range(2):
        announce_due(at=later)
    message = WeChatMessage.objects.get()
    assert message.openid == "oHANDLER" and message.case is None
    assert case.number in message.text and "主办" in message.text
    assert "李小兰" not in message.text and "西井" not in message.text
    WeChatMessage.objects.update(next_try_at=timezone.now())  # the dispatch was announced a little ahead of its time
    send_messages()
    message.refresh_from_db()
    assert message.status == "sent"


def test_an_overdue_clock_goes_out_and_a_warning_stays_inside(handler, dispatcher, category, xijing, law_enforcement):
    reach(handler, "oHANDLER")
    case = dispatched(dispatcher, law_enforcement, category, xijing)
    announce_due(at=timezone.now() + timedelta(seconds=20))
    WeChatMessage.objects.all().delete()
    at = moment("2016-12-21 14:20")
    Case.objects.filter(pk=case.pk).update(due_at=at - timedelta(hours=1), warn_at=at - timedelta(hours=2))
    for _ in range(2):
        reminders.remind(at=at)
    message = WeChatMessage.objects.get()
    assert "已超期" in message.text and case.number in message.text and "李小兰" not in message.text


def test_who_did_not_bind_is_told_inside_only(handler, dispatcher, category, xijing, law_enforcement):
    dispatched(dispatcher, law_enforcement, category, xijing)
    announce_due(at=timezone.now() + timedelta(seconds=20))
    assert handler.notifications.exists() and not WeChatMessage.objects.exists()


def test_the_demonstration_holds_it(handler, dispatcher, category, xijing, law_enforcement, settings):
    settings.DEMO = True
    reach(handler, "oHANDLER")
    dispatched(dispatcher, law_enforcement, category, xijing)
    announce_due(at=timezone.now() + timedelta(seconds=20))
    send_messages()
    assert WeChatMessage.objects.get().status == "held"


def test_a_residents_six_digits_leave_the_draft_alone(handler):
    say("西井大街北口有人占道", openid="oRESIDENT")
    say("123456", openid="oRESIDENT")
    assert WeChatDraft.objects.get().words == "西井大街北口有人占道"


def test_a_person_of_another_unit_is_not_reached(other_handler, dispatcher, category, xijing, law_enforcement):
    reach(other_handler, "oOTHER")
    make_user("colleague", "handler", department=law_enforcement)
    dispatched(dispatcher, law_enforcement, category, xijing)
    announce_due(at=timezone.now() + timedelta(seconds=20))
    assert not WeChatMessage.objects.exists()
