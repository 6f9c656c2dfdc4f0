"""The ledgers of campaigns as spreadsheets see them: structures, and entries of each kind that an admin defines.

A structure comes in with as many steps as its row has dates for; a known one is amended and goes on from where it
stands. Pictures do not come with a list, so 验收 by a list goes without them and the story says where it came from.
"""
import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction

from accounts.models import Department
from campaigns import answers, entries, ledger
from campaigns.errors import StepRefused
from campaigns.models import Campaign, Entry, EntryKind, Structure
from campaigns.models.structures import masked_owner
from campaigns.states import Era, LandNature, Mode, OwnerKind, PaperKind, Setting, Stage, Supervision
from sheets.targets import Alike, Column, How, Kind, Known, Problem, RowRefused, Target, Written

BY_LIST, CORRECTED, TAKEN_BACK = "按导入的表登记", "按导入的表更正", "撤销导入，恢复原值"
NO_AUTHORITY = "未注明"
LARGEST = Decimal(1_000_000)
PLAIN = (
    "place", "address", "community", "grid", "lon", "lat", "owner_kind", "owner_name", "type", "use", "construction",
    "storeys", "footprint_m2", "floor_area_m2", "area_approximate", "found_source", "found_on", "project",
    "supervision", "later_use", "note", "era", "setting", "land_nature", "property_nature", "built_year",
    "responsible_person",
)  # fmt: skip
RESULT = (
    "mode", "demolished_on", "demolished_area_m2", "vacated_land_m2", "relocated_people", "persons_on_site", "machines",
)  # fmt: skip


def campaign_choices() -> list[tuple[int, str]]:
    """The campaigns by name."""
    return list(Campaign.objects.order_by("-starts_on", "pk").values_list("pk", "name"))


def department_choices() -> list[tuple[int, str]]:
    """The departments by short name."""
    return list(Department.objects.active().order_by("code").values_list("pk", "short_name"))


def _notice(row: Structure) -> Any:
    return next((paper for paper in reversed(row.papers.all()) if paper.kind == PaperKind.NOTICE), None)


def _of_notice(name: str, title: str, *synonyms: str, kind: Kind = Kind.TEXT, **more: Any) -> Column:
    """A column of the latest 限期拆除通知书."""
    column = {"notice_no": "number", "notice_on": "issued_on"}.get(name, name)
    return Column(name, title, kind, synonyms, in_preview=False,
                  read=lambda row: getattr(_notice(row), column) if _notice(row) else None, **more)  # fmt: skip


def _paper_words(row: Structure) -> str:
    """Every paper with its number, day, authority and service, one after the other."""
    told = []
    for paper in row.papers.all():
        served = f"{paper.get_service_display() or '送达'} {paper.served_on:%Y-%m-%d}" if paper.served_on else ""
        told.append("，".join(filter(None, (f"{paper}", f"{paper.issued_on:%Y-%m-%d}", paper.authority, served))))
    return "；".join(told)


def _kind_of(name: str, title: str, choices: Any, *synonyms: str, **words: Any) -> Column:
    """A choice that may stay open; offices leave 违建 and 土地 away."""
    return Column(name, title, Kind.CHOICE, synonyms, choices=choices.choices, thing=title, choice_words=words,
                  in_preview=False, read=lambda row: getattr(row, name) or None)  # fmt: skip


def _day(name: str, title: str, *synonyms: str, **more: Any) -> Column:
    return Column(name, title, Kind.DATE, synonyms, in_preview=False, **more)


def _area(name: str, title: str, *synonyms: str, **more: Any) -> Column:
    return Column(name, title, Kind.AREA, synonyms, least=0, most=LARGEST, **more)


STRUCTURE_COLUMNS = (
    Column("number", "台账编号", synonyms=("编号", "违建编号", "struct_no"), most=20),
    Column("place", "点位名称", synonyms=("点位", "名称", "违建名称", "place"), needed=True, most=60),
    Column("address", "地址", synonyms=("详细地址", "位置"), most=100, in_preview=False),
    Column("community", "社区", Kind.COMMUNITY, ("所属社区", "居委会", "community"), needed=True),
    Column("grid", "网格", Kind.GRID, ("单元网格", "grid_name"), in_preview=False),
    Column("lon", "经度", Kind.NUMBER, ("lon",), least=73, most=136, in_preview=False,
           read=lambda row: None if row.lon is None else Decimal(str(row.lon))),
    Column("lat", "纬度", Kind.NUMBER, ("lat",), least=18, most=54, in_preview=False,
           read=lambda row: None if row.lat is None else Decimal(str(row.lat))),
    Column("campaign", "批次", Kind.CHOICE, ("专项行动", "行动"), choices=campaign_choices, thing="专项行动",
           in_preview=False, read=lambda row: row.campaign_id),
    Column("project", "所属项目", synonyms=("项目", "project"), most=30, in_preview=False),
    Column("type", "违建类型", synonyms=("类型", "建筑类型", "type"), most=20),
    Column("use", "用途", synonyms=("使用性质", "use"), most=20, in_preview=False),
    Column("construction", "结构", synonyms=("建筑结构", "structure"), most=20, in_preview=False),
    Column("storeys", "层数", Kind.COUNT, ("storeys",), least=0, most=50, unit="层", in_preview=False),
    Column("owner_kind", "当事人类型", Kind.CHOICE, ("产权单位类型", "owner_kind"), choices=OwnerKind.choices,
           choice_words={kind.label.replace("(", "（").replace(")", "）"): kind.value for kind in OwnerKind},
           thing="当事人类型", in_preview=False, read=lambda row: row.owner_kind or None),
    Column("owner_name", "当事人", synonyms=("使用人", "业主", "违建当事人", "owner_name"), personal=True, most=60,
           mask=masked_owner),
    _kind_of("era", "新生或既有", Era, 既有=Era.EXISTING, 新生=Era.NEW),
    _kind_of("setting", "城镇或乡村", Setting, 城镇=Setting.TOWN, 乡村=Setting.VILLAGE),
    _kind_of("land_nature", "土地性质", LandNature, 国有=LandNature.STATE, 集体=LandNature.COLLECTIVE),
    Column("property_nature", "产权性质", most=20, in_preview=False),
    Column("built_year", "建成年份", Kind.COUNT, least=1900, most=2099, unit="年", in_preview=False),
    _area("footprint_m2", "占地面积", "占地", in_preview=False),
    _area("floor_area_m2", "认定建筑面积", "建筑面积", "认定面积", "违建面积", approximate_to="area_approximate"),
    _day("found_on", "发现日期", "摸排日期", "found_date"),
    Column("found_source", "发现来源", most=30, in_preview=False),
    _of_notice("notice_no", "通知书文号", "限拆文号", "限期拆除通知书文号", "notice_no", most=60),
    _of_notice("notice_on", "通知日期", "限拆日期", "下达日期", "notice_date", kind=Kind.DATE),
    _of_notice("deadline_on", "限期至", "限拆期限", "自拆期限", "deadline_date", kind=Kind.DATE),
    _of_notice("authority", "执法主体", "执法机关", most=60),
    Column("mode", "拆除方式", Kind.CHOICE, ("demolition_mode",), choices=Mode.choices, thing="拆除方式",
           choice_words={"强拆": Mode.FORCED, "自拆": Mode.VOLUNTARY}, in_preview=False,
           read=lambda row: row.mode or None),
    _day("demolished_on", "拆除日期", "拆除时间", "demolished_date"),
    _area("demolished_area_m2", "已拆建筑面积", "拆除面积", "已拆面积", "demolished_area_m2"),
    _area("vacated_land_m2", "腾退土地面积", "腾退土地", "腾退面积", "land_vacated_m2"),
    Column("relocated_people", "疏解人口", Kind.COUNT, ("疏解流动人口", "涉及人口", "people_relocated"), least=0,
           most=100_000, unit="人"),
    Column("persons_on_site", "现场人数", Kind.COUNT, ("persons_on_site",), least=0, most=100_000, in_preview=False),
    Column("machines", "机械台数", Kind.COUNT, ("machines",), least=0, most=10_000, in_preview=False),
    _day("accepted_on", "验收日期"),
    _day("written_off_on", "销账日期", "销号日期"),
    Column("later_use", "后续用途", synonyms=("腾退去向", "利用情况"), most=60, in_preview=False),
    Column("supervision", "挂账级别", Kind.CHOICE, choices=Supervision.choices, thing="挂账级别", in_preview=False,
           choice_words={"市": Supervision.CITY, "区": Supervision.DISTRICT}, read=lambda row: row.supervision or None),
    Column("responsible", "责任单位", Kind.CHOICE, ("牵头单位",), choices=department_choices, thing="责任单位",
           in_preview=False, read=lambda row: row.responsible_id),
    Column("responsible_person", "责任人", most=30, in_preview=False),
    Column("note", "备注", synonyms=("说明", "note"), most=300, in_preview=False),
    Column("papers", "各项文书", only_out=True, read=_paper_words),
    Column("departments", "联合执法单位", only_out=True,
           read=lambda row: "、".join(one.short_name for one in row.departments.all())),
    Column("stage", "阶段", only_out=True, read=lambda row: row.get_stage_display()),
    _day("relapsed_on", "反弹日期", only_out=True),
)  # fmt: skip


def check_structure(values: dict[str, Any]) -> list[Problem]:
    """What the ledger refuses beyond the kinds of its columns."""
    found = []
    down, floor = values.get("demolished_area_m2"), values.get("floor_area_m2")
    if down is not None and floor is not None and down > floor:
        found.append(Problem("demolished_area_m2", answers.TOO_MUCH.format(demolished=down, floor=floor)))
    days = [(name, values.get(name)) for name in ("found_on", "notice_on", "demolished_on", "accepted_on",
                                                  "written_off_on")]  # fmt: skip
    said = [(name, day) for name, day in days if day]
    titles = {column.name: column.title for column in STRUCTURE_COLUMNS}
    for (earlier, first), (later, then) in pairwise(said):
        if then < first:
            words = f"{titles[later]} {then:%Y-%m-%d} 早于{titles[earlier]} {first:%Y-%m-%d}。请核对。"
            found.append(Problem(later, words))
    if values.get("place") and not said:
        found.append(Problem("found_on", "发现日期、通知日期、拆除日期都没有填。请至少填一个。"))
    if values.get("place") and values.get("demolished_on"):
        lacking = [(name, titles[name]) for name in ("mode", "demolished_area_m2") if values.get(name) is None]
        found += [Problem(name, f"填了拆除日期，请同时填{title}。") for name, title in lacking]
    return found


def find_structures(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """By ledger number, else by the same place in the same community; two queries for all."""
    numbers, places = ({row[name] for row in rows if row.get(name)} for name in ("number", "place"))
    loaded = Structure.objects.for_page()
    by_number = {one.number: one for one in loaded.filter(number__in=numbers)}
    by_place = {(one.place, one.community_id): one for one in loaded.kept().filter(place__in=places).order_by("-pk")}
    found = {}
    for index, row in enumerate(rows):
        numbered = by_number.get(row.get("number", ""))
        community = row.get("community")
        there = by_place.get((row.get("place"), community.pk if community else None))
        if numbered:
            found[index] = Known(numbered, numbered.number, How.NUMBER)
        elif there and not row.get("number"):
            found[index] = Known(there, there.number, How.SAME_PLACE)
    return found


@transaction.atomic
def write_structure(values: dict[str, Any], *, known: Known | None, by: Any, at: datetime.datetime) -> Written:
    """One row through the ledger's own verbs."""
    try:
        return _new_structure(values, by=by, at=at) if known is None else _known_structure(known, values, by=by, at=at)
    except StepRefused as refusal:
        raise RowRefused(str(refusal)) from refusal


def _columns(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    columns = {name: values[name] for name in names if name in values}
    for name in ("campaign", "responsible"):
        if name in values:
            columns[f"{name}_id"] = values[name]
    for name in ("lon", "lat"):
        if columns.get(name) is not None:
            columns[name] = float(columns[name])
    return columns


def _new_structure(values: dict[str, Any], *, by: Any, at: datetime.datetime) -> Written:
    days = [values.get(name) for name in ("found_on", "notice_on", "demolished_on") if values.get(name)]
    columns = _columns(values, PLAIN) | {"found_on": days[0]}
    structure = ledger.register_structure(by=by, at=at, number=values.get("number", ""), words=BY_LIST, **columns)
    _go_on(structure, values, by=by, at=at)
    return Written(structure.pk, structure.number, created=True, stamp=str(structure.version))


def _go_on(structure: Structure, values: dict[str, Any], *, by: Any, at: datetime.datetime) -> None:
    """The steps for which the row has a date and which the structure has not taken."""
    def has(name: str) -> bool:
        return values.get(name) is not None

    area = values.get("floor_area_m2") or structure.floor_area_m2 or values.get("demolished_area_m2")
    start = values.get("notice_on") or values.get("demolished_on")
    take = {"by": by, "at": at, "words": BY_LIST}
    if structure.stage == Stage.SURVEYED and start and area is not None:
        ledger.make("determine", structure, on=start, floor_area_m2=area, derived=True,
                    area_approximate=structure.area_approximate, **take)  # fmt: skip
    if structure.stage == Stage.DETERMINED and has("notice_on"):
        paper = {"number": values.get("notice_no", ""), "deadline_on": values.get("deadline_on"),
                 "authority": values.get("authority") or NO_AUTHORITY}  # fmt: skip
        ledger.make("notify", structure, on=values["notice_on"], **paper, **take)
    if has("demolished_on") and not structure.demolished_on:
        result = {name: values[name] for name in RESULT if name in values and name != "demolished_on"}
        ledger.make("demolish", structure, on=values["demolished_on"], **result, **take)
    if structure.stage == Stage.DEMOLISHED and (has("accepted_on") or has("written_off_on")):
        on = values.get("accepted_on") or values["written_off_on"]
        ledger.make("accept", structure, on=on, without_photo=True, derived=not has("accepted_on"), **take)
    if structure.stage == Stage.ACCEPTED and has("written_off_on"):
        ledger.make("write_off", structure, on=values["written_off_on"], **take)


def _known_structure(known: Known, values: dict[str, Any], *, by: Any, at: datetime.datetime) -> Written:
    structure = Structure.objects.for_page().get(pk=known.row.pk)
    names = [*PLAIN, *(RESULT if structure.demolished_on else ())]
    columns = _columns(values, names)
    kept = {name: answers.packed(getattr(structure, name)) for name in columns if not name.endswith("_id")}
    kept |= {name: getattr(structure, name) for name in columns if name.endswith("_id")}
    for name in ("community", "grid"):
        if name in columns:
            kept[name] = getattr(structure, f"{name}_id")
    before = {"stage": structure.stage, "columns": kept}
    _mend_notice(structure, values, by=by, at=at)
    ledger.amend(structure, by=by, at=at, reason=CORRECTED, **columns)
    _go_on(structure, values, by=by, at=at)
    return Written(structure.pk, structure.number, created=False, before=before, stamp=str(structure.version))


def _mend_notice(structure: Structure, values: dict[str, Any], *, by: Any, at: datetime.datetime) -> None:
    notice = _notice(structure)
    names = {"notice_no": "number", "notice_on": "issued_on", "deadline_on": "deadline_on", "authority": "authority"}
    changed = {column: values[name] for name, column in names.items() if values.get(name)}
    if notice and changed:
        kept = {column: getattr(notice, column) for column in answers.PAPER_COLUMNS}
        ledger.mend_paper(notice, by=by, at=at, **{**kept, **changed})
        structure.refresh_from_db()


@transaction.atomic
def take_back_structure(written: Written, *, by: Any, at: datetime.datetime) -> None:
    """Remove a created row, or put back what an update changed; refused when somebody has worked on it since."""
    structure = Structure.objects.filter(pk=written.pk).first()
    if structure is None:
        return
    if str(structure.version) != written.stamp:
        raise RowRefused(f"{written.number} 导入后又办过，不能撤销。")
    try:
        if written.created:
            ledger.remove_untouched(structure, by=by, at=at)
            return
        while structure.stage != written.before["stage"]:
            ledger.make("back", structure, by=by, at=at, reason=TAKEN_BACK)
        columns = {name: answers.unpacked(name, value) for name, value in written.before["columns"].items()}
        ledger.amend(structure, by=by, at=at, reason=TAKEN_BACK, **columns)
    except StepRefused as refusal:
        raise RowRefused(str(refusal)) from refusal


STRUCTURES = Target(
    key="structures", title="违建台账", number="number", columns=STRUCTURE_COLUMNS, address="/ledgers/structures/",
    unit="处", import_right="campaigns.import_ledgers", export_right="campaigns.export_ledgers",
    unmasked_right="campaigns.export_unmasked_ledgers", takes_numbers=True, alike=(Alike(("place", "community")),),
    check=check_structure, known=find_structures, write=write_structure, undo=take_back_structure,
)  # fmt: skip


# --- entries: one target for each kind ------------------------------------------------------------------------------


def entry_columns(kind: EntryKind) -> tuple[Column, ...]:
    """The columns of a kind, its own further ones last."""
    own = tuple(
        Column(f"extra:{column['label']}", column["label"], most=100, in_preview=False,
               read=lambda row, label=column["label"]: row.extra.get(label, ""))
        for column in kind.extra
    )  # fmt: skip
    return (
        Column("number", "编号", synonyms=("记录编号", "record_no"), most=20),
        _day("happened_on", "日期", "时间", "date", needed=True),
        Column("place", "点位", synonyms=("地点", "小区", "compound"), needed=True, most=60),
        Column("community", "社区", Kind.COMMUNITY, ("所属社区", "community"), needed=True),
        Column("grid", "网格", Kind.GRID, ("单元网格",), in_preview=False),
        Column("quantity", kind.quantity_name, Kind.NUMBER, ("数量", kind.name), needed=True, least=0, most=LARGEST,
               unit=kind.unit, approximate_to="approximate"),
        Column("campaign", "批次", Kind.CHOICE, ("专项行动",), choices=campaign_choices, thing="专项行动",
               in_preview=False, read=lambda row: row.campaign_id),
        Column("department", "责任单位", Kind.CHOICE, ("牵头单位",), choices=department_choices, thing="责任单位",
               in_preview=False, read=lambda row: row.department_id),
        Column("note", "备注", synonyms=("说明",), most=300, in_preview=False),
        *own,
    )  # fmt: skip


def entry_target(kind: EntryKind) -> Target:
    """A kind of entries as a spreadsheet sees it."""
    return Target(
        key=f"entries:{kind.slug}", title=kind.name, number="number", columns=entry_columns(kind),
        address=f"/campaigns/entries/{kind.slug}/", unit="条", import_right="campaigns.import_ledgers",
        export_right="campaigns.export_ledgers", unmasked_right="campaigns.export_unmasked_ledgers",
        takes_numbers=True, known=lambda rows: _find_entries(kind, rows),
        write=lambda values, *, known, by, at: _write_entry(kind, values, known=known, by=by, at=at),
        undo=_take_back_entry,
    )  # fmt: skip


def every_entry_target() -> list[Target]:
    """A target for each kind in use."""
    return [entry_target(kind) for kind in EntryKind.objects.filter(active=True)]


def _find_entries(kind: EntryKind, rows: list[dict[str, Any]]) -> dict[int, Known]:
    """By number, else by the same place on the same day; two queries for all."""
    loaded = Entry.objects.filter(kind=kind).for_list()
    numbers, places = ({row[name] for row in rows if row.get(name)} for name in ("number", "place"))
    by_number = {one.number: one for one in loaded.filter(number__in=numbers)}
    by_place = {(one.place, one.happened_on): one for one in loaded.counted().filter(place__in=places)}
    found = {}
    for index, row in enumerate(rows):
        numbered = by_number.get(row.get("number", ""))
        there = by_place.get((row.get("place"), row.get("happened_on")))
        if numbered:
            found[index] = Known(numbered, numbered.number, How.NUMBER)
        elif there and not row.get("number"):
            found[index] = Known(there, there.number, How.SAME_PLACE)
    return found


def _entry_values(values: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    names = ("happened_on", "place", "community", "grid", "quantity", "approximate", "note")
    columns = {name: values[name] for name in names if name in values}
    for name in ("campaign", "department"):
        if name in values:
            columns[f"{name}_id"] = values[name]
    extra = {name.removeprefix("extra:"): value for name, value in values.items() if name.startswith("extra:")}
    return columns | ({"extra": {**kept, **extra}} if extra else {})


@transaction.atomic
def _write_entry(
    kind: EntryKind, values: dict[str, Any], *, known: Known | None, by: Any, at: datetime.datetime
) -> Written:
    try:
        if known is None:
            columns = _entry_values(values, {})
            entry = entries.record_entry(
                kind, by=by, at=at, number=values.get("number", ""), photos_later=True, **columns
            )
            return Written(entry.pk, entry.number, created=True, stamp=str(entry.version))
        entry = known.row
        columns = _entry_values(values, entry.extra)
        before = {
            name: answers.packed(getattr(entry, name if name not in ("community", "grid") else f"{name}_id"))
            for name in columns
        }
        entries.amend_entry(entry, by=by, at=at, **columns)
        return Written(entry.pk, entry.number, created=False, before=before, stamp=str(entry.version))
    except StepRefused as refusal:
        raise RowRefused(str(refusal)) from refusal


@transaction.atomic
def _take_back_entry(written: Written, *, by: Any, at: datetime.datetime) -> None:
    entry = Entry.objects.select_related("kind").filter(pk=written.pk).first()
    if entry is None:
        return
    if str(entry.version) != written.stamp:
        raise RowRefused(f"{written.number} 导入后又改过，不能撤销。")
    try:
        if written.created:
            entries.remove_untouched(entry, by=by, at=at)
        else:
            columns = {name: answers.unpacked(name, value, model=Entry) for name, value in written.before.items()}
            entries.amend_entry(entry, by=by, at=at, **columns)
    except StepRefused as refusal:
        raise RowRefused(str(refusal)) from refusal
