"""The hand-over sheet: what happened since one left, and what waits."""
import re

import pytest
from django.utils import timezone

from accounts.models import DutyShift
from cases import handover
from cases.states import State
from tests.make import make_case, make_return_reason, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
HOUR = timezone.timedelta(hours=1)


def text_of(response):
    return response.content.decode()


def count_of(text, word):
    """The figure under a heading."""
    found = re.search(rf"<dt>{word}</dt><dd>(?:<a [^>]*>)?(\d+)", text)
    return int(found.group(1)) if found else None


def test_new_late_returned_and_waiting_cases_are_counted(
    client, dispatcher, handler, law_enforcement, xijing, category
):
    at = timezone.now()
    make_case(dispatcher, at=at - 30 * HOUR)
    late = make_case(dispatcher, at=at - 30 * HOUR)
    put(late, State.REGISTERED, due_at=at - HOUR, due_clock="dispatch")
    sent = make_case(dispatcher, at=at - HOUR)
    move("accept", sent, dispatcher, at=at - HOUR, category=category)
    move("register", sent, dispatcher, at=at - HOUR, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", sent, dispatcher, at=at - HOUR / 2, lead=law_enforcement)
    move("return", sent, handler, at=at - HOUR / 3, return_reason=make_return_reason(), reason="不属本单位职责范围")
    client.force_login(dispatcher)
    text = text_of(client.get("/handover/"))
    assert count_of(text, "新收案件") == 1 and count_of(text, "被退回") == 1
    assert count_of(text, "等我处理") == 3 and count_of(text, "已办结") == 0
    assert count_of(text, "已超期") >= 1 and late.number in text


def test_since_when_can_be_said(client, dispatcher):
    make_case(dispatcher, at=timezone.now() - 30 * HOUR)
    client.force_login(dispatcher)
    since = timezone.localtime(timezone.now() - 40 * HOUR).strftime("%Y-%m-%dT%H:%M")
    assert count_of(text_of(client.get("/handover/", {"since": since})), "新收案件") == 1
    assert count_of(text_of(client.get("/handover/")), "新收案件") == 0


@pytest.mark.parametrize("since", ["明天", "2099-01-01T08:00", "1999-01-01T08:00"])
def test_a_moment_that_cannot_be_is_refused_with_a_sentence(client, dispatcher, since):
    client.force_login(dispatcher)
    page = client.get("/handover/", {"since": since})
    assert page.status_code == 422 and "起始时间应" in text_of(page)


def test_it_begins_where_the_last_shift_ended(dispatcher):
    at = timezone.now()
    assert handover.last_left(dispatcher, at=at) == at - handover.USUAL_ABSENCE
    end = at - 9 * HOUR
    DutyShift.objects.create(
        date=timezone.localdate(end), kind="day", starts_at=end - 10 * HOUR, ends_at=end, user=dispatcher
    )
    assert handover.last_left(dispatcher, at=at) == end


def test_each_sees_only_what_is_theirs(client, handler, inspector, dispatcher, petition_officer):
    secret = make_case(petition_officer, source="XF", at=timezone.now())
    other = make_case(dispatcher, at=timezone.now())
    client.force_login(inspector)
    text = text_of(client.get("/handover/"))
    assert other.number in text and secret.number not in text
    client.force_login(handler)
    text = text_of(client.get("/handover/"))
    assert other.number not in text and count_of(text, "新收案件") == 0


def test_who_has_no_shift_is_told(client, clerk, dispatcher):
    client.force_login(clerk)
    assert client.get("/handover/").status_code == 403
    client.force_login(dispatcher)
    assert client.get("/handover/").status_code == 200


def test_a_part_longer_than_the_sheet_is_leafed_through_to_its_last_case(client, dispatcher, monkeypatch):
    monkeypatch.setattr(handover, "MOST", 2)
    at = timezone.now()
    numbers = [make_case(dispatcher, at=at - HOUR).number for _ in range(5)]
    client.force_login(dispatcher)
    sheet = text_of(client.get("/handover/"))
    whole = re.search(r'href="(\?since=[^"]*&amp;part=new)"', sheet).group(1).replace("&amp;", "&")
    assert "列出前 2 件" in sheet and "查看全部 5 件" in sheet
    pages = [text_of(client.get(f"/handover/{whole}&page={page}")) for page in (1, 2, 3)]
    assert [sum(number in page for number in numbers) for page in pages] == [2, 2, 1]
    assert all(any(number in page for page in pages) for number in numbers)
    assert 'rel="next"' in pages[0] and 'rel="next"' not in pages[2] and "等我处理" not in pages[0]


def test_a_part_without_cases_says_so_and_one_that_is_none_is_not_there(client, dispatcher, inspector):
    client.force_login(dispatcher)
    empty = client.get("/handover/", {"part": "closed"})
    assert empty.status_code == 200 and "这一项现在没有案件" in text_of(empty)
    assert client.get("/handover/", {"part": "nonsense"}).status_code == 404


def test_twice_the_cases_cost_no_more_queries(client, dispatcher, django_assert_max_num_queries):
    client.force_login(dispatcher)

    def visit(address):
        client.get(address)
        with django_assert_max_num_queries(40) as asked:
            client.get(address)
        return len(asked)

    [make_case(dispatcher, at=timezone.now()) for _ in range(2)]
    before = visit("/handover/"), visit("/handover/?part=new")
    [make_case(dispatcher, at=timezone.now()) for _ in range(4)]
    assert (visit("/handover/"), visit("/handover/?part=new")) == before
