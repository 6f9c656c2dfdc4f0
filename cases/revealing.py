"""Showing who stands behind a case: once, to one person, for a written reason, with an audit row (查看身份).

This is the only module that reads the petitioner's identity in order to show it.
"""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from cases.errors import AnswersRefused, MoveForbidden
from cases.models import Case, Petitioner, Reporter

SHORTEST_REASON = 5
REASON_WANTED = "请写明查看理由，至少 5 个字。理由会记入审计。"


@dataclass(frozen=True, repr=False)
class Identity:
    """Who it is, in plain words; without a `repr`, so that no log or error page prints it."""

    title: str
    lines: tuple[tuple[str, str], ...]
    text: str = ""


def may_reveal(case: Case, user: Any) -> bool:
    """Whether this person may see who stands behind this case."""
    if case.is_petition:
        return user.has_perm("cases.reveal_petitioner") and user.has_perm("cases.see_petitions")
    return user.has_perm("cases.reveal_reporter")


def _check(case: Case, *, by: Any, reason: str) -> str:
    if not may_reveal(case, by):
        raise MoveForbidden("你的角色不能查看身份。需要时请与信访专员或值班科长联系。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": REASON_WANTED})
    return reason.strip()


@transaction.atomic
def reveal_petitioner(case: Case, *, by: Any, reason: str, at: datetime, ip: str = "") -> Identity:
    """The petitioner of a petition. The audit row is written before anything is returned."""
    reason = _check(case, by=by, reason=reason)
    petitioner = Petitioner.objects.filter(case=case).first()
    if not petitioner:
        raise AnswersRefused({"reason": f"{case.number} 没有登记信访人，由拆分前的案件答复。"})
    audit.record("petitioner_revealed", actor=by, subject=case, reason=reason, at=at, ip=ip)
    lines = (
        ("姓名", petitioner.name), ("电话", petitioner.phone), ("证件号", petitioner.id_number),
        ("住址", petitioner.address), ("原事项", petitioner.original_title),
    )  # fmt: skip
    return Identity("信访人", tuple((word, value) for word, value in lines if value), petitioner.original_text)


@transaction.atomic
def reveal_reporter(case: Case, reporter: Reporter, *, by: Any, reason: str, at: datetime, ip: str = "") -> Identity:
    """One reporter of a case."""
    reason = _check(case, by=by, reason=reason)
    audit.record(
        "reporter_revealed", actor=by, subject=case, reason=reason, detail={"reporter": reporter.pk}, at=at, ip=ip
    )
    lines = (("姓名", reporter.name or "未留姓名"), ("电话", reporter.phone or "未留电话"))
    return Identity(f"上报人（{reporter.get_kind_display()}）", lines)
