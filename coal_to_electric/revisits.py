"""冬季回访: whether it heats and whether they are content, written down at the door or on the phone."""
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from coal_to_electric.errors import AnswersRefused, HouseholdRefused
from coal_to_electric.models import Household, HouseholdStep, Revisit
from coal_to_electric.progress import VISIT, check_hands, write
from coal_to_electric.states import Channel, Satisfaction

AGAIN_UNREACHED = timedelta(days=1)
AGAIN_COLD = timedelta(days=3)  # somebody who says that it does not heat is asked again soon
MOST_WORDS = 300


@transaction.atomic
def revisit(
    household: Household, *, by: Any, at: datetime, on: date, channel: str, reached: bool,
    heating_works: bool | None = None, satisfaction: str = "", words: str = "", version: int | None = None,
) -> Revisit:  # fmt: skip
    """Write down one visit or call; who was not reached, or is cold, is due again."""
    check_hands(household, by, VISIT)
    _check(household, at=at, on=on, channel=channel, reached=reached, heating_works=heating_works)
    if satisfaction and satisfaction not in Satisfaction.values:
        raise AnswersRefused({"satisfaction": "请从满意、基本满意、不满意中选择。"})
    if reached and not heating_works and len(words.strip()) < 5:
        raise AnswersRefused({"words": "采暖不正常时，请写明情况，至少 5 个字。"})
    columns: dict[str, Any] = {"revisit_due_on": on + AGAIN_UNREACHED}
    if reached:
        columns = {"revisit_date": on, "revisit_due_on": None if heating_works else on + AGAIN_COLD}
    for name, value in columns.items():
        setattr(household, name, value)
    write(household, columns, version=household.version if version is None else version)
    made = Revisit.objects.create(
        household=household, on=on, channel=channel, reached=reached, heating_works=heating_works if reached else None,
        satisfaction=satisfaction if reached else "", words=words.strip()[:MOST_WORDS], by=by, at=at,
    )  # fmt: skip
    HouseholdStep.objects.create(
        household=household, step="revisit", happened_on=on, recorded_at=at, by=by,
        detail={"reached": reached, "heating_works": made.heating_works, "satisfaction": made.satisfaction},
    )  # fmt: skip
    return made


def _check(household: Household, *, at: datetime, on: date, channel: str, reached: bool, heating_works: Any) -> None:
    if household.withdrawn_on:
        raise HouseholdRefused(f"{household.number} 已退出，不需要回访。")
    if not household.power_on_date:
        raise HouseholdRefused(f"{household.number} 还没有通电，通电后再回访。")
    if on > timezone.localdate(at):
        raise AnswersRefused({"on": f"回访日期 {on} 还没有到。请填实际回访的日期。"})
    if channel not in Channel.values:
        raise AnswersRefused({"channel": "请选择上门或电话。"})
    if reached and heating_works is None:
        raise AnswersRefused({"heating_works": "请选择采暖是否正常。"})
