"""Moving boundaries of unit grids: drawn, checked for gaps, overlaps and the community, in force from a day on.

What was located before that day keeps its grid. Registers are located again here; apps above append a function to
`MOVED` (as with people who leave, accounts.staff.HANDOVERS) and locate again what they received since.
"""
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import shapely
from django.db import IntegrityError, transaction
from django.utils import timezone
from shapely.errors import ShapelyError
from shapely.geometry import shape as read_shape
from shapely.geometry.base import BaseGeometry

from accounts.audit import record
from grid.calendar import begin_of
from grid.editions import publish
from grid.importing import SLIVER_M2, area_in_m2
from grid.locate import SUBJECT, locate
from grid.models import BoundaryEdition, Dwelling, EditionState, GridShape, KeySite, Organisation, Thing, UnitGrid

Shapes = dict[str, BaseGeometry]  # grid code → polygon, WGS-84
# (unit grids that changed, from when, now) → how many rows were located again.
MOVED: list[Callable[[list[int], datetime, datetime], int]] = []
REGISTERS = (Thing, Dwelling, Organisation, KeySite)
MOST_BYTES = 2_000_000
YEARS = range(1900, 2200)
UNREADABLE = "边界读不出来：不是 GeoJSON 要素集合，或缺少网格代码。请从“下载网格边界”的文件改起。"


class BoundaryRefused(Exception):
    """Not taken; `problems` says where, why and what to do, one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_shapes(text: str) -> Shapes:
    """Grid code → polygon, of a GeoJSON feature collection (WGS-84)."""
    if len(text) > MOST_BYTES:
        raise BoundaryRefused(["边界文件太大，最多 2 MB。请只放改动的网格。"])
    try:
        features = json.loads(text)["features"]
        return {str(one["properties"]["code"]): read_shape(one["geometry"]) for one in features}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ShapelyError) as error:
        raise BoundaryRefused([UNREADABLE]) from error


def schedule_edition(
    shapes: Shapes, *, valid_from: date, note: str, by: Any, at: datetime
) -> BoundaryEdition:  # fmt: skip
    """Let boundaries move from a day on; today or earlier means at once. Raises BoundaryRefused."""
    try:
        with transaction.atomic():
            # One waits at a time: this row keeps a second administrator out until what is compared below is settled.
            edition = BoundaryEdition.objects.create(valid_from=valid_from, note=note.strip(), made_by=by, made_at=at)
            grids = {grid.code: grid for grid in UnitGrid.objects.select_related("community").order_by("code")}
            changes = {code: polygon for code, polygon in shapes.items() if not _same(grids.get(code), polygon)}
            problems = _problems(changes, grids, valid_from=valid_from, note=note)
            if problems:
                raise BoundaryRefused(problems)
            GridShape.objects.bulk_create(_row(edition, grids[code], polygon) for code, polygon in changes.items())
            record("boundary_scheduled", actor=by, subject=edition, detail={"count": len(changes)}, at=at)
            if valid_from <= timezone.localdate(at):
                _enter_force(edition, at=at)
                edition.refresh_from_db()
    except IntegrityError as error:
        raise BoundaryRefused(["已有一次边界调整在等待生效。请先撤回它，或等它生效后再改。"]) from error
    return edition


def bring_into_force(*, at: datetime) -> int:
    """Editions whose day has come; the row says whether it happened, so that two at once do it once."""
    due = BoundaryEdition.objects.filter(state=EditionState.SCHEDULED, valid_from__lte=timezone.localdate(at))
    done = 0
    for edition in due.order_by("valid_from", "pk"):
        with transaction.atomic():
            done += _enter_force(edition, at=at)
    return done


def drop_edition(edition: BoundaryEdition, *, by: Any, at: datetime) -> None:
    """Take back an edition whose day has not come. Raises BoundaryRefused."""
    with transaction.atomic():
        waiting = BoundaryEdition.objects.filter(pk=edition.pk, state=EditionState.SCHEDULED)
        if not waiting.update(state=EditionState.DROPPED):
            raise BoundaryRefused(["这次调整已经生效或已撤回，不能再撤。要改回去请再做一次调整。"])
        record("boundary_dropped", actor=by, subject=edition, at=at)


def shape_on(grid: UnitGrid, day: date) -> BaseGeometry:
    """The shape that a unit grid had on a day."""
    later = grid.shapes.filter(edition__state=EditionState.IN_FORCE, edition__valid_from__gt=day)
    after = later.order_by("edition__valid_from", "edition__pk").first()
    return shapely.from_wkb(bytes(after.old_shape if after else grid.shape))


def _enter_force(edition: BoundaryEdition, *, at: datetime) -> int:
    """Put the shapes in force and locate again what lies in them; 0 when somebody else did it."""
    waiting = BoundaryEdition.objects.filter(pk=edition.pk, state=EditionState.SCHEDULED)
    if not waiting.update(state=EditionState.IN_FORCE, in_force_at=at):
        return 0
    rows = list(edition.shapes.select_related("unit_grid"))
    for row in rows:
        row.old_shape, row.old_area_m2 = row.unit_grid.shape, row.unit_grid.area_m2
        row.unit_grid.shape, row.unit_grid.area_m2 = row.shape, row.area_m2
    UnitGrid.objects.bulk_update([row.unit_grid for row in rows], ["shape", "area_m2"])
    GridShape.objects.bulk_update(rows, ["old_shape", "old_area_m2"])
    publish(SUBJECT)
    changed = [row.unit_grid_id for row in rows]
    start = begin_of(edition.valid_from)
    moved = sum(_locate_again(model, changed) for model in REGISTERS)
    moved += sum(ask(changed, start, at) for ask in MOVED)
    record("boundary_in_force", actor=None, subject=edition, detail={"count": len(rows), "moved": moved}, at=at)
    return 1


def _locate_again(model: type, grids: list[int]) -> int:
    """Rows of a register that lie in another grid than before."""
    moved = []
    rows = model.objects.filter(grid__in=grids).order_by("pk").only("pk", "lon", "lat", "grid_id", "community_id")
    for row in rows.iterator(chunk_size=2000):
        place = locate(row.lon, row.lat)
        if place and place.grid_id != row.grid_id:
            row.grid_id, row.community_id = place.grid_id, place.community_id
            moved.append(row)
    model.objects.bulk_update(moved, ["grid", "community"], batch_size=500)
    return len(moved)


# --- the checks --------------------------------------------------------------------------------------------------


def _same(grid: UnitGrid | None, polygon: BaseGeometry) -> bool:
    """Whether this is the shape that is in force already, to the seventh decimal."""
    if grid is None:
        return False
    return shapely.from_wkb(bytes(grid.shape)).normalize().equals_exact(polygon.normalize(), 1e-7)


def _problems(changes: Shapes, grids: dict[str, UnitGrid], *, valid_from: date, note: str) -> list[str]:
    problems = [] if note.strip() else ["请写明为什么调整边界。"]
    if valid_from.year not in YEARS:
        problems.append("生效日期的年份不对。请核对。")
    last = BoundaryEdition.objects.filter(state=EditionState.IN_FORCE).order_by("-valid_from").first()
    if last and valid_from < last.valid_from:
        problems.append(f"生效日期早于上一次调整（{last.valid_from:%Y-%m-%d}）。请从那一天或以后起改。")
    if not changes:
        problems.append("边界没有改动。请先拖动网格的折点。")
    for code, polygon in changes.items():
        if code not in grids:
            problems.append(f"没有网格 {code}。边界调整不增减网格，请核对代码。")
        elif polygon.geom_type != "Polygon" or polygon.is_empty or not polygon.is_valid:
            problems.append(f"{grids[code].name}的边界不是一个完整的面，或自相交。请把交叉的折点拖开。")
    return problems or _misfits(changes, grids)


def _misfits(changes: Shapes, grids: dict[str, UnitGrid]) -> list[str]:
    """Gaps, overlaps, and grids that leave their community, of more than a square metre."""
    before = {code: shapely.from_wkb(bytes(grid.shape)) for code, grid in grids.items()}
    after = before | changes
    problems = []
    for code, polygon in changes.items():
        community = grids[code].community
        outside = area_in_m2(polygon.difference(shapely.from_wkb(bytes(community.shape))))
        if outside > SLIVER_M2:
            problems.append(f"{grids[code].name}有 {outside:.1f} ㎡ 伸出{community.name}。请把折点拖回社区界线以内。")
        for other, shape in after.items():
            shared = area_in_m2(polygon.intersection(shape)) if other != code and polygon.intersects(shape) else 0
            if shared > SLIVER_M2 and (other not in changes or code < other):
                problems.append(f"{grids[code].name}与{grids[other].name}重叠 {shared:.1f} ㎡。请让两边的折点重合。")
    gap = area_in_m2(shapely.union_all(list(before.values())).difference(shapely.union_all(list(after.values()))))
    if gap > SLIVER_M2:
        problems.append(f"改动后有 {gap:.1f} ㎡ 不属于任何网格。请让相邻网格的折点重合，不留空隙。")
    return problems


def _row(edition: BoundaryEdition, grid: UnitGrid, polygon: BaseGeometry) -> GridShape:
    area = Decimal(str(area_in_m2(polygon))).quantize(Decimal("0.01"))
    return GridShape(
        edition=edition, unit_grid=grid, shape=shapely.to_wkb(polygon), area_m2=area, old_shape=grid.shape,
        old_area_m2=grid.area_m2,
    )  # fmt: skip
