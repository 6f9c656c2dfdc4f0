"""The checks of key places of the demonstration: four weeks and the running one, some missed, a few with a problem.

What is drawn for a place and a week depends on these alone, so that a later load goes on where the last one stopped.
"""
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import AuditEntry, User
from cases.checking import TAG
from cases.models import Case, CaseTag, CheckFinding
from cases.states import Source
from config.demo_loading.acts import PREPARED
from config.demo_loading.pictures import PLACES, keep_picture
from config.demo_loading.present import BATCH
from grid.check_plans import WEEK, monday_of
from grid.checks import day_of, metres_to, part_of, rule_in_force
from grid.models import (
    CheckPlan,
    CheckRule,
    CheckTime,
    DayPart,
    KeySite,
    Photo,
    SiteCheck,
    SiteCheckPhoto,
    Verdict,
)

WEEKS = 4  # before the running one
NIGHT_EACH, DAY_EACH = 7, 5  # every so-manieth of the places that are checked once a day at most
CARE = (1.0, 1.0, 0.95, 0.9, 0.75)  # how many of its checks a community makes
JITTER = 0.00012  # degrees: some ten metres
ASTRAY = 0.004  # some 400 m: a bad fix
HOURS = {DayPart.DAY: (8, 17), DayPart.NIGHT: (19, 22)}
WORKERS = {"110107005008": "worker", "110107005017": "worker2"}


@dataclass(frozen=True)
class Walk:
    """One check as it is drawn."""

    site: KeySite
    at: datetime
    received_at: datetime
    position: tuple[float, float] | None


@transaction.atomic
def keep_checks(folder: Path, *, now: datetime, say: Callable[[str], None]) -> None:
    """Go on from the last check of the demonstration to its present day; the first time, begin four weeks back."""
    now = _present_day(now)
    last = SiteCheck.objects.filter(is_demo=True).order_by("-checked_at").values_list("checked_at", flat=True).first()
    if last is None:
        _begin(now)
    SiteCheck.objects.filter(is_demo=True, verdict=Verdict.TROUBLE, finding__isnull=True).update(
        verdict=Verdict.NORMAL, words=""
    )  # the case of an older present day was taken away
    workers = _workers()
    rows = KeySite.objects.patrolled().select_related("community").defer("community__shape")
    sites = [site for site in rows if site.community.code in workers]
    found = _findings(workers, now=now)
    walks = [
        walk for site in sites for walk in _walks(site, now=now)
        if (last is None or walk.at > last) and walk.received_at <= now
    ]  # fmt: skip
    pictures = [keep_picture(folder / "photos" / f"{place}-1.jpg", at=now) for place in PLACES]
    made = _keep(walks, workers, pictures)
    if made or found:
        say(f"点位检查 {made + found} 次，其中有问题 {found} 次（演示）。")


def _present_day(now: datetime) -> datetime:
    """To when the present day was told: between two tellings nothing is added, as with the cases."""
    batch = AuditEntry.objects.filter(action=PREPARED).order_by("-pk").first()
    return parse_datetime(batch.detail["anchor"]) if batch else now


def _begin(now: datetime) -> None:
    """Plans since four weeks ago, a few of them by night or by day; the rule as a row that can be edited."""
    CheckRule.objects.get_or_create(pk=1)
    once_a_day = KeySite.objects.patrolled().filter(patrol_per_week__lte=7).order_by("code")
    keys = list(once_a_day.values_list("pk", flat=True))
    KeySite.objects.filter(pk__in=keys[::NIGHT_EACH]).update(check_time=CheckTime.NIGHT)
    KeySite.objects.filter(pk__in=keys[1::DAY_EACH], check_time=CheckTime.ANY).update(check_time=CheckTime.DAY)
    start = monday_of(timezone.localdate(now)) - WEEK * WEEKS
    CheckPlan.objects.all().delete()
    CheckPlan.objects.bulk_create(
        CheckPlan(site=site, since=start, per_week=site.patrol_per_week, check_time=site.check_time)
        for site in KeySite.objects.patrolled().only("patrol_per_week", "check_time")
    )


def _workers() -> dict[str, User]:
    """Community code → who checks there: the demonstration's login, else the community's head."""
    people = {one.username: one for one in User.objects.filter(is_demo=True, is_active=True)}
    codes = KeySite.objects.patrolled().order_by().values_list("community__code", flat=True).distinct()
    wanted = {code: people.get(WORKERS.get(code, f"fz-{code}")) for code in codes}
    return {code: person for code, person in wanted.items() if person}


def _walks(site: KeySite, *, now: datetime) -> Iterator[Walk]:
    """The checks of one place, week by week, up to now."""
    week = monday_of(timezone.localdate(now)) - WEEK * WEEKS
    while week <= timezone.localdate(now):
        yield from _week_of(site, week)
        week += WEEK


def _week_of(site: KeySite, week: date) -> Iterator[Walk]:
    """Which half days of a week, at which minute, where the phone said it was, and when the check arrived."""
    lot = random.Random(f"{site.code} {week}")
    care = random.Random(site.community.code).choice(CARE)
    parts = [DayPart.DAY, DayPart.NIGHT] if site.check_time == CheckTime.ANY else [DayPart(site.check_time)]
    if site.check_time == CheckTime.ANY and site.patrol_per_week <= 7:
        parts = [DayPart.DAY]
    halves = [(week + timedelta(days=back), part) for back in range(7) for part in parts]
    wanted = min(site.patrol_per_week, len(halves))
    made = sum(lot.random() < care for _ in range(wanted))
    for day, part in sorted(lot.sample(halves, made)):
        first, last = HOURS[part]
        at = timezone.make_aware(datetime.combine(day, time(lot.randrange(first, last), lot.randrange(60))))
        waited = timedelta(minutes=lot.randrange(40, 300) if lot.random() < 0.06 else 0)
        yield Walk(site, at, at + waited, _position(site, lot))


def _position(site: KeySite, lot: random.Random) -> tuple[float, float] | None:
    drawn = lot.random()
    if drawn < 0.02:
        return None
    wide = ASTRAY if drawn < 0.05 else JITTER
    return round(site.lon + lot.uniform(-wide, wide), 6), round(site.lat + lot.uniform(-wide, wide), 6)


def _keep(walks: list[Walk], workers: dict[str, User], pictures: list[Photo]) -> int:
    """The rows and their pictures; one that is there already stays."""
    rule = rule_in_force()
    rows = []
    for walk in walks:
        day, part = day_of(walk.at, rule), part_of(walk.at, rule)
        rows.append(SiteCheck(
            key=f"demo-{walk.site.code}-{day:%Y%m%d}-{part}", site=walk.site, by=workers[walk.site.community.code],
            checked_at=walk.at, received_at=walk.received_at, day=day, part=part, verdict=Verdict.NORMAL, is_demo=True,
            **_where(walk.site, walk.position, rule),
        ))  # fmt: skip
    known = set(SiteCheck.objects.filter(is_demo=True).values_list("key", flat=True))
    made = SiteCheck.objects.bulk_create([row for row in rows if row.key not in known], batch_size=500)
    SiteCheckPhoto.objects.bulk_create(
        (SiteCheckPhoto(site_check=row, photo=pictures[row.site_id % len(pictures)]) for row in made), batch_size=500
    )
    return len(made)


def _where(site: KeySite, position: tuple[float, float] | None, rule: CheckRule) -> dict[str, object]:
    if position is None:
        return {}
    metres = metres_to(site, *position)
    return {
        "lon": position[0], "lat": position[1], "accuracy_m": 15.0, "distance_m": metres, "is_far": metres > rule.far_m
    }


def _findings(workers: dict[str, User], *, now: datetime) -> int:
    """The grid events of the present day that lie at a place of the plan were found at its check."""
    rule, made = rule_in_force(), 0
    cases = Case.objects.filter(
        is_demo=True, demo_batch=BATCH, source=Source.GRID, site__patrol_per_week__gt=0, check_finding__isnull=True,
        community=F("site__community"), reported_at__lte=now,
    ).select_related("site__community", "registrar")  # fmt: skip
    for case in cases.order_by("pk"):
        if case.registrar != workers.get(case.site.community.code):
            continue
        check = SiteCheck.objects.create(
            key=f"demo-case-{case.number}", site=case.site, by=case.registrar, checked_at=case.reported_at,
            received_at=case.reported_at, day=day_of(case.reported_at, rule), part=part_of(case.reported_at, rule),
            verdict=Verdict.TROUBLE, words=case.description[:500], is_demo=True,
            **_where(case.site, (case.lon, case.lat), rule),
        )  # fmt: skip
        SiteCheckPhoto.objects.bulk_create(
            SiteCheckPhoto(site_check=check, photo=row.photo) for row in case.photos.select_related("photo")[:3]
        )
        CheckFinding.objects.create(site_check=check, case=case, at=case.reported_at)
        CaseTag.objects.get_or_create(case=case, word=TAG)
        made += 1
    return made
