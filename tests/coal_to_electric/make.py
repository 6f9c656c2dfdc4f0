"""Plain functions that make one thing of the coal-to-electric ledger each, with fixed values."""
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from coal_to_electric import ledger, payments
from coal_to_electric.models import EquipmentModel, Household, PaymentBatch, Programme
from coal_to_electric.progress import Act, take_all
from coal_to_electric.states import PaymentKind
from tests.make import NOW, make_user

TODAY = date(2016, 12, 21)
CANARY_NAME, CANARY_ID, CANARY_PHONE = "金丝雀鸣", "110199194401010017", "13800007777"


def id_number(serial: int) -> str:
    """A valid number of an area that was never issued."""
    head = f"11019919600101{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(int(a) * b for a, b in zip(head, weights, strict=True)) % 11]


def make_programme(season: int = 2016, *, target: int = 10, **over: Any) -> Programme:
    """An open season."""
    columns = {"name": f"{season} 年煤改电", "heating_from": date(season, 11, 15), "heating_to": date(season + 1, 3, 15)}
    return Programme.objects.create(season=season, target=target, **{**columns, **over})


def make_household(programme: Programme, by: Any, community: Any, **over: Any) -> Household:
    """A household just entered, with an ID of its own."""
    serial = Household.objects.count() + 1
    values = {
        "householder": f"王海{serial}", "id_number": id_number(serial), "phone": f"138000000{serial:02d}",
        "community": community, "address": f"琅山村平房区{serial}排1号", "heating_area_m2": Decimal("38.0"), **over,
    }
    return ledger.enter_household(programme, by=by, at=NOW, on=date(2016, 3, 1), **values)


def acts_until(name: str, *, first: date = date(2016, 3, 7), price: str = "6440.00") -> list[Act]:
    """Every step up to and with the named one, a week apart."""
    model = EquipmentModel.objects.select_related("kind").get(name="XN-3200")
    answers = {
        "survey": {"eligible": True}, "accept": {"acceptor": "验收员"}, "recover_stove": {"stoves": 1, "briquettes": 85},
        "choose": {"equipment": model, "quantity": 2, "price_yuan": Decimal(price)},
    }
    order = ["survey", "visit", "sign_up", "review", "give_notice", "choose", "extend_grid", "wire", "install",
             "power_on", "accept", "recover_stove"]
    wanted = order[: order.index(name) + 1]
    return [Act(one, first + timedelta(days=7 * at), dict(answers.get(one, {}))) for at, one in enumerate(wanted)]


def bring(household: Household, name: str, by: Any, **over: Any) -> Household:
    """The household after every step up to the named one."""
    take_all(household, acts_until(name, **over), by=by, at=NOW)
    return household


def make_accepted(programme: Programme, by: Any, community: Any, *, price: str = "6440.00", **over: Any) -> Household:
    """A household that could be paid."""
    return bring(make_household(programme, by, community, **over), "accept", by, price=price)


def make_batch(programme: Programme, by: Any, *households: Household) -> PaymentBatch:
    """A batch of equipment subsidies waiting for approval."""
    numbers = [one.number for one in households]
    return payments.create_payment_batch(programme, kind=PaymentKind.EQUIPMENT, by=by, at=NOW, numbers=numbers)


def make_chief(username: str = "chief2") -> Any:
    """Another chief."""
    return make_user(username, "chief", real_name=f"{username}甲")
