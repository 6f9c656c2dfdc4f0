"""Responsibility grids (责任网格) as spreadsheets see them: a row names its unit grids, parted by 、."""
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from grid.areas import keep_area
from grid.models import Community, ResponsibilityGrid, UnitGrid
from grid.register_sheets import RIGHTS, TOUCHED
from grid.registering import NotYours, RegisterConflict, RegisterRefused
from sheets.targets import Column, How, Kind, Known, Problem, RowRefused, Target, Written

KEPT = ("code", "name", "community", "unit_grids", "active")
PARTING = re.compile(r"[、,，;；\s]+")


def grid_names(row: ResponsibilityGrid) -> str:
    """The codes of its unit grids, as the way in understands them."""
    return "、".join(sorted(grid.code for grid in row.unit_grids.all()))


def _words(text: str) -> list[str]:
    return [one for one in PARTING.split(text) if one]


def _named(text: str) -> tuple[list[UnitGrid], list[str]]:
    """The unit grids that a cell names by code or name, and what names none."""
    wanted = _words(text)
    known = {grid.code: grid for grid in UnitGrid.objects.without_shapes().filter(code__in=wanted)}
    known |= {grid.name: grid for grid in UnitGrid.objects.without_shapes().filter(name__in=wanted)}
    return list({known[one].pk: known[one] for one in wanted if one in known}.values()), [
        one for one in wanted if one not in known
    ]


def check_batch(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], list[Problem]]:
    """Every word of the cell names a unit grid; the names, some hundred, are read once."""
    names = {name for pair in UnitGrid.objects.values_list("code", "name") for name in pair}

    def check(values: dict[str, Any]) -> list[Problem]:
        strange = next((word for word in _words(values.get("unit_grids", "")) if word not in names), "")
        if strange:
            return [Problem("unit_grids", f"没有“{strange[:20]}”这个单元网格。请写网格代码或名称，用顿号分开。")]
        return []

    return check


def known(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """Those of the same number."""
    codes = [row["code"] for row in rows if row.get("code")]
    found = {one.code: one for one in ResponsibilityGrid.objects.for_export().filter(code__in=codes)}
    return {
        place: Known(found[row["code"]], row["code"], How.NUMBER)
        for place, row in enumerate(rows) if row.get("code") in found
    }  # fmt: skip


def _facts(row: ResponsibilityGrid) -> dict[str, Any]:
    return {"name": row.name, "community": row.community_id, "unit_grids": grid_names(row), "active": row.active}


@transaction.atomic
def write(values: dict[str, Any], *, known: Known | None, by: Any, at: datetime) -> Written:
    """One row by the register's verb; what the row does not say stays."""
    row = ResponsibilityGrid.objects.for_export().get(pk=known.row.pk) if known else None
    before = _facts(row) if row else {}
    stands = {} if row is None else {
        "code": row.code, "name": row.name, "community": row.community, "unit_grids": grid_names(row),
        "active": row.active,
    }  # fmt: skip
    given = {**stands, **{name: values[name] for name in KEPT if name in values}}
    given["unit_grids"] = _named(given["unit_grids"])[0]
    try:
        kept = keep_area(row, version=row.version if row else 0, by=by, at=at, **given)
    except (RegisterRefused, NotYours, RegisterConflict) as refused:
        raise RowRefused(str(refused)) from refused
    return Written(kept.pk, kept.code, created=row is None, before=before, stamp=str(kept.version))


@transaction.atomic
def undo(written: Written, *, by: Any, at: datetime) -> None:
    """Take a new one away, or put back what the table changed; refused when it was touched since."""
    row = ResponsibilityGrid.objects.for_export().filter(pk=written.pk).first()
    if row is None:
        return
    if str(row.version) != written.stamp:
        raise RowRefused(TOUCHED.format(number=written.number))
    if written.created:
        try:
            row.delete()
        except ProtectedError as error:
            raise RowRefused(f"{row.code} 已有片长，不能撤销。请打开它停用。") from error
        return
    before = dict(written.before)
    before["community"] = Community.objects.without_shapes().get(pk=before["community"])
    write(before, known=Known(row, row.code, How.NUMBER), by=by, at=at)


AREAS = Target(
    key="areas", title="责任网格台账", number="code", address="/grid/areas/", unit="个", takes_numbers=True, **RIGHTS,
    columns=(
        Column("code", "编号", synonyms=("责任网格编号",), needed=True, most=20),
        Column("name", "名称", synonyms=("责任网格", "片区"), needed=True, most=60),
        Column("community", "社区", Kind.COMMUNITY, needed=True, read=lambda row: row.community),
        Column("unit_grids", "单元网格", needed=True, most=2000, read=grid_names),
        Column("active", "在用", Kind.YES_NO),
        Column("leader", "片长", only_out=True, read=lambda row: row.leader or ""),
    ),
    check_batch=check_batch, known=known, write=write, undo=undo,
)  # fmt: skip
