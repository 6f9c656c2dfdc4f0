"""How often an open door may be used: per device strictly, per address generously, since a carrier's phones share one.

A place is taken by a conditional UPDATE before the work is done, so that fifty at once cannot all pass; a door that
counts failures only gives the place back when all went well.
"""
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.encryption import blind_index
from cases.models import DoorCount


@dataclass(frozen=True)
class Limit:
    """How many per device and per address in a span; `many` and `instead` are the sentence for too many."""

    device: int
    address: int
    span: timedelta
    many: str
    instead: str


LIMITS: dict[str, Limit] = {
    # Twenty reports made without network arrive within a minute: an hour of honest work must fit.
    "report": Limit(60, 600, timedelta(hours=1), "上报太密", "已填的内容还在，急事请拨打 12345。"),
    # Wrong codes only: a right one gives its place back.
    "code": Limit(10, 300, timedelta(minutes=15), "输错太多次", "请核对查询码；忘了查询码的，请拨打 12345 查询。"),
    "opinion": Limit(20, 300, timedelta(hours=1), "提交太密", "已填的内容还在。"),
}
KEPT = timedelta(days=2)


class TooMany(Exception):
    """No place is left until `until`; the text says so and what to do instead (429)."""

    def __init__(self, limit: Limit, until: datetime) -> None:
        self.until = until
        clock = timezone.localtime(until)
        super().__init__(f"{limit.many}，请在 {clock:%H:%M} 以后再试。{limit.instead}")

    def seconds(self, at: datetime) -> int:
        """How long to wait, for Retry-After; at least one second."""
        return max(1, math.ceil((self.until - at).total_seconds()))


@dataclass(frozen=True)
class Place:
    """The counters in which a place was taken."""

    rows: tuple[int, ...]


def take_place(door: str, *, device: str, address: str, at: datetime) -> Place:
    """Take a place at a door for a device and an address; TooMany when either is full.

    A phone without a device mark counts as one device together with all such phones of its address.
    """
    limit = LIMITS[door]
    since = _begin(limit.span, at)
    row_of_address = _take(door, f"address|{address}", since, limit.address, limit, at)
    try:
        row_of_device = _take(door, f"device|{device or address}", since, limit.device, limit, at)
    except TooMany:
        give_back(Place((row_of_address,)))
        raise
    return Place((row_of_address, row_of_device))


def give_back(place: Place) -> None:
    """All went well at a door that counts failures only."""
    DoorCount.objects.filter(pk__in=place.rows, used__gt=0).update(used=F("used") - 1)


def forget_stale(*, at: datetime) -> int:
    """Remove counters of spans long over."""
    return DoorCount.objects.filter(since__lt=at - KEPT).delete()[0]


def _begin(span: timedelta, at: datetime) -> datetime:
    """When the span that runs now began."""
    seconds = int(span.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def _take(door: str, who: str, since: datetime, most: int, limit: Limit, at: datetime) -> int:
    key = blind_index(who, purpose=f"door {door}")
    row, new = DoorCount.objects.get_or_create(door=door, key=key, since=since)
    if new:
        forget_stale(at=at)
    # The row count of the update, not an earlier read, decides who gets a place.
    if not DoorCount.objects.filter(pk=row.pk, used__lt=most).update(used=F("used") + 1):
        raise TooMany(limit, since + limit.span)
    return row.pk
