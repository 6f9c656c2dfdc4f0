"""The register of organisations: its code is checked, its people are hidden, its words find it."""
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from grid.models import Organisation, check_uscc

CODES = ("129999991000791907", "12999999100158382K", "9199999910087109X1")


def make_unit(community, code="U001", uscc=CODES[0], **over):
    return Organisation.objects.create(
        code=code, name=over.pop("name", "西井惠民百货商场"), uscc=uscc, community=community, lon=116.19, lat=39.93, **over
    )


@pytest.mark.parametrize("code", CODES)
def test_a_code_with_its_check_digit_is_taken(code):
    check_uscc(code)


@pytest.mark.parametrize(("code", "why"), [
    ("129999991000791908", "校验位"), ("12999999100079190", "17 位"), ("12999999100079190O", "“O”"),
    ("219999991000791907", "校验位"), ("", "0 位"),
])  # fmt: skip
def test_a_code_that_cannot_be_is_refused_with_the_reason(code, why):
    with pytest.raises(ValidationError, match=why):
        check_uscc(code)


@pytest.mark.django_db
def test_person_and_phone_lie_encrypted_and_show_masked(xijing):
    unit = make_unit(xijing, responsible_person="金丝雀", phone="13800008035")
    with connection.cursor() as cursor:
        cursor.execute("SELECT responsible_person, phone FROM grid_organisation")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert "金丝雀".encode() not in stored and b"13800008035" not in stored
    unit.refresh_from_db()
    assert (unit.responsible_person, unit.masked_person, unit.masked_phone) == ("金丝雀", "金*雀", "138****8035")


@pytest.mark.django_db
def test_the_words_find_units_by_community_name_and_use(xijing, langshan):
    first = make_unit(xijing)
    other = make_unit(langshan, "U002", CODES[1], name="琅山门诊部", active=False)
    assert list(Organisation.objects.in_community(xijing)) == [first]
    assert list(Organisation.objects.active()) == [first]
    assert list(Organisation.objects.named_like("门诊")) == [other]
    assert list(Organisation.objects.of_kind("unit").for_list().order_by("code")) == [first, other]


@pytest.mark.django_db
def test_two_units_do_not_share_a_code(xijing):
    make_unit(xijing)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit(xijing, "U002")
    make_unit(xijing, "U003", CODES[1])
