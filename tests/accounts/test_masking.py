"""The masks of names, phones and ID numbers."""
import pytest

from accounts.masking import mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "mask"),
    [("李小兰", "李*兰"), ("王芳", "王*"), ("王", "王*"), ("欧阳娜娜", "欧*娜"), ("", ""), (" 李小兰 ", "李*兰")],
)
def test_a_name_shows_surname_and_last_of_three(name, mask):
    assert mask_name(name) == mask


@pytest.mark.parametrize(
    ("phone", "mask"), [("13812341234", "138****1234"), ("138-1234 1234", "138****1234"), ("68871234", "******34"), ("110", "***"), ("", "")]
)
def test_a_phone_shows_its_head_and_tail(phone, mask):
    assert mask_phone(phone) == mask


@pytest.mark.parametrize(
    ("number", "mask"), [("11010719800101002X", "110107********002X"), ("123", "***"), ("", "")]
)
def test_an_id_number_hides_the_birthday(number, mask):
    assert mask_id_number(number) == mask
