"""Checks as the desk looks at them: communities beside each other, and the places behind their numbers."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from grid.check_weeks import PlaceWeek, Tally, over_weeks, sunday_of, weeks_of
from grid.models import CheckTime, Community, KeySite, SiteCheck


@dataclass(frozen=True)
class CommunityTally:
    """One community: how many of its places were asked for checks, and what came of it."""

    community: Community
    places: int
    tally: Tally


@dataclass(frozen=True)
class PlaceLine:
    """One place of the list."""

    site: KeySite
    tally: Tally
    check_time: str
    last: datetime | None

    @property
    def time_words(self) -> str:
        """夜间."""
        return CheckTime(self.check_time).label


@dataclass(frozen=True)
class Overview:
    """What a person may know of the checks of some weeks; `places` are keys, laid out a page at a time."""

    whole: Tally
    communities: list[CommunityTally]
    places: list[PlaceWeek]
    weeks: Sequence[date]

    def lines(self, places: Sequence[PlaceWeek]) -> list[PlaceLine]:
        """A page of places with names and last checks, in two queries."""
        if not places:  # nor any week, perhaps
            return []
        keys = [one.site_id for one in places]
        sites = KeySite.objects.for_list().in_bulk(keys)
        rows = SiteCheck.objects.filter(site__in=keys).between(self.weeks[0], sunday_of(self.weeks[-1]))
        last = dict(rows.order_by().values_list("site").annotate(Max("checked_at")))
        return [PlaceLine(sites[one.site_id], one.tally, one.check_time, last.get(one.site_id)) for one in places]


def overview_of(
    user: Any, weeks: Sequence[date], *, today: date, community: Community | None = None, only_missed: bool = False
) -> Overview:  # fmt: skip
    """The weeks of every place that this person oversees; the list is of one community, or of missed ones, if asked.

    Most missed first, then those with most left, then by number.
    """
    sites = {pk: (home, code) for pk, home, code in KeySite.objects.checks_seen_by(user).values_list(
        "pk", "community_id", "code")}  # fmt: skip
    places = over_weeks(weeks_of(weeks, today=today, sites=sites))
    of_community: dict[int, list[PlaceWeek]] = {}
    for place in places.values():
        of_community.setdefault(sites[place.site_id][0], []).append(place)
    homes = Community.objects.without_shapes().filter(pk__in=of_community).order_by("code")
    found = [
        CommunityTally(home, len(of_community[home.pk]), sum((one.tally for one in of_community[home.pk]), Tally()))
        for home in homes
    ]
    wanted = [
        one for one in places.values()
        if (community is None or sites[one.site_id][0] == community.pk) and (not only_missed or one.tally.missed)
    ]  # fmt: skip
    wanted.sort(key=lambda one: (-one.tally.missed, -one.tally.left, sites[one.site_id][1]))
    return Overview(sum((one.tally for one in found), Tally()), found, wanted, weeks)
