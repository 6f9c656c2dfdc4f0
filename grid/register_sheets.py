"""The registers as spreadsheets see them: things and places, in and out by the registers' own verbs.

A new row without a position lies where its address says, by the street's own address book.
"""
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import SET_NULL, Model, ProtectedError

from accounts.models import Department
from grid import sites, things
from grid.addresses import place_of
from grid.buildings import PARTING, read_buildings
from grid.check_plans import too_often
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import (
    CheckTime,
    KeySite,
    Organisation,
    OrganisationKind,
    SiteCategory,
    SiteStatus,
    Thing,
    ThingClass,
    ThingState,
)
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from sheets.targets import Column, How, Kind, Known, Problem, RowRefused, Target, Written

RIGHTS = {
    "import_right": "grid.import_registers", "export_right": "grid.export_registers",
    "unmasked_right": "grid.export_unmasked_registers",
}  # fmt: skip
NO_PLACE = "没有坐标，地址里也没有认出已登记的地点。请填经度、纬度（WGS-84），或写明小区、道路名。"
TOUCHED = "{number} 导入后又改过，不能撤销。"
REFERRED_TO = "{number} 已被其他记录引用，不能撤销。请打开它停用。"


@dataclass(frozen=True)
class Register:
    """How one register is written from a row: its table, its verbs, and which columns a known row keeps."""

    model: type[Model]
    record: Callable[..., Any]
    change: Callable[..., Any]
    columns: tuple[str, ...]
    fixed: tuple[str, ...]
    named: str  # the column whose words name the place
    links: tuple[str, ...] = ()  # columns whose values are keys of other tables
    marks: tuple[tuple[str, How], ...] = ()  # by which else a row is known: column → how sure that is

    def check(self, values: dict[str, Any]) -> list[Problem]:
        """A row lies somewhere: by its position, or by words that the address book knows."""
        if ("lon" in values) != ("lat" in values):
            return [Problem("lon" if "lat" in values else "lat", "经度和纬度要一起填。请补上另一个。")]
        if "lon" in values or values.get("code") or place_of(str(values.get(self.named, ""))):
            return []
        return [Problem(self.named, NO_PLACE)]

    def rows(self) -> Any:
        """The register, with what the columns read."""
        return self.model.objects.for_list()

    def held(self, row: Any, name: str) -> Any:
        """What the register holds in a column."""
        return getattr(row, name)

    def known(self, rows: list[dict[str, Any]]) -> dict[int, Known]:
        """Rows of the register by their number, else by the columns that mark them."""
        numbers = {row["code"] for row in rows if row.get("code")}
        found = {one.code: one for one in self.rows().filter(code__in=numbers)}
        told = {
            place: Known(found[row["code"]], row["code"], How.NUMBER)
            for place, row in enumerate(rows) if row.get("code") in found
        }  # fmt: skip
        for column, how in self.marks:
            told |= self._alike(rows, told, column, how)
        return told

    def _alike(self, rows: list[dict[str, Any]], told: dict[int, Known], column: str, how: How) -> dict[int, Known]:
        """Rows without a number that are, or may be, rows of the register by another column."""
        wanted = {row[column] for place, row in enumerate(rows) if place not in told and row.get(column)}
        if not wanted:
            return {}
        same = {getattr(one, column): one for one in self.rows().filter(**{f"{column}__in": wanted})}
        return {
            place: Known(same[row[column]], same[row[column]].code, how)
            for place, row in enumerate(rows) if place not in told and row.get(column) in same
        }  # fmt: skip

    @transaction.atomic
    def write(self, values: dict[str, Any], *, known: Known | None, by: Any, at: datetime) -> Written:
        """One row by the register's verb."""
        given = {name: value for name, value in values.items() if name in self.columns}
        given |= {f"{name}_id": given.pop(name) for name in self.links if name in given}
        given |= {name: float(given[name]) for name in ("lon", "lat") if name in given}
        try:
            if known is None:
                return self._new(values, given, by=by, at=at)
            row = self.model.objects.get(pk=known.row.pk)
            given = {name: value for name, value in given.items() if name not in self.fixed}
            before = {name: packed(self.held(row, name)) for name in given if self.held(row, name) != given[name]}
            row = self.change(row, version=row.version, by=by, at=at, **given)
            return Written(row.pk, row.code, created=False, before=before, stamp=str(row.version))
        except (RegisterRefused, NotYours, RegisterConflict) as refused:
            raise RowRefused(str(refused)) from refused

    def _new(self, values: dict[str, Any], given: dict[str, Any], *, by: Any, at: datetime) -> Written:
        if "lon" not in given:
            place = place_of(str(values.get(self.named, "")))
            if place is None:
                raise RowRefused(NO_PLACE)
            given |= {"lon": place.lon, "lat": place.lat}
        row = self.record(by=by, at=at, **given)
        return Written(row.pk, row.code, created=True, stamp=str(row.version))

    def undo(self, written: Written, *, by: Any, at: datetime) -> None:
        """Take a created row away, or put back what an update changed; refused when it was touched since."""
        row = self.model.objects.filter(pk=written.pk).first()
        if row is None:
            return
        if str(row.version) != written.stamp:
            raise RowRefused(TOUCHED.format(number=written.number))
        try:
            if written.created:
                self._take_away(row)
                return
            fields = {field.name: field for field in self.model._meta.fields}  # keys and told words are none
            before = {
                name: fields[name].to_python(value) if name in fields else value
                for name, value in written.before.items()
            }
            self.change(row, version=row.version, by=by, at=at, **before)
        except (RegisterRefused, NotYours, RegisterConflict) as refused:
            raise RowRefused(str(refused)) from refused


    @transaction.atomic
    def _take_away(self, row: Any) -> None:
        if _is_pointed_at(row):
            raise RowRefused(REFERRED_TO.format(number=row.code))
        try:
            row.delete()
        except ProtectedError as error:
            raise RowRefused(REFERRED_TO.format(number=row.code)) from error
        publish(SUBJECT)  # the address book names it no more


def _is_pointed_at(row: Model) -> bool:
    """Whether rows of any table, the upper apps' too, would silently forget that they are about this one.

    What belongs to it goes with it (CASCADE), and what must keep it protects it; the rest would be emptied.
    """
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.get_fields(include_hidden=True)
        if relation.auto_created and getattr(relation, "on_delete", None) is SET_NULL
    )


def packed(value: Any) -> Any:
    """A value as JSON holds it until the batch can no longer be taken back."""
    return str(value) if isinstance(value, date) else value


def _departments() -> list[tuple[int, str]]:
    return list(Department.objects.active().order_by("code").values_list("pk", "name"))


def _classes() -> list[tuple[int, str]]:
    return [(one.pk, one.label) for one in ThingClass.objects.active().order_by("standard", "code")]


def _record_thing(*, thing_class_id: int, **given: Any) -> Thing:
    named = ThingClass.objects.get(pk=thing_class_id)
    return things.record_thing(thing_class=things.class_meant(named, given.get("code", ""), named.newer.all()), **given)


def _check_things(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], list[Problem]]:
    """A thing lies somewhere, and its plate can be one and is of its class; the classes are read once."""
    classes = ThingClass.objects.in_bulk()

    def check(values: dict[str, Any]) -> list[Problem]:
        found, code, named = THING.check(values), values.get("code"), classes.get(values.get("thing_class"))
        if code and named:
            try:
                things.check_plate(code, things.class_meant(named, code, classes.values()))
            except RegisterRefused as refused:
                found.append(Problem("code", refused.errors["code"]))
        return found

    return check


class Places(Register):
    """Places with their buildings."""

    def rows(self) -> Any:
        """With the buildings too."""
        return self.model.objects.for_export()

    def check(self, values: dict[str, Any]) -> list[Problem]:
        """A place lies somewhere, its plan can be kept, and its buildings are understood."""
        found = super().check(values)
        sentence = too_often(values.get("patrol_per_week") or 0, values.get("check_time") or CheckTime.ANY)
        if sentence:
            found.append(Problem("patrol_per_week", sentence))
        try:
            _with_buildings(values)
        except RegisterRefused as refused:
            found.append(Problem("building_words", str(refused)))
        return found


def _with_buildings(given: dict[str, Any]) -> dict[str, Any]:
    """What the verb is given: the buildings that a cell tells, where it tells any."""
    if "building_words" not in given:
        return given
    told = {name: value for name, value in given.items() if name != "building_words"}
    return {**told, "buildings": read_buildings(PARTING.split(given["building_words"]), counted="栋")}


def _record_place(**given: Any) -> KeySite:
    return sites.record_place(**_with_buildings(given))


def _change_place(site: KeySite, **given: Any) -> KeySite:
    return sites.change_place(site, **_with_buildings(given))


def _companies() -> list[tuple[int, str]]:
    """The property companies; of two with one name each with its number."""
    rows = Organisation.objects.active().of_kind(OrganisationKind.PROPERTY).order_by("code")
    facts = list(rows.values_list("pk", "name", "code"))
    named = Counter(name for _, name, _ in facts)
    return [(pk, name if named[name] == 1 else f"{name}（{code}）") for pk, name, code in facts]


def placed() -> tuple[Column, ...]:
    """Where a row lies."""
    return (
        Column("lon", "经度", Kind.NUMBER, ("lon", "longitude"), least=116, most=117, in_preview=False,
               read=lambda row: Decimal(str(round(row.lon, 7)))),
        Column("lat", "纬度", Kind.NUMBER, ("lat", "latitude"), least=39, most=41, in_preview=False,
               read=lambda row: Decimal(str(round(row.lat, 7)))),
        Column("community", "社区", Kind.COMMUNITY, only_out=True, read=lambda row: row.community),
        Column("grid", "网格", Kind.GRID, only_out=True, read=lambda row: row.grid),
    )  # fmt: skip


THING = Register(
    Thing, _record_thing, things.change_thing,
    (
        "code", "thing_class", "state", "owner", "owner_name", "maintainer", "address", "lon", "lat", "installed_on",
        "note",
    ),
    ("code", "thing_class_id"), "address", ("thing_class", "owner", "maintainer"),
)  # fmt: skip
PLACE = Places(
    KeySite, _record_place, _change_place,
    (
        "name", "category", "subcategory", "status", "patrol_per_week", "check_time", "property_company",
        "building_words", "note", "lon", "lat",
    ),
    (), "address", ("property_company",),
    marks=(("name", How.SAME_PLACE),),
)  # fmt: skip

THINGS = Target(
    key="things", title="部件台账", number="code", address="/grid/things/", unit="个", takes_numbers=True, **RIGHTS,
    columns=(
        Column("code", "标识码", synonyms=("部件标识码", "编码", "编号")),
        Column("thing_class", "小类", Kind.CHOICE, ("部件小类", "类别", "部件名称"), needed=True, choices=_classes,
               thing="小类", read=lambda row: row.thing_class_id),
        Column("state", "状态", Kind.CHOICE, ("部件状态",), choices=ThingState.choices, thing="状态"),
        Column("owner", "权属单位", Kind.CHOICE, ("主管部门",), choices=_departments, thing="部门",
               read=lambda row: row.owner_id),
        Column("owner_name", "其他权属单位", most=60, in_preview=False),
        Column("maintainer", "养护单位", Kind.CHOICE, ("维护单位",), choices=_departments, thing="部门",
               in_preview=False, read=lambda row: row.maintainer_id),
        Column("address", "位置", synonyms=("地址", "所在位置"), most=100),
        Column("installed_on", "设置日期", Kind.DATE, ("安装日期",), in_preview=False),
        Column("note", "备注", most=200, in_preview=False), *placed(),
    ),
    check_batch=_check_things, known=THING.known, write=THING.write, undo=THING.undo,
)  # fmt: skip
PLACES = Target(
    key="places", title="地点台账", number="code", address="/grid/", unit="处", **RIGHTS,
    columns=(
        Column("code", "编号", synonyms=("点位编号",)),
        Column("name", "名称", synonyms=("点位名称", "小区名称"), needed=True, most=60),
        Column("category", "类别", Kind.CHOICE, needed=True, choices=SiteCategory.choices, thing="类别"),
        Column("subcategory", "小类", most=20, in_preview=False),
        Column("status", "状态", Kind.CHOICE, choices=SiteStatus.choices, thing="状态"),
        Column("patrol_per_week", "每周检查次数", Kind.COUNT, ("每周巡查",), least=0, most=14),
        Column("check_time", "检查时段", Kind.CHOICE, ("检查时间",), choices=CheckTime.choices, thing="检查时段",
               in_preview=False),
        Column("property_company", "物业公司", Kind.CHOICE, ("物业", "物业单位"), choices=_companies, thing="物业公司",
               in_preview=False, read=lambda row: row.property_company_id),
        Column("building_words", "楼栋", synonyms=("楼号", "楼栋单元"), most=4000, in_preview=False),
        Column("note", "备注", most=200, in_preview=False),
        Column("address", "地址", synonyms=("位置",), most=100, read=lambda row: ""), *placed(),
    ),
    check=PLACE.check, known=PLACE.known, write=PLACE.write, undo=PLACE.undo,
)  # fmt: skip
TARGETS = (THINGS, PLACES)
