"""Showing who lives there: once, to one person, for a written reason, with an audit row (查看户主)."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from coal_to_electric.errors import AnswersRefused, HouseholdForbidden
from coal_to_electric.models import Household
from coal_to_electric.progress import SHORTEST_REASON

REVEAL = "coal_to_electric.reveal_household"
REASON_WANTED = "请写明查看理由，至少 5 个字。理由会记入审计。"


@dataclass(frozen=True, repr=False)
class Householder:
    """Who it is, in plain words; without a `repr`, so that no log or error page prints it."""

    lines: tuple[tuple[str, str], ...]


@transaction.atomic
def reveal_household(household: Household, *, by: Any, reason: str, at: datetime, ip: str = "") -> Householder:
    """Name, phone and ID number of one household. The audit row is written before anything is returned."""
    if not by.has_perm(REVEAL):
        raise HouseholdForbidden("你的角色不能查看户主的完整资料。需要时请与台账专员联系。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": REASON_WANTED})
    audit.record("household_revealed", actor=by, subject=household, reason=reason.strip(), at=at, ip=ip)
    lines = (("户主", household.householder), ("联系电话", household.phone), ("证件号", household.id_number))
    return Householder(tuple((word, value or "未登记") for word, value in lines))
