"""The register of people as spreadsheets see it: dwellings (户) and residents (人), in and out by the register's verbs.

A resident's row names the dwelling by its number, or by building and door. Masked cells never overwrite what they
hide. A person who was erased has no number any more, and the very row that brought them in counts as imported, so
that an old file does not bring them back.
"""
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.audit import record
from accounts.encryption import blind_index
from grid import people
from grid.addresses import normal
from grid.models import Dwelling, DwellingUse, Resident, ResidentKind, Sex
from grid.register_sheets import RIGHTS, TOUCHED, Register, packed, placed
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from sheets.targets import Alike, Column, How, Kind, Known, Problem, RowRefused, Target, Written

NO_DWELLING = "没有找到这一户。请先登记住户，或核对户编号、楼院和单元房号。"
MOVES_NOT = "{number} 登记在 {code}，不能用表格换户。请先登记离开，再在新的一户登记。"
MAY_REFUSE = (RegisterRefused, NotYours, RegisterConflict)
OF_THE_DWELLING = ("dwelling", "building", "door")
RESIDENT_COLUMNS = (
    "name", "id_number", "phone", "sex", "birth_year", "kind", "home_place", "is_head", "arrived_on", "left_on",
)  # fmt: skip


def mask_door(door: str) -> str:
    """A door behind which somebody lives tells as much as a name."""
    return "***"


# --- dwellings ---------------------------------------------------------------------------------------------------


class Dwellings(Register):
    """Dwellings are known by their number, else by building and door."""

    def known(self, rows: list[dict[str, Any]]) -> dict[int, Known]:
        """Those that the register has."""
        told = super().known(rows)
        doors = {
            place: people.door_index(row["building"], row.get("door", ""))
            for place, row in enumerate(rows) if place not in told and "code" not in row and row.get("building")
        }  # fmt: skip
        same = {one.door_index: one for one in Dwelling.objects.for_list().filter(door_index__in=doors.values())}
        return told | {
            place: Known(same[index], same[index].code, How.SAME_ID) for place, index in doors.items() if index in same
        }

    def check(self, values: dict[str, Any]) -> list[Problem]:
        """As every register; no room stands in the plain column, and only what is let is registered as let."""
        found = super().check(values)
        if people.names_room(values.get("building", "")):
            found.append(Problem("building", people.ROOM_IN_BUILDING))
        wrong = values.get("rental_registered_on") and values.get("use", DwellingUse.RENTED) != DwellingUse.RENTED
        return [*found, Problem("rental_registered_on", people.ONLY_RENTED)] if wrong else found


def _record_dwelling(*, door: str = "", **given: Any) -> Dwelling:
    return people.record_dwelling(door=door, **given)


DWELLING = Dwellings(
    Dwelling, _record_dwelling, people.change_dwelling,
    ("building", "door", "use", "rental_registered_on", "area_m2", "lon", "lat"), (), "building",
)  # fmt: skip
DWELLINGS = Target(
    key="dwellings", title="户台账", number="code", address="/grid/dwellings/", unit="户", **RIGHTS,
    columns=(
        Column("code", "户编号", synonyms=("编号",)),
        Column("building", "楼院", synonyms=("楼栋", "楼号", "地址", "门牌"), needed=True, most=60),
        Column("door", "单元房号", synonyms=("房号", "门牌号", "房间号"), personal=True, mask=mask_door, most=30),
        Column("use", "用途", Kind.CHOICE, ("房屋用途", "使用情况"), choices=DwellingUse.choices, thing="用途",
               choice_words={"自用": DwellingUse.OWN, "租住": DwellingUse.RENTED, "空": DwellingUse.VACANT}),
        Column("rental_registered_on", "出租登记日期", Kind.DATE, ("出租登记", "登记备案日期")),
        Column("area_m2", "建筑面积", Kind.AREA, ("面积", "房屋面积"), least=Decimal("0.1"), most=Decimal(10_000),
               in_preview=False), *placed(),
    ),
    check=DWELLING.check, known=DWELLING.known, write=DWELLING.write, undo=DWELLING.undo,
    alike=(Alike(("building", "door"), asks=True),),
)  # fmt: skip


# --- residents ---------------------------------------------------------------------------------------------------


def number_of(row: Resident) -> str:
    """A resident's number in tables; it is never used again for somebody else."""
    return f"R{row.pk:07d}"


def dwelling_of(values: dict[str, Any]) -> Dwelling | None:
    """The dwelling that a row names, by number, else by building and door."""
    sign = _home_sign(values)
    return Dwelling.objects.filter(Q(code=sign) | Q(door_index=sign)).first() if sign else None


def check_residents(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], list[Problem]]:
    """A new person lives somewhere; nobody leaves in the future, or so long ago that the register forgets it."""
    homes, today, months = _homes_of(rows), timezone.localdate(), people.months_kept()

    def check(values: dict[str, Any]) -> list[Problem]:
        found = []
        if not values.get("number") and _home_sign(values) not in homes:
            told = people.names_room(values.get("building", ""))
            found.append(Problem("building", people.ROOM_IN_BUILDING) if told else Problem("dwelling", NO_DWELLING))
        left, arrived = values.get("left_on"), values.get("arrived_on")
        if arrived and arrived > today:
            found.append(Problem("arrived_on", people.ARRIVES_LATER))
        if left and left > today:
            found.append(Problem("left_on", people.LEAVES_LATER))
        if left and people.erased_on(left, months=months) <= today:
            found.append(Problem("left_on", "离开已超过保存期限，不再登记。请删去这一行。"))
        if left and arrived and left < arrived:
            found.append(Problem("left_on", f"离开日期早于来京日期 {arrived:%Y-%m-%d}。请核对。"))
        return found

    return check


def _home_sign(values: dict[str, Any]) -> str:
    """By what a row names its dwelling: the number, else the blind index of building and door; empty for neither."""
    if values.get("dwelling"):
        return values["dwelling"].upper()
    return people.door_index(values["building"], values.get("door", "")) if values.get("building") else ""


def _homes_of(rows: list[dict[str, Any]]) -> set[str]:
    """The signs of those dwellings that the register has."""
    signs = {_home_sign(row) for row in rows} - {""}
    known = Dwelling.objects.filter(Q(code__in=signs) | Q(door_index__in=signs))
    return {sign for pair in known.values_list("code", "door_index") for sign in pair}


def known_residents(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """By number; else by ID number among those who live here; else somebody of the same name in the same dwelling."""
    keys = {place: _key(row["number"]) for place, row in enumerate(rows) if row.get("number")}
    by_key = {one.pk: one for one in Resident.objects.for_list().filter(pk__in=[key for key in keys.values() if key])}
    told = {
        place: Known(by_key[key], number_of(by_key[key]), How.NUMBER) for place, key in keys.items() if key in by_key
    }
    new = {place: row for place, row in enumerate(rows) if place not in keys}
    indexes = {
        place: blind_index(row["id_number"], purpose=people.ID) for place, row in new.items() if row.get("id_number")
    }
    living = Resident.objects.for_list().living().filter(id_index__in=indexes.values())
    told |= _known(indexes, {one.id_index: one for one in living}, How.SAME_ID)
    return told | _same_names({place: row for place, row in new.items() if place not in told})


def _key(number: str) -> int | None:
    digits = number.upper().removeprefix("R")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None


def _known(signs: dict[int, Any], found: dict[Any, Resident], how: How) -> dict[int, Known]:
    return {
        place: Known(found[sign], number_of(found[sign]), how) for place, sign in signs.items() if sign in found
    }  # fmt: skip


def _same_names(new: dict[int, dict[str, Any]]) -> dict[int, Known]:
    codes = {row["dwelling"].upper() for row in new.values() if row.get("dwelling")}
    doors = {
        place: people.door_index(row["building"], row.get("door", ""))
        for place, row in new.items() if row.get("building") and not row.get("dwelling")
    }  # fmt: skip
    if not codes and not doors:
        return {}
    homes = Q(dwelling__code__in=codes) | Q(dwelling__door_index__in=doors.values())
    found = {}
    for one in Resident.objects.for_list().living().filter(homes):
        found[one.dwelling.code, normal(one.name)] = found[one.dwelling.door_index, normal(one.name)] = one
    signs = {
        place: (row["dwelling"].upper() if row.get("dwelling") else doors.get(place), normal(row.get("name", "")))
        for place, row in new.items()
    }
    return _known(signs, found, How.SAME_PERSON)


def _as_told(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except MAY_REFUSE as refused:
        raise RowRefused(str(refused)) from refused


@transaction.atomic
def write_resident(values: dict[str, Any], *, known: Known | None, by: Any, at: datetime) -> Written:
    """One row by the register's verbs."""
    given = {name: value for name, value in values.items() if name in RESIDENT_COLUMNS}
    given |= people.facts_in(given.get("id_number", ""))
    if known is None:
        home = dwelling_of(values)
        if home is None:
            raise RowRefused(NO_DWELLING)
        row = _as_told(lambda: people.record_resident(dwelling=home, by=by, at=at, **given))
        return Written(row.pk, number_of(row), created=True, stamp=str(row.version))
    row = Resident.objects.for_list().get(pk=known.row.pk)
    if any(name in values for name in OF_THE_DWELLING):
        raise RowRefused(MOVES_NOT.format(number=number_of(row), code=row.dwelling.code))
    if given.get("left_on"):
        given["is_head"] = False
    before = {name: packed(getattr(row, name)) for name in given if getattr(row, name) != given[name]}
    row = _as_told(lambda: people.change_resident(row, version=row.version, by=by, at=at, **given))
    return Written(row.pk, number_of(row), created=False, before=before, stamp=str(row.version))


@transaction.atomic
def undo_resident(written: Written, *, by: Any, at: datetime) -> None:
    """Take a person away who came by the table, or put back what it changed; who was erased stays so."""
    row = Resident.objects.for_list().filter(pk=written.pk).first()
    if row is None:
        return
    if str(row.version) != written.stamp:
        raise RowRefused(TOUCHED.format(number=written.number))
    if written.created:
        record("resident_taken_back", actor=by, subject=row, at=at)
        row.delete()
        return
    before = {name: _unpacked(name, value) for name, value in written.before.items()}
    _as_told(lambda: people.change_resident(row, version=row.version, by=by, at=at, **before))


def _unpacked(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value and name in ("arrived_on", "left_on") else value


RESIDENTS = Target(
    key=people.RESIDENTS_KEY, title="居民台账", number="number", address="/grid/dwellings/", unit="人", **RIGHTS,
    columns=(
        Column("number", "居民编号", read=number_of),
        Column("dwelling", "户编号", read=lambda row: row.dwelling.code, most=12),
        Column("building", "楼院", synonyms=("楼栋", "楼号", "地址"), most=60, read=lambda row: row.dwelling.building),
        Column("door", "单元房号", synonyms=("房号", "房间号"), personal=True, mask=mask_door, most=30,
               read=lambda row: row.dwelling.door or ""),
        Column("name", "姓名", needed=True, personal=True, most=30),
        Column("id_number", "证件号", Kind.ID_NUMBER, ("身份证号", "身份证号码", "公民身份号码"), personal=True),
        Column("phone", "电话", Kind.PHONE, ("联系电话", "手机", "手机号"), personal=True),
        Column("sex", "性别", Kind.CHOICE, choices=Sex.choices, thing="性别", in_preview=False),
        Column("birth_year", "出生年", Kind.COUNT, ("出生年份",), least=1900, most=2100, in_preview=False),
        Column("kind", "户口", Kind.CHOICE, ("户口类别", "人口类别"), choices=ResidentKind.choices, thing="户口类别",
               choice_words={"户籍人口": ResidentKind.REGISTERED, "流动人口": ResidentKind.MIGRANT,
                             "境外人员": ResidentKind.FOREIGN}),
        Column("home_place", "户籍地", synonyms=("籍贯",), most=40, in_preview=False),
        Column("is_head", "户主", Kind.YES_NO, ("是否户主",)),
        Column("arrived_on", "来京日期", Kind.DATE, ("来京时间", "到达日期"), in_preview=False),
        Column("left_on", "离开日期", Kind.DATE, ("离京日期", "搬离日期")),
        Column("community", "社区", Kind.COMMUNITY, only_out=True, read=lambda row: row.dwelling.community),
    ),
    check_batch=check_residents, known=known_residents, write=write_resident, undo=undo_resident, unique=("id_number",),
    alike=(Alike(("dwelling", "name"), asks=True), Alike(("building", "door", "name"), asks=True)),
)  # fmt: skip
