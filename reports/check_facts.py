"""The checks of key places in the daily facts: a week counts on its Sunday, for the street, a community, a grid.

Weeks count once they are over (`FactMark.checks_until`). A check may still arrive for some days after that, so that
the last weeks are reckoned anew at each roll-up, and written only where they differ.
"""
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from grid.check_plans import monday_of
from grid.check_weeks import mondays, sunday_of, weeks_of
from grid.models import CheckPlan, KeySite
from reports.models import CHECK_COLUMNS, DailyFact, Dimension, FactMark

AGAIN = timedelta(weeks=5)  # longer than a check may be late (grid.models.CheckRule.latest_days)
Key = tuple[date, str, str]  # day, dimension, key


def last_week_over(today: date) -> date:
    """The Sunday of the last week that is over."""
    return monday_of(today) - timedelta(days=1)


def counted_until() -> date:
    """The last Sunday that counts in the facts."""
    return FactMark.objects.filter(pk=1).values_list("checks_until", flat=True).first() or date.min


def first_sunday() -> date | None:
    """The Sunday of the first week for which anything was planned."""
    first = CheckPlan.objects.order_by("since").values_list("since", flat=True).first()
    return sunday_of(monday_of(first)) if first else None


def sums_of(days: Iterable[date]) -> dict[Key, dict[str, int]]:
    """What was planned and done in the weeks that end on these days, of those that count."""
    until = counted_until()
    weeks = [monday_of(day) for day in days if day.weekday() == 6 and day <= until]
    homes = dict(KeySite.objects.order_by().values_list("pk", "community_id")) if weeks else {}
    grids = dict(KeySite.objects.order_by().values_list("pk", "grid_id")) if weeks else {}
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(CHECK_COLUMNS, 0))
    for week, places in weeks_of(weeks, today=date.max).items():
        for site, one in places.items():
            for dimension, key in (
                (Dimension.ALL, ""), (Dimension.COMMUNITY, str(homes[site])), (Dimension.GRID, str(grids[site]))
            ):  # fmt: skip
                found = sums[sunday_of(week), dimension.value, key]
                found["checks_planned"] += one.tally.planned
                found["checks_done"] += one.tally.done
    return dict(sums)


def changed_days(since: date | None, until: date) -> set[date]:
    """The Sundays whose sums differ from what the facts say: of the last weeks before `since`, and of all after it."""
    first = first_sunday()
    if first is None:
        return set()
    start = max(first, since - AGAIN) if since else first
    days = [sunday_of(week) for week in mondays(start, until)]
    wanted, stored = sums_of(days), _stored(days)
    return {day for day, _, _ in {key for key in wanted | stored if wanted.get(key) != stored.get(key)}}


def _stored(days: list[date]) -> dict[Key, dict[str, int]]:
    rows = DailyFact.objects.filter(day__in=days, checks_planned__gt=0)
    return {
        (day, dimension, key): dict(zip(CHECK_COLUMNS, numbers, strict=True))
        for day, dimension, key, *numbers in rows.values_list("day", "dimension", "key", *CHECK_COLUMNS)
    }
