"""Personal data at rest."""
import base64

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.serializers import serialize
from django.db import connection

from accounts.encryption import DecryptionFailed, blind_index, decrypt, encrypt, last_four_index
from accounts.models import Department

KEY_2 = base64.b64encode(b"2" * 32).decode()


def stored_phone(pk):
    """The bytes that lie in the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_department WHERE id = %s", [pk])
        return bytes(cursor.fetchone()[0])


def test_a_phone_comes_back_as_it_was_and_lies_unreadable_in_the_table(department):
    department.phone = "13812341234"
    department.save(update_fields=["phone"])
    assert Department.objects.get().phone == "13812341234"
    assert b"1381234" not in stored_phone(department.pk)


def test_equal_phones_are_stored_differently():
    assert encrypt("13812341234", column="a.B.c") != encrypt("13812341234", column="a.B.c")


def test_an_empty_phone_is_stored_empty(department):
    assert stored_phone(department.pk) == b""
    assert Department.objects.get().phone == ""


def test_a_value_moved_to_another_column_does_not_open():
    sealed = encrypt("13812341234", column="accounts.User.phone")
    assert decrypt(sealed, column="accounts.User.phone") == "13812341234"
    with pytest.raises(DecryptionFailed):
        decrypt(sealed, column="accounts.Department.phone")


@pytest.mark.parametrize("place", [1, 13, -1])
def test_one_flipped_bit_is_noticed(place):
    sealed = bytearray(encrypt("13812341234", column="a.B.c"))
    sealed[place] ^= 1
    with pytest.raises(DecryptionFailed):
        decrypt(bytes(sealed), column="a.B.c")


def test_after_a_key_change_old_values_open_and_new_ones_use_the_new_key(settings):
    old = encrypt("旧", column="a.B.c")
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "2": KEY_2}
    new = encrypt("新", column="a.B.c")
    assert (old[0], new[0]) == (1, 2)
    assert (decrypt(old, column="a.B.c"), decrypt(new, column="a.B.c")) == ("旧", "新")
    settings.FIELD_KEYS = {"2": KEY_2}
    with pytest.raises(DecryptionFailed):
        decrypt(old, column="a.B.c")


def test_a_key_of_the_wrong_length_stops_with_a_clear_sentence(settings):
    settings.FIELD_KEYS = {"1": base64.b64encode(b"short").decode()}
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        encrypt("x", column="a.B.c")


def test_searching_an_encrypted_column_is_an_error_not_an_empty_answer(department):
    with pytest.raises(FieldError):
        Department.objects.filter(phone="13812341234").exists()
    assert Department.objects.filter(phone__isnull=False).exists()


def test_an_encrypted_column_is_not_dumped_in_clear(department):
    with pytest.raises(TypeError):
        serialize("json", Department.objects.all())


def test_bulk_writes_are_encrypted_too(db):
    Department.objects.bulk_create(
        [Department(code=f"B{i}", name="x", short_name="x", kind="office", phone=f"1380000000{i}") for i in range(3)]
    )
    rows = list(Department.objects.order_by("code"))
    assert [row.phone for row in rows] == ["13800000000", "13800000001", "13800000002"]
    for row in rows:
        row.phone = "13900000000"
    Department.objects.bulk_update(rows, ["phone"])
    Department.objects.filter(code="B0").update(phone="13700000000")
    assert [row.phone for row in Department.objects.order_by("code")] == ["13700000000"] + ["13900000000"] * 2
    assert b"1390000" not in stored_phone(rows[1].pk)


def test_the_blind_index_finds_equal_values_of_one_purpose_only(settings):
    index = blind_index("11010719800101002x", purpose="household")
    assert index == blind_index(" 11010719800101002X ", purpose="household")
    assert index != blind_index("11010719800101002X", purpose="petition")
    assert index != blind_index("110107198001010021", purpose="household")
    settings.INDEX_KEY = "another"
    assert index != blind_index("11010719800101002X", purpose="household")


def test_the_last_four_index_has_a_key_of_its_own_and_reads_only_the_end(settings):
    index = last_four_index("138-1234-5678")
    assert index == last_four_index("13999995678") != last_four_index("13999995679")
    assert last_four_index("567") == ""
    settings.INDEX_KEY = "another"
    assert index == last_four_index("13999995678")
    settings.LAST_FOUR_KEY = "another"
    assert index != last_four_index("13999995678")
