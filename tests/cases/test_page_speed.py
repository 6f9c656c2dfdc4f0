"""What keeps the page of a case fast must not change what it says."""
import pytest
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.querysets import DETAIL_JOINS
from cases.states import Source
from tests.make import make_case

pytestmark = pytest.mark.django_db
NAMES = {source: path.split("__")[0] for source, path in DETAIL_JOINS.items()}


@pytest.mark.parametrize("source", list(Source))
def test_a_case_has_its_own_detail_and_knows_that_the_others_are_absent(
    source, dispatcher, petition_officer, standards, django_assert_num_queries
):
    number = make_case(petition_officer if source == Source.PETITION else dispatcher, source=source).number
    with django_assert_num_queries(1):
        case = Case.objects.for_page(number).get(number=number)
        assert [name for name in NAMES.values() if hasattr(case, name)] == [NAMES[source]]
    assert getattr(Case.objects.get(number=number), NAMES[source]).pk == case.pk


def test_the_page_joins_the_detail_of_one_source_only(dispatcher):
    joined = str(Case.objects.for_page("WX-2016-001").query)
    assert "cases_snapdetail" in joined and "cases_noticedetail" not in joined
    assert str(Case.objects.for_page().query).count("detail") > joined.count("detail")


def test_a_detail_can_be_given_to_a_case_that_was_read_before(dispatcher, standards):
    """As intake does it: the case first, its detail after."""
    case = Case.objects.get(pk=make_case(dispatcher).pk)
    case.grid_event.delete()
    case.refresh_from_db()
    assert not hasattr(case, "grid_event")
    type(make_case(dispatcher).grid_event).objects.create(case=case, outside_number="7")
    assert Case.objects.get(pk=case.pk).grid_event.outside_number == "7"


def test_the_page_of_a_case_stays_within_twelve_queries(client, dispatcher, standards):
    from django.db import connection

    case = make_case(dispatcher)
    client.force_login(dispatcher)
    client.get(case.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(case.get_absolute_url()).status_code == 200
    assert len(captured) <= 12
