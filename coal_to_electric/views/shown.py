"""A household as its page shows it: masked, its stages, its story in words, what may be done."""
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coal_to_electric import electricity, progress
from coal_to_electric.models import Household, HouseholdPhoto, HouseholdStep
from coal_to_electric.progress import WORDS, Step
from coal_to_electric.states import DATES, ORDER, Stage, rank
from coal_to_electric.subsidies import Policies, Subsidy
from coal_to_electric.views.listing import area_words, measured

MOST_STEPS = 60
BUTTON_OF = {
    Stage.NOTICE: "give_notice", Stage.WIRING: "wire", Stage.RECOVER: "recover_stove", Stage.OFF_PEAK: "turn_on"
}  # fmt: skip
DETAIL_WORDS = {
    "price_yuan": "设备总价", "quantity": "台数", "meter_no": "表号", "acceptor": "验收人", "yuan": "金额",
    "batch": "批次", "stoves_recovered": "炉具", "briquettes_recovered": "蜂窝煤", "notice_to": "公示至",
    "equipment": "设备", "kwh": "电量", "delivered_date": "到货", "eligible_reason": "理由", "fields": "修改",
    "moment": "", "season": "采暖季",
}  # fmt: skip


@dataclass(frozen=True)
class StageShown:
    """One of the thirteen stages: its word, its day, whether it is done or next."""

    stage: Stage
    day: Any
    state: str


@dataclass(frozen=True)
class StepShown:
    """One line of the story."""

    row: HouseholdStep
    word: str
    line: str


class ShownHousehold:
    """What the page asks of one household."""

    def __init__(self, household: Household, user: Any) -> None:
        self.household, self.user = household, user

    @property
    def power(self) -> str:
        """kW as measured."""
        return measured(self.household.power_kw)

    @property
    def area(self) -> str:
        """Heated m² as measured, or about."""
        return area_words(self.household)

    @cached_property
    def stages(self) -> list[StageShown]:
        """The thirteen stages in the plan's order."""
        following, place = self.household.next_stage, rank(self.household.stage)
        shown = []
        for stage in ORDER:
            day = getattr(self.household, DATES[stage])
            state = "done" if day else "next" if stage == following else "passed" if rank(stage) <= place else "open"
            shown.append(StageShown(stage, day, state))
        return shown

    @cached_property
    def story(self) -> list[StepShown]:
        """The latest steps, newest first; details in words, nothing personal among them."""
        rows = self.household.steps.select_related("by").order_by("-happened_on", "-pk")[:MOST_STEPS]
        return [StepShown(row, WORDS.get(row.step, row.step), _line(row)) for row in rows]

    @cached_property
    def subsidy(self) -> Subsidy | None:
        """The working of the subsidy."""
        one = self.household
        if one.equipment is None or one.price_yuan is None or one.chosen_date is None:
            return None
        return Policies().reckon(
            one.equipment.kind, price=one.price_yuan, area=one.heating_area_m2, low_income=one.low_income,
            on=one.chosen_date,
        )  # fmt: skip

    @cached_property
    def payments(self) -> list[Any]:
        """What was put into batches for it."""
        return list(self.household.payments.select_related("batch").order_by("-pk"))

    @cached_property
    def readings(self) -> list[tuple[Any, electricity.OffPeakSubsidy]]:
        """Off-peak electricity by season with what is paid for it."""
        rows = self.household.readings.order_by("-season")
        return [(row, electricity.reckon(row.kwh, electricity.rates_on(row.read_on))) for row in rows]

    @cached_property
    def revisits(self) -> list[Any]:
        """The latest revisits."""
        return list(self.household.revisits.select_related("by")[:10])

    @cached_property
    def pictures(self) -> list[HouseholdPhoto]:
        """All pictures, newest first."""
        return list(self.household.photos.select_related("photo").order_by("-pk")[:20])

    @property
    def pair(self) -> tuple[HouseholdPhoto, HouseholdPhoto] | None:
        """The newest picture from before and from after, if both can be shown."""
        ready = [one for one in self.pictures if one.photo.state == "ready"]
        before, after = (next((one for one in ready if one.moment == word), None) for word in ("before", "after"))
        return (before, after) if before and after else None

    @cached_property
    def steps(self) -> list[Step]:
        """What may be offered now; the next of the plan first."""
        offered = progress.steps_for(self.household, self.user)
        following = self.household.next_stage
        name = BUTTON_OF.get(following, following.value) if following else ""
        if following == Stage.WIRING and not self.household.outside_power_date:
            name = "extend_grid"
        return sorted(offered, key=lambda step: step.name != name)

    @property
    def next_step(self) -> Step | None:
        """The blue button: the next of the plan, if this person may take it."""
        first = self.steps[0] if self.steps else None
        following = self.household.next_stage
        if first is None or (following in (Stage.PAY, Stage.REVISIT) and not self.household.withdrawn_on):
            return None
        return first if first.name == "rejoin" or not getattr(self.household, first.column) else None

    @property
    def other_steps(self) -> list[Step]:
        """The rest, in the order of the plan."""
        first = self.next_step
        return [step for step in progress.steps_for(self.household, self.user) if step != first]

    def may(self, right: str) -> bool:
        """Whether the person has a right of the ledger."""
        return self.user.has_perm(f"coal_to_electric.{right}")

    @property
    def may_keep(self) -> bool:
        """May amend."""
        return self.may("keep_households")

    @property
    def may_visit(self) -> bool:
        """May record visits and pictures."""
        return self.may("visit_households")

    @property
    def may_see_batches(self) -> bool:
        """May open batches of payments."""
        return self.may("see_households")

    @property
    def may_reveal(self) -> bool:
        """May look behind the mask."""
        return self.may("reveal_household")


def shown_household(household: Household, user: Any) -> ShownHousehold:
    """A household for the page."""
    return ShownHousehold(household, user)


def _line(row: HouseholdStep) -> str:
    """The details of a step in one line."""
    said = []
    for name, value in row.detail.items():
        if name in DETAIL_WORDS and value not in (None, "", 0):
            said.append(f"{DETAIL_WORDS[name]} {value}".strip())
    return "，".join(said)
