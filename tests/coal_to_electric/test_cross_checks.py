"""Households of coal-to-electric in no grid."""
import pytest

from coal_to_electric.cross_checks import households_without_grid
from coal_to_electric.models import Household
from tests.make import NOW

pytestmark = pytest.mark.django_db


def found():
    """Subject, title and words, nobody's name."""
    return [(one.subject, one.title, one.words) for one in households_without_grid(NOW)]


def test_a_household_in_no_grid_is_told_by_number_until_it_lies_in_one(household, langshan):
    Household.objects.update(grid=None)
    assert found() == [(household.number, household.number, "没有网格")]
    Household.objects.update(grid=langshan.grids.get())
    assert found() == []


def test_who_has_withdrawn_needs_none(household):
    Household.objects.update(grid=None, withdrawn_on=NOW.date(), exit_reason="搬走了")
    assert found() == []
