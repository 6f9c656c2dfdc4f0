"""Who answers now."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.duty import duty_leader, duty_officer, usual_hours
from accounts.forms import DutyShiftForm
from accounts.models import DutyShift, User


def shift(user, day, kind, **over):
    """A shift at its usual hours."""
    begin, end = usual_hours(day, kind)
    return DutyShift.objects.create(date=day, kind=kind, user=user, **{"starts_at": begin, "ends_at": end, **over})


DAY = date(2026, 3, 4)


def test_the_night_runs_over_midnight_and_hands_over_at_eight(person):
    night, day = person("dispatcher"), person("dispatcher")
    shift(night, DAY, "night")
    shift(day, DAY + timedelta(days=1), "day")
    begin, end = usual_hours(DAY, "night")
    assert (end - begin) == timedelta(hours=14)
    assert duty_officer(begin - timedelta(minutes=1)) is None
    assert duty_officer(begin) == duty_officer(begin + timedelta(hours=7)) == night
    assert duty_officer(end - timedelta(seconds=1)) == night
    assert duty_officer(end) == day


def test_a_disabled_officer_does_not_answer(person):
    li = person("dispatcher")
    shift(li, DAY, "day")
    at = usual_hours(DAY, "day")[0]
    assert duty_officer(at) == li
    User.objects.filter(pk=li.pk).update(is_active=False)
    assert duty_officer(at) is None


def test_the_leader_in_charge_is_named_if_still_here(person):
    boss = person("leader")
    shift(person("dispatcher"), DAY, "day", leader=boss)
    at = usual_hours(DAY, "day")[0]
    assert duty_leader(at) == boss
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert duty_leader(at) is None


def test_of_two_shifts_that_overlap_the_later_one_answers(person):
    early, late = person("dispatcher"), person("dispatcher")
    begin, end = usual_hours(DAY, "day")
    shift(early, DAY, "day", ends_at=end + timedelta(hours=2))
    shift(late, DAY, "night")
    assert duty_officer(end + timedelta(hours=1)) == late
    assert duty_officer(begin) == early


def test_a_shift_has_one_officer_and_ends_after_it_starts(person):
    li = person("dispatcher")
    shift(li, DAY, "day")
    for wrong in ({"kind": "day"}, {"kind": "night", "ends_at": usual_hours(DAY, "night")[0]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            shift(li, DAY, **wrong)
    assert shift(li, DAY, "night").pk


def test_the_form_fills_the_usual_hours_and_explains_what_is_wrong(person):
    li = person("dispatcher")
    typed = {"date": "2026-03-04", "kind": "night", "user": li.pk}
    form = DutyShiftForm(typed)
    assert form.is_valid(), form.errors
    made = form.save()
    assert (made.starts_at, made.ends_at) == usual_hours(DAY, "night")
    assert "已经排了人" in str(DutyShiftForm(typed).errors)
    backwards = DutyShiftForm({**typed, "kind": "day", "starts_at": "2026-03-04T18:00", "ends_at": "2026-03-04T08:00"})
    assert "结束时间应晚于开始时间" in str(backwards.errors)


def test_the_model_itself_refuses_in_chinese(person):
    begin, _end = usual_hours(DAY, "day")
    with pytest.raises(ValidationError, match="结束时间应晚于开始时间"):
        DutyShift(date=DAY, kind="day", user=person("dispatcher"), starts_at=begin, ends_at=begin).full_clean()
