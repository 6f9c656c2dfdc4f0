"""What keeps a move fast must not change what it does."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.backends import StreetBackend
from cases.deadlines import Clocks
from cases.models import Case, CaseClock, CaseText
from cases.search import index_case
from cases.states import Clock
from grid.locate import locate
from grid.models import UnitGrid
from grid.workdays import Unit, add_working_time
from tests.make import NOW, make_case, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def asked(captured):
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "RELE"))]


def test_who_asks_is_known_with_roles_and_department_in_one_query(dispatcher, outsider, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = StreetBackend().get_user(dispatcher.pk)
        assert (found, found.roles, found.department) == (dispatcher, {"dispatcher"}, dispatcher.department)
    assert StreetBackend().get_user(outsider.pk).roles == frozenset()
    both = make_user("both", "chief", "inspector")
    assert StreetBackend().get_user(both.pk).roles == {"chief", "inspector"}
    both.is_active = False
    both.save()
    assert StreetBackend().get_user(both.pk) is None


@pytest.mark.parametrize("name", ["note", "accept"])
def test_a_move_takes_twelve_queries_at_most(name, client, dispatcher, category):
    case = make_case(dispatcher)
    client.force_login(dispatcher)
    answers = {"note": {"words": "已联系，正在办理"}, "accept": {"category": category.pk}}[name]
    with CaptureQueriesContext(connection) as captured:
        response = client.post(f"/cases/{case.number}/{name}/", {"version": case.version, **answers})
    assert response.status_code == 302
    assert len(asked(captured)) <= 12, "\n".join(asked(captured))


def test_clocks_that_stop_together_are_written_together_and_others_alone(dispatcher, django_assert_num_queries):
    case = make_case(dispatcher)
    CaseClock.objects.filter(case=case).delete()
    for kind in (Clock.HANDLE, Clock.CLOSE, Clock.SUPERVISE):
        CaseClock.objects.create(case=case, kind=kind, started_at=NOW, base_due_at=NOW, due_at=NOW, warn_at=NOW)
    clocks = Clocks(case)
    clocks.extend(Clock.CLOSE, case.received_at.replace(year=2017))
    clocks.stop(Clock.HANDLE, at=NOW, final=True)
    clocks.stop(Clock.SUPERVISE, at=NOW, final=True)
    with django_assert_num_queries(2):
        clocks.save()
    stored = {row.kind: row for row in CaseClock.objects.filter(case=case)}
    assert {kind for kind, row in stored.items() if row.stopped_at == NOW and row.final} == {"handle", "supervise"}
    assert stored["close"].due_at.year == 2017 and not stored["close"].stopped_at
    assert stored["handle"].due_at == NOW


@pytest.mark.parametrize("sure", [{}, {"sure": "1"}])
def test_a_registration_takes_twelve_queries_at_most(sure, client, dispatcher, category, xijing):
    client.force_login(dispatcher)
    category.tags = "" if not sure else "蓝天"
    category.save()
    lon, lat = xijing.label_lon, xijing.label_lat
    locate(lon, lat)  # the territory and the calendar are read once in a process
    add_working_time(NOW, 1, Unit.WORK_HOUR)
    form = {"source": "WG", "title": "路口垃圾桶满溢", "address": "西井路口", "lon": lon, "lat": lat, "key": "speed",
            "category": category.pk, "urgency": "normal", "received_at": "2016-12-23T09:00", **sure}
    with CaptureQueriesContext(connection) as captured:
        response = client.post("/cases/new/?source=WG", form)
    assert response.status_code == 302
    assert len(asked(captured)) <= 12, "\n".join(asked(captured))


def test_what_a_registration_indexes_is_what_the_stored_case_says(dispatcher, category, xijing):
    grid = UnitGrid.objects.get(community=xijing)
    for place in ({"grid_id": grid.pk, "community_id": xijing.pk}, {"community_id": xijing.pk}, {}):
        case = make_case(dispatcher, category=category, description="西井路口堆物", **place)
        told = CaseText.objects.filter(case=case).values_list("head", "body", "turn").get()
        index_case(Case.objects.get(pk=case.pk))
        assert CaseText.objects.filter(case=case).values_list("head", "body", "turn").get() == told
