"""Social units without an agreement that holds."""
from datetime import timedelta

import pytest

from campaigns.cross_checks import units_without_agreement
from campaigns.models import Agreement
from grid.models import Organisation
from tests.campaigns.agreement_cast import list_party, make_text, make_unit
from tests.make import NOW

pytestmark = pytest.mark.django_db


def found(at=NOW):
    """Subject → words."""
    return {one.subject: one.words for one in units_without_agreement(at)}


def test_a_unit_waits_until_its_agreement_is_signed_and_again_when_it_ran_out(admin, xijing):
    unit = make_unit(xijing)
    make_unit(xijing, 1, kind="shop")
    agreement = list_party(make_text(admin), admin, organisation=unit)
    assert found() == {unit.code: "没有履行中的责任书"}
    signed = {
        "edit": agreement.template.edits.first(), "number": "1", "issued_at": NOW, "signed_on": NOW.date(),
        "valid_until": NOW.date() + timedelta(days=30),
    }  # fmt: skip
    Agreement.objects.filter(pk=agreement.pk).update(stage="issued", **signed)
    assert found() == {unit.code: "责任书已送签，还没有签订"}
    Agreement.objects.filter(pk=agreement.pk).update(stage="in_force")
    assert found() == {}
    assert set(found(NOW + timedelta(days=31))) == {unit.code}


def test_a_unit_that_is_gone_signs_nothing(xijing):
    make_unit(xijing)
    Organisation.objects.update(active=False)
    assert found() == {}
