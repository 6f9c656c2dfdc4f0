"""Numbers as offices write them: １，２００ 平米, 2.5亩, 约80, 1.2万元; exact Decimals, areas in m², money in yuan."""
import re
from decimal import ROUND_HALF_UP, Decimal

from sheets.meanings import Refused, Value, half_width
from sheets.targets import Column, Kind

MU_M2 = Decimal("666.67")  # m² of one mu (亩)
CENT = Decimal("0.01")
NOISE = 6  # more decimals than these come from a spreadsheet's binary arithmetic: 42.300000000000004
MOST_DIGITS = 15
UNITS = {
    Kind.AREA: "平方米|m2|m²|㎡|平米|平方|平|亩",
    Kind.MONEY: "元|圆|¥",
    Kind.NUMBER: "吨|t|公斤|kg|米|m|度|千瓦时|kwh|千瓦|kw|个|处|件|块|台|车",
    Kind.COUNT: "个|户|人|口|块|台|套|间|层|处|件|次|起|辆|份|张|名|只|组|家",
}
SHAPE = (
    r"^(?P<before>约为|大约|大概|约|近)?[¥]?(?P<number>[+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|[+-]?\.\d+)"
    r"(?P<over>余|多)?(?P<ten>万)?(?P<unit>{units})?(?P<after>左右|上下|余|多|以上)?$"
)
SHAPES = {kind: re.compile(SHAPE.format(units=units), re.IGNORECASE) for kind, units in UNITS.items()}
WORDS = {Kind.AREA: "面积", Kind.MONEY: "金额"}
SIGNS = {Kind.AREA: "㎡", Kind.MONEY: "元"}


def read(text: str, column: Column) -> Value:
    """The number in a cell; Refused for words, ranges, Chinese numerals, and for 约 where only exact numbers count."""
    tidy = re.sub(r"\s+", "", half_width(text))
    if column.unit and column.kind in (Kind.NUMBER, Kind.COUNT):
        tidy = tidy.removesuffix(half_width(column.unit))
    found = SHAPES[column.kind].match(tidy)
    if not found or len(re.sub(r"\D", "", found["number"])) > MOST_DIGITS + NOISE:
        raise Refused(_not_a_number(column))
    approximate = any(found[part] for part in ("before", "over", "after"))
    if approximate and not column.approximate_to:
        raise Refused(f"{word_of(column)}应为确数，不能写“约”“近”“余”。请填写实际数字。")
    number = Decimal(found["number"].replace(",", "")) * (10_000 if found["ten"] else 1)
    if found["unit"] == "亩":
        number = (number * MU_M2).quantize(CENT, ROUND_HALF_UP)
    return _rounded(number, column, approximate)


def word_of(column: Column) -> str:
    """What a sentence calls the number: an area 面积, a sum 金额, others by their heading."""
    return WORDS.get(column.kind, column.title)


def sign_of(column: Column) -> str:
    """The unit behind the number."""
    return SIGNS.get(column.kind, column.unit)


def _not_a_number(column: Column) -> str:
    unit = f"，单位 {sign_of(column)}" if sign_of(column) else ""
    return f"{word_of(column)}应为{'整数' if column.kind == Kind.COUNT else '数字'}{unit}。"


def _rounded(number: Decimal, column: Column, approximate: bool) -> Value:
    decimals = -number.normalize().as_tuple().exponent
    if column.kind == Kind.COUNT:
        if decimals > 0:
            raise Refused(_not_a_number(column))
        return Value(int(number), approximate)
    if decimals > NOISE:
        number = number.quantize(CENT, ROUND_HALF_UP)
    elif decimals > 2 and column.kind in SIGNS:
        rounded = number.quantize(CENT, ROUND_HALF_UP)
        doubt = f"{word_of(column)}有 {decimals} 位小数，按 {rounded:,} {sign_of(column)}记。"
        return Value(rounded, approximate, doubt)
    return Value(number, approximate)
