"""Households in the story of the ground on which they live, by the day of their survey."""
from datetime import date

import pytest

from coal_to_electric.happenings import tell_households
from coal_to_electric.models import Household
from grid.happenings import Ground
from tests.coal_to_electric.make import make_household
from tests.make import moment

pytestmark = pytest.mark.django_db


def test_before_a_day_that_bears_many_the_days_before_it_are_told(programme, clerk, langshan):
    grid = langshan.grids.get()
    *many, older = [make_household(programme, clerk, langshan, grid=grid) for _ in range(4)]
    Household.objects.filter(pk__in=[one.pk for one in many]).update(survey_date=date(2016, 3, 8))
    Household.objects.filter(pk=older.pk).update(survey_date=date(2016, 3, 7))
    ground = Ground(grid_id=grid.pk)
    told = list(tell_households(ground, clerk, moment("2016-03-08 00:00"), 1))
    assert [(one.title, one.at) for one in told] == [(older.number, moment("2016-03-07 00:00"))]
    assert len(list(tell_households(ground, clerk, moment("2016-03-08 00:01"), 10))) == 4
