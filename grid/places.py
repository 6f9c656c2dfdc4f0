"""Finding a place by the name people use: a key site, a community, a grid."""
from dataclasses import dataclass

import shapely

from grid.models import Community, KeySite, UnitGrid

MOST = 12
SHORTEST = 2


@dataclass(frozen=True)
class NamedPlace:
    """A place that has a name: what it is, where it lies (WGS-84), and the grid and community that answer for it."""

    kind: str
    name: str
    lon: float
    lat: float
    community_id: int
    community_name: str
    grid_id: int | None
    grid_code: str
    site_id: int | None = None


def find_places(text: str, *, limit: int = MOST) -> list[NamedPlace]:
    """Places whose name is in the text ("西井大街12号门前") or contains it ("西井"): key sites, communities, grids."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    found = _sites(text) + _communities(text)
    if len(found) < limit:
        found += _grids(text, limit - len(found))
    return found[:limit]


def _matches(text: str, *names: str) -> bool:
    """Whether one holds the other; the longest name is the best match and comes first."""
    return any(name and (name in text or text in name) for name in names)


def _sites(text: str) -> list[NamedPlace]:
    """A street has some dozens of key sites: compared in Python, since the text may be longer than the name."""
    rows = [site for site in KeySite.objects.for_list() if _matches(text, site.name)]
    rows.sort(key=lambda site: (-_weight(text, site.name), site.code))
    return [
        NamedPlace(
            site.get_category_display(), site.name, site.lon, site.lat, site.community_id, site.community.name,
            site.grid_id, site.grid.code, site.pk,
        )
        for site in rows
    ]  # fmt: skip


def _weight(text: str, name: str) -> int:
    """How many characters the two share: the whole name where it stands in the text."""
    return len(name) if name in text else len(text)


def _communities(text: str) -> list[NamedPlace]:
    rows = [row for row in Community.objects.without_shapes() if _matches(text, row.name, row.short_name)]
    rows.sort(key=lambda row: (-max(_weight(text, row.name), _weight(text, row.short_name)), row.code))
    return [NamedPlace("社区", row.name, row.label_lon, row.label_lat, row.pk, row.name, None, "") for row in rows]


def _grids(text: str, limit: int) -> list[NamedPlace]:
    rows = UnitGrid.objects.named_like(text).select_related("community").defer("community__shape")[:limit]
    return [_grid_place(row) for row in rows]


def _grid_place(grid: UnitGrid) -> NamedPlace:
    """A grid is shown at a point that surely lies inside it."""
    inside = shapely.from_wkb(bytes(grid.shape)).representative_point()
    return NamedPlace(
        "网格", grid.name, round(inside.x, 6), round(inside.y, 6), grid.community_id, grid.community.name,
        grid.pk, grid.code,
    )  # fmt: skip
