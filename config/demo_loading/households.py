"""The coal-to-electric ledger of the demonstration: the 277 households of 2016 step by step, and a season at work.

Dates that the file does not have are derived and marked so in the story: equipment was chosen on the day of signing,
who withdrew did so on the day of the last entry. 审核, 公示, 谷电 and 回访 are not in the file and stay empty.
"""
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from coal_to_electric import electricity, ledger, payments, revisits
from coal_to_electric.models import EquipmentModel, Household, HouseholdPhoto, Moment, Programme
from coal_to_electric.progress import Act, take_all
from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from coal_to_electric.states import ORDER, Channel, Origin, PaymentKind, Satisfaction, Stage, rank
from coal_to_electric.subsidies import Policies
from config.demo_loading.files import Row, rows
from config.demo_loading.pictures import keep_picture
from grid.models import Community, Photo, UnitGrid

TARGET_2016 = 245  # 符合煤改电条件245户: the article's own number, entered as the office enters it
DERIVED = "演示：原表没有这一日期，按{what}推定"
# The file's columns that are steps of their own.
DATED = (
    ("survey", "survey_date"), ("visit", "visit_date"), ("sign_up", "sign_date"),
    ("extend_grid", "outside_power_date"), ("wire", "indoor_wiring_date"),
)  # fmt: skip


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


class _Street:
    """What a load looks up again and again."""

    def __init__(self) -> None:
        self.communities = {one.code: one for one in Community.objects.without_shapes()}
        self.grids = {one.code: one for one in UnitGrid.objects.without_shapes()}
        self.models = {one.name: one for one in EquipmentModel.objects.select_related("kind")}
        people = {user.username: user for user in User.objects.filter(username__in=("clerk", "chief"))}
        self.clerk, self.chief = people["clerk"], people["chief"]
        self.policies = Policies()


@transaction.atomic
def load_households(folder: Path, *, at: datetime) -> str:
    """The households of 2016 through the ledger's own verbs, and their payments in a batch for each day of payment."""
    seed_limits()
    seed_policies(seed_equipment())
    programme, _ = Programme.objects.get_or_create(
        season=2016,
        defaults={
            "name": "2016 年煤改电", "target": TARGET_2016, "heating_from": date(2016, 11, 15),
            "heating_to": date(2017, 3, 15), "closed_on": date(2016, 12, 31), "shown_first": True, "is_demo": True,
            "source": "2016 年工作总结：符合条件 245 户",
        },
    )  # fmt: skip
    street, lines = _Street(), rows(folder, "households")
    households = [_household_of_2016(programme, line, street, at=at) for line in lines]
    ledger.keep_serial(programme, [line["hh_no"] for line in lines])
    by_day: dict[date, list[str]] = defaultdict(list)
    for line in lines:
        if line["subsidy_paid_date"]:
            by_day[date.fromisoformat(line["subsidy_paid_date"])].append(line["hh_no"])
    for day, numbers in sorted(by_day.items()):
        _pay(programme, numbers, street, on=day, at=at)
    _hang_pictures(folder, households, at=at)
    return f"煤改电住户 {len(households)} 户，补贴批次 {len(by_day)} 个"


def _household_of_2016(programme: Programme, line: Row, street: _Street, *, at: datetime) -> Household:
    first = date.fromisoformat(line["survey_date"])
    household = ledger.enter_household(
        programme, by=street.clerk, at=at, on=first, number=line["hh_no"], is_demo=True,
        householder=line["householder"], id_number=line["id_number"], phone=line["phone"],
        community=street.communities[line["community_code"]], grid=street.grids[line["grid_code"]],
        address=line["address"], lon=float(line["lon"]), lat=float(line["lat"]), dwelling=line["dwelling"],
        heating_area_m2=Decimal(line["heating_area_m2"]), family_size=int(line["family_size"]),
        low_income=line["low_income"] == "1",
        origin=Origin.SURVEY if line["source"] == Origin.SURVEY.label else Origin.ADDED,
        stoves_recovered=int(line["stove_recovered"]) if line["stove_recovered"] else None,
        briquettes_recovered=int(line["briquettes_recovered"]) if line["briquettes_recovered"] else None,
    )  # fmt: skip
    take_all(household, _acts_of_2016(line, street), by=street.clerk, at=at, policies=street.policies)
    return household


def _acts_of_2016(line: Row, street: _Street) -> list[Act]:
    """The steps of a row, in the order of the table."""
    acts = [Act(step, date.fromisoformat(line[column])) for step, column in DATED if line[column]]
    acts[0].answers["eligible"] = line["surveyed_eligible"] == "1"
    if line["surveyed_eligible"] != "1":
        acts[0].answers["reason"] = "摸底后新增（增补），不在摸底名单"
    if line["equipment"]:
        chosen = {"equipment": street.models[line["model"]], "quantity": int(line["quantity"]),
                  "price_yuan": Decimal(line["equipment_price_yuan"])}  # fmt: skip
        acts.append(Act("choose", date.fromisoformat(line["sign_date"]), chosen, DERIVED.format(what="签约日"), True))
    if line["installed_date"]:
        delivered = {"delivered_on": _day(line["delivered_date"])}
        acts.append(Act("install", date.fromisoformat(line["installed_date"]), delivered))
        acts.append(Act("power_on", date.fromisoformat(line["power_on_date"]), {"meter_no": line["meter_no"]}))
        acts.append(Act("accept", date.fromisoformat(line["accepted_date"])))
    if line["stove_recovered_date"]:
        handed = {"stoves": int(line["stove_recovered"]), "briquettes": int(line["briquettes_recovered"])}
        acts.append(Act("recover_stove", date.fromisoformat(line["stove_recovered_date"]), handed))
    if line["exit_reason"]:
        reason = {"exit_reason": line["exit_reason"]}
        acts.append(Act("withdraw", max(act.on for act in acts), reason, DERIVED.format(what="最后一次办理日期"), True))
    return acts


def _pay(programme: Programme, numbers: Iterable[str], street: _Street, *, on: date, at: datetime) -> None:
    """One batch: made, approved by another, paid on the day."""
    batch = payments.create_payment_batch(
        programme, kind=PaymentKind.EQUIPMENT, by=street.clerk, at=at, numbers=numbers, is_demo=True,
        note="演示：按发放日期编成一批",
    )  # fmt: skip
    payments.approve_batch(batch, by=street.chief, at=at)
    payments.mark_paid(batch, by=street.clerk, at=at, on=on)


def _hang_pictures(folder: Path, households: Iterable[Household], *, at: datetime) -> None:
    """The one pair of pictures that the demonstration has, marked as 演示照片 wherever it is shown."""
    pair: dict[str, Photo] = {
        moment: keep_picture(folder / "photos" / f"stove-{serial}.jpg", at=at)
        for serial, moment in enumerate((Moment.BEFORE, Moment.AFTER))
    }
    HouseholdPhoto.objects.bulk_create(
        HouseholdPhoto(household=one, photo=photo, moment=moment, at=at)
        for one in households
        for moment, photo in pair.items()
        if moment == Moment.BEFORE or one.installed_date
    )


# --- a season at work -------------------------------------------------------------------------------------------------

SURNAMES = "贾谭彭吕邓黎黄郝方崔陆杨苏卢蒋蔡魏薛叶阎"
GIVEN = ("珩渠", "霁岚", "砚禾", "澍庭", "樾安", "蘅淼", "晗棠", "湉蔚", "昀笙", "芮陌")
PLACES = (
    ("110107005008", "西井平房区"), ("110107005017", "琅山村平房区"), ("110107005013", "下庄平房区"),
    ("110107005010", "西黄村小区平房"), ("110107005008", "西井村南"),
)  # fmt: skip
HOUSEHOLDS_NOW = 42
APART = timedelta(days=9)  # between one stage and the next
GONE, ADDED_LATER = (13, 27), (5, 19, 33, 40)  # who withdrew, who came after the survey


def _id_number(birth: date, serial: int) -> str:
    """A valid number of an area that was never issued (110199)."""
    head = f"110199{birth:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True)) % 11]


def season_of(day: date) -> int:
    """The heating season that is prepared or running on a day: it begins in November and is named by that year."""
    return day.year if day.month > 3 else day.year - 1


@transaction.atomic
def load_season(folder: Path, *, at: datetime, say: Callable[[str], None]) -> None:
    """Households in every stage, some of them stuck; one batch paid, one to be approved. Nothing if it is there."""
    today = timezone.localdate(at)
    season = season_of(today)
    if Programme.objects.filter(season=season).exists():
        return
    programme = Programme.objects.create(
        season=season, name=f"{season} 年煤改电（演示）", target=36, heating_from=date(season, 11, 15),
        heating_to=date(season + 1, 3, 15), is_demo=True, source="演示数据",
    )  # fmt: skip
    street = _Street()
    plans = [_Plan(serial, today) for serial in range(HOUSEHOLDS_NOW)]
    for plan in plans:
        plan.enter(programme, street, at=at)
    paid = [plan for plan in plans if plan.done >= rank(Stage.PAY) and not plan.gone]
    if paid:
        day = max(plan.day(Stage.PAY) for plan in paid)
        _pay(programme, [plan.household.number for plan in paid], street, on=day, at=at)
    owed = list(payments.owed(programme, PaymentKind.EQUIPMENT).values_list("number", flat=True))
    payments.create_payment_batch(
        programme, kind=PaymentKind.EQUIPMENT, by=street.clerk, at=at, numbers=owed[: len(owed) // 2 + 1], is_demo=True,
        note="演示：等待审批",
    )  # fmt: skip
    for plan in paid:
        plan.finish(street, at=at)
    _hang_pictures(folder, [plan.household for plan in plans], at=at)
    say(f"{season} 采暖季煤改电 {len(plans)} 户（演示）。")


class _Plan:
    """One invented household and how far it has come: every stage occurs three times, the first of them stuck."""

    def __init__(self, serial: int, today: date) -> None:
        self.serial, self.gone = serial, serial in GONE
        self.done = serial % (len(ORDER) + 1)
        self.last = today - timedelta(days=(95, 3, 12)[serial // (len(ORDER) + 1) % 3] - serial % 3)
        self.household: Household

    def day(self, stage: Stage) -> date:
        """When a stage was done: the furthest on the last day, each earlier one nine days before."""
        return self.last - APART * (self.done - rank(stage))

    def enter(self, programme: Programme, street: _Street, *, at: datetime) -> None:
        """Into the ledger, and every step up to the handing in of the stove."""
        code, place = PLACES[self.serial % len(PLACES)]
        grid = next(one for one in street.grids.values() if one.community_id == street.communities[code].pk)
        birth = date(1942 + self.serial, 1 + self.serial % 12, 1 + self.serial % 28)
        self.household = ledger.enter_household(
            programme, by=street.clerk, at=at, on=self.day(Stage.SURVEY) - APART, is_demo=True,
            householder=SURNAMES[self.serial % len(SURNAMES)] + GIVEN[self.serial % len(GIVEN)],
            id_number=_id_number(birth, 100 + self.serial), phone=f"138000071{self.serial:02d}",
            community=street.communities[code], grid=grid, dwelling="平房",
            address=f"{place}{self.serial // 3 + 1}排{self.serial % 5 + 1}号",
            heating_area_m2=Decimal("18.5") + self.serial, family_size=1 + self.serial % 5,
            low_income=self.serial % 9 == 4, stoves_before=1,
            origin=Origin.ADDED if self.serial in ADDED_LATER else Origin.SURVEY,
        )  # fmt: skip
        acts = [act for stage in ORDER[: min(self.done, rank(Stage.RECOVER))] for act in self._acts(stage, street)]
        if self.gone:
            acts.append(Act("withdraw", self.last, {"exit_reason": "演示：改为市政集中供暖"}))
        take_all(self.household, acts, by=street.clerk, at=at, policies=street.policies)

    def finish(self, street: _Street, *, at: datetime) -> None:
        """After the payment: off-peak electricity, its reading, the revisit."""
        household = Household.objects.select_related("programme", "community").get(pk=self.household.pk)
        if self.done >= rank(Stage.OFF_PEAK):
            take_all(household, [Act("turn_on", self.day(Stage.OFF_PEAK))], by=street.clerk, at=at)
            electricity.enter_reading(
                household, season=household.programme.season, kwh=Decimal(1850 + 640 * (self.serial % 7)),
                on=self.last, by=street.clerk, at=at,
            )  # fmt: skip
        if self.done >= rank(Stage.REVISIT):
            revisits.revisit(
                household, by=street.clerk, at=at, on=self.last, channel=Channel.VISIT, reached=True,
                heating_works=True, satisfaction=Satisfaction.SATISFIED, words="室内 20 度",
            )  # fmt: skip

    def _acts(self, stage: Stage, street: _Street) -> list[Act]:
        on = self.day(stage)
        model = street.models["KR-8" if self.serial % 8 == 0 else "XN-2400"]
        quantity = 1 if model.name == "KR-8" else 2
        answers: dict[Stage, dict[str, Any]] = {
            Stage.SURVEY: {"eligible": False, "reason": "摸底后新增（增补）"} if self.serial in ADDED_LATER
            else {"eligible": True},
            Stage.NOTICE: {"until": on + timedelta(days=7)},
            Stage.CHOOSE: {"equipment": model, "quantity": quantity,
                           "price_yuan": Decimal(14800 if model.name == "KR-8" else 5240)},
            Stage.RECOVER: {"stoves": 1, "briquettes": 20 * (self.serial % 4)},
            Stage.ACCEPT: {"acceptor": "演示验收员"},
        }  # fmt: skip
        names = {
            Stage.NOTICE: ("give_notice",), Stage.WIRING: ("extend_grid", "wire"),
            Stage.INSTALL: ("install", "power_on"), Stage.RECOVER: ("recover_stove",),
        }  # fmt: skip
        return [Act(name, on, dict(answers.get(stage, {}))) for name in names.get(stage, (stage.value,))]
