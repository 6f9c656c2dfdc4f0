"""就是这个: whoever finds the same matter open already joins it, is counted, and is answered too.

What a resident is told of a near case is its class, distance, stage and, once the desk has looked at it, its photo;
never its number, its words or its people.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from django.core import signing
from django.db import transaction
from rapidfuzz import fuzz

from accounts.encryption import blind_index, last_four_index
from accounts.masking import mask_name
from cases import trail
from cases.deadlines import Clocks, owe_reply
from cases.errors import MoveRefused
from cases.intake import new_public_code
from cases.models import Case, CasePhoto, Category, FieldReport, PhotoKind, Reporter, ReporterKind
from cases.public_words import public_stage
from cases.secrecy import names_to_veil, veil
from cases.similar import ALIKE
from cases.states import ENDED, OPEN, Source, State
from cases.suggest import words_of
from grid.coordinates import metres_between
from grid.models import Photo, PhotoState

JOINABLE = (Source.SNAP, Source.GRID)  # other doors carry documents and people's own words
NEAR_M = 150.0  # of the same class
CLOSE_M = 30.0  # of whatever class
AT_MOST = 3
LOOKED_AT = OPEN - {State.REPORTED, State.VERIFYING}  # the desk has seen its photo
METRES_PER_DEGREE = 111_320.0
SALT = "cases.joining"
TOKEN_SPAN = timedelta(days=7)  # a report may wait that long for the network


@dataclass(frozen=True)
class Near:
    """An open case near a position, as anybody may be told of it."""

    case: Case
    metres: int
    photo: CasePhoto | None

    @property
    def token(self) -> str:
        """What the phone sends back to join; the case's number is not told."""
        return signing.dumps(self.case.pk, salt=SALT)

    @property
    def what(self) -> str:
        """The class in the phone's words."""
        category = self.case.category
        return (category.pick_label or category.name) if category else "其他"

    @property
    def stage(self) -> str:
        """已受理, 正在处置 …"""
        return public_stage(self.case.state)


def near_cases(lon: float, lat: float, *, category: Category | None, words: str = "") -> list[Near]:
    """Open snap and grid cases near a WGS-84 position: of the same class within 150 m, of any within 30 m.

    Of whoever has no class but words, those count as the same class that the words name or tell alike.
    """
    half_lat = NEAR_M / METRES_PER_DEGREE
    half_lon = half_lat / cos(radians(lat))
    rows = Case.objects.open().filter(
        source__in=JOINABLE, lat__range=(lat - half_lat, lat + half_lat), lon__range=(lon - half_lon, lon + half_lon)
    )
    found = []
    for case in rows.select_related("category").only(
        "number", "source", "state", "lon", "lat", "reported_at", "title", "category__name", "category__pick_label"
    ).order_by("-pk")[:200]:
        metres = metres_between(lon, lat, case.lon, case.lat)
        same = category is not None and case.category_id == category.pk or told_alike(words, case)
        if metres <= (NEAR_M if same else CLOSE_M):
            found.append((not same, metres, case))
    found.sort(key=lambda row: (*row[:2], row[2].pk))  # of several as near, the one that was first
    nearest = [(case, metres) for _, metres, case in found[:AT_MOST]]
    photos = _first_photos(case for case, _ in nearest)
    return [Near(case, round(metres), photos.get(case.pk)) for case, metres in nearest]


def told_alike(words: str, case: Case) -> bool:
    """Whether words name the class of a case (占道 of 占道经营) or are nearly its title."""
    if not words:
        return False
    label = (case.category.pick_label or case.category.name) if case.category else ""
    return bool(words_of(label) & words_of(words)) or fuzz.ratio(words, case.title) / 100 >= ALIKE


def _first_photos(cases: Iterable[Case]) -> dict[int, CasePhoto]:
    """The first shown picture of each case that the desk has looked at."""
    looked_at = [case.pk for case in cases if case.state in LOOKED_AT]
    rows = CasePhoto.objects.filter(case__in=looked_at, kind=PhotoKind.BEFORE, photo__state=PhotoState.READY)
    rows = rows.select_related("photo")
    first: dict[int, CasePhoto] = {}
    for row in rows.order_by("seq", "pk"):
        first.setdefault(row.case_id, row)
    return first


def shown_photo(case: Case) -> CasePhoto | None:
    """The picture of an open case that anybody near it may see."""
    return _first_photos([case]).get(case.pk)


def case_of_token(token: str) -> Case | None:
    """The case that a phone wants to join; none for a token that is foreign or too old."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=TOKEN_SPAN)
    except signing.BadSignature:
        return None
    return Case.objects.filter(pk=pk).first()


@transaction.atomic
def join_case(
    case: Case, *, key: str, by: Any, at: datetime, name: str = "", phone: str = "", openid: str = "", words: str = "",
    photos: Iterable[Photo] = (), **position: Any,
) -> FieldReport:  # fmt: skip
    """Add a further reporter to an open case, with pictures and words; who can be reached is owed an answer too.

    `by` is a member of staff or None; `position` are the columns of FieldReport that keep it as it came.
    Raises MoveRefused when the case is not open any more, or of a kind that nobody joins.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.source not in JOINABLE or case.state in ENDED:
        raise MoveRefused("这件事已经办结或撤下。请作为新的问题上报。")
    photos = list(photos)
    reporter = Reporter.objects.create(
        case=case, came_with=case, kind=ReporterKind.STAFF if by else ReporterKind.RESIDENT,
        name=by.real_name if by else name, phone="" if by else phone, openid="" if by else openid, at=at,
        reply_owed=bool((phone or openid) and not by),
        phone_index=blind_index(phone, purpose="reporter.phone") if phone and not by else "",
        last_four_index=last_four_index("" if by else phone),
    )  # fmt: skip
    hang(case, photos, kind=PhotoKind.BEFORE, by=by, at=at)
    if reporter.reply_owed:
        clocks = Clocks(case)
        owe_reply(case, clocks, at=at)
        clocks.save()
        Case.objects.filter(pk=case.pk).update(**clocks.summary())
    count = 1 + case.field_reports.filter(joined=True).count() + 1
    said = veil(words.strip(), {**names_to_veil(case), **({name: mask_name(name)} if name else {})})
    trail.append(
        case, move="note", by=by, at=at, words=f"又有人反映同一问题，共 {count} 人{f'：{said}' if said else '。'}",
        facts={"further": count, **({"photos": len(photos)} if photos else {})},
    )  # fmt: skip
    return FieldReport.objects.create(
        key=key, case=case, joined=True, reporter=reporter, public_code=new_public_code(), by=by, at=at, **position
    )


def hang(case: Case, photos: list[Photo], *, kind: str, by: Any, at: datetime) -> None:
    """The further pictures behind those that hang there."""
    start = case.photos.count()
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, photo=photo, kind=kind, seq=start + place, added_at=at, added_by=by)
        for place, photo in enumerate(photos)
    )
