"""Many hands at once: one wins, the rest are told, nothing is written twice."""
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from cases import intake, workflow
from cases.models import Case
from tests.make import NOW, make_case, move

THREADS = 50


def at_once(act, times=THREADS):
    """Run an act in many threads, each with a connection of its own; the results or the refusals."""

    def once(number):
        try:
            return act(number)
        except workflow.MoveRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


@pytest.fixture
def registered(transactional_db, standards, dispatcher, category, xijing):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    return case


def test_of_fifty_who_dispatch_one_wins_and_the_rest_are_refused(registered, dispatcher, law_enforcement):
    events = registered.event_count

    def dispatch(_):
        case = Case.objects.get(pk=registered.pk)
        return workflow.make("dispatch", case, by=dispatcher, at=NOW, lead=law_enforcement)

    results = at_once(dispatch)
    won = [one for one in results if not isinstance(one, Exception)]
    assert len(won) == 1 and all(isinstance(one, workflow.MoveRefused) for one in results if one is not won[0])
    registered.refresh_from_db()
    assert registered.state == "dispatched" and registered.event_count == events + 1 == registered.events.count()
    assert registered.assignments.filter(ended_at__isnull=True).count() == 1
    assert registered.clocks.filter(kind="handle").count() == 1


def test_fifty_notes_all_stand_and_the_chain_holds(registered, dispatcher):
    from cases import trail

    results = at_once(lambda n: workflow.make("note", copy_of(registered), by=dispatcher, words=f"{n}"))
    assert not [one for one in results if isinstance(one, Exception)]
    registered.refresh_from_db()
    assert registered.events.filter(move="note").count() == THREADS and trail.first_break(registered) == ""


def copy_of(case):
    return Case.objects.get(pk=case.pk)


def test_fifty_reports_with_one_key_open_one_case(transactional_db, standards, dispatcher):
    def report(_):
        return intake.open_case(
            source="WG", title="井盖破损", by=dispatcher, at=NOW, detail={"outside_number": ""}, idempotency_key="k1"
        )

    results = at_once(report)
    assert {case.pk for case in results} == {Case.objects.get().pk}


def test_fifty_reports_get_fifty_numbers(transactional_db, standards, dispatcher):
    results = at_once(lambda n: make_plain(dispatcher, n))
    assert len({case.number for case in results}) == THREADS == Case.objects.count()


def make_plain(by, number):
    return intake.open_case(source="WG", title=f"井盖破损 {number}", by=by, at=NOW, detail={"outside_number": ""})


def test_fifty_posts_of_one_form_make_one_move_and_no_server_error(registered, dispatcher, law_enforcement):
    """The same through the web: one redirect, the rest 409."""
    registered.refresh_from_db()

    def post(_):
        client = Client()
        client.force_login(dispatcher)
        return client.post(
            f"/cases/{registered.number}/dispatch/",
            {"lead": law_enforcement.pk, "version": registered.version},
        ).status_code

    codes = at_once(post, 20)
    assert sorted(set(codes)) == [302, 409] and codes.count(302) == 1
