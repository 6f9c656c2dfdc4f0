"""After an alert is over (解除 or run out): what the street did while it was in force, said once and then frozen.

The duty is the subdistrict's (domain guide §7: report counts daily, end report after 解除).
"""
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from accounts import audit
from accounts.models import User
from campaigns.errors import AnswersRefused, StepConflict, StepRefused
from campaigns.models import COUNTERS, AlertReport, PatrolFinding, PatrolLog, PollutionAlert
from campaigns.patrols_roster import board, relays_of
from cases.states import ENDED

SHORTEST = 10  # characters
ASKED_FOR = timedelta(days=30)  # how long a page asks for a report that is not there


@dataclass(frozen=True)
class DayOfAlert:
    """One date of an alert: who led day and night (empty: nobody), outings, and the counters' sums."""

    day: str  # ISO
    leaders: tuple[str, str]
    outings: int
    counters: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """An alert in numbers: shifts demanded (two a date) and led, people told and readers, findings and their cases."""

    shifts: int
    led: int
    told: int
    read: int
    outings: int
    counters: dict[str, int]
    findings: int
    fixed: int
    ended: int
    days: tuple[DayOfAlert, ...]

    @classmethod
    def kept(cls, found: dict[str, Any]) -> "Figures":
        """As they were frozen."""
        days = tuple(DayOfAlert(**{**day, "leaders": tuple(day["leaders"])}) for day in found["days"])
        return cls(**{**found, "days": days})


def figures_of(alert: PollutionAlert) -> Figures:
    """The numbers of an alert: as reported, else as they stand now. Outings count that began while it was in force."""
    report = AlertReport.objects.filter(alert=alert).first()
    if report:
        return Figures.kept(report.figures)
    logs = PatrolLog.objects.filter(started_at__gte=alert.starts_at, started_at__lt=alert.ends_at)
    days = _days_of(alert, logs)
    told, read = relays_of([alert]).get(alert.pk, (0, 0))
    sums = logs.totals()
    ended = Count("pk", filter=Q(case__state__in=ENDED))
    fixed = Count("pk", filter=Q(kind=PatrolFinding.Kind.FIXED))
    found = PatrolFinding.objects.filter(log__in=logs).aggregate(findings=Count("pk"), fixed=fixed, ended=ended)
    return Figures(
        shifts=sum(len(day.leaders) for day in days), led=sum(bool(name) for day in days for name in day.leaders),
        told=told, read=read, outings=sums.pop("outings"), counters=sums, days=days, **found,
    )  # fmt: skip


def _days_of(alert: PollutionAlert, logs: Any) -> tuple[DayOfAlert, ...]:
    """Every date that the alert touched, with its roster and its sums."""
    first = timezone.localdate(alert.starts_at)
    last = timezone.localdate(max(alert.starts_at, alert.ends_at - timedelta(seconds=1)))
    sums = {name: Sum(name) for name in COUNTERS}
    # The outings of one date: a night's belong to the date on which it began, as everywhere.
    counted = {row.pop("date"): row for row in logs.order_by().values("date").annotate(outings=Count("pk"), **sums)}
    found = []
    for day in board(first, days=(last - first).days + 1):
        row = counted.pop(day.date, {"outings": 0, **dict.fromkeys(COUNTERS, 0)})
        leaders = tuple(slot.duty.leader_name if slot.duty else "" for slot in day.slots)
        found.append(DayOfAlert(day.date.isoformat(), leaders, row["outings"], {name: row[name] for name in COUNTERS}))
    return tuple(found)


def may_be_reported(alert: PollutionAlert, *, at: datetime) -> bool:
    """Over, and in force before that: one that was taken back before it began has nothing to report."""
    return alert.starts_at < alert.ends_at <= at


def unreported(*, at: datetime) -> list[PollutionAlert]:
    """The alerts that ended lately and wait for their report, the oldest first; what is long past is not asked for."""
    over = PollutionAlert.objects.filter(ends_at__lte=at, ends_at__gt=at - ASKED_FOR, starts_at__lt=F("ends_at"))
    return list(over.filter(report__isnull=True).order_by("ends_at"))


def report_alert(alert: PollutionAlert, *, words: str, by: User, at: datetime) -> AlertReport:
    """Say how the alert went; its numbers are frozen with it.

    Raises AnswersRefused (422), StepRefused (409) before the alert is over, StepConflict (409) for a second report.
    """
    words = words.strip()
    if not may_be_reported(alert, at=at):
        raise StepRefused(f"{alert}还没有结束，或没有开始就撤回了。解除或到期之后再写终期报告。")
    if len(words) < SHORTEST:
        raise AnswersRefused({"words": f"落实情况太短。请写明做了什么、结果如何，至少 {SHORTEST} 个字。"})
    try:
        with transaction.atomic():
            report = AlertReport.objects.create(
                alert=alert, words=words, figures=asdict(figures_of(alert)), reported_by=by, reported_at=at
            )
            audit.record("alert_reported", actor=by, subject=alert, at=at, detail={"level": alert.get_level_display()})
    except IntegrityError as error:
        raise StepConflict(f"{alert}的终期报告已经有人写好，未重复报告。请刷新后看。") from error
    return report


def date_of_day(day: DayOfAlert) -> date:
    """The date of a line."""
    return date.fromisoformat(day.day)
