"""随手拍: a report from a phone, with its photos and its place, becomes a case or joins one, once."""
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from cases import limits
from cases.errors import AnswersRefused, MoveRefused
from cases.intake import open_case
from cases.joining import join_case
from cases.models import Case, Category, FieldReport, ReporterKind
from cases.states import Source
from grid.coordinates import WGS84, to_wgs84
from grid.locate import OUTSIDE_SENTENCE, Place, locate
from grid.models import Community, KeySite, Photo
from grid.photos import PhotoRefused, store_photo

MOST_PHOTOS = 9
NO_PLACE = "没有取到位置。请允许定位后再试，或选择所在社区并写明地点。"
NO_WORDS_FOR_PLACE = "没有定位时，请写明地点，例如“西井大街北口”。"
NO_PHOTO = "请至少拍一张照片。"
TOO_MANY_PHOTOS = f"照片最多 {MOST_PHOTOS} 张，请删去几张再提交。"


@dataclass(frozen=True)
class Fix:
    """A position as its door gave it: degrees in `datum`, accuracy in metres, and whence it came."""

    lon: float
    lat: float
    datum: str = WGS84
    accuracy_m: float | None = None
    origin: str = FieldReport.Origin.DEVICE

    @property
    def wgs84(self) -> tuple[float, float]:
        """The position inside the house; only GCJ-02 is converted, browsers and cameras give WGS-84."""
        return to_wgs84(self.lon, self.lat, self.datum)

    @property
    def is_nothing(self) -> bool:
        """0, 0 is what a receiver without a fix says."""
        return self.lon == 0 and self.lat == 0

    def columns(self) -> dict[str, Any]:
        """The columns that keep it raw."""
        return {"raw_lon": self.lon, "raw_lat": self.lat, "datum": self.datum, "accuracy_m": self.accuracy_m}


@dataclass(frozen=True)
class Snap:
    """What the phone sent."""

    key: str
    category: Category
    files: tuple[UploadedFile, ...]
    fix: Fix | None = None
    community: Community | None = None
    address: str = ""
    words: str = ""
    name: str = ""
    phone: str = ""
    same_as: Case | None = None
    device: str = ""
    ip: str = ""
    tags: tuple[str, ...] = ()
    site: KeySite | None = None


@dataclass(frozen=True)
class Ground:
    """Where it is: a position with its grid, or only a community and words."""

    fix: Fix | None
    place: Place | None
    community: Community | None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the case."""
        if self.place:
            lon, lat = self.fix.wgs84
            return {"lon": lon, "lat": lat, "grid_id": self.place.grid_id, "community_id": self.place.community_id}
        return {"community": self.community}

    @property
    def sent(self) -> dict[str, Any]:
        """The columns of FieldReport that keep the position as it came; none was sent without a fix."""
        return {**self.fix.columns(), "origin": self.fix.origin} if self.fix else {}

    @property
    def words(self) -> str:
        """西井社区第3网格."""
        return self.place.grid_name if self.place else self.community.name


def take_report(snap: Snap, *, by: Any, at: datetime) -> FieldReport:
    """Take in a report: photos stored, case opened or joined, in one transaction; a known key returns what it made.

    `by` is a member of staff, whose report is a grid event, or None for a resident. Raises AnswersRefused (422) and
    cases.limits.TooMany (429).
    """
    known = _known(snap, by)
    if known:
        return known
    _refuse_number(snap)
    places = _enter(snap, at=at) if by is None else []
    try:
        with stored_together() as written:
            return _take(snap, written, by=by, at=at)
    except BaseException as error:
        if not isinstance(error, AnswersRefused):  # our own failure is not held against the phone
            for place in places:
                limits.give_back(place)
        known = _known(snap, by) if isinstance(error, IntegrityError) else None
        if known:
            return known
        raise


def _enter(snap: Snap, *, at: datetime) -> list[limits.Place]:
    """Whoever has no login is counted, by reports and by bytes."""
    door = {"device": snap.device, "address": snap.ip, "at": at}
    return [limits.take_place("report", **door), limits.take_upload(snap.files, **door)]


def _known(snap: Snap, by: Any) -> FieldReport | None:
    report = FieldReport.objects.select_related("case").filter(key=snap.key).first()
    if report and report.by_id != (by.pk if by else None):
        raise AnswersRefused({"key": "这一件是另一个账号交的。请刷新页面后重新上报。"})
    return report


def _refuse_number(snap: Snap) -> None:
    if not snap.files:
        raise AnswersRefused({"photos": NO_PHOTO})
    if len(snap.files) > MOST_PHOTOS:
        raise AnswersRefused({"photos": TOO_MANY_PHOTOS})


def _take(snap: Snap, written: list[Photo], *, by: Any, at: datetime) -> FieldReport:
    photos = store_all(snap.files, written, by=by, at=at)
    ground = ground_of(snap, photos)
    if snap.same_as:
        try:
            return join_case(
                snap.same_as, key=snap.key, by=by, at=at, name=snap.name, phone=snap.phone, words=snap.words,
                photos=photos, **ground.sent,
            )  # fmt: skip
        except MoveRefused:
            pass  # closed while the report waited for the network: what was seen is a new matter then
    case = _open(snap, ground, photos, by=by, at=at)
    first = case.reporters.first()
    return FieldReport.objects.create(key=snap.key, case=case, by=by, at=at, reporter=first, **ground.sent)


def report_at(
    snap: Snap, photos: list[Photo], *, where: dict[str, Any], by: Any, at: datetime
) -> FieldReport:  # fmt: skip
    """A worker's report of what was found at a known place, its pictures stored already; inside a transaction.

    `where` are the columns of the case; the position that was sent is kept as it came.
    """
    case = _open_grid_event(_common(snap, photos, snap.address, where, by=by, at=at))
    position = {**snap.fix.columns(), "origin": snap.fix.origin} if snap.fix else {}
    return FieldReport.objects.create(key=snap.key, case=case, by=by, at=at, **position)


@contextmanager
def stored_together() -> Iterator[list[Photo]]:
    """One transaction with pictures: when it fails its rows go with it, and the bytes of those in the list go here."""
    written: list[Photo] = []
    try:
        with transaction.atomic():
            yield written
    except BaseException:
        for photo in written:
            photo.original.storage.delete(photo.original.name)
        raise


def store_all(files: Iterable[UploadedFile], written: list[Photo], *, by: Any, at: datetime) -> list[Photo]:
    """Keep the pictures, each appended to `written` at once, so that the caller can take the bytes back."""
    for place, file in enumerate(files, start=1):
        try:
            written.append(store_photo(file, by=by, at=at))
        except PhotoRefused as refusal:
            raise AnswersRefused({"photos": f"第 {place} 张：{refusal}"}) from refusal
    return written


def ground_of(snap: Snap, photos: list[Photo]) -> Ground:
    """A pin wins, then the photo's own position, then the device's; without any, community and words."""
    fix = snap.fix if snap.fix and not snap.fix.is_nothing else None
    if fix is None or fix.origin == FieldReport.Origin.DEVICE:
        fix = fix_of(photos) or fix
    if fix:
        place = locate(*fix.wgs84)
        if place:
            return Ground(fix, place, None)
        raise AnswersRefused({"place": OUTSIDE_SENTENCE})
    if snap.community is None:
        raise AnswersRefused({"place": NO_PLACE})
    if len(snap.address.strip()) < 2:
        raise AnswersRefused({"address": NO_WORDS_FOR_PLACE})
    return Ground(None, None, snap.community)


def fix_of(photos: list[Photo]) -> Fix | None:
    """Where the first picture with a position was taken."""
    found = next((photo for photo in photos if photo.lon is not None), None)
    if not found:
        return None
    return Fix(found.lon, found.lat, WGS84, found.accuracy_m, FieldReport.Origin.PHOTO)


def _open(snap: Snap, ground: Ground, photos: list[Photo], *, by: Any, at: datetime) -> Case:
    """Staff's report is a grid event with its worker, a resident's is 随手拍."""
    common = _common(snap, photos, snap.address.strip() or ground.words, ground.columns, by=by, at=at)
    return _open_grid_event(common) if by else _open_snap(snap, ground, common)


def _common(
    snap: Snap, photos: list[Photo], place: str, where: dict[str, Any], *, by: Any, at: datetime
) -> dict[str, Any]:  # fmt: skip
    return {
        "title": f"{snap.category.pick_label or snap.category.name}：{place}"[:80], "description": snap.words.strip(),
        "category": snap.category, "photos": tuple(photos), "address": snap.address.strip(), "site": snap.site,
        "idempotency_key": f"m-{snap.key}", "at": at, "by": by, "tags": snap.tags, **where,
    }  # fmt: skip


def _open_grid_event(common: dict[str, Any]) -> Case:
    return open_case(source=Source.GRID, detail={"worker": common["by"]}, **common)


def _open_snap(snap: Snap, ground: Ground, common: dict[str, Any]) -> Case:
    person = {"kind": ReporterKind.RESIDENT, "name": snap.name, "phone": snap.phone}
    detail = ground.fix.columns() if ground.fix else {}
    return open_case(source=Source.SNAP, detail=detail, reporter=person, **common)
