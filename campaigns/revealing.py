"""Showing who owns a structure: once, to one person, for a written reason, with an audit row; and finding by owner."""
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from campaigns.errors import AnswersRefused, StepForbidden
from campaigns.ledger import owner_index
from campaigns.models import Structure

RIGHT = "campaigns.reveal_owner"
SHORTEST_REASON = 5
REASON_WANTED = "请写明查看理由，至少 5 个字。理由会记入审计。"


@transaction.atomic
def reveal_owner(structure: Structure, *, by: Any, reason: str, at: datetime, ip: str = "") -> str:
    """The owner's name in full. The audit row is written before anything is returned."""
    if not by.has_perm(RIGHT):
        raise StepForbidden("你的角色不能查看当事人。需要时请与台账专员联系。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": REASON_WANTED})
    audit.record("owner_revealed", actor=by, subject=structure, reason=reason.strip(), at=at, ip=ip)
    return structure.owner_name


@transaction.atomic
def find_by_owner(name: str, *, by: Any, at: datetime, ip: str = "") -> str:
    """The blind index of a whole name, with which a list can be narrowed; the name itself is written nowhere."""
    if not by.has_perm(RIGHT):
        raise StepForbidden("你的角色不能按当事人查找。需要时请与台账专员联系。")
    if len(name.strip()) < 2:
        raise AnswersRefused({"owner": "请填写当事人全名，至少 2 个字。"})
    index = owner_index(name)
    found = Structure.objects.owned_by(index).count()
    audit.record("owner_searched", actor=by, detail={"count": found}, at=at, ip=ip)
    return index
