"""Where the same comes back: three of a class at one place or spot within 90 days, petitions never counted."""
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.cross_checks import recurring_places
from cases.models import Case
from cases.states import Source, State
from tests.cases.test_happenings import case_at, market  # noqa: F401
from tests.make import NOW, make_category, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def found(at=NOW):
    """Subject → words."""
    return {one.subject: one.words for one in recurring_places(at)}


def test_three_of_a_class_at_a_place_within_ninety_days(dispatcher, market):  # noqa: F811
    category = make_category()
    for days in (0, 40):
        case_at(dispatcher, market, at=NOW - timedelta(days=days), category=category)
    assert found() == {}
    case_at(dispatcher, market, at=NOW - timedelta(days=89), category=category)
    subject = f"KS901:{category.kind}{category.code}"
    assert found() == {subject: f"90 天内{category.name} 3 件"}
    assert found(NOW + timedelta(days=2)) == {}


def test_neither_petitions_nor_what_never_happened_count(dispatcher, petition_officer, market):  # noqa: F811
    category = make_category()
    cases = [case_at(dispatcher, market, category=category) for _ in range(3)]
    put(cases[0], State.VOIDED)
    case_at(petition_officer, market, category=category, source=Source.PETITION)
    assert found() == {}


def test_without_a_place_what_lies_within_fifty_metres_counts(dispatcher, market):  # noqa: F811
    category = make_category()
    cases = [case_at(dispatcher, market, category=category) for _ in range(3)]
    Case.objects.update(site=None)
    assert found() == {f"{market.grid.code}:{category.kind}{category.code}": f"90 天内50 米内{category.name} 3 件"}
    put(cases[0], cases[0].state, lon=market.lon + 0.002)  # 170 m
    assert found() == {}


def test_it_asks_no_more_for_twice_as_many(dispatcher, market):  # noqa: F811
    def queries():
        with CaptureQueriesContext(connection) as asked:
            found()
        return len(asked)

    for _ in range(3):
        case_at(dispatcher, market)
    first = queries()
    for _ in range(3):
        case_at(dispatcher, market)
    assert queries() == first
