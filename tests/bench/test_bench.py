"""The scripts that measure must not rot: a small street is filled, its chains hold, and every piece of work answers."""
import os

import pytest
from django.utils import timezone

from cases import trail
from cases.models import Case, CaseEvent, CaseText
from cases.states import State

pytestmark = pytest.mark.slow


@pytest.fixture
def street(db):
    from tests.bench.fill import fill

    fill(400, now=timezone.localtime(), seed=7)


def test_the_filled_street_is_as_the_workflow_would_leave_it(street):
    assert Case.objects.count() == 400
    assert not list(trail.broken_chains())
    assert set(Case.objects.values_list("state", flat=True)) >= {State.CLOSED, State.IN_PROGRESS, State.REPORTED}
    assert CaseEvent.objects.count() > 400 * 7
    assert CaseText.objects.count() == 400
    for case in Case.objects.open():
        assert case.events.last().to_state == case.state
    assert not Case.objects.ended().filter(due_at__isnull=False).exists()


def test_more_waiting_cases_can_be_added_and_numbers_go_on(street):
    from tests.bench.fill import fill

    fill(0, now=timezone.localtime(), seed=8, waiting={State.REPORTED: 5})
    assert Case.objects.count() == 405
    assert Case.objects.filter(state=State.REPORTED).count() >= 5


def test_a_filled_case_can_be_moved_on(street):
    from accounts.models import User
    from cases import workflow

    case = Case.objects.filter(state=State.REPORTED).exclude(source="XF").first()
    workflow.make("accept", case, by=User.objects.get(username="dispatcher1"), category=case.category)
    assert case.state == State.ACCEPTED and not trail.first_break(case)


@pytest.mark.parametrize(("path", "most"), [("/desk/", 10), ("/desk/list/", 10), ("/desk/list/?stage=all", 10),
                                            ("/desk/list/?stage=all&q=消防", 10)])  # fmt: skip
def test_a_list_stays_within_its_queries(street, path, most):
    from tests.bench.inside import look_inside

    found = look_inside("GET", path, htmx="list" if "list" in path else "")
    assert found["status"] == 200 and found["queries"] <= most, found


def test_the_page_of_any_case_stays_within_its_queries(street):
    from tests.bench.inside import look_inside

    counts = {}
    for state in (State.CLOSED, State.IN_PROGRESS, State.CHECKING, State.REPORTED):
        case = Case.objects.filter(state=state).exclude(source="XF").first()
        if case:
            counts[state] = look_inside("GET", f"/cases/{case.number}/")["queries"]
    assert counts[State.CLOSED] <= 12 and max(counts.values()) <= 14, counts


def test_the_map_is_measured(street, client):
    from tests.bench import map as measuring

    measuring.lay_things(200)
    row = measuring.ask("dispatcher1", "things", "116.150,39.890,116.230,39.970", 14)
    assert row["total"] == 200 and 0 < row["queries"] <= 6 and row["kb"] < measuring.BAR_KB


def test_a_part_of_the_page_is_added_to_or_begun_anew_and_the_others_stay():
    from tests.bench.pages import FIGURES, MAP, kept_of

    page = MAP.put("# Head\n\nrows\n", "first", begin=True)
    page = FIGURES.put(MAP.put(page, "second", begin=False), "beside", begin=True)
    assert "first" in page and "second" in MAP.of(page) and page.count(MAP.begin) == 1 and "beside" not in MAP.of(page)
    page = MAP.put(page, "third", begin=True)
    assert "first" not in page and page.startswith("# Head\n\nrows\n") and "third" in page
    assert "beside" in kept_of(page) and "third" in kept_of(page) and "Head" not in kept_of(page)


def test_the_whole_measurement_runs_and_writes_its_table(tmp_path):
    """On SQLite, with two requests for each of eight clients: figures mean nothing, but nothing is broken."""
    from tests.bench.run import measure, write

    keep = {name: os.environ.pop(name) for name in ("DATABASE_URL", "CACHE_URL", "VAR_DIR") if name in os.environ}
    os.environ |= {"CACHE_URL": "locmemcache://", "VAR_DIR": str(tmp_path)}
    try:
        run = measure(600, requests=2, database=f"sqlite:///{tmp_path}/bench.sqlite3")
    finally:
        for name in ("CACHE_URL", "VAR_DIR"):
            os.environ.pop(name)
        os.environ |= keep
    assert not [row for row in run["rows"] if "fault" in row]
    assert {"floor: list", "list of 50", "detail", "move: note", "move: accept", "registration"} <= {
        row["name"] for row in run["rows"]
    }
    race = next(row for row in run["rows"] if row["name"] == "8 clients, the same case")
    assert list(race["outcomes"]) == ['{"302": 1, "409": 7}']
    assert "| list of 50 |" in write([run])
