"""How often an open door may be used: per device strictly, per address generously, since a carrier's phones share one.

A place is taken by a conditional UPDATE before the work is done, so that fifty at once cannot all pass; a door that
counts failures only gives the place back when all went well.
"""
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Sum
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
    # Asked whenever the pin comes to rest or a class is chosen; the page works without the answer.
    "nearby": Limit(150, 6000, timedelta(minutes=10), "查询附近的问题太密", "不影响上报，可以直接提交。"),
    # Six digits that bind a WeChat: wrong ones only.
    "bind": Limit(5, 200, timedelta(hours=1), "输错太多次", "请在系统的个人设置里核对绑定码。"),
    # What people without a login upload, in KiB; how much stands in the settings.
    "upload": Limit(0, 0, timedelta(days=1), "今天上传的照片太多", "已填的内容还在，急事请拨打 12345。"),
}
KIB_A_MB = 1024
KEPT = timedelta(days=2)


class TooMany(Exception):
    """No place is left until `until`; the text says so and what to do instead (429)."""

    def __init__(self, limit: Limit, until: datetime) -> None:
        self.until = until
        clock = timezone.localtime(until)
        when = f"{clock:%H:%M}" if limit.span < timedelta(days=1) else "明天"
        super().__init__(f"{limit.many}，请在 {when} 以后再试。{limit.instead}")

    def seconds(self, at: datetime) -> int:
        """How long to wait, for Retry-After; at least one second."""
        return max(1, math.ceil((self.until - at).total_seconds()))


@dataclass(frozen=True)
class Place:
    """The counters in which places were taken: the door, the span, the hashed device and address, how many."""

    door: str
    since: datetime
    keys: tuple[str, ...]
    amount: int = 1


def limit_of(door: str) -> Limit:
    """The limit of a door; that of uploads is what this installation's disk allows (settings, in MB a day)."""
    limit = LIMITS[door]
    if door != "upload":
        return limit
    per_device, per_address = settings.UPLOAD_DEVICE_MB_A_DAY, settings.UPLOAD_ADDRESS_MB_A_DAY
    return replace(limit, device=per_device * KIB_A_MB, address=per_address * KIB_A_MB)


def take_place(door: str, *, device: str, address: str, at: datetime, amount: int = 1) -> Place:
    """Take a place (or `amount` of them) at a door for a device and an address; TooMany when either is full.

    A phone without a device mark counts as one device together with all such phones of its address.
    """
    limit = limit_of(door)
    since = _begin(limit.span, at)
    forget_stale(at=at)
    told = (f"address|{address}", f"device|{device or address}")
    by_address, by_device = (blind_index(who, purpose=f"door {door}") for who in told)
    rows = [DoorCount(door=door, key=key, since=since) for key in (by_address, by_device)]
    DoorCount.objects.bulk_create(rows, ignore_conflicts=True)
    if not _take(door, by_address, since, limit.address, amount):
        raise TooMany(limit, since + limit.span)
    if not _take(door, by_device, since, limit.device, amount):
        give_back(Place(door, since, (by_address,), amount))
        raise TooMany(limit, since + limit.span)
    return Place(door, since, (by_address, by_device), amount)


def take_upload(files: Iterable[UploadedFile], *, device: str, address: str, at: datetime) -> Place:
    """Count what somebody without a login uploads, by its bytes; TooMany when the day's share is used up."""
    size = sum(file.size or 0 for file in files)
    return take_place("upload", device=device, address=address, at=at, amount=math.ceil(size / 1024))


def uploaded_mb(*, at: datetime) -> int:
    """What people without a login have uploaded today, in MB; each byte stands with a device and with an address."""
    rows = DoorCount.objects.filter(door="upload", since=_begin(LIMITS["upload"].span, at))
    return (rows.aggregate(kib=Sum("used"))["kib"] or 0) // 2 // KIB_A_MB


def _take(door: str, key: str, since: datetime, most: int, amount: int) -> int:
    """The row count of the update, not an earlier read, decides who gets a place."""
    row = DoorCount.objects.filter(door=door, key=key, since=since, used__lte=most - amount)
    return row.update(used=F("used") + amount)


def give_back(place: Place) -> None:
    """All went well at a door that counts failures only."""
    rows = DoorCount.objects.filter(door=place.door, since=place.since, key__in=place.keys, used__gte=place.amount)
    rows.update(used=F("used") - place.amount)


def forget_stale(*, at: datetime) -> int:
    """Remove counters of spans long over."""
    return DoorCount.objects.filter(since__lt=at - KEPT).delete()[0]


def _begin(span: timedelta, at: datetime) -> datetime:
    """When the span that runs now began; a day begins at local midnight."""
    seconds, ahead = int(span.total_seconds()), int(timezone.localtime(at).utcoffset().total_seconds())
    return datetime.fromtimestamp((int(at.timestamp()) + ahead) // seconds * seconds - ahead, UTC)

