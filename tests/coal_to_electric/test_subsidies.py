"""Subsidies to the fen: every row of the file, and what must hold whatever the numbers are."""
import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coal_to_electric.electricity import reckon as reckon_electricity
from coal_to_electric.models import EquipmentKind, OffPeakRate, SubsidyPolicy
from coal_to_electric.states import Basis, Payer
from coal_to_electric.subsidies import Policies, reckon

FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "2016" / "households.csv"
ROWS = [row for row in csv.DictReader(FILE.open(encoding="utf-8-sig")) if row["equipment"]]


def policy(**over):
    """A third, at most 2,200 yuan."""
    columns = {"basis": Basis.SHARE, "share_of": 1, "share_in": 3, "cap_yuan": Decimal(2200), "payer": Payer.CITY}
    return SubsidyPolicy(name="三分之一", **{**columns, **over})


PUMP = {"basis": Basis.AREA, "per_m2_yuan": Decimal(100), "cap_yuan": Decimal(12000), "cap_share_of": 1, "cap_share_in": 2}


def test_there_are_270_rows_with_equipment():
    assert len(ROWS) == 270 and len({row["equipment"] for row in ROWS}) == 2


@pytest.mark.django_db
def test_every_row_of_the_file_comes_out_to_the_fen(policies):
    kinds = {kind.name: kind for kind in EquipmentKind.objects.all()}
    known, wrong = Policies(), []
    for row in ROWS:
        found = known.reckon(
            kinds[row["equipment"]], price=Decimal(row["equipment_price_yuan"]), area=Decimal(row["heating_area_m2"]),
            low_income=row["low_income"] == "1", on=date.fromisoformat(row["sign_date"]),
        )
        said = tuple(Decimal(row[f"{part}_yuan"]) for part in ("subsidy_city", "subsidy_district", "paid_by_household"))
        if (found.city.yuan, found.district.yuan, found.own_yuan) != said:
            wrong.append((row["hh_no"], found))
    assert wrong == []


def test_a_third_is_rounded_half_up_and_the_household_pays_what_is_left():
    found = reckon(policy(), policy(), price=Decimal("6440.00"), area=Decimal(38), low_income=False)
    assert (found.city.yuan, found.district.yuan, found.own_yuan) == tuple(map(Decimal, ("2146.67", "2146.67", "2146.66")))
    assert found.city.words == "6440.00 ÷ 3 = 2146.67，不超过 2200"


def test_a_cap_is_said_when_it_bites_and_reached_exactly_it_does_not():
    over = reckon(policy(), policy(), price=Decimal("7000.00"), area=Decimal(38), low_income=False)
    assert over.city.yuan == Decimal("2200.00") and over.own_yuan == Decimal("2600.00")
    assert over.city.words == "7000.00 ÷ 3 = 2333.33，超过上限 2200，按 2200.00"
    exact = reckon(policy(), policy(), price=Decimal("6600.00"), area=Decimal(38), low_income=False)
    assert exact.city.yuan == Decimal("2200.00") and "超过上限" not in exact.city.words


def test_a_pump_is_paid_by_area_up_to_half_its_price():
    small = reckon(policy(**PUMP), policy(**PUMP), price=Decimal("14800.00"), area=Decimal("25.4"), low_income=False)
    assert small.city.yuan == Decimal("2540.00")
    large = reckon(policy(**PUMP), policy(**PUMP), price=Decimal("14800.00"), area=Decimal(90), low_income=False)
    assert large.city.yuan == large.district.yuan == Decimal("7400.00") and large.own_yuan == 0
    assert large.city.words == "100 × 90 ㎡ = 9000.00，超过上限设备价的 1/2（7400.00），按 7400.00"
    assert small.city.words == "100 × 25.4 ㎡ = 2540.00，不超过 12000，不超过设备价的 1/2（7400.00）"


def test_the_district_covers_the_rest_of_a_low_income_household_only_where_the_policy_says_so():
    covers = policy(payer=Payer.DISTRICT, covers_low_income=True)
    poor = reckon(policy(), covers, price=Decimal("6440.00"), area=Decimal(38), low_income=True)
    assert poor.own_yuan == 0 and poor.district.yuan == Decimal("4293.33")
    rich = reckon(policy(), covers, price=Decimal("6440.00"), area=Decimal(38), low_income=False)
    assert rich.own_yuan == Decimal("2146.66")
    plain = reckon(policy(), policy(), price=Decimal("6440.00"), area=Decimal(38), low_income=True)
    assert plain.own_yuan == Decimal("2146.66")


# A busy machine draws slowly; the examples are the same each time.
BUSY = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
prices = st.decimals(min_value="0.01", max_value="99999.99", places=2)
areas = st.decimals(min_value="0.01", max_value="300", places=2)
caps = st.none() | st.decimals(min_value="0.01", max_value="20000", places=2)


@st.composite
def anything(draw):
    """Any policy that the constraints allow."""
    share_in, cap_in = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    with_share = draw(st.booleans())
    return policy(
        basis=draw(st.sampled_from(Basis.values)), share_in=share_in, share_of=draw(st.integers(1, share_in)),
        per_m2_yuan=draw(st.decimals(min_value="0.01", max_value="900", places=2)), cap_yuan=draw(caps),
        cap_share_of=draw(st.integers(1, cap_in)) if with_share else None, cap_share_in=cap_in if with_share else None,
        covers_low_income=draw(st.booleans()),
    )


@BUSY
@given(city=st.none() | anything(), district=st.none() | anything(), price=prices, area=areas, poor=st.booleans())
def test_whatever_the_policies_the_parts_make_the_price_and_none_is_negative(city, district, price, area, poor):
    found = reckon(city, district, price=price, area=area, low_income=poor)
    assert found.city.yuan + found.district.yuan + found.own_yuan == price
    assert min(found.city.yuan, found.district.yuan, found.own_yuan) >= 0
    for part, one in ((found.city, city), (found.district, district)):
        assert part.yuan == part.yuan.quantize(Decimal("0.01"))
        if one is not None and one.cap_yuan is not None and not (one is district and one.covers_low_income and poor):
            assert part.yuan <= one.cap_yuan
        if one is None:
            assert part.yuan == 0


@pytest.mark.django_db
def test_the_policy_of_the_day_is_taken_and_without_one_nothing_is_reckoned(policies):
    storage = EquipmentKind.objects.get(code="storage")
    SubsidyPolicy.objects.filter(kind=storage).update(effective_to=date(2016, 6, 30))
    for payer in Payer:
        SubsidyPolicy.objects.create(
            name="新政策", kind=storage, payer=payer, basis=Basis.SHARE, share_of=1, share_in=2, source="演示",
            effective_from=date(2016, 7, 1),
        )
    known, how = Policies(), {"price": Decimal("1000.00"), "area": Decimal(20), "low_income": False}
    assert known.reckon(storage, on=date(2016, 6, 30), **how).city.yuan == Decimal("333.33")
    assert known.reckon(storage, on=date(2016, 7, 1), **how).city.yuan == Decimal("500.00")
    assert known.reckon(storage, on=date(2016, 2, 29), **how) is None


@pytest.mark.django_db
def test_two_policies_of_a_payer_on_one_day_are_refused_and_one_after_the_other_is_not(policies):
    storage = EquipmentKind.objects.get(code="storage")
    fresh = {"name": "又一条", "kind": storage, "payer": Payer.CITY, "basis": Basis.SHARE, "source": "演示",
             "effective_from": date(2017, 1, 1)}
    with pytest.raises(ValidationError, match="同一天不能有两条"):
        SubsidyPolicy(**fresh).full_clean()
    SubsidyPolicy.objects.filter(kind=storage, payer=Payer.CITY).update(effective_to=date(2016, 12, 31))
    SubsidyPolicy(**fresh).full_clean()


# --- off-peak electricity ---------------------------------------------------------------------------------------------


def rates(cap: int = 10_000):
    """A tenth of a yuan each."""
    return {payer: OffPeakRate(payer=payer, per_kwh_yuan=Decimal("0.1"), cap_kwh=cap) for payer in Payer}


@pytest.mark.parametrize(("kwh", "both"), [("0", "0.00"), ("1850", "370.00"), ("9999.99", "2000.00"), ("10000", "2000.00"), ("12345.67", "2000.00")])
def test_off_peak_is_a_fifth_of_a_yuan_up_to_ten_thousand(kwh, both):
    found = reckon_electricity(Decimal(kwh), rates())
    assert found.city_yuan + found.district_yuan == Decimal(both)


def test_the_working_of_off_peak_names_the_cap_when_it_bites():
    assert "用量 12000，上限 10000" in reckon_electricity(Decimal(12000), rates()).words
    assert "上限" not in reckon_electricity(Decimal(9000), rates()).words


@BUSY
@given(kwh=st.decimals(min_value=0, max_value=99999, places=2), more=st.decimals(min_value=0, max_value=99999, places=2))
def test_more_electricity_never_pays_less_and_never_more_than_the_cap(kwh, more):
    less, other = reckon_electricity(kwh, rates()), reckon_electricity(kwh + more, rates())
    assert 0 <= less.city_yuan <= other.city_yuan <= 1000
