"""Each word in which cases are asked for: what it keeps, and beside it what it leaves out."""
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from cases import owing
from cases.happenings import near_in_time
from cases.models import Assignment, Case, CaseEvent, CaseTag, Petitioner
from cases.querysets import CaseEventQuerySet, CaseQuerySet
from cases.states import ENDED, OPEN, Source, State
from grid.models import Thing, ThingClass
from tests.make import NOW, make_case, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def numbers(cases):
    return {case.number for case in cases}


@pytest.fixture
def case(dispatcher):
    return make_case(dispatcher)


@pytest.fixture
def other(dispatcher):
    return make_case(dispatcher, title="井盖破损")


@pytest.fixture
def petition(petition_officer):
    return make_case(petition_officer, source="XF")


def give(case, department, role="lead", **over):
    Assignment.objects.create(case=case, department=department, role=role, assigned_at=NOW, **over)


# --- who sees what ---------------------------------------------------------------------------------------------------

SEES = {  # who → (ordinary cases, petitions) that have nothing to do with him
    "dispatcher": (True, True), "chief": (True, True), "leader": (True, True), "inspector": (True, False),
    "petition_officer": (False, True), "handler": (False, False), "community_worker": (False, False),
    "clerk": (False, False), "admin": (False, False), "auditor": (False, False), "outsider": (False, False),
}  # fmt: skip


@pytest.mark.parametrize("who", sorted(SEES))
def test_each_role_sees_its_kinds_of_cases(who, request, case, petition):
    seen = Case.objects.visible_to(request.getfixturevalue(who))
    assert (seen.filter(pk=case.pk).exists(), seen.filter(pk=petition.pk).exists()) == SEES[who]


def test_nobody_and_a_disabled_person_see_nothing(case, dispatcher):
    assert Case.objects.visible_to(dispatcher).exists()
    assert not Case.objects.visible_to(AnonymousUser()).exists()
    dispatcher.is_active = False
    assert not Case.objects.visible_to(dispatcher).exists()


def test_a_department_sees_what_it_leads_assists_and_led(case, other, petition, handler, law_enforcement, sanitation):
    give(case, law_enforcement)
    give(other, law_enforcement, "assist", ended_at=NOW)
    give(petition, law_enforcement)
    assert numbers(Case.objects.visible_to(handler)) == {case.number, other.number, petition.number}
    Assignment.objects.all().update(department=sanitation)
    assert numbers(Case.objects.visible_to(handler)) == set()


def test_a_worker_sees_the_own_community_but_no_petition_there(
    case, other, petition, community_worker, other_community_worker, xijing, langshan
):
    Case.objects.filter(pk__in=[case.pk, petition.pk]).update(community=xijing)
    Case.objects.filter(pk=other.pk).update(community=langshan)
    assert numbers(Case.objects.visible_to(community_worker)) == {case.number}
    assert numbers(Case.objects.visible_to(other_community_worker)) == {other.number}


def test_a_worker_sees_what_to_check_to_verify_and_what_was_reported(
    case, other, petition, community_worker, other_community_worker, xijing
):
    put(petition, "checking", checker=community_worker)
    put(case, "verifying", verifier_department=xijing.department)
    mine = make_case(community_worker)
    assert numbers(Case.objects.visible_to(community_worker)) == {petition.number, case.number, mine.number}
    assert numbers(Case.objects.visible_to(other_community_worker)) == set()
    put(case, "reported")  # answered: the community's part is over
    assert case.number not in numbers(Case.objects.visible_to(community_worker))


def test_a_person_seen_twice_over_is_listed_once(case, petition, law_enforcement):
    both = make_user("both", "dispatcher", "handler", department=law_enforcement)
    give(case, law_enforcement)
    give(case, law_enforcement, "assist", ended_at=NOW)
    assert sorted(row.number for row in Case.objects.visible_to(both)) == sorted([case.number, petition.number])


# --- state, place, clock ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_a_case_is_either_open_or_ended(case, other, state):
    put(case, state, master=other)
    assert (case in Case.objects.open(), case in Case.objects.ended()) == (state in OPEN, state in ENDED)


def test_of_source_in_community_led_by_and_tagged(case, other, petition, xijing, langshan, law_enforcement, sanitation):
    put(case, "in_progress", community=xijing, lead=law_enforcement)
    CaseTag.objects.create(case=case, word="蓝天行动")
    assert numbers(Case.objects.of_source(Source.PETITION)) == {petition.number}
    assert numbers(Case.objects.in_community(xijing)) == {case.number} and not Case.objects.in_community(langshan)
    assert numbers(Case.objects.led_by(law_enforcement)) == {case.number} and not Case.objects.led_by(sanitation)
    assert numbers(Case.objects.tagged("蓝天行动")) == {case.number} and not Case.objects.tagged("蓝天")


def test_about_are_the_cases_that_name_a_component(case, other, xijing):
    lamp, cover = (
        Thing.objects.create(
            code=f"110107{digits}000001", thing_class=ThingClass.objects.create(code=digits, major="公用设施", name=name),
            lon=116.19, lat=39.93, community=xijing, grid=xijing.grids.get(),
        )
        for digits, name in (("0114", "路灯"), ("0101", "上水井盖"))
    )  # fmt: skip
    put(case, "in_progress", thing=lamp)
    assert numbers(Case.objects.about(lamp)) == {case.number} and not Case.objects.about(cover)


def test_overdue_and_due_within_divide_at_the_moment(case):
    put(case, "reported", due_at=NOW)
    day = timedelta(hours=24)
    assert not Case.objects.overdue(at=NOW) and case in Case.objects.overdue(at=NOW + timedelta(seconds=1))
    assert case in Case.objects.due_within(day, at=NOW) and case in Case.objects.due_within(day, at=NOW - day)
    assert not Case.objects.due_within(day, at=NOW - day - timedelta(seconds=1))
    assert not Case.objects.due_within(day, at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("changed", [{"paused_at": NOW}, {"due_at": None}, {"state": "closed"}])
def test_a_paused_a_clockless_and_an_ended_case_is_never_overdue(case, changed):
    columns = {"due_at": NOW, **changed}
    put(case, columns.pop("state", "in_progress"), **columns)
    later = NOW + timedelta(days=9)
    assert not Case.objects.overdue(at=later) and not Case.objects.due_within(timedelta(days=9), at=NOW)
    assert (case in Case.objects.running()) is ("paused_at" not in changed and "due_at" not in changed)


def test_the_desks_order_is_by_time_left_and_clockless_ones_come_last(case, other, dispatcher):
    third = make_case(dispatcher)
    put(case, "reported", due_at=None)
    put(other, "reported", due_at=NOW + timedelta(hours=2))
    put(third, "reported", due_at=NOW + timedelta(hours=1))
    assert list(Case.objects.by_time_left()) == [third, other, case]


def test_changed_since_is_by_the_last_event(case, other, dispatcher):
    move("note", other, dispatcher, at=NOW + timedelta(minutes=5), words="看过")
    assert numbers(Case.objects.changed_since(NOW + timedelta(minutes=1))) == {other.number}
    assert not Case.objects.changed_since(NOW + timedelta(minutes=5))


def test_near_in_time_is_about_the_neighbours_of_a_case(case, dispatcher, xijing):
    grid = xijing.grids.get()
    put(case, "reported", grid=grid)
    for days in (0, 29, 31):
        put(make_case(dispatcher), "closed", grid=grid, received_at=NOW - timedelta(days=days))
    make_case(dispatcher)
    found = list(Case.objects.filter(near_in_time(case, timedelta(days=30))).order_by("-received_at", "-pk"))
    assert [(NOW - one.received_at).days for one in found] == [0, 29]


def test_the_place_of_a_petition_is_for_those_who_read_it(case, petition, dispatcher, petition_officer, leader):
    assert set(Case.objects.placed_for(dispatcher)) == {case}
    assert set(Case.objects.placed_for(petition_officer)) == set(Case.objects.placed_for(leader)) == {case, petition}


# --- whose turn ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "waits"), [
    ("dispatched", True), ("in_progress", True), ("rework", True), ("feedback_submitted", False), ("registered", False),
])  # fmt: skip
def test_the_lead_is_awaited_while_it_has_to_act(case, handler, other_handler, law_enforcement, state, waits):
    put(case, state, lead=law_enforcement)
    assert (case in Case.objects.awaiting(handler)) is waits and case not in Case.objects.awaiting(other_handler)


def test_a_checker_and_a_verifier_are_awaited_themselves(case, other, inspector, community_worker, xijing, chief):
    put(case, "checking", checker=inspector)
    put(other, "verifying", verifier_department=xijing.department)
    assert numbers(Case.objects.awaiting(inspector)) == {case.number}
    assert numbers(Case.objects.awaiting(community_worker)) == {other.number}
    put(other, "verifying", verifier=chief)  # named: the others of the community are not asked
    assert not Case.objects.awaiting(community_worker) and numbers(Case.objects.awaiting(chief)) == {other.number}
    put(case, "checked")
    assert not Case.objects.awaiting(inspector)


# --- what comes along ------------------------------------------------------------------------------------------------


def test_a_row_of_the_desk_needs_one_query(case, dispatcher, category, xijing, law_enforcement, django_assert_num_queries):
    put(case, "in_progress", category=category, community=xijing, grid=xijing.grids.get(), lead=law_enforcement)
    with django_assert_num_queries(1):
        for row in Case.objects.for_desk():
            assert row.category.name and row.community.short_name and row.grid.name and row.lead.short_name
    with django_assert_num_queries(1):
        for row in Case.objects.for_rows():
            assert row.title and row.community.short_name and row.grid.serial and row.lead.short_name
    assert Case.objects.for_desk().get().community.get_deferred_fields() == {"shape"}


def test_outlines_are_left_in_the_database(case, xijing):
    put(case, "reported", community=xijing, grid=xijing.grids.get())
    row = Case.objects.select_related("community", "grid", "site").without_shapes().get()
    assert row.community.get_deferred_fields() == {"shape"} == row.grid.get_deferred_fields()


@pytest.mark.parametrize("source", list(Source))
def test_the_page_brings_the_detail_of_its_source(dispatcher, petition_officer, source, django_assert_num_queries):
    number = make_case(petition_officer if source == Source.PETITION else dispatcher, source=source).number
    name = {
        "DC": "notice", "XF": "petition", "RX": "hotline", "ZB": "transfer", "WX": "snap", "WG": "grid_event"
    }[source]  # fmt: skip
    with django_assert_num_queries(1):
        assert getattr(Case.objects.for_page(number).get(number=number), name)
    with django_assert_num_queries(1):
        assert getattr(Case.objects.for_page().get(number=number), name)


# --- events ----------------------------------------------------------------------------------------------------------


def test_the_timeline_is_newest_first_with_people_and_places(case, dispatcher, django_assert_num_queries):
    move("note", case, dispatcher, words="一")
    with django_assert_num_queries(1):
        told = [(event.move, event.by_name, event.department.short_name) for event in case.events.for_timeline()]
    assert told == [(name, dispatcher.real_name, "指挥中心") for name in ("note", "report")]


def test_unannounced_keeps_what_is_due_oldest_first(case, other):
    last = CaseEvent.objects.order_by("-announce_after").first()
    first = CaseEvent.objects.order_by("announce_after").first()
    assert list(CaseEvent.objects.unannounced(at=last.announce_after)) == [first, last]
    assert list(CaseEvent.objects.unannounced(at=first.announce_after)) == [first]
    CaseEvent.objects.filter(pk=first.pk).update(announced_at=NOW)
    assert list(CaseEvent.objects.unannounced(at=last.announce_after)) == [last]


def test_events_are_neither_changed_nor_removed_in_bulk(case):
    for act in (
        lambda: CaseEvent.objects.update(words="改"),
        lambda: CaseEvent.objects.update(announced_at=NOW, words="改"),
        lambda: CaseEvent.objects.bulk_update(list(CaseEvent.objects.all()), ["words"]),
        lambda: CaseEvent.objects.all().delete(),
    ):
        with pytest.raises(TypeError, match="append-only"):
            act()
    assert CaseEvent.objects.update(announced_at=NOW) == 1


TESTED = {
    "about", "visible_to", "open", "ended", "of_source", "in_community", "led_by", "running", "overdue",
    "due_within", "by_time_left", "for_desk", "for_rows", "without_shapes", "for_page", "placed_for", "tagged", "changed_since",
    "awaiting", "update", "bulk_update", "delete", "for_timeline", "unannounced",
}  # fmt: skip


def test_every_word_is_tested_here():
    words = {name for kind in (CaseQuerySet, CaseEventQuerySet) for name in vars(kind) if not name.startswith("_")}
    assert words - {"as_manager"} == TESTED


# --- who is owed an answer -------------------------------------------------------------------------------------------


def test_owed_are_those_who_can_be_reached_and_have_no_final_answer(dispatcher, petition):
    case = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    waiting = case.reporters.get()
    case.reporters.create(came_with=case, kind="resident", reply_owed=False, at=NOW)
    case.reporters.create(came_with=case, kind="resident", reply_owed=True, replied_at=NOW, at=NOW)
    assert list(case.reporters.owed()) == [waiting]
    assert [row.is_owed for row in case.reporters.order_by("pk")] == [True, False, False]
    assert owing.owed_to(case) == 1


def test_a_petitioner_is_owed_until_the_final_answer(petition):
    assert owing.owed_to(petition) == 1 and Petitioner.objects.owed().get().case_id == petition.pk
    Petitioner.objects.update(replied_at=NOW)
    assert owing.owed_to(petition) == 0 and not Petitioner.objects.owed().exists()
