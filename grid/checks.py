"""Checking a key place (点位检查): judged by the rule in force, believed, marked when it was made far away."""
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone

from grid.coordinates import metres_between
from grid.happenings import METRES_PER_DEGREE
from grid.models import CheckRule, DayPart, KeySite, Photo, SiteCheck, SiteCheckPhoto, Verdict
from grid.registering import NotYours, RegisterRefused

NO_PHOTO = "请至少拍一张照片。"
ANOTHERS = "这次检查是另一个账号交的。请刷新页面后重新检查。"
NOT_YOURS = "{name}在{community}，不归你检查。请与所在社区联系。"


def rule_in_force() -> CheckRule:
    """The rule that administrators edit; an unsaved first one while nobody has entered any."""
    return CheckRule.objects.order_by("pk").first() or CheckRule()


def part_of(moment: datetime, rule: CheckRule) -> DayPart:
    """By day or by night, by the clock in Beijing."""
    by_day = rule.day_begins <= timezone.localtime(moment).time() < rule.night_begins
    return DayPart.DAY if by_day else DayPart.NIGHT


def day_of(moment: datetime, rule: CheckRule) -> date:
    """The date for which a check counts: at two o'clock it is still the night of the day before."""
    local = timezone.localtime(moment)
    early = local.time() < rule.day_begins
    return local.date() - timedelta(days=1) if early else local.date()


def metres_to(site: KeySite, lon: float, lat: float) -> int:
    """How far a position (WGS-84) lies from a place, in metres; from a road's line, not from its middle."""
    if not site.line:
        return round(metres_between(site.lon, site.lat, lon, lat))
    east = METRES_PER_DEGREE * cos(radians(lat))
    line = shapely.transform(
        shapely.from_wkb(bytes(site.line)), lambda points: (points - (lon, lat)) * (east, METRES_PER_DEGREE)
    )
    return round(line.distance(shapely.Point(0, 0)))


def known_check(key: str, *, by: Any) -> SiteCheck | None:
    """What an earlier delivery of the same key made. Raises RegisterRefused for another person's key."""
    check = SiteCheck.objects.select_related("site").filter(key=key).first()
    if check and check.by_id != by.pk:
        raise RegisterRefused({"": ANOTHERS})
    return check


@transaction.atomic
def record_check(
    site: KeySite, *, key: str, verdict: Verdict, photos: Sequence[Photo], by: Any, at: datetime,
    checked_at: datetime | None = None, position: tuple[float, float] | None = None, accuracy_m: float | None = None,
    words: str = "",
) -> SiteCheck:  # fmt: skip
    """Keep a check; a position is WGS-84. Who is far away, or nowhere, is believed and marked.

    `checked_at` is the phone's time; one that lies in the future is taken for now. Raises RegisterRefused, NotYours.
    """
    if not KeySite.objects.checked_by(by).contains(site):
        raise NotYours(NOT_YOURS.format(name=site.name, community=site.community.name))
    if not photos:
        raise RegisterRefused({"photos": NO_PHOTO})
    rule = rule_in_force()
    checked_at = min(checked_at or at, at)
    if at - checked_at > timedelta(days=rule.latest_days):
        when = f"{timezone.localtime(checked_at):%Y-%m-%d %H:%M}"
        raise RegisterRefused(
            {"": f"{site.name} {when} 的检查已过 {rule.latest_days} 天，不能再补传。请告诉督查员，需要时重新检查。"}
        )
    where = _where(site, position, accuracy_m, rule)
    check = SiteCheck.objects.create(
        key=key, site=site, by=by, checked_at=checked_at, received_at=at, day=day_of(checked_at, rule),
        part=part_of(checked_at, rule), verdict=verdict, words=words.strip(), **where,
    )  # fmt: skip
    SiteCheckPhoto.objects.bulk_create(SiteCheckPhoto(site_check=check, photo=photo) for photo in photos)
    return check


def _where(
    site: KeySite, position: tuple[float, float] | None, accuracy_m: float | None, rule: CheckRule
) -> dict[str, Any]:  # fmt: skip
    """The columns of the position."""
    if position is None:
        return {}
    lon, lat = position
    metres = metres_to(site, lon, lat)
    return {"lon": lon, "lat": lat, "accuracy_m": accuracy_m, "distance_m": metres, "is_far": metres > rule.far_m}
