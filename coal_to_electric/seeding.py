"""The small tables that an admin edits afterwards: kinds of equipment, limits, and the demonstration's policies."""
from datetime import date
from decimal import Decimal

from coal_to_electric.equipment import SUBJECT
from coal_to_electric.models import EquipmentKind, EquipmentModel, OffPeakRate, StageLimit, SubsidyPolicy
from coal_to_electric.states import Basis, Method, Payer, Stage
from grid.editions import publish

# code, name, method, offered, largest area, note
KINDS = (
    ("storage", "蓄能式电暖器", Method.STORAGE, True, Decimal("50"), "采暖面积 50 ㎡ 以内原则上选用"),
    ("air_pump", "空气源热泵", Method.PUMP, True, None, ""),
    ("ground_pump", "地源热泵", Method.PUMP, True, None, ""),
    ("water", "电加热水储能", Method.WATER, True, None, ""),
    ("solar", "太阳能加电辅", Method.SOLAR, True, None, ""),
    ("direct", "直热式电暖器", Method.DIRECT, False, None, "直热式不能蓄能，不用谷电，不在煤改电范围"),
)
# kind, model, kW
MODELS = (
    ("storage", "XN-1600", "1.6"), ("storage", "XN-2400", "2.4"), ("storage", "XN-3200", "3.2"),
    ("air_pump", "KR-8", "2.6"), ("air_pump", "KR-12", "3.9"),
)  # fmt: skip
LIMITS = {
    Stage.SURVEY: 7, Stage.VISIT: 14, Stage.SIGN_UP: 21, Stage.REVIEW: 10, Stage.NOTICE: 7, Stage.CHOOSE: 14,
    Stage.WIRING: 45, Stage.INSTALL: 30, Stage.ACCEPT: 15, Stage.RECOVER: 10, Stage.PAY: 45, Stage.OFF_PEAK: 10,
    Stage.REVISIT: 60,
}  # fmt: skip
DEMO = "演示政策，见演示数据说明；上线前请按正式文件填写"
FROM = date(2016, 3, 1)


def seed_equipment() -> dict[str, EquipmentKind]:
    """Kinds and models that are not there yet."""
    kinds = {}
    for code, name, method, offered, largest, note in KINDS:
        columns = {"name": name, "method": method, "offered": offered, "largest_area_m2": largest, "note": note}
        kinds[code], _ = EquipmentKind.objects.get_or_create(code=code, defaults=columns)
    for code, name, power in MODELS:
        EquipmentModel.objects.get_or_create(kind=kinds[code], name=name, defaults={"power_kw": Decimal(power)})
    publish(SUBJECT)
    return kinds


def seed_limits() -> None:
    """Limits of stages that have none yet (demonstration values)."""
    for stage, days in LIMITS.items():
        StageLimit.objects.get_or_create(stage=stage, defaults={"days": days})


def seed_policies(kinds: dict[str, EquipmentKind]) -> None:
    """The demonstration's policy: storage heaters a third, at most 2,200 yuan; heat pumps 100 yuan a square metre, at
    most 12,000 yuan and half the price; city and district each; off-peak 0.1 yuan each up to 10,000 kWh."""
    for payer in Payer:
        storage = {"basis": Basis.SHARE, "share_of": 1, "share_in": 3, "cap_yuan": Decimal("2200")}
        pump = {"basis": Basis.AREA, "per_m2_yuan": Decimal("100"), "cap_yuan": Decimal("12000"), "cap_share_of": 1,
                "cap_share_in": 2}  # fmt: skip
        for kind, columns in ((kinds["storage"], storage), (kinds["air_pump"], pump), (kinds["ground_pump"], pump)):
            SubsidyPolicy.objects.get_or_create(
                kind=kind, payer=payer, effective_from=FROM,
                defaults={"name": f"{kind.name}{payer.label}补贴（演示）", "source": DEMO, **columns},
            )  # fmt: skip
        OffPeakRate.objects.get_or_create(
            payer=payer, effective_from=FROM, defaults={"per_kwh_yuan": Decimal("0.1"), "source": DEMO}
        )
