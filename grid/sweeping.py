"""Findings (核对事项): a sweep writes what the cross-checks find; a keeper sets aside what is right as it is."""
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.masking import scrub
from grid.cross_checks import CHECKS, CrossCheck, Found, checks_for
from grid.models import Finding, Sweep
from grid.people import REASON_WANTED, SHORTEST_REASON
from grid.registering import NotYours, RegisterConflict, RegisterRefused, claim

SWEEPING = ("grid.keep_registers", "grid.keep_community_registers")
AT_ONCE = 500
FORGOTTEN_AFTER = timedelta(days=365)
STALE = "这一项刚有变化，没有保存。请刷新后再看。"
GONE = "这一项已经改正，不用搁置。请返回列表。"
TOLD = ("title", "words", "url", "community_id", "is_demo")


@dataclass(frozen=True)
class Swept:
    """What a sweep did: how many it found at all, how many for the first time or again, how many are put right."""

    found: int = 0
    fresh: int = 0
    resolved: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.found + other.found, self.fresh + other.fresh, self.resolved + other.resolved)


def may_sweep(user: Any) -> bool:
    """Whether a person may have the registers checked now."""
    return any(map(user.has_perm, SWEEPING))


def sweep(*, by: Any, at: datetime) -> Swept:
    """Ask every cross-check and write what it found; twice is as good as once. Raises NotYours."""
    if by is not None and not may_sweep(by):
        raise NotYours("你的角色不能发起核对。需要时请与台账专员联系。")
    Sweep.objects.bulk_create((Sweep(kind=check.kind, swept_at=at) for check in CHECKS), ignore_conflicts=True)
    swept = sum((_sweep_kind(check, list(check.find(at)), at=at) for check in CHECKS), Swept())
    gone = Finding.objects.unresolved().exclude(kind__in=[check.kind for check in CHECKS])
    swept += Swept(resolved=gone.update(resolved_at=at, version=F("version") + 1))
    Finding.objects.resolved_before(at - FORGOTTEN_AFTER).delete()
    if by is not None or swept.fresh or swept.resolved:  # a night without news is no act
        detail = {"count": swept.found, "created": swept.fresh, "changed": swept.resolved}
        record("registers_swept", actor=by, detail=detail, at=at)
    return swept


@transaction.atomic
def _sweep_kind(check: CrossCheck, told: list[Found], *, at: datetime) -> Swept:
    """Compare what one check found with what stands open; a later sweep's work is left alone."""
    if not Sweep.objects.filter(kind=check.kind, swept_at__lte=at).update(swept_at=at):
        return Swept()
    found = {one.subject: one for one in told}
    standing = {one.subject: one for one in Finding.objects.unresolved().of_kinds([check.kind])}
    fresh = [one for subject, one in found.items() if subject not in standing]
    _write_fresh(check.kind, fresh, at=at)
    _tell_again([(row, found[subject]) for subject, row in standing.items() if subject in found])
    resolved = [row.pk for subject, row in standing.items() if subject not in found]
    for part in _parts(resolved):
        Finding.objects.filter(pk__in=part).update(resolved_at=at, version=F("version") + 1)
    Finding.objects.unresolved().of_kinds([check.kind]).update(last_seen=at)
    return Swept(len(found), len(fresh), len(resolved))


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _write_fresh(kind: str, fresh: Sequence[Found], *, at: datetime) -> None:
    """What was never found, and what was put right once and is wrong again."""
    for part in _parts(fresh):
        before = Finding.objects.of_kinds([kind]).filter(subject__in=[one.subject for one in part])
        again = {row.subject: row for row in before}
        for one in part:
            if row := again.get(one.subject):
                _tell(row, one)
                row.first_seen, row.resolved_at = at, None
                _take_up(row)
        Finding.objects.bulk_update(again.values(), [*TOLD, "first_seen", "resolved_at", *ASIDE, "version"])
        Finding.objects.bulk_create(
            Finding(
                kind=kind, subject=one.subject, first_seen=at, last_seen=at,
                **{name: getattr(one, name) for name in TOLD},
            )
            for one in part if one.subject not in again
        )  # fmt: skip


def _tell_again(pairs: Iterable[tuple[Finding, Found]]) -> None:
    """What is told otherwise than before; other words bring back what was set aside."""
    changed = []
    for row, one in pairs:
        if any(getattr(row, name) != getattr(one, name) for name in TOLD):
            if row.words != one.words:
                _take_up(row)
            _tell(row, one)
            changed.append(row)
    Finding.objects.bulk_update(changed, [*TOLD, *ASIDE, "version"], batch_size=AT_ONCE)


def _tell(row: Finding, one: Found) -> None:
    for name in TOLD:
        setattr(row, name, getattr(one, name))
    row.version = F("version") + 1


ASIDE = ("set_aside_at", "set_aside_by", "set_aside_reason")


def _take_up(row: Finding) -> None:
    row.set_aside_at, row.set_aside_by, row.set_aside_reason = None, None, ""


# --- what a keeper says ------------------------------------------------------------------------------------------


def set_aside(finding: Finding, *, reason: str, version: int, by: Any, at: datetime) -> Finding:
    """It is right as it is, for a reason; it comes back when it changes. Raises NotYours, RegisterRefused, …

    Phones and ID numbers in the reason are masked, in the row and in the trail: both are read by many.
    """
    check_hands(finding, by)
    reason = scrub(reason.strip())
    if len(reason) < SHORTEST_REASON:
        raise RegisterRefused({"reason": REASON_WANTED})
    if finding.resolved_at:
        raise RegisterConflict(GONE)
    with transaction.atomic():
        claim(finding, version, stale=STALE)
        finding.set_aside_at, finding.set_aside_by, finding.set_aside_reason = at, by, reason
        finding.save(update_fields=ASIDE)
        record("finding_set_aside", actor=by, subject=finding, reason=reason, at=at)
    return finding


def take_up(finding: Finding, *, version: int, by: Any, at: datetime) -> Finding:
    """What was set aside is to be done after all. Raises NotYours, RegisterConflict."""
    check_hands(finding, by)
    with transaction.atomic():
        claim(finding, version, stale=STALE)
        _take_up(finding)
        finding.save(update_fields=ASIDE)
        record("finding_taken_up", actor=by, subject=finding, at=at)
    return finding


def check_hands(finding: Finding, by: Any) -> None:
    """Whether this person decides on this finding. Raises NotYours."""
    if not seen_by(by).kept_by(by).contains(finding):
        raise NotYours("这一项不归你办理。请与台账专员或所在社区联系。")


def seen_by(user: Any) -> Any:
    """The findings that a person may know of: of the own ground, and of kinds that the rights open."""
    return Finding.objects.visible_to(user).of_kinds(check.kind for check in checks_for(user))


def counts_by_kind(rows: Any, user: Any) -> Iterator[tuple[CrossCheck, int]]:
    """The kinds of which there are any, in the order in which the apps tell them."""
    counted = rows.counted()
    return ((check, counted[check.kind]) for check in checks_for(user) if counted.get(check.kind))
