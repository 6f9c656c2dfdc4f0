"""Agreements in the story of the organisation that signed them, and of the ground on which it stands."""
from datetime import date

import pytest

from campaigns.happenings import tell_agreements
from campaigns.models import Agreement
from grid.happenings import Ground
from tests.campaigns.agreement_cast import list_party, make_text, make_unit, walk
from tests.make import moment

pytestmark = pytest.mark.django_db
BEFORE = moment("2017-01-01 00:00")


@pytest.fixture
def unit(admin, clerk, xijing):
    """A social unit in 西井 whose agreement is in force, beside one whose agreement is a draft."""
    unit = make_unit(xijing, grid=xijing.grids.get())
    text = make_text(admin)
    list_party(text, admin, organisation=make_unit(xijing, 1, grid=xijing.grids.get()))
    walk(list_party(text, admin, organisation=unit), "in_force", admin=admin, clerk=clerk)
    return unit


def told(ground, user):
    """Titles and states."""
    return [(one.title, one.state) for one in tell_agreements(ground, user, BEFORE, 10)]


def test_the_organisation_its_grid_and_what_stands_near_tell_what_was_signed(unit, clerk):
    near = Ground(lon=unit.lon + 0.0003, lat=unit.lat)
    for ground in (Ground(organisation_id=unit.pk), Ground(grid_id=unit.grid_id), near):
        [(title, state)] = told(ground, clerk)
        assert title.endswith("2016 年国家卫生区复审责任书，第0物业") and state == "履行中"
    assert told(Ground(lon=unit.lon + 0.003, lat=unit.lat), clerk) == []


def test_nobody_hears_of_agreements_who_may_not_see_them(unit, dispatcher, leader):
    ground = Ground(organisation_id=unit.pk)
    assert told(ground, leader) and not told(ground, dispatcher)


def test_it_is_told_by_the_day_of_signing(unit, clerk):
    ground = Ground(organisation_id=unit.pk)
    assert [one.at.date() for one in tell_agreements(ground, clerk, BEFORE, 10)] == [date(2016, 12, 21)]
    assert not list(tell_agreements(ground, clerk, moment("2016-12-21 00:00"), 10))


def test_before_a_day_that_bears_many_the_days_before_it_are_told(unit, admin, clerk, xijing):
    grid = xijing.grids.get()
    text = make_text(admin, prefix="石苹卫续")
    for number in (2, 3):
        party = list_party(text, admin, organisation=make_unit(xijing, number, grid=grid))
        walk(party, "in_force", admin=admin, clerk=clerk)
    Agreement.objects.filter(organisation=unit).update(signed_on=date(2016, 12, 20))
    told = list(tell_agreements(Ground(grid_id=grid.pk), clerk, moment("2016-12-21 00:00"), 1))
    assert [one.at for one in told] == [moment("2016-12-20 00:00")]
