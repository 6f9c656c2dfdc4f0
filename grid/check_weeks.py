"""Weeks of checks: what was planned, done and missed, reckoned from plans and checks (docs/adr/0014)."""
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from grid.check_plans import WEEK, asked_in, monday_of, plans_until
from grid.models import CheckTime, KeySite, SiteCheck

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tally:
    """Checks asked for and made; more than was asked for counts as what was asked for. Missed once weeks are over."""

    planned: int = 0
    done: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.planned + other.planned, self.done + other.done, self.missed + other.missed)

    @property
    def left(self) -> int:
        """What is still to be checked in a week that is not over."""
        return self.planned - self.done - self.missed


@dataclass(frozen=True)
class PlaceWeek:
    """One place in one week or several: its tally, and the time of the day that the last week's plan names."""

    site_id: int
    tally: Tally
    check_time: str = CheckTime.ANY


def sunday_of(week: date) -> date:
    """The last day of the week that begins on a Monday."""
    return week + WEEK - ONE_DAY


def mondays(first: date, last: date) -> list[date]:
    """The Mondays of the weeks whose Sunday lies between two days, both included."""
    week = monday_of(first)
    found = []
    while sunday_of(week) <= last:
        found.append(week)
        week += WEEK
    return found


def weeks_of(
    weeks: Iterable[date], *, today: date, sites: Iterable[int] | None = None
) -> dict[date, dict[int, PlaceWeek]]:
    """Week → place → its week, of every place that was asked for checks; two queries whatever the number of places."""
    weeks = sorted(weeks)
    if not weeks:
        return {}
    sites = None if sites is None else list(sites)
    plans = plans_until(sunday_of(weeks[-1]), sites)
    halves = _half_days(weeks[0], sunday_of(weeks[-1]), sites)
    found: dict[date, dict[int, PlaceWeek]] = {}
    for week in weeks:
        over = sunday_of(week) < today
        told = ((site, asked_in(week, known)) for site, known in plans.items())
        found[week] = {
            site: PlaceWeek(site, _tally(asked.planned, halves[week, site], asked.check_time, over), asked.check_time)
            for site, asked in told if asked.planned
        }  # fmt: skip
    return found


def _half_days(first: date, last: date, sites: list[int] | None) -> dict[tuple[date, int], dict[str, int]]:
    """(week, place) → part of the day → on how many days it was checked then."""
    rows = SiteCheck.objects.between(first, last)
    rows = rows if sites is None else rows.filter(site__in=sites)
    found: dict[tuple[date, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site, day, part in rows.order_by().values_list("site", "day", "part").distinct():
        found[monday_of(day), site][part] += 1
    return found


def _tally(planned: int, halves: dict[str, int], check_time: str, over: bool) -> Tally:
    made = sum(halves.values()) if check_time == CheckTime.ANY else halves[check_time]
    done = min(made, planned)
    return Tally(planned, done, planned - done if over else 0)


def over_weeks(weeks: dict[date, dict[int, PlaceWeek]]) -> dict[int, PlaceWeek]:
    """Place → its weeks taken together."""
    found: dict[int, PlaceWeek] = {}
    for week in sorted(weeks):
        for site, one in weeks[week].items():
            known = found.get(site)
            found[site] = replace(one, tally=known.tally + one.tally) if known else one
    return found


@dataclass(frozen=True)
class LastCheck:
    """The newest check of a place, and whether this half day has one already."""

    at: datetime
    now: bool


def last_checks(sites: Iterable[int], *, day: date, part: str) -> dict[int, LastCheck]:
    """Place → its newest check; one look into the index for each, however long places have been checked."""
    made = SiteCheck.objects.filter(site=OuterRef("pk"))
    newest = Subquery(made.order_by("-checked_at").values("checked_at")[:1])
    rows = KeySite.objects.filter(pk__in=list(sites)).order_by()
    rows = rows.annotate(at=newest, now=Exists(made.filter(day=day, part=part)))
    return {pk: LastCheck(at, now) for pk, at, now in rows.values_list("pk", "at", "now") if at}
