"""Off-peak electricity (谷电): what a household used in a heating season, and what is paid for it."""
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from coal_to_electric.errors import AnswersRefused, HouseholdRefused
from coal_to_electric.models import Household, HouseholdStep, OffPeakRate, OffPeakReading
from coal_to_electric.progress import KEEP, check_hands
from coal_to_electric.states import Payer, PaymentKind
from coal_to_electric.subsidies import NOTHING, to_fen


@dataclass(frozen=True)
class OffPeakSubsidy:
    """What both payers give for a season's off-peak electricity, in yuan, with the working."""

    city_yuan: Decimal
    district_yuan: Decimal
    words: str


def rates_on(on: date) -> dict[str, OffPeakRate]:
    """Payer → the rate in force on a day."""
    return {rate.payer: rate for rate in reversed(OffPeakRate.objects.in_force(on))}


def reckon(kwh: Decimal, rates: dict[str, OffPeakRate]) -> OffPeakSubsidy:
    """rate × min(kWh, cap) of each payer, rounded half up to the fen."""
    amounts, words = {payer: NOTHING for payer in Payer.values}, []
    for payer in Payer:
        rate = rates.get(payer)
        if rate is None:
            continue
        counted = min(kwh, Decimal(rate.cap_kwh))
        amounts[payer] = to_fen(rate.per_kwh_yuan * counted)
        over = f"（用量 {kwh:f}，上限 {rate.cap_kwh}）" if kwh > rate.cap_kwh else ""
        words.append(f"{payer.label} {rate.per_kwh_yuan.normalize():f} × {counted:f}{over} = {amounts[payer]}")
    return OffPeakSubsidy(amounts[Payer.CITY], amounts[Payer.DISTRICT], "；".join(words) or "没有适用的谷电补贴标准")


@transaction.atomic
def enter_reading(
    household: Household, *, season: int, kwh: Decimal, on: date, by: Any, at: datetime
) -> OffPeakReading:
    """The season's off-peak kWh; entering it again corrects it until it stands in a batch."""
    check_hands(household, by, KEEP)
    if kwh < 0:
        raise AnswersRefused({"kwh": "电量不能小于 0。"})
    if on > timezone.localdate(at):
        raise AnswersRefused({"on": f"抄表日期 {on} 还没有到。请填实际抄表的日期。"})
    if household.power_on_date is None:
        raise HouseholdRefused(f"{household.number} 还没有通电，没有谷段电量。")
    lines = household.payments.filter(live=True, kind=PaymentKind.OFF_PEAK, season=season)
    line = lines.select_related("batch").first()
    if line:
        words = f"{household.number} {season} 采暖季的谷电补贴已编入 {line.batch.number}"
        raise HouseholdRefused(f"{words}，电量不能再改。")
    reading, _ = OffPeakReading.objects.update_or_create(
        household=household, season=season, defaults={"kwh": kwh, "read_on": on, "by": by, "at": at}
    )
    HouseholdStep.objects.create(
        household=household, step="read", happened_on=on, recorded_at=at, by=by,
        detail={"season": season, "kwh": str(kwh)},
    )  # fmt: skip
    return reading
