"""What the year's campaigns, coal-to-electric and blue-sky patrols come to, as the dashboard and the wall show it.

Each number is a sum over the rows of its ledger, read by the ledger's own words; a ledger without rows shows none.
"""
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from campaigns.models import MAIN, Campaign, PatrolLog
from campaigns.patrols import latest_months
from campaigns.progress import days_of, plain
from campaigns.states import Stage
from coal_to_electric.models import Household, Programme
from reports.figures import share
from reports.periods import Period

HEATING_ENDS = (3, 15)  # the winter of patrols is Beijing's heating season, 15 November to 15 March
WRITTEN_OFF = Q(structures__stage=Stage.WRITTEN_OFF)
PATROL_WORDS = dict(
    zip(MAIN, (("出动", "人次"), ("车辆", "台次"), ("检查工地", "个次"), ("查没小煤炉", "个"), ("收缴蜂窝煤", "块"),
               ("取缔无照", "起")), strict=True)
)  # fmt: skip


def street_blocks(year: Period, *, today: date) -> dict[str, Any]:
    """The three blocks at the foot of the page."""
    return {"campaign": campaign_of(year, today=today), "coal": coal_of(year), "patrols": patrols_of(year)}


def campaign_of(year: Period, *, today: date) -> dict[str, Any] | None:
    """治乱疏解: the latest campaign up to the year that wrote anything off, its sums (m², m², persons) and its days."""
    row = Campaign.objects.filter(starts_on__lte=year.last).defer("plan").annotate(
        sites=Count("structures", filter=WRITTEN_OFF),
        demolished_m2=Sum("structures__demolished_area_m2", filter=WRITTEN_OFF),
        land_m2=Sum("structures__vacated_land_m2", filter=WRITTEN_OFF),
        people=Sum("structures__relocated_people", filter=WRITTEN_OFF),
    ).filter(sites__gt=0).order_by("-starts_on", "-pk").first()  # fmt: skip
    if row is None:
        return None
    days = days_of(row, on=today)
    rows = f"/ledgers/structures/?campaign={row.slug}&stage={Stage.WRITTEN_OFF}"
    numbers = [
        ("拆除违法建筑", plain(row.demolished_m2), "㎡"), ("腾退土地", plain(row.land_m2), "㎡"),
        ("疏解流动人口", row.people, "人"),
    ]  # fmt: skip
    return {"row": row, "days": days, "numbers": numbers, "href": rows, "length": _length(row, days)}


def _length(row: Campaign, days: Any) -> Decimal:
    """How much of the time given went by until completion, in per cent (for the bar)."""
    return days.share if days.share is not None else Decimal(100 if row.completed_on else 0)


def coal_of(year: Period) -> dict[str, Any] | None:
    """煤改电: the season's target, what was completed, and by how much that is over."""
    of_season = Household.objects.filter(programme=OuterRef("pk")).completed().order_by().values("programme")
    counted = Coalesce(Subquery(of_season.annotate(n=Count("pk")).values("n")), 0)
    seasons = Programme.objects.filter(season__lte=year.last.year).annotate(done=counted)
    programme = seasons.order_by("-season").first()
    if programme is None:
        return None
    done = programme.done
    most = max(done, programme.target)
    return {
        "programme": programme, "done": done, "rate": share(done, programme.target),
        "over": share(done - programme.target, programme.target), "length": Decimal(100 * done) / most,
        "tick": Decimal(100 * programme.target) / most, "href": f"/ledgers/households/?season={programme.season}",
    }  # fmt: skip


def patrols_of(year: Period) -> dict[str, Any] | None:
    """蓝天行动: the counters of the two months up to the last outing of the winter that began in the year or before."""
    first, last = latest_months(until=date(year.last.year + 1, *HEATING_ENDS))
    if first is None:
        return None
    sums = PatrolLog.objects.between(first, last).totals()
    numbers = [(word, sums[key], unit) for key, (word, unit) in PATROL_WORDS.items()]
    return {"first": first, "last": last, "numbers": numbers, "href": f"/patrols/?from={first}&to={last}"}

