"""Who else has a case open: told for two minutes, written rarely."""
import pytest
from django.utils import timezone

from cases.looking import look
from cases.models import CaseView
from tests.make import make_case

pytestmark = pytest.mark.django_db
MINUTE = timezone.timedelta(minutes=1)


def test_others_are_named_for_two_minutes_and_oneself_never(dispatcher, chief):
    case, at = make_case(dispatcher), timezone.now()
    assert look(case, user=dispatcher, at=at) == []
    assert look(case, user=chief, at=at + MINUTE) == ["dispatcher甲"]
    assert look(case, user=dispatcher, at=at + 2 * MINUTE) == ["chief甲"]
    assert look(case, user=chief, at=at + 5 * MINUTE) == []


def test_one_person_has_one_row_that_is_renewed(dispatcher):
    case, at = make_case(dispatcher), timezone.now()
    look(case, user=dispatcher, at=at)
    look(case, user=dispatcher, at=at + MINUTE / 6)
    assert CaseView.objects.get().seen_at == at
    look(case, user=dispatcher, at=at + MINUTE)
    assert CaseView.objects.get().seen_at == at + MINUTE
