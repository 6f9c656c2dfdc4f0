"""How the rows behind a number of the year are listed: one sheet for each ledger, its columns and cells."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from campaigns.progress import plain
from reports.periods import read_period

NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """What stands in a column; with an address it is a link, numbers stand to the right."""

    words: str
    href: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Sheet:
    """Columns, and how a row of a ledger fills them; `prepare` puts the rows in order with all that they show."""

    head: tuple[str, ...]
    cells: Callable[[Any], Iterator[Cell]]
    prepare: Callable[[QuerySet], QuerySet]


def number(value: Decimal | int | None) -> str:
    """A number with thousands and without zeros that nobody measured; "–" for none."""
    if value is None:
        return NOTHING
    return f"{plain(value):,f}" if isinstance(value, Decimal) else f"{value:,}"


def _day(value: date | None) -> str:
    return f"{value:%Y-%m-%d}" if value else NOTHING


def _area(row: Any) -> Iterator[Cell]:
    yield Cell(row.name, f"/grid/{row.code}/")
    yield Cell(row.code)


def _unit(row: Any) -> Iterator[Cell]:
    yield Cell(row.name)
    yield Cell(row.get_kind_display())
    yield Cell(number(row.resident_staff), is_number=True)


def _agreement(row: Any) -> Iterator[Cell]:
    yield Cell(row.number or NOTHING, row.get_absolute_url())
    yield Cell(str(row.organisation or row.department))
    yield Cell(row.template.title)
    yield Cell(_day(row.signed_on))


def _fact(row: Any) -> Iterator[Cell]:
    yield Cell(row.case.number, row.case.get_absolute_url())
    yield Cell(_day(row.day))
    yield Cell(row.case.title)
    yield Cell(str(row.case.community.short_name) if row.case.community else NOTHING)
    yield Cell(row.case.get_state_display())


def _bulletin(row: Any) -> Iterator[Cell]:
    yield Cell(row.document_number, row.get_absolute_url())
    yield Cell(row.title)
    yield Cell(row.get_kind_display())
    yield Cell(_day(row.issued_on or row.last))


def _structure(row: Any) -> Iterator[Cell]:
    yield Cell(row.number, row.get_absolute_url())
    yield Cell(row.place)
    yield Cell(row.community.short_name)
    yield Cell(_day(row.demolished_on))
    for value in (row.demolished_area_m2, row.vacated_land_m2, row.relocated_people):
        yield Cell(number(value), is_number=True)


def _household(row: Any) -> Iterator[Cell]:
    yield Cell(row.number, row.get_absolute_url())
    yield Cell(row.community.short_name)
    yield Cell("是" if row.surveyed_eligible else "否")
    yield Cell(_day(row.power_on_date))
    yield Cell(_day(row.accepted_date))
    yield Cell(_day(row.withdrawn_on))


def _patrol(row: Any) -> Iterator[Cell]:
    yield Cell(row.number, f"/patrols/{row.pk}/")
    yield Cell(_day(row.date))
    yield Cell(row.get_shift_display())
    yield Cell(row.team.short_name)
    for value in (row.persons, row.vehicles, row.sites_inspected, row.stoves_seized, row.briquettes_seized,
                  row.unlicensed_banned):  # fmt: skip
        yield Cell(number(value), is_number=True)


def _entry(row: Any) -> Iterator[Cell]:
    yield Cell(row.number, row.get_absolute_url())
    yield Cell(_day(row.happened_on))
    yield Cell(row.place)
    yield Cell(row.community.short_name)
    yield Cell(number(row.quantity), is_number=True)


def _campaign(row: Any) -> Iterator[Cell]:
    yield Cell(row.name, row.get_absolute_url())
    yield Cell(_day(row.starts_on))
    yield Cell(_day(row.completed_on))
    yield Cell(_day(row.deadline))


def _ranking(row: Any) -> Iterator[Cell]:
    period = read_period(row.period)
    yield Cell(period.words if period else row.period, "/rankings/")
    yield Cell(f"第 {row.rank} 名" if row.rank else row.words)
    yield Cell(number(row.of), is_number=True)
    yield Cell(row.source_document)


def _honour(row: Any) -> Iterator[Cell]:
    yield Cell(row.name)
    yield Cell(row.holder)
    yield Cell(row.source_document or NOTHING)


COMMUNITIES = Sheet(("社区", "编码"), _area, lambda rows: rows.without_shapes().order_by("code"))
UNITS = Sheet(("部门", "类别", "常驻人数"), _unit, lambda rows: rows.order_by("code"))
AGREEMENTS = Sheet(("编号", "签订单位", "文本", "签订日期"), _agreement, lambda rows: rows.for_list().by_party())
FACTS = Sheet(("案号", "受理日期", "事项", "社区", "现在状态"), _fact, lambda rows: rows.for_list())
BULLETINS = Sheet(
    ("文号", "标题", "类型", "印发日期"), _bulletin, lambda rows: rows.defer("blocks").order_by("number", "pk")
)
STRUCTURES = Sheet(
    ("台账编号", "点位", "社区", "拆除日期", "拆除面积 ㎡", "腾退土地 ㎡", "疏解人口"), _structure,
    lambda rows: rows.select_related("community").defer("owner_name", "community__shape").order_by(
        "demolished_on", "number"),
)  # fmt: skip
HOUSEHOLDS = Sheet(
    ("户号", "社区", "摸底符合条件", "通电", "验收", "退出"), _household,
    lambda rows: rows.select_related("community").defer(
        "householder", "phone", "id_number", "community__shape").order_by("number"),
)  # fmt: skip
PATROLS = Sheet(
    ("编号", "日期", "班次", "巡查单位", "人次", "车次", "检查工地", "小煤炉", "蜂窝煤", "取缔无照"), _patrol,
    lambda rows: rows.select_related("team").order_by("date", "shift", "pk"),
)  # fmt: skip
ENTRIES = Sheet(
    ("编号", "日期", "点位", "社区", "数量"), _entry,
    lambda rows: rows.select_related("kind", "community").defer("community__shape").order_by("happened_on", "pk"),
)  # fmt: skip
CAMPAIGNS = Sheet(("专项行动", "开始", "完成", "要求完成"), _campaign, lambda rows: rows.order_by("starts_on", "pk"))
RANKINGS = Sheet(("周期", "名次", "参评单位", "来源文件"), _ranking, lambda rows: rows.order_by("period"))
HONOURS = Sheet(("荣誉", "获得单位", "来源文件"), _honour, lambda rows: rows.order_by("pk"))
