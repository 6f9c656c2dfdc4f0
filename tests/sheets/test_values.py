"""Dates, numbers, phones and identities as offices write them; what is written out reads back to the same value."""
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.codes import CODE_DIGITS, code_check, id_check
from sheets.meanings import Refused
from sheets.targets import Column, Kind
from sheets.values import Reader, show
from tests.make import moment

DAY, MOMENT = Column("d", "日期", Kind.DATE), Column("m", "时间", Kind.MOMENT)
AREA = Column("a", "面积", Kind.AREA, approximate_to="approximate")
COUNT, MONEY = Column("n", "台数", Kind.COUNT, unit="台"), Column("y", "单价", Kind.MONEY)
PHONE, ID = Column("p", "电话", Kind.PHONE, personal=True), Column("i", "证件号", Kind.ID_NUMBER, personal=True)
CODE, YES = Column("c", "信用代码", Kind.CREDIT_CODE), Column("b", "低保", Kind.YES_NO)
READER = Reader(year=2016)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
CHINESE = "〇一二三四五六七八九"


def read(text, column):
    return READER.read(text, column).value


def in_chinese(day: date) -> str:
    """二〇一六年三月二十一日."""
    def number(n: int) -> str:
        tens, ones = divmod(n, 10)
        head = "" if not tens else "十" if tens == 1 else f"{CHINESE[tens]}十"
        return head + (CHINESE[ones] if ones else "")

    return f"{''.join(CHINESE[int(one)] for one in str(day.year))}年{number(day.month)}月{number(day.day)}日"


@given(DAYS)
def test_every_way_to_write_a_day_is_the_same_day(day):
    ways = [
        f"{day:%Y-%m-%d}", f"{day.year}.{day.month}.{day.day}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 号", in_chinese(day),
        str((day - date(1899, 12, 30)).days), f"{day:%Y-%m-%d} 00:00:00",
        f"{day:%Y-%m-%d}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]  # fmt: skip
    assert {read(way, DAY) for way in ways} == {day}
    assert read(show(day, DAY), DAY) == day


@given(DAYS)
def test_a_day_and_a_month_before_a_year_are_read_only_when_they_cannot_be_exchanged(day):
    text = f"{day.month}/{day.day}/{day.year}"
    if day.day <= 12 and day.day != day.month:
        with pytest.raises(Refused, match="也可能是"):
            read(text, DAY)
    else:
        assert read(text, DAY) == read(f"{day.day}/{day.month}/{day.year}", DAY) == day


@given(st.datetimes(moment("1990-01-01 00:00").replace(tzinfo=None), moment("2090-01-01 00:00").replace(tzinfo=None)))
def test_moments_are_beijing_time_and_read_back(clock):
    clock = clock.replace(second=0, microsecond=0)
    text = f"{clock:%Y-%m-%d %H:%M}"
    found = read(text, MOMENT)
    assert show(found, MOMENT) == text or clock.year < 1992  # summer time was kept until 1991
    assert read(f"{clock.year}年{clock.month}月{clock.day}日{clock.hour}时{clock.minute}分", MOMENT) == found


@given(st.decimals(0, 99_999_999, places=2))
def test_every_way_to_write_an_area_or_a_sum_is_the_same_number(number):
    for text in (f"{number}", f"{number:,}", f"{number}㎡", f"{number:,} 平方米", f"{number}m2"):
        assert read(text, AREA) == number
    assert read(f"¥{number:,}元", MONEY) == number
    assert read(f"{number}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．")), AREA) == number
    assert READER.read(f"约{number}㎡", AREA) == READER.read(f"{number}㎡左右", AREA)
    assert READER.read(f"约{number}", AREA).approximate and not READER.read(f"{number}", AREA).approximate
    assert read(show(number, AREA, approximate=True), AREA) == number


@given(st.text(alphabet="0123456789.,约近余亩㎡平米-一百八万 ", max_size=12))
def test_whatever_stands_in_a_cell_gives_a_number_or_one_sentence(text):
    try:
        assert isinstance(read(text, AREA), Decimal)
    except Refused as refusal:
        assert refusal.sentence.endswith("。")


@given(st.text(max_size=20))
def test_whatever_stands_in_a_cell_never_breaks_the_reader(text):
    for column in (DAY, MOMENT, AREA, COUNT, MONEY, PHONE, ID, CODE, YES):
        try:
            READER.read(text, column)
        except Refused as refusal:
            assert refusal.sentence.endswith("。")


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_an_identity_with_one_wrong_digit_never_passes(born, serial, place, shift):
    number = f"110199{born:%Y%m%d}{serial:03d}"
    number += id_check(number)
    assert read(number.lower(), ID) == number
    if place < 17:
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
        with pytest.raises(Refused) as refused:
            read(wrong, ID)
        assert wrong not in refused.value.sentence


@given(st.text(alphabet=CODE_DIGITS, min_size=17, max_size=17), st.integers(0, 30))
def test_a_credit_code_passes_with_its_own_check_character_alone(body, place):
    right = code_check(body)
    assert read(body + right, CODE) == body + right
    if CODE_DIGITS[place] != right:
        with pytest.raises(Refused, match="校验位"):
            read(body + CODE_DIGITS[place], CODE)


@pytest.mark.parametrize(("text", "column", "value"), [
    ("2.5亩", AREA, Decimal("1666.68")), ("80余平米", AREA, Decimal(80)), ("1.2万", AREA, Decimal(12000)),
    ("42.300000000000004", AREA, Decimal("42.30")), ("3台", COUNT, 3), ("3.0", COUNT, 3), ("１２", COUNT, 12),
    ("1.3800000001E10", PHONE, "13800000001"), ("138 0000 0001", PHONE, "13800000001"), ("+86-13800000001", PHONE, "13800000001"),
    ("010-68870000", PHONE, "010-68870000"), ("68870000", PHONE, "68870000"),
    ("是", YES, True), ("无", YES, False), ("√", YES, True), ("1", YES, True),
    ("2016年3月5日（星期六）", DAY, date(2016, 3, 5)), ("二○一六年十月廿三日", DAY, date(2016, 10, 23)),
])  # fmt: skip
def test_what_offices_write_is_understood(text, column, value):
    assert read(text, column) == value


@pytest.mark.parametrize(("text", "column", "sentence"), [
    ("一百八", AREA, "面积应为数字，单位 ㎡。"), ("80-90", AREA, "面积应为数字，单位 ㎡。"), ("12,00", AREA, "面积应为数字，单位 ㎡。"),
    ("约80", Column("x", "面积", Kind.AREA), "面积应为确数，不能写“约”“近”“余”。请填写实际数字。"),
    ("3.5", COUNT, "台数应为整数，单位 台。"), ("两台", COUNT, "台数应为整数，单位 台。"), ("很多", MONEY, "金额应为数字，单位 元。"),
    ("昨天", DAY, "日期认不出是哪一天。请改成 2016-03-05 这样。"), ("2016-02-30", DAY, "日期没有这一天。请核对年月日。"),
    ("0216-03-05", DAY, "日期的年份 216 不对。请核对。"),
    ("1361234", PHONE, "电话应为 11 位手机号，现为 7 位。"), ("1.38E+10", PHONE, "电话被表格存成了科学计数，后几位已经丢失。请重新填写 11 位手机号。"),
    ("13800000001/13900000001", PHONE, "电话应为 11 位手机号，现在夹有别的字符。请只填一个号码。"),
    ("12345678901", PHONE, "电话应为 11 位手机号，这个号段不存在。请核对。"),
    ("1.10107E+17", ID, "证件号被表格存成了科学计数，后几位已经丢失。请按证件重填 18 位。"), ("也许", YES, "低保应填“是”或“否”。"),
    ("123", CODE, "信用代码应为 18 位，现为 3 位。请按证照核对。"),
])  # fmt: skip
def test_what_is_not_understood_is_refused_in_one_sentence(text, column, sentence):
    with pytest.raises(Refused) as refused:
        read(text, column)
    assert refused.value.sentence == sentence


def test_limits_are_named_with_what_stands_there():
    column = Column("a", "采暖面积", Kind.AREA, least=Decimal(5), most=Decimal(300), most_word="单户上限")
    day = Column("d", "安装日期", Kind.DATE, least=date(2016, 1, 1), most=date(2016, 12, 31))
    told = {}
    for text, one in (("1,200", column), ("2", column), ("2017-01-01", day), ("2015-12-31", day)):
        with pytest.raises(Refused) as refused:
            read(text, one)
        told[text] = refused.value.sentence
    assert told["1,200"] == "面积 1,200 ㎡ 超过单户上限 300 ㎡，请核对。" and told["2"] == "面积 2 ㎡ 小于下限 5 ㎡，请核对。"
    assert told["2017-01-01"] == "安装日期 2017-01-01 晚于 2016-12-31，请核对。"
    assert told["2015-12-31"] == "安装日期 2015-12-31 早于 2016-01-01，请核对。"
    assert read("300", column) == 300 and read("2016-12-31", day) == date(2016, 12, 31)


def test_a_day_without_a_year_needs_one_from_the_sheet():
    found = READER.read("3/5", DAY)
    assert found.value == date(2016, 3, 5) and found.doubt == "日期没有年份，按表中的 2016 年记。"
    with pytest.raises(Refused, match="没有年份"):
        Reader(year=None).read("3/5", DAY)
    assert Reader(year=None).read("2016-3-5", DAY).doubt == ""


def test_a_day_number_of_a_spreadsheet_is_a_day_only_within_reason():
    assert read("42434", DAY) == date(2016, 3, 5) == date(1899, 12, 30) + timedelta(days=42434)
    with pytest.raises(Refused):
        read("12345", DAY)
