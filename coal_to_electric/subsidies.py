"""What a household's equipment subsidy is, to the fen, with the working shown.

Rounding: each payer's amount is rounded half up to the fen by itself; the household pays what is left of the price,
so that city + district + household make the price exactly (6440.00 → 2146.67 + 2146.67 + 2146.66).
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from coal_to_electric.models import EquipmentKind, SubsidyPolicy
from coal_to_electric.states import Basis, Payer

FEN = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Part:
    """What one payer gives, and how it was reckoned in words."""

    payer: str
    yuan: Decimal
    words: str
    policy: str = ""


@dataclass(frozen=True)
class Subsidy:
    """The parts of a price."""

    price: Decimal
    city: Part
    district: Part

    @property
    def own_yuan(self) -> Decimal:
        """What the household pays."""
        return self.price - self.city.yuan - self.district.yuan

    @property
    def words(self) -> str:
        """The whole working in one line, as it is kept with a payment."""
        return f"市级 {self.city.words}；区级 {self.district.words}；自付 {self.own_yuan}"

    @property
    def columns(self) -> dict[str, Decimal]:
        """What the household's row keeps."""
        return {"city_yuan": self.city.yuan, "district_yuan": self.district.yuan, "own_yuan": self.own_yuan}


def to_fen(value: Decimal) -> Decimal:
    """Rounded half up to the fen."""
    return value.quantize(FEN, ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    """2200, 2147.5, 12000: without noughts that say nothing."""
    return f"{value.normalize():f}"


def _basis(policy: SubsidyPolicy, price: Decimal, area: Decimal) -> tuple[Decimal, str]:
    if policy.basis == Basis.AREA:
        amount = policy.per_m2_yuan * area
        return amount, f"{_plain(policy.per_m2_yuan)} × {_plain(area)} ㎡ = {to_fen(amount)}"
    amount = price * policy.share_of / policy.share_in
    share = f"{price} ÷ {policy.share_in}" if policy.share_of == 1 else f"{price} × {policy.share_of}/{policy.share_in}"
    return amount, f"{share} = {to_fen(amount)}"


def _caps(policy: SubsidyPolicy, price: Decimal) -> Iterable[tuple[Decimal, str]]:
    if policy.cap_yuan is not None:
        yield policy.cap_yuan, f" {_plain(policy.cap_yuan)}"  # a number stands off from the word before it
    if policy.cap_share_of and policy.cap_share_in:
        amount = price * policy.cap_share_of / policy.cap_share_in
        yield amount, f"设备价的 {policy.cap_share_of}/{policy.cap_share_in}（{to_fen(amount)}）"


def _part(policy: SubsidyPolicy | None, payer: str, *, price: Decimal, area: Decimal, most: Decimal) -> Part:
    """One payer's part, at most what is left of the price."""
    if policy is None:
        return Part(payer, NOTHING, "没有适用的政策，按 0.00")
    amount, words = _basis(policy, price, area)
    caps = list(_caps(policy, price))
    lowest = min(caps, default=None)
    if lowest is not None and amount > lowest[0]:
        amount, words = lowest[0], f"{words}，超过上限{lowest[1]}，按 {to_fen(lowest[0])}"
    elif caps:
        words += "".join(f"，不超过{word}" for _, word in caps)
    yuan = to_fen(amount)
    if yuan > most:
        yuan, words = most, f"{words}，余款只有 {most}，按 {most}"
    return Part(payer, yuan, words, policy.name)


def reckon(
    city: SubsidyPolicy | None, district: SubsidyPolicy | None, *, price: Decimal, area: Decimal, low_income: bool
) -> Subsidy:
    """The parts of a price under two policies; price in yuan, heated area in m²."""
    first = _part(city, Payer.CITY, price=price, area=area, most=price)
    left = price - first.yuan
    if district and district.covers_low_income and low_income:
        second = Part(Payer.DISTRICT, left, f"低保户，自付部分补足：{price} − {first.yuan} = {left}", district.name)
    else:
        second = _part(district, Payer.DISTRICT, price=price, area=area, most=left)
    return Subsidy(price, first, second)


class Policies:
    """The policies by kind and day, each asked once; one object serves a whole load."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, date], dict[str, SubsidyPolicy]] = {}

    def for_kind(self, kind: EquipmentKind, *, on: date) -> dict[str, SubsidyPolicy]:
        """Payer → the policy in force for this kind on this day."""
        key = (kind.pk, on)
        if key not in self._rows:
            rows = SubsidyPolicy.objects.in_force(on).filter(kind=kind)
            self._rows[key] = {row.payer: row for row in reversed(rows)}
        return self._rows[key]

    def reckon(
        self, kind: EquipmentKind, *, price: Decimal, area: Decimal, low_income: bool, on: date
    ) -> Subsidy | None:
        """The parts of a price by the policies of the day on which the equipment was chosen; none without one."""
        found = self.for_kind(kind, on=on)
        if not found:
            return None
        return reckon(
            found.get(Payer.CITY), found.get(Payer.DISTRICT), price=price, area=area, low_income=low_income
        )
