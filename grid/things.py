"""Keeping the register of components (物): a new one gets its place and its code, a changed one keeps its past."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.audit import record
from grid import registering
from grid.models import CodeStandard, Photo, Thing, ThingClass, ThingPhoto
from grid.models.things import CLASS_DIGITS, SHAPES, class_code_of
from grid.registering import NotYours, RegisterRefused, entered_before, numbered, place_for, write

DISTRICT = "110107"
SERIAL_DIGITS = 6
MOST_PHOTOS = 6
TAKEN = "标识码 {code} 已经登记，是{name}。请核对标牌；同一个部件请打开它修改。"
STALE = "这个部件刚被别人修改过，没有覆盖。请刷新后再改。"


def next_code(thing_class: ThingClass) -> str:
    """The next free code of a class, for a component without a plate."""
    start = f"{DISTRICT}{thing_class.code}"
    return registering.next_code(Thing.objects.of_class(thing_class), start, digits=SERIAL_DIGITS)


def class_meant(named: ThingClass, code: str, classes: Iterable[ThingClass]) -> ThingClass:
    """The class that a table means: a newer one mostly has the name of the older, and the plate says which it is."""
    sign = class_code_of(code) if len(code) in SHAPES else None
    return next((one for one in classes if (one.standard, one.code) == sign and one.older_id == named.pk), named)


def check_plate(code: str, thing_class: ThingClass) -> None:
    """A plate can bear the code, and the class in it is the class that was chosen. Raises RegisterRefused."""
    try:
        Thing._meta.get_field("code").run_validators(code)
    except ValidationError as error:
        raise RegisterRefused({"code": error.messages[0]})
    standard, digits = class_code_of(code)
    if (standard, digits) != (thing_class.standard, thing_class.code):
        label = CodeStandard(thing_class.standard).label
        place = f"第 7–{6 + CLASS_DIGITS[standard]} 位是小类 {digits}"
        raise RegisterRefused({"code": f"{place}，而选的是{thing_class}（{label} {thing_class.code}）。请核对。"})


def record_thing(
    *, thing_class: ThingClass, lon: float, lat: float, by: Any, at: datetime, code: str = "",
    photos: tuple[Photo, ...] = (), is_demo: bool = False, **columns: Any,
) -> Thing:  # fmt: skip
    """Put a component on the register; without a plate it gets the next code of its class.

    Raises RegisterRefused (what is wrong, by field) and NotYours (another community's ground).
    """
    place = place_for(lon, lat, by)
    given = {"thing_class": thing_class, "lon": lon, "lat": lat, **({"code": code} if code else {}), **columns}
    if code:
        check_plate(code, thing_class)

    def make() -> Thing:
        thing = Thing.objects.create(
            code=code or next_code(thing_class), thing_class=thing_class, lon=lon, lat=lat, is_demo=is_demo,
            grid_id=place.grid_id, community_id=place.community_id, **columns,
        )  # fmt: skip
        _hang(thing, photos)
        record("thing_recorded", actor=by, subject=thing, at=at)
        return thing

    return numbered(
        make, busy="同时有人在登记同类部件，没有取到编号。请再按一次。", clash=lambda: _refuse_taken(code),
        before=lambda: entered_before(Thing.objects.kept_by(by), given),
    )  # fmt: skip


def _refuse_taken(code: str) -> None:
    if code:
        known = Thing.objects.for_list().filter(code=code).first()
        name = str(known.thing_class) if known else "另一个部件"
        raise RegisterRefused({"code": TAKEN.format(code=code, name=name)})


def change_thing(
    thing: Thing, *, version: int, by: Any, at: datetime, photos: tuple[Photo, ...] = (), **columns: Any
) -> Thing:
    """Change what is known of a component; the class and the code stay. Returns it.

    Raises RegisterRefused, NotYours, and RegisterConflict when somebody changed it since it was opened.
    """
    if not Thing.objects.kept_by(by).filter(pk=thing.pk).exists():
        raise NotYours("这个部件不归你登记。请与台账专员或所在社区联系。")
    place = place_for(columns.get("lon", thing.lon), columns.get("lat", thing.lat), by)
    columns |= {"grid_id": place.grid_id, "community_id": place.community_id}
    beside = {"photos": lambda: _hang(thing, photos)} if photos else {}
    write(thing, columns, version=version, stale=STALE, action="thing_changed", by=by, at=at, beside=beside)
    return thing


def _hang(thing: Thing, photos: tuple[Photo, ...]) -> None:
    if photos and thing.photos.count() + len(photos) > MOST_PHOTOS:
        raise RegisterRefused({"photos": f"一个部件最多 {MOST_PHOTOS} 张照片。请少选几张。"})
    ThingPhoto.objects.bulk_create(ThingPhoto(thing=thing, photo=photo) for photo in photos)
