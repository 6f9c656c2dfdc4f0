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
    """The counters in which a place was taken: the door, the span, and the hashed device and address."""

    door: str
    since: datetime
    keys: tuple[str, ...]


def take_place(door: str, *, device: str, address: str, at: datetime) -> Place:
    """Take a place at a door for a device and an address; TooMany when either is full.

    A phone without a device mark counts as one device together with all such phones of its address.
    """
    limit = LIMITS[door]
    since = _begin(limit.span, at)
    forget_stale(at=at)
    told = (f"address|{address}", f"device|{device or address}")
    by_address, by_device = (blind_index(who, purpose=f"door {door}") for who in told)
    rows = [DoorCount(door=door, key=key, since=since) for key in (by_address, by_device)]
    DoorCount.objects.bulk_create(rows, ignore_conflicts=True)
    if not _take(door, by_address, since, limit.address):
        raise TooMany(limit, since + limit.span)
    if not _take(door, by_device, since, limit.device):
        give_back(Place(door, since, (by_address,)))
        raise TooMany(limit, since + limit.span)
    return Place(door, since, (by_address, by_device))


def _take(door: str, key: str, since: datetime, most: int) -> int:
    """The row count of the update, not an earlier read, decides who gets a place."""
    row = DoorCount.objects.filter(door=door, key=key, since=since, used__lt=most)
    return row.update(used=F("used") + 1)


def give_back(place: Place) -> None:
    """All went well at a door that counts failures only."""
    rows = DoorCount.objects.filter(door=place.door, since=place.since, key__in=place.keys, used__gt=0)
    rows.update(used=F("used") - 1)


def forget_stale(*, at: datetime) -> int:
    """Remove counters of spans long over."""
    return DoorCount.objects.filter(since__lt=at - KEPT).delete()[0]


def _begin(span: timedelta, at: datetime) -> datetime:
    """When the span that runs now began."""
    seconds = int(span.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)

