"""今日路线: the key places that one worker has to check, with what the week asked for and what was done."""
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from grid.check_plans import monday_of
from grid.check_weeks import LastCheck, PlaceWeek, last_checks, weeks_of
from grid.checks import day_of, part_of, rule_in_force
from grid.models import CheckTime, DayPart, KeySite


@dataclass(frozen=True)
class Stop:
    """One place of the route; `now` says whether a check made now would count."""

    site: KeySite
    week: PlaceWeek
    last: LastCheck | None
    now: bool

    @property
    def is_done(self) -> bool:
        """Whether the week asks for no more."""
        return not self.week.tally.left

    @property
    def why_later(self) -> str:
        """Why a check made now would not count."""
        if self.last and self.last.now:
            return "这半天已查"
        return "" if self.now else f"{CheckTime(self.week.check_time).label}查才计入"


@dataclass(frozen=True)
class Route:
    """The places of a community this week: to be checked now, later, and done; in the order of their numbers."""

    now: list[Stop]
    later: list[Stop]
    done: list[Stop]
    day: date
    part: DayPart

    @property
    def stops(self) -> list[Stop]:
        """All of them."""
        return [*self.now, *self.later, *self.done]


def route_of(user: Any, *, at: datetime) -> Route:
    """What this person has to check, at a moment; four queries for any number of places."""
    rule = rule_in_force()
    day, part = day_of(at, rule), part_of(at, rule)
    week = monday_of(day)
    sites = {site.pk: site for site in KeySite.objects.checked_by(user).for_list().order_by("code")}
    asked = weeks_of([week], today=day, sites=sites)[week]
    last = last_checks(sites, day=day, part=part)
    stops = [
        Stop(site, asked[pk], last.get(pk), _counts(asked[pk], last.get(pk), part))
        for pk, site in sites.items() if pk in asked
    ]  # fmt: skip
    open_ones = [one for one in stops if not one.is_done]
    return Route(
        [one for one in open_ones if one.now], [one for one in open_ones if not one.now],
        [one for one in stops if one.is_done], day, part,
    )  # fmt: skip


def _counts(week: PlaceWeek, last: LastCheck | None, part: DayPart) -> bool:
    return week.check_time in (CheckTime.ANY, part) and not (last and last.now)
