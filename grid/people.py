"""Keeping the register of people (人、户): who moves in, who leaves, who is shown to whom, and who is forgotten."""
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from accounts.encryption import blind_index
from accounts.masking import scrub
from grid.addresses import normal, place_of
from grid.models import Dwelling, DwellingUse, Resident, RetentionRule
from grid.registering import NotYours, RegisterRefused, entered_before, next_code, numbered, place_for, write
from sheets.forgetting import forget_rows

DOOR, ID, PHONE = "dwelling.door", "resident.id", "resident.phone"
SHORTEST_REASON = 5
REASON_WANTED = "请写明理由，至少 5 个字。理由会记入审计。"
STALE = "这一户刚被别人修改过，没有覆盖。请刷新后再改。"
ONLY_RENTED = "只有出租的房屋才有出租登记。请把用途改为出租，或清空日期。"
LEAVES_LATER = "离开日期晚于今天。请在离开后登记。"
ARRIVES_LATER = "来京日期晚于今天。请核对；还没有来的，来了再登记。"
FORGOTTEN_TONIGHT = "离开已满 {months} 个月，保存后今晚就删除这个人的信息，不能恢复。请核对离开日期，没有写错的请勾选。"
RESIDENTS_KEY = "residents"  # of the ledger that tables fill
# A unit or a room, in a text in normal form: 2单元, 2门501, 501室, 5号房, #501, 3-2-501, 3号楼501, 3号楼501号.
ROOM = re.compile(r"单元|\d门\d|[0-9a-z]室|\d号房|#\d+$|\d[-–—]\d+[-–—]\d+$|号[楼院]\d{3,4}号?$")
ID_IN_TEXT = re.compile(r"(?<!\d)\d{17}[\dx](?!\d)")
ROOM_IN_BUILDING = "楼院里写了单元或房号，这一栏不加密。请只写到楼号或院号，把单元、房号填到“单元房号”。"
ELSEWHERE = "已登记在{community}的一户，请与该社区或台账专员联系。"
SECOND_HEAD = "这一户已经有户主。请先把原户主改为家属。"
START, DIGITS = "H", 6  # of a dwelling's number
ERASED_AT_ONCE = 500


# --- dwellings ---------------------------------------------------------------------------------------------------


def door_index(building: str, door: str) -> str:
    """The blind index by which one door is registered once."""
    return blind_index(f"{normal(building)}#{normal(door)}", purpose=DOOR)


def record_dwelling(
    *, building: str, door: str, lon: float, lat: float, by: Any, at: datetime, **columns: Any
) -> Dwelling:
    """Enter a dwelling; its compound follows from the building's name. Raises RegisterRefused, NotYours."""
    place = place_for(lon, lat, by)
    _refuse_room(building)
    _check_rental(columns)
    named = place_of(building)

    def make() -> Dwelling:
        made = Dwelling.objects.create(
            code=next_code(Dwelling.objects.all(), START, digits=DIGITS), building=building, door=door,
            door_index=door_index(building, door), lon=lon, lat=lat, grid_id=place.grid_id,
            community_id=place.community_id, site_id=named.site_id if named else None, **columns,
        )  # fmt: skip
        record("dwelling_recorded", actor=by, subject=made, at=at)
        return made

    busy = "同时有人在登记住户，没有取到编号。请再按一次。"
    given = {"building": building, "door": door, "lon": lon, "lat": lat, **columns}
    return numbered(
        make, busy=busy, clash=lambda: _refuse_known_door(building, door, by=by),
        before=lambda: entered_before(Dwelling.objects.kept_by(by), given),
    )  # fmt: skip


def change_dwelling(dwelling: Dwelling, *, version: int, by: Any, at: datetime, **columns: Any) -> Dwelling:
    """Change what is known of a dwelling. Raises RegisterRefused, NotYours, RegisterConflict."""
    check_hands(dwelling, by)
    place = place_for(columns.get("lon", dwelling.lon), columns.get("lat", dwelling.lat), by)
    columns |= {"grid_id": place.grid_id, "community_id": place.community_id}
    building, door = columns.get("building", dwelling.building), columns.get("door", dwelling.door)
    columns["door_index"] = door_index(building, door)
    if "building" in columns:
        _refuse_room(building)
    _check_rental({"use": dwelling.use, "rental_registered_on": dwelling.rental_registered_on, **columns})
    try:
        write(dwelling, columns, version=version, stale=STALE, action="dwelling_changed", by=by, at=at)
    except IntegrityError:
        _refuse_known_door(building, door, by=by, but=dwelling)
        raise
    return dwelling


def _refuse_known_door(building: str, door: str, *, by: Any, but: Dwelling | None = None) -> None:
    same = Dwelling.objects.filter(door_index=door_index(building, door)).exclude(pk=but.pk if but else None)
    known = same.select_related("community").first()
    if known and _reads_people_of(known, by):
        raise RegisterRefused({"door": f"这个门牌已经登记为 {known.code}。请打开那一户办理。"})
    if known:
        raise RegisterRefused({"door": f"这个门牌{ELSEWHERE.format(community=known.community.name)}"})


def _reads_people_of(dwelling: Dwelling, by: Any) -> bool:
    """Whether a refusal may name this dwelling; to everybody else its number would tell who lives where."""
    return Dwelling.objects.people_visible_to(by).contains(dwelling)


def names_room(building: str) -> bool:
    """Whether the words of a building tell the unit or the room, which belong into the encrypted column."""
    return ROOM.search(normal(building)) is not None


def _refuse_room(building: str) -> None:
    if names_room(building):
        raise RegisterRefused({"building": ROOM_IN_BUILDING})


def _check_rental(columns: dict[str, Any]) -> None:
    if columns.get("rental_registered_on") and columns.get("use") != DwellingUse.RENTED:
        raise RegisterRefused({"rental_registered_on": ONLY_RENTED})


def check_hands(dwelling: Dwelling, by: Any) -> None:
    """Whether this person keeps this dwelling. Raises NotYours."""
    if not Dwelling.objects.kept_by(by).contains(dwelling):
        raise NotYours("这一户不归你登记。请与台账专员或所在社区联系。")


# --- residents ---------------------------------------------------------------------------------------------------


def record_resident(*, dwelling: Dwelling, by: Any, at: datetime, **columns: Any) -> Resident:
    """Enter a person into a dwelling. Raises RegisterRefused, NotYours."""
    check_hands(dwelling, by)
    columns = _with_indexes(columns)
    if row := entered_before(dwelling.residents.all(), columns):
        return row
    _refuse_second_home(columns.get("id_index", ""), by=by, at=at)
    _check_dates(columns, at=at)
    try:
        with transaction.atomic():
            made = Resident.objects.create(dwelling=dwelling, **columns)
            record("resident_recorded", actor=by, subject=made, at=at)
            return made
    except IntegrityError:
        if row := entered_before(dwelling.residents.all(), columns):
            return row
        _refuse_second_home(columns.get("id_index", ""), by=by, at=at)
        raise RegisterRefused({"is_head": SECOND_HEAD})


def change_resident(resident: Resident, *, version: int, by: Any, at: datetime, **columns: Any) -> Resident:
    """Change what is known of a person; an empty personal column that stood masked stays as it is."""
    check_hands(resident.dwelling, by)
    columns = _with_indexes(columns)
    _refuse_second_home(columns.get("id_index", ""), by=by, at=at, but=resident)
    _check_dates(columns, at=at, stands=resident)
    try:
        write(resident, columns, version=version, stale=STALE, action="resident_changed", by=by, at=at)
    except IntegrityError:
        _refuse_second_home(columns.get("id_index", ""), by=by, at=at, but=resident)
        raise RegisterRefused({"is_head": SECOND_HEAD})
    return resident


def record_departure(
    resident: Resident, *, left_on: date, version: int, by: Any, at: datetime, confirmed: bool = False
) -> Resident:
    """A person has left; the row stays until the retention runs out. Raises RegisterRefused, NotYours.

    When it has run out already, the coming night forgets the person: that is to be confirmed.
    """
    if left_on > timezone.localdate(at):
        raise RegisterRefused({"left_on": LEAVES_LATER})
    if not confirmed and erased_on(left_on) <= timezone.localdate(at):
        raise RegisterRefused({"confirmed": FORGOTTEN_TONIGHT.format(months=months_kept())})
    return change_resident(resident, version=version, by=by, at=at, left_on=left_on, is_head=False)


def _check_dates(columns: dict[str, Any], *, at: datetime, stands: Resident | None = None) -> None:
    """Nobody arrives in the future, or leaves before arriving."""
    if columns.get("arrived_on") and columns["arrived_on"] > timezone.localdate(at):
        raise RegisterRefused({"arrived_on": ARRIVES_LATER})
    arrived, left = (columns.get(name, getattr(stands, name, None)) for name in ("arrived_on", "left_on"))
    if arrived and left and left < arrived:
        raise RegisterRefused({"left_on": f"离开日期早于来京日期 {arrived:%Y-%m-%d}。请核对。"})


def facts_in(id_number: str) -> dict[str, Any]:
    """Sex and year of birth that an ID number tells (GB 11643); nothing of an empty one."""
    return {"sex": "m" if int(id_number[16]) % 2 else "f", "birth_year": int(id_number[6:10])} if id_number else {}


def _with_indexes(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns with the blind indexes of those that are encrypted."""
    purposes = {"id_number": ("id_index", ID), "phone": ("phone_index", PHONE)}
    indexes = {
        index: blind_index(columns[name], purpose=purpose) if columns[name] else ""
        for name, (index, purpose) in purposes.items()
        if name in columns
    }
    return {**columns, **indexes}


def _refuse_second_home(id_index: str, *, by: Any, at: datetime, but: Resident | None = None) -> None:
    """Nobody lives in two dwellings. The answer tells that the number is known, so it is audited like a search."""
    if not id_index:
        return
    others = Resident.objects.living().with_index(id_index=id_index).exclude(pk=but.pk if but else None)
    known = others.select_related("dwelling__community").first()
    if known is None:
        return
    record("resident_searched", actor=by, detail={"by": "id_index", "count": 1}, at=at)
    if _reads_people_of(known.dwelling, by):
        told = f"已登记在 {known.dwelling.code}。已搬走的，请先在那一户登记离开。"
    else:
        told = ELSEWHERE.format(community=known.dwelling.community.name)
    raise RegisterRefused({"id_number": f"这个证件号{told}"})


# --- looking, showing, forgetting --------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Identity:
    """A person in plain words, for one answer; without a `repr`, so that no log prints it."""

    lines: tuple[tuple[str, str], ...]


def reveal_resident(resident: Resident, *, by: Any, reason: str, at: datetime, ip: str = "") -> Identity:
    """Show who it is; the audit row is written first. Raises NotYours, RegisterRefused."""
    if not by.has_perm("grid.reveal_person") or not Resident.objects.visible_to(by).contains(resident):
        raise NotYours("你的角色不能查看居民身份。需要时请与台账专员联系。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise RegisterRefused({"reason": REASON_WANTED})
    with transaction.atomic():
        record("resident_revealed", actor=by, subject=resident, reason=_masked(reason, resident), at=at, ip=ip)
        lines = (
            ("姓名", resident.name), ("证件号", resident.id_number), ("电话", resident.phone),
            ("房号", resident.dwelling.door),
        )  # fmt: skip
        return Identity(tuple((word, value) for word, value in lines if value))


def _masked(reason: str, resident: Resident) -> str:
    """A reason as the trail keeps it, which nobody can erase: whoever wrote the person's name into it, it is masked."""
    return scrub(reason.replace(resident.name, resident.masked_name))


def find_residents(text: str, *, by: Any, at: datetime) -> list[Resident]:
    """The people with exactly this ID number or phone, among those whom this person sees; each search is audited."""
    tidy = "".join(text.split()).upper()
    index = {"id_index": blind_index(tidy, purpose=ID)} if len(tidy) == 18 else {
        "phone_index": blind_index(tidy, purpose=PHONE)
    }  # fmt: skip
    rows = Resident.objects.visible_to(by).with_index(**index).select_related("dwelling__community")
    found = list(rows.defer("dwelling__community__shape").order_by("pk")[:20])
    record("resident_searched", actor=by, detail={"by": next(iter(index)), "count": len(found)}, at=at)
    return found


def erase_resident(resident: Resident, *, by: Any, reason: str, at: datetime) -> None:
    """Forget a person at once (PIPL 47), and what a table said of them; there is no search text or history."""
    check_hands(resident.dwelling, by)
    if len(reason.strip()) < SHORTEST_REASON:
        raise RegisterRefused({"reason": REASON_WANTED})
    with transaction.atomic():
        record("resident_erased", actor=by, subject=resident, reason=_masked(reason, resident), at=at)
        _forget_in_tables([resident], at=at)
        resident.delete()


def months_kept() -> int:
    """How long the street keeps who has left, in months."""
    return (RetentionRule.objects.order_by("pk").first() or RetentionRule()).months_after_leaving


def erased_on(left_on: date, *, months: int | None = None) -> date:
    """The day in whose night who left on a day is forgotten: the first for which the retention lies behind.

    `months` is the retention, when it was read already for many rows.
    """
    months = months_kept() if months is None else months
    day = _months_after(left_on, months) + timedelta(days=1)
    while _months_after(day, -months) <= left_on:  # the last days of a long month have none of their own in a short one
        day += timedelta(days=1)
    return day


def erase_departed(*, at: datetime) -> int:
    """Forget those who left longer ago than the retention, and what tables said of them; returns how many."""
    before = _months_after(timezone.localdate(at), -months_kept())
    gone = list(Resident.objects.left_before(before).select_related("dwelling").order_by("pk")[:ERASED_AT_ONCE])
    if not gone:
        return 0
    with transaction.atomic():
        _forget_in_tables(gone, at=at)
        count, _ = Resident.objects.filter(pk__in=[one.pk for one in gone]).delete()
        record("departed_erased", actor=None, detail={"count": count}, at=at)
    return count


def _forget_in_tables(gone: list[Resident], *, at: datetime) -> None:
    """Also what tables said of them, written or still on the way; but of who moved within the street nothing else."""
    pks, ids = [one.pk for one in gone], {one.id_index for one in gone} - {""}
    stay = set(Resident.objects.exclude(pk__in=pks).filter(id_index__in=ids).values_list("id_index", flat=True))
    tells = told_by([one for one in gone if one.id_index not in stay])
    forget_rows(RESIDENTS_KEY, pks, tells=tells, at=at)


def told_by(people: Iterable[Resident]) -> Callable[[Iterable[str]], bool]:
    """Whether the texts of a row tell of one of these people: by the ID number, or by the name beside the phone, the
    dwelling's number, or building and door."""
    ids: set[str] = set()
    beside: dict[str, list[set[str]]] = {}
    for one in people:
        ids |= {_bare(one.id_number)} - {""}
        home = one.dwelling
        for texts in ((one.phone,), (home.code,), (home.building, home.door)):
            sign = {_bare(text) for text in texts} - {""}
            if sign:
                beside.setdefault(_bare(one.name), []).append(sign)

    def tells(row: Iterable[str]) -> bool:
        words = {_bare(text) for text in row}
        if ids and any(ids.intersection(ID_IN_TEXT.findall(word)) for word in words):
            return True
        return any(sign <= words for name in words & beside.keys() for sign in beside[name])

    return tells


def _bare(text: str | None) -> str:
    """A cell as cells are compared, without what offices write into numbers: +86 138-0000-0001."""
    return re.sub(r"[-–—'’]", "", normal(text or "")).removeprefix("+86")


def _months_after(day: date, months: int) -> date:
    """The same day of a later or, below zero, an earlier month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
