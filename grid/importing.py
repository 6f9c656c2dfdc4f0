"""Taking in the territory and the key sites: everything is checked first, and only a whole, sound file is stored."""
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import shapely
from django.conf import settings
from django.db import models, transaction
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from accounts.audit import record
from accounts.models import Department, DepartmentKind, User
from grid.check_plans import keep_plans
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import Community, KeySite, SiteCategory, SiteStatus, Street, UnitGrid
from grid.posts import appoint_leaders

GRID_CODE = getattr(settings, "GRID_CODE_PATTERN", r"^110107005\d{6}$")
SLIVER_M2 = 1.0  # smaller gaps and overlaps come from rounding coordinates to seven decimals
NUMBERS = ("area_m2", "households", "population", "label_lon", "label_lat", "serial")
METRES_PER_DEGREE_LAT = 111_132
METRES_PER_DEGREE_LON = 111_320


class ImportRefused(Exception):
    """The file is not taken in; `problems` says where, why and what to do, one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class ImportReport:
    """What a load did: rows new, changed and untouched, and what looks odd without being wrong."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def moved_anything(self) -> bool:
        """Whether the database differs from before."""
        return bool(self.created or self.changed)


@dataclass(frozen=True)
class _Area:
    """One feature of a GeoJSON file: its properties and its sound polygon."""

    facts: Mapping[str, Any]
    polygon: BaseGeometry

    @property
    def code(self) -> str:
        """The code of the feature."""
        return str(self.facts["code"])


def area_in_m2(polygon: BaseGeometry) -> float:
    """Area in a local plane (x = Δlon·111320·cos φ, y = Δlat·111132), exact to a per mille for one street."""
    cosine = math.cos(math.radians(polygon.centroid.y)) if not polygon.is_empty else 1.0
    return polygon.area * METRES_PER_DEGREE_LON * cosine * METRES_PER_DEGREE_LAT


def load_territory(
    *,
    outline: str,
    communities: str,
    grids: str,
    by: User | None,
    at: datetime,
    grid_code_pattern: str = GRID_CODE,
) -> ImportReport:
    """Take in three GeoJSON texts (WGS-84): the street, its communities, its grids; all of it or nothing."""
    problems: list[str] = []
    streets = _areas(outline, "街道轮廓", problems)
    community_areas = _areas(communities, "社区", problems)
    grid_areas = _areas(grids, "网格", problems)
    if not problems:
        _check_street(streets, problems)
        _check_codes(community_areas, grid_areas, grid_code_pattern, problems)
        _check_nothing_vanishes(community_areas, grid_areas, problems)
    if problems:
        raise ImportRefused(problems)
    report = ImportReport(warnings=_seams(streets[0], community_areas, grid_areas))
    with transaction.atomic():
        _store_territory(streets[0], community_areas, grid_areas, report)
        report.changed += appoint_leaders(_leaders(grid_areas), at=at)
        if report.moved_anything:
            publish(SUBJECT)
            record("territory_loaded", actor=by, detail={"created": report.created, "changed": report.changed}, at=at)
    return report


def _areas(text: str, what: str, problems: list[str]) -> list[_Area]:
    """The polygons of a file, every unsound one named."""
    try:
        features = list(json.loads(text)["features"])
    except (json.JSONDecodeError, KeyError, TypeError):
        problems.append(f"{what}文件读不出来：不是 GeoJSON 要素集合。请从地图软件里重新导出 GeoJSON。")
        return []
    areas = []
    for number, feature in enumerate(features, start=1):
        label = f"{what}文件第 {number} 个要素"
        try:
            facts, polygon = feature["properties"], shape(feature["geometry"])
            areas.append(_Area({**facts, "code": str(facts["code"]), "name": str(facts["name"])}, polygon))
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            problems.append(f"{label}缺少代码、名称或边界。请补全后再导入。")
            continue
        if polygon.geom_type != "Polygon" or polygon.is_empty:
            problems.append(f"{label}（{facts['code']}）不是一个面。请改成单个多边形。")
        elif not polygon.is_valid:
            reason = shapely.is_valid_reason(polygon)
            problems.append(f"{label}（{facts['code']}）的边界自相交（{reason}）。请在地图软件里修好边界。")
        elif not _on_earth(polygon):
            problems.append(f"{label}（{facts['code']}）的坐标不是经纬度。请按 WGS-84 经纬度导出。")
        problems += [
            f"{label}（{facts['code']}）的 {key} 应为数字，现为“{facts[key]}”。请改正。"
            for key in NUMBERS
            if facts.get(key) is not None and not isinstance(facts[key], int | float)
        ]
    return areas


def _on_earth(polygon: BaseGeometry) -> bool:
    west, south, east, north = polygon.bounds
    return -180 <= west and east <= 180 and -90 <= south and north <= 90


def _check_street(streets: list[_Area], problems: list[str]) -> None:
    if len(streets) != 1:
        problems.append(f"街道轮廓应当只有一个面，文件里有 {len(streets)} 个。请只保留本街道。")


def _check_codes(communities: list[_Area], grids: list[_Area], pattern: str, problems: list[str]) -> None:
    """Codes have their form, are used once, and a grid lies in the community that its code names."""
    by_code = {area.code: area for area in communities}
    for name, areas in (("社区", communities), ("网格", grids)):
        codes = [area.code for area in areas]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            problems.append(f"{name}代码 {code} 用了不止一次。请改成各不相同。")
    for area in communities:
        if not re.fullmatch(r"\d{12}", area.code):
            problems.append(f"社区代码 {area.code} 应为 12 位数字。请核对。")
    for area in grids:
        _check_grid(area, by_code, pattern, problems)


def _check_grid(area: _Area, communities: dict[str, _Area], pattern: str, problems: list[str]) -> None:
    if not re.match(pattern, area.code):
        problems.append(f"网格代码 {area.code} 不合本街道的编码规则（{pattern}）。请核对 15 位代码。")
        return
    owner = str(area.facts.get("community_code", ""))
    if owner not in communities:
        problems.append(f"网格 {area.code} 所属的社区 {owner or '（空）'} 不在社区文件里。请补上社区或改正代码。")
    elif not area.code.startswith(owner):
        problems.append(f"网格 {area.code} 的前 12 位与所属社区 {owner} 不一致。请改正其中一个。")
    elif area_in_m2(area.polygon.difference(communities[owner].polygon)) > SLIVER_M2:
        problems.append(f"网格 {area.code} 有一部分在社区 {owner} 之外。请修好网格或社区的边界。")


def _check_nothing_vanishes(communities: list[_Area], grids: list[_Area], problems: list[str]) -> None:
    """A code once in use stays: cases and registers hang on it."""
    for name, model, areas in (("社区", Community, communities), ("网格", UnitGrid, grids)):
        known = {area.code for area in areas}
        missing = sorted(set(model.objects.values_list("code", flat=True)) - known)
        if missing:
            problems.append(f"新文件缺少在用的{name} {'、'.join(missing[:5])}。代码一经使用不能取消，请补上。")


def _seams(street: _Area, communities: list[_Area], grids: list[_Area]) -> list[str]:
    """Where areas overlap or leave a gap of more than a square metre; said, not refused, since real surveys do."""
    warnings = []
    for name, areas in (("社区", communities), ("网格", grids)):
        tree = shapely.STRtree([area.polygon for area in areas])
        for one, other in zip(*tree.query([area.polygon for area in areas], predicate="intersects"), strict=True):
            if one < other:
                shared = area_in_m2(areas[one].polygon.intersection(areas[other].polygon))
                if shared > SLIVER_M2:
                    warnings.append(f"{name} {areas[one].code} 与 {areas[other].code} 重叠 {shared:.1f} ㎡。")
        whole = shapely.union_all([area.polygon for area in areas])
        for words, rest in (("没有盖住", street.polygon.difference(whole)), ("超出", whole.difference(street.polygon))):
            if area_in_m2(rest) > SLIVER_M2:
                warnings.append(f"全部{name}{words}街道轮廓 {area_in_m2(rest):.1f} ㎡。")
    return warnings


def _store_territory(street: _Area, communities: list[_Area], grids: list[_Area], report: ImportReport) -> None:
    _upsert(Street, street.code, {"name": street.facts["name"], **_extent(street)}, report)
    owners = {}
    for area in communities:
        name, short_name = area.facts["name"], area.facts.get("short_name") or area.facts["name"]
        facts = {
            "name": name,
            "short_name": short_name,
            "department": _department_of(area.code, name, short_name),
            "households": int(area.facts.get("households") or 0),
            "population": int(area.facts.get("population") or 0),
            **_label(area),
            **_extent(area),
        }
        owners[area.code] = _upsert(Community, area.code, facts, report)
    for area in grids:
        facts = {
            "name": area.facts["name"],
            "community": owners[str(area.facts["community_code"])],
            "serial": int(area.facts.get("serial") or int(area.code[-3:])),
            **_extent(area),
        }
        _upsert(UnitGrid, area.code, facts, report)


def _leaders(grids: list[_Area]) -> dict[str, tuple[str, str]]:
    """Grid code → name and phone of its leader, where the file names one."""
    named = {area.code: area.facts.get("grid_leader") for area in grids}
    phones = {area.code: str(area.facts.get("leader_phone") or "") for area in grids}
    return {code: (str(name).strip(), phones[code]) for code, name in named.items() if name and str(name).strip()}


def _label(area: _Area) -> dict[str, float]:
    """Where the name is written: as the file says, else a point that surely lies inside."""
    inside = area.polygon.representative_point()
    return {
        "label_lon": float(area.facts.get("label_lon") or inside.x),
        "label_lat": float(area.facts.get("label_lat") or inside.y),
    }


def _extent(area: _Area) -> dict[str, Any]:
    measured = area.facts.get("area_m2") or area_in_m2(area.polygon)
    return {"shape": shapely.to_wkb(area.polygon), "area_m2": Decimal(str(measured)).quantize(Decimal("0.01"))}


def _department_of(code: str, name: str, short_name: str) -> Department:
    """The community as a department, so that its workers belong somewhere."""
    department, _ = Department.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": short_name, "kind": DepartmentKind.COMMUNITY}
    )
    if department.kind != DepartmentKind.COMMUNITY:
        raise ImportRefused([f"编码 {code} 已用于部门“{department.name}”，不能再作社区。请改正其中一个编码。"])
    return department


def _upsert(model: type[models.Model], code: str, facts: dict[str, Any], report: ImportReport) -> models.Model:
    """Create the row, or change what differs, or leave it; counted in the report."""
    row = model.objects.filter(code=code).first()
    if row is None:
        report.created += 1
        return model.objects.create(code=code, **facts)
    different = [name for name, value in facts.items() if _plain(getattr(row, name)) != value]
    if different:
        for name in different:
            setattr(row, name, facts[name])
        row.save(update_fields=different)
        report.changed += 1
    else:
        report.unchanged += 1
    return row


def _plain(value: Any) -> Any:
    """PostgreSQL gives bytes as a memoryview."""
    return bytes(value) if isinstance(value, memoryview) else value


def load_key_sites(rows: Iterable[Mapping[str, str]], *, by: User | None, at: datetime) -> ImportReport:
    """Take in rows with the columns of key_sites.csv; a row that does not fit refuses the whole file by line."""
    grids = {grid.code: grid for grid in UnitGrid.objects.select_related("community")}
    problems: list[str] = []
    wanted = [_site_facts(row, grids, line, problems) for line, row in enumerate(rows, start=2)]
    codes = [facts["code"] for facts in wanted if facts]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    problems += [f"编号 {code} 用了不止一次。请改成各不相同。" for code in twice]
    if problems:
        raise ImportRefused(problems)
    report = ImportReport()
    with transaction.atomic():
        for facts in wanted:
            _upsert(KeySite, facts.pop("code"), facts, report)
        if report.moved_anything:
            keep_plans(at=at)
            publish(SUBJECT)
            record("key_sites_loaded", actor=by, detail={"created": report.created, "changed": report.changed}, at=at)
    return report


def _site_facts(
    row: Mapping[str, str], grids: dict[str, UnitGrid], line: int, problems: list[str]
) -> dict[str, Any] | None:
    """One row as field values, or its problems."""
    mine: list[str] = []
    grid = grids.get(row.get("grid_code", ""))
    if grid is None:
        mine.append(f"网格代码 {row.get('grid_code') or '（空）'} 不存在。请填本街道的 15 位网格代码")
    elif row.get("community_code") not in ("", None, grid.community.code):
        mine.append(f"社区 {row['community_code']} 与网格 {grid.code} 不一致。请改正其中一个")
    if row.get("category") not in SiteCategory.values:
        mine.append(f"类别“{row.get('category', '')}”不认识。请填 {'、'.join(SiteCategory.values)} 之一")
    if row.get("status") not in SiteStatus.values:
        mine.append(f"状态“{row.get('status', '')}”不认识。请填 {'、'.join(SiteStatus.values)} 之一")
    if not row.get("site_id") or not row.get("name"):
        mine.append("编号或名称是空的。请填写")
    lon, lat = _position(row, grid, mine)
    line_shape, visits = _line(row, mine), _visits(row, mine)
    problems += [f"第 {line} 行：{problem}。" for problem in mine]
    if mine:
        return None
    return {
        "code": row["site_id"], "name": row["name"], "category": row["category"],
        "subcategory": row.get("subcategory", ""), "community": grid.community, "grid": grid, "lon": lon, "lat": lat,
        "line": line_shape, "status": row["status"], "patrol_per_week": visits, "note": row.get("note", ""),
    }  # fmt: skip


def _position(row: Mapping[str, str], grid: UnitGrid | None, problems: list[str]) -> tuple[float, float]:
    try:
        lon, lat = float(row.get("lon", "")), float(row.get("lat", ""))
    except ValueError:
        problems.append("经纬度不是数字。请填十进制度，如 116.191119")
        return 0.0, 0.0
    if grid is not None and not shapely.from_wkb(bytes(grid.shape)).intersects(shapely.Point(lon, lat)):
        problems.append(f"位置 {lon}, {lat} 不在网格 {grid.code} 内。请核对坐标（WGS-84）或网格")
    return lon, lat


def _line(row: Mapping[str, str], problems: list[str]) -> bytes | None:
    text = row.get("line_wkt") or ""
    if not text:
        return None
    try:
        line = shapely.from_wkt(text)
    except shapely.errors.ShapelyError:
        line = None
    if line is None or line.geom_type != "LineString":
        problems.append("线形不是 LINESTRING。请按“LINESTRING (经度 纬度, …)”填写")
        return None
    return shapely.to_wkb(line)


def _visits(row: Mapping[str, str], problems: list[str]) -> int:
    text = row.get("patrol_per_week") or "0"
    if not text.isdigit():
        problems.append(f"每周巡查“{text}”不是次数。请填整数")
        return 0
    return int(text)
