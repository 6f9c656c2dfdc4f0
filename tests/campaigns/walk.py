"""Plain functions that make one structure and walk it on; tests say only what matters to them."""
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns import ledger
from campaigns.models import Structure
from campaigns.states import PhotoMoment
from tests.make import NOW, make_photo

FOUND = date(2016, 3, 2)
PAPER = {"number": "石苹限拆字〔2016〕001号", "authority": "区城管执法监察局", "service": "direct"}
ON = {
    "determine": date(2016, 3, 9), "notify": date(2016, 3, 14), "urge": date(2016, 9, 20), "decide": date(2016, 10, 12),
    "announce": date(2016, 10, 13), "demolish": date(2016, 11, 11), "accept": date(2016, 11, 14),
    "write_off": date(2016, 11, 15),
}  # fmt: skip
WAY = tuple(ON)
ANSWERS: dict[str, dict[str, Any]] = {
    "determine": {"floor_area_m2": Decimal("500.00")},
    "notify": {**PAPER, "served_on": date(2016, 3, 14), "deadline_on": date(2016, 3, 24)},
    "urge": {**PAPER, "number": "石苹催字〔2016〕001号", "served_on": date(2016, 9, 20), "deadline_on": date(2016, 10, 11)},
    "decide": {**PAPER, "number": "石苹强拆字〔2016〕001号", "served_on": date(2016, 10, 12)},
    "announce": {**PAPER, "number": "石苹公告〔2016〕001号", "deadline_on": date(2016, 10, 20)},
    "demolish": {
        "mode": "forced", "demolished_area_m2": Decimal("480.50"), "vacated_land_m2": Decimal("900.1"),
        "relocated_people": 12,
    },
    "accept": {}, "write_off": {},
}  # fmt: skip


def make_structure(by: Any, community: Any, **over: Any) -> Structure:
    """One that was just found."""
    over = {"place": "西黄村废品回收站", "found_on": FOUND, "found_source": "网格巡查", **over}
    return ledger.register_structure(by=by, at=NOW, community=community, **over)


def step(name: str, structure: Structure, by: Any, **over: Any) -> Any:
    """One step with its usual answers."""
    answers = {"on": ON.get(name), **ANSWERS.get(name, {}), **over}
    if name == "accept" and not structure.photos.filter(moment=PhotoMoment.AFTER).exists():
        answers.setdefault("after_photos", [make_photo(uploaded_by=by)])
    return ledger.make(name, structure, by=by, at=over.pop("at", NOW), **{
        key: value for key, value in answers.items() if key != "at" and value is not None})  # fmt: skip


def walk(structure: Structure, by: Any, *, to: str = "write_off", **over: Any) -> Structure:
    """Step by step as far as `to`; `over` are further answers of the demolition."""
    for name in WAY[: WAY.index(to) + 1]:
        step(name, structure, by, **(over if name == "demolish" else {}))
    return structure
