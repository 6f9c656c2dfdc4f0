"""What keeps the desk fast must not change what it says."""
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from cases import desk
from cases.filters import CaseFilter
from cases.models import Case
from cases.states import State
from cases.views.listing import KEPT_LINES, row_of
from tests.make import NOW, make_case, put

pytestmark = pytest.mark.django_db


def line(case, user, *, at=NOW, may_bulk=True):
    return KEPT_LINES.html(row_of(Case.objects.for_rows().get(pk=case.pk), user, at=at), may_bulk=may_bulk, day=timezone.localdate(at))


def test_a_kept_line_is_the_same_object_until_it_says_something_else(dispatcher, category, standards):
    case = make_case(dispatcher, title="西井大街马路市场回潮")
    first = line(case, dispatcher)
    assert "西井大街马路市场回潮" in first and 'type="checkbox"' in first
    assert line(case, dispatcher) is first
    assert line(case, dispatcher, at=NOW + timedelta(minutes=1)) != first
    assert 'type="checkbox"' not in line(case, dispatcher, may_bulk=False)
    put(case, State.RETURNED)
    assert "待重新派遣" in line(case, dispatcher)
    Case.objects.filter(pk=case.pk).update(title="<b>改名</b>")
    assert "&lt;b&gt;改名" in line(case, dispatcher)


def test_the_kept_lines_do_not_grow_without_end(dispatcher, standards, monkeypatch):
    monkeypatch.setattr(KEPT_LINES, "MOST", 2)
    case = make_case(dispatcher)
    for minutes in range(5):
        assert case.number in line(case, dispatcher, at=NOW + timedelta(minutes=minutes))
        assert len(KEPT_LINES._lines) <= 2


def test_who_sees_everything_is_asked_no_condition_and_others_are(dispatcher, inspector):
    assert "WHERE" not in str(Case.objects.visible_to(dispatcher).query)
    assert "WHERE" in str(Case.objects.visible_to(inspector).query)


def test_late_cases_among_all_are_the_open_ones(dispatcher, standards):
    late, closed = make_case(dispatcher), make_case(dispatcher)
    put(late, State.REPORTED, due_at=NOW - timedelta(hours=1))
    put(closed, State.CLOSED, due_at=None)
    for query in ("clock=over", "clock=over&stage=all"):
        found = CaseFilter(QueryDict(query), Case.objects.all(), user=dispatcher, at=NOW)
        assert list(Case.objects.filter(found.condition())) == [late]


def test_states_of_one_next_step_are_counted_in_one_condition(dispatcher, standards):
    assert str(Case.objects.filter(desk.todo_q("1", dispatcher, NOW)).query).count("IN (") <= 3
    waiting, resting = make_case(dispatcher), make_case(dispatcher)
    put(resting, State.IN_PROGRESS)
    assert list(Case.objects.filter(desk.todo_q("1", dispatcher, NOW))) == [waiting]


def test_a_saved_view_is_read_once_and_means_the_same_as_the_address(dispatcher):
    from cases.filters import filter_of, understood

    understood.cache_clear()
    query = "clock=over&tag=蓝天行动&q=西井"
    said, whole = filter_of(query, user=dispatcher, at=NOW), CaseFilter(QueryDict(query), user=dispatcher, at=NOW)
    assert (said.chosen, said.text) == (whole.chosen, whole.text) and said.text == "西井"
    assert str(Case.objects.filter(said.condition()).query) == str(Case.objects.filter(whole.condition()).query)
    filter_of(query, user=dispatcher, at=NOW)
    assert understood.cache_info().misses == 1


def test_pages_counted_from_the_end_are_the_same_pages(dispatcher, standards):
    for minutes in range(9):
        put(make_case(dispatcher), State.CLOSED, due_at=None, received_at=NOW + timedelta(minutes=minutes // 2))
    tally = sum(desk.tallies(Case.objects.all(), at=NOW).values(), desk.Tally())
    rows = desk.ByTimeLeft(Case.objects.all(), tally, at=NOW)
    every = list(Case.objects.order_by("-received_at", "-pk"))
    assert tally.done == 9
    for start in range(0, 9, 2):
        assert rows[start : start + 2] == every[start : start + 2]
