"""The blue-sky patrols of winter 2016–17, replayed by their own verbs, and the alert and patrol of the present day."""
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from campaigns.models import MAIN, AlertLevel, PatrolDuty, PatrolLog, PatrolPhoto, PollutionAlert, Shift
from campaigns.patrols import Outing, close_patrol, count_patrol, date_of, open_patrol, shift_at
from campaigns.patrols_roster import assign_leader, declare_alert, seed_measures
from config.demo_loading.files import Row, moment, rows
from config.demo_loading.pictures import keep_picture
from grid.calendar import begin_of

LEVELS = {label: value for value, label in AlertLevel.choices}
SHIFTS = {"日": Shift.DAY, "夜": Shift.NIGHT}
TEAM = "S01"  # the street's own outings start from the command centre
DERIVED = "演示：按巡查日志的预警级别推得"
# Who leads around today (invented names of 2016), by days from today; tonight is left open, so that it stands red.
LEADERS = (
    (-1, Shift.DAY, "吕蘅柠"), (-1, Shift.NIGHT, "孟衍庭"), (0, Shift.DAY, "叶苒砚"), (1, Shift.DAY, "武峤珞"),
    (1, Shift.NIGHT, "彭屿栩"), (2, Shift.DAY, "萧禾栩"), (2, Shift.NIGHT, "唐珩"),
)  # fmt: skip
EVENING, LASTS = timedelta(hours=20), timedelta(days=3)
FRESH_FOR = timedelta(days=3)
PRESENT_COUNTS = {"persons": 6, "vehicles": 2, "sites_inspected": 1, "stoves_seized": 1, "briquettes_seized": 20}


@transaction.atomic
def load_patrols(folder: Path, *, at: datetime) -> str:
    """Measures, the alerts that the logs tell of, the leaders, and the 99 outings with their counts."""
    seed_measures()
    lines = sorted(rows(folder, "patrols"), key=lambda row: (row["date"], SHIFTS[row["shift"]]))
    if PatrolLog.objects.filter(number=lines[0]["log_no"]).exists():
        return f"巡查日志 {len(lines)} 班，已在"
    alerts = [_declare(level, days) for level, days in _spells(lines)]
    departments = {one.short_name: one for one in Department.objects.all()}
    team = Department.objects.get(code=TEAM)
    for line in lines:
        _replay(line, team, departments)
    return f"巡查日志 {len(lines)} 班，预警 {len(alerts)} 次"


def _spells(lines: Iterable[Row]) -> list[tuple[str, list[date]]]:
    """Runs of days with one level; a day without a level, or without a log, ends a run."""
    days = {
        date.fromisoformat(line["date"]): LEVELS[line["alert_level"]] for line in lines if line["alert_level"] in LEVELS
    }  # fmt: skip
    place = {day: serial for serial, day in enumerate(sorted(days))}
    runs = groupby(sorted(days), key=lambda day: (days[day], day.toordinal() - place[day]))
    return [(level, list(run)) for (level, _), run in runs]


def _declare(level: str, days: list[date]) -> PollutionAlert:
    """From the first midnight to the last; nobody is told of what is past."""
    return declare_alert(
        level=level, starts_at=begin_of(days[0]), ends_at=begin_of(days[-1] + timedelta(days=1)), document=DERIVED,
        by=None, at=begin_of(days[0]), quiet=True, is_demo=True,
    )  # fmt: skip


def _replay(line: Row, team: Department, departments: dict[str, Department]) -> None:
    """One outing: its leader into the roster, its counts in one batch, handed in at its end."""
    day, shift = date.fromisoformat(line["date"]), SHIFTS[line["shift"]]
    started, ended = (moment(f"{line['date']} {line[name]}") for name in ("start", "end"))
    assign_leader(
        day=day, shift=shift, leader_name=line["leader_on_duty"], instead_of="", by=None, at=started, is_demo=True
    )
    outing = Outing(day, shift, team)
    joined = tuple(departments[name] for name in line["team_depts"].split(";"))
    open_patrol(
        outing, at=started, number=line["log_no"], departments=joined, is_demo=True, feedback=line["wechat_feedback"]
    )
    added = {name: int(line[name]) for name in MAIN if int(line[name])}
    count_patrol(outing, key=f"demo-{line['log_no']}", added=added, by=None, at=started)
    close_patrol(outing, key=f"demo-{line['log_no']}", area=line["area"], note=line["findings"], by=None, at=ended)


# --- the present day -------------------------------------------------------------------------------------------------


def keep_patrol_today(folder: Path, *, now: datetime, say: Callable[[str], None]) -> None:
    """A yellow alert from yesterday evening on, a roster with tonight left open, and the worker's running log.

    Told anew when the last one has grown old; a log that nobody handed in is handed in then.
    """
    today = begin_of(timezone.localdate(now))
    start, end = today - timedelta(days=1) + EVENING, today + LASTS
    last = PollutionAlert.objects.filter(is_demo=True).order_by("-ends_at").first()
    start = max(start, last.ends_at) if last else start
    told = PatrolDuty.objects.filter(is_demo=True, assigned_by__isnull=False, assigned_at__gt=now - FRESH_FOR)
    if told.exists() or start >= end or PollutionAlert.objects.touching(start, end).exists():
        return
    with transaction.atomic():
        _hand_in_old(now=now)
        inspector = User.objects.get(username="inspector")
        alert = declare_alert(
            level=AlertLevel.YELLOW, starts_at=start, ends_at=end, document="演示：市空气重污染黄色预警", by=inspector,
            at=min(now, start), is_demo=True,
        )  # fmt: skip
        _roster_today(inspector, now=now)
        _patrol_of_worker(folder, now=now)
    say(f"{alert}和今日巡查已备好（演示）。")


def _hand_in_old(*, now: datetime) -> None:
    for log in PatrolLog.objects.filter(is_demo=True, ended_at__isnull=True).select_related("team"):
        outing = Outing(log.date, log.shift, log.team)
        close_patrol(outing, key=f"demo-{log.number}", area=log.area, note="演示：到期上报", by=None, at=now)


def _roster_today(inspector: User, *, now: datetime) -> None:
    today = timezone.localdate(now)
    for offset, shift, name in LEADERS:
        day = today + timedelta(days=offset)
        if not PatrolDuty.objects.filter(date=day, shift=shift).exists():
            assign_leader(day=day, shift=shift, leader_name=name, instead_of="", by=inspector, at=now, is_demo=True)


def _patrol_of_worker(folder: Path, *, now: datetime) -> None:
    worker = User.objects.select_related("department").get(username="worker")
    shift = shift_at(now)
    outing = Outing(date_of(shift, now), shift, worker.department)
    log = open_patrol(outing, at=now, began_at=now - timedelta(minutes=50), is_demo=True)
    if log.counts.exists():
        return
    count_patrol(outing, key=f"demo-{log.number}", added=PRESENT_COUNTS, by=worker, at=now)
    for place in ("stove", "pipe"):  # the demonstration's own pictures, which lie on the latest patrol of today
        photo = keep_picture(folder / "photos" / f"{place}-0.jpg", at=now)
        kept = {"key": f"demo-{log.number}-{place}", "log": log, "by": worker, "at": now}
        PatrolPhoto.objects.update_or_create(photo=photo, defaults=kept)
