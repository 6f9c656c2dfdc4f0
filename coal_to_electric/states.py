"""The thirteen stages of a household (煤改电环节) and the other short lists of the ledger."""
from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices


class Stage(TextChoices):
    """What has been done for a household, in the order of the plan; the order is advice, no stage forbids another."""

    SURVEY = "survey", "摸底"
    VISIT = "visit", "入户宣传"
    SIGN_UP = "sign_up", "登记"
    REVIEW = "review", "审核"
    NOTICE = "notice", "公示"
    CHOOSE = "choose", "选型"
    WIRING = "wiring", "外电网/户线"
    INSTALL = "install", "安装"
    ACCEPT = "accept", "验收"
    RECOVER = "recover", "炉具回收"
    PAY = "pay", "补贴发放"
    OFF_PEAK = "off_peak", "谷电"
    REVISIT = "revisit", "回访"


ORDER: tuple[Stage, ...] = tuple(Stage)
# The date that says that a stage is done; households without a stove to hand in simply have no date there.
DATES: dict[Stage, str] = {
    Stage.SURVEY: "survey_date",
    Stage.VISIT: "visit_date",
    Stage.SIGN_UP: "sign_date",
    Stage.REVIEW: "review_date",
    Stage.NOTICE: "notice_from",
    Stage.CHOOSE: "chosen_date",
    Stage.WIRING: "indoor_wiring_date",
    Stage.INSTALL: "installed_date",
    Stage.ACCEPT: "accepted_date",
    Stage.RECOVER: "stove_recovered_date",
    Stage.PAY: "subsidy_paid_date",
    Stage.OFF_PEAK: "off_peak_date",
    Stage.REVISIT: "revisit_date",
}
# The six signs of a row, each with the stage at which it is full.
SIGNS: tuple[tuple[str, Stage], ...] = (
    ("摸底", Stage.SURVEY),
    ("登记", Stage.SIGN_UP),
    ("选型", Stage.CHOOSE),
    ("安装", Stage.INSTALL),
    ("验收", Stage.ACCEPT),
    ("补贴发放", Stage.PAY),
)


def furthest(household: Any) -> str:
    """The last stage in the plan's order that has its date; empty when nothing is done yet."""
    done = [stage for stage, column in DATES.items() if getattr(household, column)]
    return done[-1].value if done else ""


def rank(stage: str) -> int:
    """How far a stage lies along the plan: 0 for none, 13 for the last."""
    return ORDER.index(Stage(stage)) + 1 if stage else 0


def next_stage(stage: str) -> Stage | None:
    """What is to be done after the furthest stage; nothing after the last."""
    place = rank(stage)
    return ORDER[place] if place < len(ORDER) else None


def reached(stage: str) -> list[str]:
    """The furthest stages of all who have come to this one or beyond."""
    return [one.value for one in ORDER[rank(stage) - 1 :]]


def cumulated(counts: dict[str, int], stages: Iterable[Stage] = ORDER) -> dict[Stage, int]:
    """From households by furthest stage: how many have come to each stage or beyond."""
    return {stage: sum(counts.get(one, 0) for one in reached(stage)) for stage in stages}


class Origin(TextChoices):
    """How a household came into the ledger: by the survey, or later (增补), so that more than eligible may finish."""

    SURVEY = "survey", "摸底登记"
    ADDED = "added", "后续新增"


class Tenure(TextChoices):
    """Whose the home is (房屋性质)."""

    OWN = "own", "自有"
    PUBLIC = "public", "公房"
    RENTED = "rented", "出租"


class Method(TextChoices):
    """How a kind of equipment heats; direct heating is forbidden in this programme."""

    STORAGE = "storage", "蓄能式"
    PUMP = "pump", "热泵"
    WATER = "water", "水储能"
    SOLAR = "solar", "太阳能加电辅"
    DIRECT = "direct", "直热式"


class Payer(TextChoices):
    """Who pays a subsidy."""

    CITY = "city", "市级"
    DISTRICT = "district", "区级"


class Basis(TextChoices):
    """What a subsidy is reckoned from."""

    SHARE = "share", "按设备价的份额"
    AREA = "area", "按采暖面积"


class PaymentKind(TextChoices):
    """What is paid: for the equipment once, for off-peak electricity each heating season."""

    EQUIPMENT = "equipment", "设备补贴"
    OFF_PEAK = "off_peak", "谷电补贴"


class BatchStatus(TextChoices):
    """Where a batch of payments stands."""

    SUBMITTED = "submitted", "待审批"
    APPROVED = "approved", "已审批"
    PAID = "paid", "已发放"
    REFUSED = "refused", "已退回"


class Channel(TextChoices):
    """How a household was visited again."""

    VISIT = "visit", "上门"
    PHONE = "phone", "电话"


class Satisfaction(TextChoices):
    """As asked at the revisit."""

    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
