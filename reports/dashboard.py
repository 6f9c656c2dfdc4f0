"""The leaders' page (领导驾驶舱): one read of the facts, laid out in the blocks of the screen.

`compose` returns plain rows for the template; every number carries the address of the rows that make it.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from accounts.models import Department
from cases.states import Source
from reports import figures
from reports.books import Book, Sums, summed
from reports.figures import FIGURES, Value, shown
from reports.models import Bulletin, BulletinState, Dimension, FigureTarget, MonthlyFact
from reports.periods import Period, Span, period_of
from reports.ranking import shared_ranks

DIMENSIONS = (Dimension.SOURCE, Dimension.COMMUNITY, Dimension.DEPARTMENT)
KPIS = ("accepted", "closing_rate", "handling_on_time", "satisfaction_rate", "overdue_open")
FIRST_ROWS = 8
NUMBERED = (BulletinState.ISSUED, BulletinState.IMPORTED)
AGO = {Span.MONTH: "较上月", Span.QUARTER: "较上季", Span.YEAR: "较上年"}
LABELLED = 0.35  # of the most, from which on a community is labelled on the map
WIDTH, HEIGHT = 150, 28  # of a sparkline's drawing


def rows_of(key: str, period: Period, *, part: str = "", **scope: Any) -> str:
    """The address of the rows behind a number."""
    asked = {"period": period.key} | {name: str(value) for name, value in scope.items()}
    return f"/figures/{key}/?{urlencode(asked | ({'part': part} if part else {}))}"


def last_full_period(span: str, *, today: date) -> Period:
    """The last span that is over and has cases; the one before today when there are none at all."""
    before = period_of(span, today).first
    months = MonthlyFact.objects.of(Dimension.ALL).filter(accepted__gt=0, day__lt=before)
    day = months.order_by("-day").values_list("day", flat=True).first()
    return period_of(span, day) if day else period_of(span, today).previous()


@dataclass(frozen=True)
class Kpi:
    """One of the five numbers on top, beside the span before and the year before."""

    value: Value
    before: Value
    year_before: Value
    ago: str
    extra: str
    extra_href: str
    href: str
    spark: str

    @property
    def delta(self) -> str:
        """How it moved; nothing moved is said in words."""
        return moved_words(self.value.since(self.before))

    @property
    def year_delta(self) -> str:
        """How it stands to the year before; nothing when that year is not known."""
        moved = self.value.since(self.year_before)
        return "" if moved is None else moved_words(moved)

    @property
    def tone(self) -> str:
        """good or worse, when the figure has a way to go and it moved."""
        moved, good = self.value.since(self.before), self.value.figure.good
        if not moved or not good:
            return ""
        return "good" if (moved > 0) == (good == "up") else "worse"

    @property
    def is_bad(self) -> bool:
        """Red is for what is overdue."""
        return self.value.figure.key == "overdue_open" and bool(self.value.number)


def moved_words(moved: Any) -> str:
    """A difference with its sign, to one decimal for rates."""
    return "持平" if moved is not None and not round(moved, 1) else shown(moved, sign=True)


def target_words(target: Decimal | None, rate: Decimal | None) -> str:
    """目标 95%，差 2.1; nothing without a target."""
    if target is None:
        return ""
    return f"目标 {target.normalize():f}%" + (f"，差 {shown(target - rate)}" if is_short(rate, target) else "")


def is_short(rate: Decimal | None, target: Decimal | None) -> bool:
    """Whether a rate is known, has a target and does not reach it."""
    return rate is not None and target is not None and rate < target


def spark(numbers: Iterable[Any]) -> str:
    """The points of a sparkline; months without a number are left out."""
    known = [(place, float(number)) for place, number in enumerate(numbers) if number is not None]
    if len(known) < 2:
        return ""
    least, most = min(number for _, number in known), max(number for _, number in known)
    tall = (most - least) or 1
    first, last = known[0][0], known[-1][0]
    return " ".join(
        f"{(place - first) * WIDTH / (last - first):.1f},{HEIGHT - 3 - (number - least) / tall * (HEIGHT - 7):.1f}"
        for place, number in known
    )


def _names() -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Communities (pk, code, short_name) in the order of their codes, and the short name of every department."""
    rows = Department.objects.order_by("community__code", "code").values_list(
        "pk", "short_name", "community__pk", "community__code", "community__short_name"
    )
    places = [{"pk": pk, "code": code, "short_name": name} for _, _, pk, code, name in rows if pk]
    return places, {pk: name for pk, name, *_ in rows}


def chart_of(trend: list[dict[str, Any]]) -> dict[str, Any]:
    """The months as static/js/charts.js draws them."""
    rates = [None if row["rate"] is None else float(round(row["rate"], 1)) for row in trend]
    return {
        "months": [row["word"] for row in trend], "accepted": [row["accepted"] for row in trend],
        "closed": [row["closed"] for row in trend], "rate": rates,
    }  # fmt: skip


def heat_of(places: list[dict[str, Any]]) -> dict[str, Any]:
    """The communities as static/js/map.js colours them; the few with very little bear no label."""
    heat = {row["code"]: row["count"] for row in places if row["count"]}
    return {"heat": heat, "top": max(1, round(max(heat.values(), default=0) * LABELLED)), "pad": 6}


class Dashboard:
    """The facts of a period, the one before, the year before, and the months of its year."""

    def __init__(self, period: Period, *, today: date, over_year: bool = True) -> None:
        self.period, self.today = period, today
        self.before, self.year_before, self.year = period.previous(), period.a_year_before(), period.year()
        self.whole = self.year if over_year else period  # what sources, map and rankings are about
        first = min(self.before.first, self.year_before.first)
        self.book = Book(first, self.year.last, today=today)

    def compose(self) -> dict[str, Any]:
        """Every block of the page."""
        communities, departments = _names()
        places, trend, sources = self.communities(communities), self.trend(), self.sources()
        return {
            "period": self.period, "whole": self.whole, "year": self.year, "through": self.through(),
            "kpis": self.kpis(), "trend": trend, "chart": chart_of(trend), "chart_words": self.trend_words(trend),
            "sources": sources, "total": sum(row["count"] for row in sources), "places": places[:FIRST_ROWS],
            "place_count": len(communities), "heat": heat_of(places), "map_words": self.map_words(places),
            "units": self.departments(departments)[:FIRST_ROWS],
            "bulletins": Bulletin.objects.filter(year=self.year.first.year, state__in=NUMBERED).count(),
        }  # fmt: skip

    def trend_words(self, trend: list[dict[str, Any]]) -> str:
        """What the chart shows, in one sentence."""
        known = [row for row in trend if row["accepted"]]
        if not known:
            return f"{self.year.words}还没有受理案件"
        most, least = (pick(known, key=lambda row: row["accepted"]) for pick in (max, min))
        return (
            f"{self.year.words}各月受理、办结件数和按期处置率。受理最高 {most['word']} {most['accepted']} 件，"
            f"最低 {least['word']} {least['accepted']} 件"
        )

    def map_words(self, places: list[dict[str, Any]]) -> str:
        """What the map shows, in one sentence."""
        if not places or not places[0]["count"]:
            return f"{self.whole.words}各社区没有案件"
        return f"{self.whole.words}各社区件数，{places[0]['short_name']} {places[0]['count']} 件最多"

    def through(self) -> date:
        """The last day that is counted."""
        return min(self.period.last, self.today)

    def sums(self, period: Period) -> Sums:
        """The counters of the whole street."""
        return self.book.sums(period)

    @cached_property
    def parts(self) -> dict[str, dict[str, Sums]]:
        """Dimension → key → counters: sources, communities and departments."""
        return summed(DIMENSIONS, self.whole, today=self.today)

    @cached_property
    def targets(self) -> dict[str, Decimal]:
        """What the street sets itself, by figure, in per cent."""
        return FigureTarget.objects.by_figure()

    # --- blocks ----------------------------------------------------------------------------------------------------

    def kpis(self) -> list[Kpi]:
        """受理, 结案率, 按期处置率, 满意率, 超期未办."""
        now, before, earlier = (self.sums(one) for one in (self.period, self.before, self.year_before))
        months = [self.sums(month) for month in self.year.months() if month.first <= self.today]
        extras = self.extras(now)
        found = []
        for key in KPIS:
            one = FIGURES[key]
            values = [Value.of(one, sums) for sums in (now, before, earlier)]
            drawn = spark(one.compute(sums) for sums in months)
            ago = AGO[Span(self.period.span)]
            found.append(Kpi(*values, ago, *extras.get(key, ("", "")), rows_of(key, self.period), drawn))
        return found

    def extras(self, now: Sums) -> dict[str, tuple[str, str]]:
        """What stands beside the comparison, and the rows of its number."""
        year = self.sums(self.year)
        on_time = FIGURES["handling_on_time"].compute(now)
        oldest = self.book.backlog[0][0] if self.book.backlog and self.period.last >= self.today else None
        longest = (self.today - oldest).days if oldest else 0
        return {
            "accepted": (f"年累计 {year.accepted:,} 件", rows_of("accepted", self.year)),
            "closing_rate": (f"年累计结案 {year.closed:,} 件", rows_of("closed", self.year)),
            "handling_on_time": (target_words(self.targets.get("handling_on_time"), on_time), ""),
            "satisfaction_rate": (f"回访 {now.rated:,} 次", rows_of("satisfaction_rate", self.period, part="bottom")),
            "overdue_open": (
                (f"最长 {longest} 天", rows_of("overdue_open", self.period, age=figures.age_of(longest).key))
                if oldest else ("", "")
            ),
        }  # fmt: skip

    def trend(self) -> list[dict[str, Any]]:
        """The months of the year: accepted, closed, 按期处置率."""
        found = []
        for month in self.year.months():
            sums = self.sums(month)
            come = month.first <= self.today
            rate = FIGURES["handling_on_time"].compute(sums) if come else None
            found.append(
                {
                    "month": month, "word": f"{month.first.month}月", "accepted": sums.accepted if come else None,
                    "closed": sums.closed if come else None, "rate": rate, "rate_words": shown(rate),
                    "rows": {key: rows_of(key, month) for key in ("accepted", "closed", "handling_on_time")},
                }
            )  # fmt: skip
        return found

    def sources(self) -> list[dict[str, Any]]:
        """Accepted by source, most first."""
        sums = self.parts[Dimension.SOURCE]
        total = sum(one.accepted for one in sums.values())
        most = max((one.accepted for one in sums.values()), default=0)
        found = [
            {
                "name": source.label, "count": sums[source.value].accepted if source.value in sums else 0,
                "href": rows_of("accepted", self.whole, source=source.value),
            }
            for source in Source
        ]  # fmt: skip
        for row in found:
            row["share"] = shown(figures.share(row["count"], total))
            row["width"] = row["count"] * 100 / most if most else 0
        return sorted(found, key=lambda row: -row["count"])

    def communities(self, communities: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Accepted, 结案率 and 巡查到位率 by community, most cases first; equal counts share a rank."""
        sums = self.parts[Dimension.COMMUNITY]
        found = []
        for place in communities:
            mine, key = sums.get(str(place["pk"]), Sums()), str(place["pk"])
            rate, patrol = (FIGURES[name].compute(mine) for name in ("closing_rate", "patrol_rate"))
            found.append(
                {
                    **place, "count": mine.accepted, "rate": rate, "rate_words": shown(rate),
                    "short": is_short(rate, self.targets.get("closing_rate")),
                    "href": rows_of("accepted", self.whole, community=key),
                    "rate_href": rows_of("closing_rate", self.whole, community=key), "patrol": patrol,
                    "patrol_words": shown(patrol), "patrol_href": rows_of("patrol_rate", self.whole, community=key),
                }
            )  # fmt: skip
        ranks = shared_ranks(row["count"] for row in found if row["count"])
        return sorted(({**row, "rank": ranks.get(row["count"])} for row in found), key=lambda row: -row["count"])

    def departments(self, names: dict[int, str]) -> list[dict[str, Any]]:
        """承办, 按期处置率, 满意率 and 超期 by department, the most punctual first."""
        found = []
        for key, mine in self.parts[Dimension.DEPARTMENT].items():
            if not key or not mine.dispatched:
                continue
            rates = {name: FIGURES[name].compute(mine) for name in ("handling_on_time", "satisfaction_rate")}
            found.append(
                {
                    "name": names.get(int(key), "–"), "count": mine.dispatched, "overdue": mine["overdue_open"],
                    "on_time": rates["handling_on_time"], "on_time_words": shown(rates["handling_on_time"]),
                    "content": shown(rates["satisfaction_rate"]),
                    "short": is_short(rates["handling_on_time"], self.targets.get("handling_on_time")),
                    "rows": {
                        name: rows_of(name, self.whole, department=key)
                        for name in ("dispatched", "handling_on_time", "satisfaction_rate", "overdue_open")
                    },
                }
            )  # fmt: skip
        return sorted(found, key=lambda row: (-(row["on_time"] if row["on_time"] is not None else -1), -row["count"]))
