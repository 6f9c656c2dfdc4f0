"""Phones, identity numbers (GB 11643) and unified credit codes (GB 32100); their sentences never repeat the number."""
import re
from datetime import date
from decimal import Decimal

from sheets.meanings import Refused, Value, half_width
from sheets.targets import Column

LOST = re.compile(r"^\d(\.\d+)?[Ee]\+?\d+$")
MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^(0\d{2,3}-?)?[2-9]\d{6,7}$")
ID_SHAPE = re.compile(r"^\d{17}[\dX]$")
ID_WEIGHTS, ID_CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
CODE_SHAPE = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{18}$")
CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z


def _bare(text: str) -> str:
    """Without blanks, hyphens between digits of a mobile, quotes and 86 in front."""
    return re.sub(r"[\s'’‘`·]+", "", half_width(text)).upper()


def _whole(text: str) -> str:
    """1.3800000001E10 has all its digits and is 13800000001; 1.38E+10 has lost them and stays as it is."""
    if not LOST.match(text):
        return text
    number = Decimal(text)
    return f"{number:f}" if len(number.as_tuple().digits) > number.adjusted() else text


def read_phone(text: str, column: Column) -> Value:
    """An 11-digit mobile or a landline."""
    tidy = re.sub(r"^(\+|00)86-?", "", _whole(_bare(text)))
    digits = tidy.replace("-", "")
    if MOBILE.match(digits):
        return Value(digits)
    if LANDLINE.match(tidy) and len(digits) >= 8:
        return Value(tidy)
    if LOST.match(tidy):
        raise Refused("电话被表格存成了科学计数，后几位已经丢失。请重新填写 11 位手机号。")
    if not digits.isdigit():
        raise Refused("电话应为 11 位手机号，现在夹有别的字符。请只填一个号码。")
    if len(digits) == 11:
        raise Refused("电话应为 11 位手机号，这个号段不存在。请核对。")
    raise Refused(f"电话应为 11 位手机号，现为 {len(digits)} 位。")


def read_id_number(text: str, column: Column) -> Value:
    """Eighteen characters whose birth date exists and whose last one checks."""
    tidy = _bare(text)
    if LOST.match(tidy):
        raise Refused(f"{column.title}被表格存成了科学计数，后几位已经丢失。请按证件重填 18 位。")
    if not ID_SHAPE.match(tidy):
        raise Refused(f"{column.title}应为 18 位，现为 {len(tidy)} 位。请按证件核对。" if len(tidy) != 18 else
                      f"{column.title}只能有数字，最后一位可以是 X。请按证件核对。")  # fmt: skip
    try:
        born = date(int(tidy[6:10]), int(tidy[10:12]), int(tidy[12:14]))
    except ValueError:
        raise Refused(f"{column.title}中的出生日期不存在。请按证件核对。")
    if not 1900 <= born.year <= 2099:
        raise Refused(f"{column.title}中的出生日期不存在。请按证件核对。")
    if id_check(tidy) != tidy[-1]:
        raise Refused(f"{column.title}的校验位不对，可能有一位抄错。请按证件核对。")
    return Value(tidy)


def id_check(number: str) -> str:
    """The last character that the first seventeen demand."""
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True)) % 11]


def read_credit_code(text: str, column: Column) -> Value:
    """Eighteen characters without I, O, S, V, Z, whose last one checks."""
    tidy = _bare(text)
    if LOST.match(tidy):
        raise Refused(f"{column.title}被表格存成了科学计数，后几位已经丢失。请按证照重填 18 位。")
    if len(tidy) != 18:
        raise Refused(f"{column.title}应为 18 位，现为 {len(tidy)} 位。请按证照核对。")
    if not CODE_SHAPE.match(tidy) or code_check(tidy) != tidy[-1]:
        raise Refused(f"{column.title}的校验位不对，可能有一位抄错。请按证照核对。")
    return Value(tidy)


def code_check(code: str) -> str:
    """The last character that the first seventeen demand: weights are powers of 3 modulo 31."""
    total = sum(CODE_DIGITS.index(one) * pow(3, place, 31) for place, one in enumerate(code[:17]))
    return CODE_DIGITS[-total % 31]
