"""The words of the address bar: what each keeps, and that it agrees with what the moves allow."""
import pytest
from django.http import QueryDict
from django.utils import timezone

from cases import workflow
from cases.filters import CaseFilter, tidy
from cases.models import Case
from cases.states import State
from cases.workflow import NEXT
from tests.make import NOW, make_case, make_category, put

pytestmark = pytest.mark.django_db
HOUR = timezone.timedelta(hours=1)


def kept(query, user, at=None):
    one = CaseFilter(QueryDict(query), Case.objects.none(), user=user, at=at or timezone.now())
    return set(one.filter_queryset(Case.objects.all()))


@pytest.fixture
def pair(dispatcher, xijing, category, law_enforcement):
    """One case with everything, one bare."""
    rich = make_case(dispatcher, at=timezone.now(), grid=xijing.grids.get(), community=xijing, category=category,
                     tags=("蓝天行动",))  # fmt: skip
    put(rich, State.IN_PROGRESS, lead=law_enforcement, urgency="urgent", due_at=timezone.now() - HOUR)
    bare = make_case(dispatcher, source="DC", at=timezone.now() - 100 * HOUR)
    put(bare, State.REPORTED, due_at=timezone.now() + 99 * HOUR)
    return rich, bare


@pytest.mark.parametrize(
    "query",
    ["stage=handling", "state=in_progress", "source=WG", "community=110107005008", "lead=D01", "category=0501",
     "grid=110107005008001", "urgency=urgent", "received=today", "tag=蓝天行动", "clock=over"],
)  # fmt: skip
def test_each_word_keeps_the_one_and_not_the_other(pair, dispatcher, query):
    assert kept(query, dispatcher) == {pair[0]}


def test_without_a_word_open_cases_are_kept(pair, dispatcher):
    put(pair[1], State.CLOSED)
    assert kept("", dispatcher) == {pair[0]}
    assert kept("stage=all", dispatcher) == set(pair)
    assert kept("stage=closed", dispatcher) == {pair[1]}


def test_days_are_days_in_beijing(pair, dispatcher):
    today = timezone.localdate()
    assert kept(f"from={today}", dispatcher) == {pair[0]}
    assert kept(f"to={today - timezone.timedelta(days=2)}", dispatcher) == {pair[1]}


def test_today_is_what_is_due_before_midnight_and_not_late(dispatcher):
    at = timezone.make_aware(timezone.datetime(2016, 12, 21, 14, 20))
    late, today, tomorrow = (make_case(dispatcher) for _ in range(3))
    put(late, State.REPORTED, due_at=at - HOUR)
    put(today, State.REPORTED, due_at=at + 3 * HOUR)
    put(tomorrow, State.REPORTED, due_at=at + 12 * HOUR)
    assert kept("clock=today", dispatcher, at) == {today}
    assert kept("clock=soon", dispatcher, at) == {today, tomorrow}


def test_a_paused_case_is_never_late(pair, dispatcher):
    put(pair[0], State.SUSPENDED, paused_at=timezone.now() - 2 * HOUR)
    assert kept("clock=over", dispatcher) == set()


def test_mine_is_what_i_registered_or_touched(pair, dispatcher, other_dispatcher):
    assert kept("mine=1", dispatcher) == set(pair)
    assert kept("mine=1", other_dispatcher) == set()
    workflow.make("note", pair[1], by=other_dispatcher, words="已联系")
    assert kept("mine=1", other_dispatcher) == {pair[1]}


def test_an_unreadable_word_is_told_and_left_out(pair, dispatcher):
    one = CaseFilter(QueryDict("clock=gestern&source=WG"), Case.objects.none(), user=dispatcher)
    assert one.complaints == ["“时限”的筛选条件没有看懂，已忽略。"]
    assert kept("clock=gestern&source=WG", dispatcher) == {pair[0]}


def test_only_filters_are_kept_in_a_view():
    assert tidy("page=3&case=DC-2016-001&clock=over&tag=&x=1") == "clock=over"


@pytest.mark.parametrize(
    "who", ["dispatcher", "chief", "inspector", "handler", "other_handler", "community_worker", "petition_officer",
            "leader", "clerk"],
)  # fmt: skip
def test_what_waits_for_me_is_where_i_am_offered_the_next_step(request, dispatcher, petition_officer, xijing, who):
    """The condition in the database against the table of moves in Python, state by state."""
    user = request.getfixturevalue(who)
    unit = request.getfixturevalue("law_enforcement")
    for state in NEXT:
        for source, by in (("WG", dispatcher), ("XF", petition_officer)):
            case = make_case(by, source=source, at=timezone.now())
            put(case, state, lead=unit, verifier_department=xijing.department)
    waiting = kept("todo=1&stage=all", user)
    for case in Case.objects.visible_to(user):
        step = workflow.next_move(case, workflow.moves_for(case, user, at=timezone.now()))
        if step and step.name == "pass_check" and "lead" in user.reach_of(step.permission):
            continue  # offered to a community's worker only when named, and nobody is named here
        if step and step.name == "resume":
            continue  # waits for its review date, see below
        assert (case in waiting) == (step is not None), (case.state, case.source, step)


def test_a_paused_case_waits_for_its_review_date(dispatcher):
    case, today = make_case(dispatcher), timezone.localdate()
    put(case, State.SUSPENDED, paused_at=timezone.now(), review_on=today + timezone.timedelta(days=1))
    assert kept("todo=1", dispatcher) == set()
    put(case, State.SUSPENDED, review_on=today)
    assert kept("todo=1", dispatcher) == {case}


def test_a_named_checker_is_waited_for_and_nobody_else(dispatcher, inspector, community_worker, law_enforcement):
    case = make_case(dispatcher)
    put(case, State.CHECKING, lead=law_enforcement, checker=community_worker)
    assert kept("todo=1", community_worker) == {case}
    assert kept("todo=1", inspector) == set()
    put(case, State.CHECKING, checker=None)
    assert kept("todo=1", inspector) == {case}


def test_categories_of_other_kinds_do_not_mix(pair, dispatcher):
    make_category("路面塌陷", code="0401")
    assert kept("category=0401", dispatcher) == set()


@pytest.mark.django_db
def test_narrowing_does_not_tell_a_title_only_reader_where_a_petition_lies(
    standards, dispatcher, chief, petition_officer, xijing, category
):
    petition = make_case(petition_officer, source="XF", community=xijing, grid=xijing.grids.get(), category=category)
    event = make_case(dispatcher, community=xijing, grid=xijing.grids.get(), category=category)
    for words in ({"community": xijing.code}, {"category": category.code}, {"grid": xijing.grids.get().code}):
        for user, expected in ((dispatcher, {event.pk}), (chief, {event.pk, petition.pk})):
            found = CaseFilter(words, Case.objects.visible_to(user), user=user, at=NOW).qs
            assert {case.pk for case in found} == expected, (words, user)
    assert petition in CaseFilter({}, Case.objects.visible_to(dispatcher), user=dispatcher, at=NOW).qs
