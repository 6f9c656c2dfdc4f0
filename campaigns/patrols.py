"""The patrol log: opened by the first press on the way, counted by every phone of the team, handed in and frozen."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import Department, User
from campaigns.errors import AnswersRefused, StepConflict, StepRefused
from campaigns.models import (
    COUNTERS,
    PatrolCorrection,
    PatrolCount,
    PatrolFinding,
    PatrolLog,
    PatrolPhoto,
    Shift,
)
from campaigns.patrols_roster import leader_of, level_at
from cases.fixing import take_fix
from cases.models import Case, Category
from cases.snapping import Fix, Snap, take_report
from grid.models import Community, Photo
from grid.photos import PhotoRefused, store_photo

TAG = "蓝天行动"
NIGHT_BEGINS, NIGHT_ENDS = time(18), time(8)
LATEST = timedelta(days=7)  # how long a phone may have been without network
MOST = 99_999  # of one counter in one outing
MOST_PHOTOS = 30
TOTALS_OVER = 62  # days: 近两月
LEAST_REASON = 5
ANOTHERS = "这一条是另一个账号记的。请刷新页面后再记。"


# --- shifts ----------------------------------------------------------------------------------------------------------


def shift_at(moment: datetime) -> str:
    """日查 or 夜查 by the clock."""
    clock = timezone.localtime(moment).time()
    return Shift.DAY if NIGHT_ENDS <= clock < NIGHT_BEGINS else Shift.NIGHT


def date_of(shift: str, moment: datetime) -> date:
    """The date of a shift at a moment: at two o'clock in the night it is still the night of the day before."""
    local = timezone.localtime(moment)
    early = shift == Shift.NIGHT and local.time() < NIGHT_ENDS
    return local.date() - timedelta(days=1) if early else local.date()


def patrol_of(day: date, shift: str, team: Department | None) -> PatrolLog | None:
    """The log of a team's shift, if it has begun."""
    return PatrolLog.objects.of_team(team).filter(date=day, shift=shift).first()


def latest_months(*, until: date | None = None) -> tuple[date | None, date | None]:
    """近两月 up to the latest log that was handed in (of those up to a day); of a street without one, nothing."""
    logs = PatrolLog.objects.filter(ended_at__isnull=False, **({"date__lte": until} if until else {}))
    last = logs.order_by("-date").values_list("date", flat=True).first()
    return (last - timedelta(days=TOTALS_OVER - 1), last) if last else (None, None)


def number_of(day: date, shift: str, team: Department) -> str:
    """XC20161221B-110107005008: date, A for day or B for night, and the team."""
    return f"XC{day:%Y%m%d}{'A' if shift == Shift.DAY else 'B'}-{team.code}"


@dataclass(frozen=True)
class Outing:
    """Which outing somebody speaks of: the shift of a date, and the own team."""

    day: date
    shift: str
    team: Department

    @property
    def words(self) -> str:
        """12-21 日查."""
        return f"{self.day:%m-%d} {Shift(self.shift).label}"


def _refuse_day(outing: Outing, at: datetime) -> None:
    today = timezone.localdate(at)
    if outing.day > today:
        raise AnswersRefused({"day": f"{outing.words}还没有到。请核对手机的日期。"})
    if today - outing.day > LATEST:
        raise AnswersRefused({"day": f"{outing.words}已过 {LATEST.days} 天，不能再记。请告诉督查员，由督查员更正。"})


def open_patrol(
    outing: Outing, *, at: datetime, began_at: datetime | None = None, leader_name: str = "", number: str = "",
    departments: tuple[Department, ...] = (), is_demo: bool = False, **columns: Any,
) -> PatrolLog:  # fmt: skip
    """The log of an outing, begun if it was not; two phones that begin it at once get the same one.

    Leader (from the roster) and alert level of that moment are kept as they were.
    """
    begun = began_at if began_at and began_at <= at else at
    duty = leader_of(outing.day, outing.shift)
    facts = {
        "number": number or number_of(outing.day, outing.shift, outing.team), "started_at": begun,
        "alert_level": level_at(begun), "leader_name": leader_name or (duty.leader_name if duty else ""),
        "leader": duty.leader if duty and duty.leader_name == (leader_name or duty.leader_name) else None,
        "is_demo": is_demo, **columns,
    }  # fmt: skip
    log, new = PatrolLog.objects.get_or_create(date=outing.day, shift=outing.shift, team=outing.team, defaults=facts)
    if new:
        log.departments.set([outing.team, *departments])
    return log


# --- counting --------------------------------------------------------------------------------------------------------


def count_patrol(
    outing: Outing, *, key: str, added: Mapping[str, int], by: User | None, at: datetime,
    began_at: datetime | None = None,
) -> PatrolCount:  # fmt: skip
    """Add to the counters of an outing, or take away but never below zero; a known key returns what it did.

    Raises AnswersRefused (422) and StepRefused (409) when the log is closed.
    """
    known = _known(PatrolCount, key, by)
    if known:
        return known
    _refuse_counts(added)
    _refuse_day(outing, at)
    try:
        with transaction.atomic():
            log = open_patrol(outing, at=at, began_at=began_at)
            _hold(log, added)
            return _add(log, key=key, added=added, by=by, at=at)
    except IntegrityError:
        known = _known(PatrolCount, key, by)  # two deliveries at once: the other one was faster
        if known:
            return known
        raise


def _known(model: Any, key: str, by: User | None) -> Any:
    row = model.objects.select_related("log").filter(key=key).first()
    if row and row.by_id != (by.pk if by else None):
        raise AnswersRefused({"key": ANOTHERS})
    return row


def _refuse_counts(added: Mapping[str, int]) -> None:
    if not any(added.values()):
        raise AnswersRefused({"": "数字没有变化，不用保存。"})
    wrong = {
        name: f"{COUNTERS[name][0]}一次最多增减 {MOST:,}。请核对。" for name, by in added.items() if abs(by) > MOST
    }
    if wrong:
        raise AnswersRefused(wrong)


def _hold(log: PatrolLog, added: Mapping[str, int]) -> None:
    """Take the row for this transaction and read it; a closed one is refused with what would have been counted."""
    if not PatrolLog.objects.filter(pk=log.pk, ended_at__isnull=True).update(turn=F("turn") + 1):
        log.refresh_from_db()
        lost = "、".join(f"{COUNTERS[name][0]} {by:+d}" for name, by in added.items() if by)
        raise StepRefused(f"{_closed(log)}没有记上：{lost}。请告诉督查员，由督查员更正。")
    log.refresh_from_db()


def _closed(log: PatrolLog) -> str:
    who = f"由{log.ended_by.real_name}" if log.ended_by else ""
    when = timezone.localtime(log.ended_at)
    return f"{log.date:%m-%d} {log.get_shift_display()}日志 {when:%H:%M} 已{who}上报，数字不能再改。"


def _add(log: PatrolLog, *, key: str, added: Mapping[str, int], by: User | None, at: datetime) -> PatrolCount:
    """Count on a log that is held."""
    real = {name: max(by_how_many, -getattr(log, name)) for name, by_how_many in added.items() if by_how_many}
    sums = {name: getattr(log, name) + by_how_many for name, by_how_many in real.items()}
    wrong = {name: f"{COUNTERS[name][0]}最多 {MOST:,}。请核对。" for name, total in sums.items() if total > MOST}
    if wrong:
        raise AnswersRefused(wrong)
    PatrolLog.objects.filter(pk=log.pk).update(**sums)
    log.refresh_from_db()
    return PatrolCount.objects.create(key=key, log=log, added=real, by=by, at=at)


def close_patrol(
    outing: Outing, *, key: str, area: str, note: str, by: User | None, at: datetime
) -> PatrolLog:
    """Hand in the log (上报): its counters are frozen from now on; a known key changes nothing.

    Raises AnswersRefused (422) when nobody went out, StepRefused (409) when it was handed in already.
    """
    log = patrol_of(outing.day, outing.shift, outing.team)
    if log and log.closing_key == key:
        return log
    if log is None or not log.persons:
        raise AnswersRefused({"persons": "还没有记出动人次。请先记人次，再上报日志。"})
    duty = leader_of(outing.day, outing.shift)
    leads = {} if log.leader_name or not duty else {"leader_name": duty.leader_name, "leader": duty.leader}
    with transaction.atomic():
        still_open = PatrolLog.objects.filter(pk=log.pk, ended_at__isnull=True)
        closed = still_open.update(
            ended_at=max(at, log.started_at), ended_by=by, closing_key=key, area=area.strip(), note=note.strip(),
            turn=F("turn") + 1, **leads,
        )  # fmt: skip
        log.refresh_from_db()
        if not closed and log.closing_key != key:
            raise StepRefused(f"{_closed(log)}不用再报。")
    return log


# --- pictures and findings -------------------------------------------------------------------------------------------


def add_photo(outing: Outing, *, key: str, file: UploadedFile, by: User, at: datetime) -> PatrolPhoto:
    """Keep a picture taken on the way; a known key returns it. A log that was handed in still takes pictures."""
    known = _known(PatrolPhoto, key, by)
    if known:
        return known
    _refuse_day(outing, at)
    photo: Photo | None = None
    try:
        with transaction.atomic():
            log = open_patrol(outing, at=at)
            if log.photos.count() >= MOST_PHOTOS:
                raise AnswersRefused({"photo": f"一班最多 {MOST_PHOTOS} 张照片，已经满了。"})
            photo = store_photo(file, by=by, at=at)
            return PatrolPhoto.objects.create(key=key, log=log, photo=photo, by=by, at=at)
    except BaseException as error:
        if photo:  # the row went with the transaction, the bytes go here
            photo.original.storage.delete(photo.original.name)
        if isinstance(error, PhotoRefused):
            raise AnswersRefused({"photo": str(error)}) from error
        known = _known(PatrolPhoto, key, by) if isinstance(error, IntegrityError) else None
        if known:
            return known
        raise


@dataclass(frozen=True)
class Found:
    """What was found on the way, as the phone sent it; `after` only with 立查立改."""

    key: str
    kind: str
    category: Category
    before: tuple[UploadedFile, ...]
    after: tuple[UploadedFile, ...] = ()
    words: str = ""
    fix: Fix | None = None
    community: Community | None = None
    address: str = ""


def take_finding(outing: Outing, found: Found, *, by: User, at: datetime) -> PatrolFinding:
    """A finding becomes a case tagged 蓝天行动; a known key returns it. It is taken even when the log is closed.

    Raises AnswersRefused, and what cases.fixing and cases.snapping raise.
    """
    known = _known(PatrolFinding, found.key, by)
    if known:
        return known
    _refuse_day(outing, at)
    fixed = found.kind == PatrolFinding.Kind.FIXED
    try:
        with transaction.atomic():
            log = open_patrol(outing, at=at)
            finding = PatrolFinding.objects.create(key=found.key, log=log, kind=found.kind, by=by, at=at)
            finding.case = _case_of(found, fixed=fixed, by=by, at=at)
            finding.save(update_fields=["case"])
            PatrolLog.objects.filter(pk=log.pk, ended_at__isnull=True).update(turn=F("turn") + 1)
            log.refresh_from_db()
            if log.is_open:
                _add(log, key=found.key, added={"problems_found": 1, "fixed_on_spot": int(fixed)}, by=by, at=at)
            return finding
    except IntegrityError:
        known = _known(PatrolFinding, found.key, by)
        if known:
            return known
        raise


def _case_of(found: Found, *, fixed: bool, by: User, at: datetime) -> Case:
    place = {"fix": found.fix, "community": found.community, "address": found.address}
    if fixed:
        return take_fix(
            key=found.key, category=found.category, before=found.before, after=found.after, words=found.words, by=by,
            at=at, tags=(TAG,), **place,
        )  # fmt: skip
    snap = Snap(
        key=found.key, category=found.category, files=found.before, words=found.words, tags=(TAG,), **place
    )  # fmt: skip
    return take_report(snap, by=by, at=at).case


# --- putting right ---------------------------------------------------------------------------------------------------


def correct_patrol(
    log: PatrolLog, *, values: Mapping[str, int], reason: str, turn: int, by: User, at: datetime
) -> list[PatrolCorrection]:
    """Put counters of a frozen log right, with a reason; `turn` is what the page showed.

    Raises AnswersRefused (422) and StepRefused (409).
    """
    if len(reason.strip()) < LEAST_REASON:
        raise AnswersRefused({"reason": f"更正理由太短，至少 {LEAST_REASON} 个字。请写明为什么更正。"})
    if log.is_open:
        raise StepRefused("这一班还在巡查，由巡查人员在手机上改。上报之后才能更正。")
    changed = {name: to for name, to in values.items() if to != getattr(log, name)}
    if not changed:
        raise AnswersRefused({"": "数字没有变化。请改要更正的一项。"})
    with transaction.atomic():
        seen = PatrolLog.objects.filter(pk=log.pk, turn=turn, ended_at__isnull=False)
        if not seen.update(turn=F("turn") + 1, **changed):
            raise StepConflict("这份日志刚刚被别人更正。请看最新数字，需要时再更正。")
        rows = [
            PatrolCorrection(
                log=log, counter=name, was=getattr(log, name), becomes=to, reason=reason.strip(), by=by, at=at
            )
            for name, to in changed.items()
        ]  # fmt: skip
        PatrolCorrection.objects.bulk_create(rows)
        audit.record(
            "patrol_corrected", actor=by, subject=log, at=at, reason=reason,
            detail={"fields": "、".join(COUNTERS[name][0] for name in changed)},
        )  # fmt: skip
    log.refresh_from_db()
    return rows
