"""The plan of checks (检查计划): how often a place is to be checked, from which day on, and what a week asked for."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from grid.models import CheckPlan, CheckTime, KeySite

WEEK = timedelta(days=7)
HALVES = {CheckTime.ANY: 2, CheckTime.DAY: 1, CheckTime.NIGHT: 1}  # half days in which a day's check may be made
TOO_OFTEN = "{when}的检查每周最多 {most} 次（半天算一次）。请改少次数，或改检查时段。"


def monday_of(day: date) -> date:
    """The first day of the ISO week."""
    return day - timedelta(days=day.weekday())


def too_often(per_week: int, check_time: str) -> str:
    """Why a plan cannot be kept by anybody; nothing when it can."""
    most = 7 * HALVES[CheckTime(check_time)]
    when = "不限时段" if check_time == CheckTime.ANY else CheckTime(check_time).label
    return TOO_OFTEN.format(when=when, most=most) if per_week > most else ""


def keep_plan(site: KeySite, *, at: datetime) -> None:
    """Note what the place's plan is from today on, if it differs from the last one; inside the caller's transaction."""
    last = site.check_plans.order_by("since").last()
    wanted = (site.patrol_per_week, site.check_time)
    if wanted == (last.per_week, last.check_time) if last else not site.patrol_per_week:
        return
    CheckPlan.objects.update_or_create(
        site=site, since=timezone.localdate(at),
        defaults={"per_week": site.patrol_per_week, "check_time": site.check_time},
    )  # fmt: skip


def keep_plans(*, at: datetime) -> None:
    """Note what every place's plan is from today on, in one go: for a register that came in as a file."""
    last = {plan.site_id: (plan.per_week, plan.check_time) for plan in CheckPlan.objects.order_by("since")}
    rows = KeySite.objects.order_by("pk").values_list("pk", "patrol_per_week", "check_time")
    CheckPlan.objects.bulk_create(
        (
            CheckPlan(site_id=pk, since=timezone.localdate(at), per_week=per_week, check_time=check_time)
            for pk, per_week, check_time in rows
            if last.get(pk, (0, check_time)) != (per_week, check_time)
        ),
        update_conflicts=True, unique_fields=["site", "since"], update_fields=["per_week", "check_time"],
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a week asked of a place: how many checks, and at which time of the day."""

    planned: int
    check_time: str


def asked_in(week: date, plans: Sequence[CheckPlan]) -> Asked:
    """What the week from a Monday on asks, by a place's plans in the order of their days.

    The plan that holds on Monday, or the one that begins within the week: that one asks for no more than the half
    days that are left of it, unless the earlier one asked for more.
    """
    sunday = week + WEEK - timedelta(days=1)
    known = [plan for plan in plans if plan.since <= sunday]
    if not known:
        return Asked(0, CheckTime.ANY)
    now = known[-1]
    if now.since <= week:
        return Asked(now.per_week, now.check_time)
    earlier = [plan for plan in known if plan.since <= week]
    before = earlier[-1].per_week if earlier else 0
    left = ((sunday - now.since).days + 1) * HALVES[CheckTime(now.check_time)]
    return Asked(max(min(before, now.per_week), min(now.per_week, left)), now.check_time)


def plans_until(day: date, sites: Iterable[int] | None = None) -> dict[int, list[CheckPlan]]:
    """Place → its plans up to a day, oldest first; of some places, or of all."""
    rows = CheckPlan.objects.filter(since__lte=day).order_by("site_id", "since")
    found: dict[int, list[CheckPlan]] = {}
    for plan in rows if sites is None else rows.filter(site__in=sites):
        found.setdefault(plan.site_id, []).append(plan)
    return found
