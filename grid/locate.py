"""From a position to the one grid that answers for it."""
import math
from dataclasses import dataclass

import shapely
from shapely import STRtree

from grid.editions import Kept
from grid.models import UnitGrid

SUBJECT = "territory"
OUTSIDE_SENTENCE = "这个位置不在本街道范围内。请把图钉移到街道界线以内；位置没有错的，请向所属街道反映。"


@dataclass(frozen=True)
class Place:
    """The grid of a position, its community, and the department that the community's workers belong to."""

    grid_id: int
    grid_code: str
    grid_name: str
    community_id: int
    community_name: str
    department_id: int


def _read_territory() -> tuple[STRtree, list[Place]]:
    """The grids by code, so that of several grids at a shared border the first found is the lowest code."""
    rows = UnitGrid.objects.order_by("code").values_list(
        "shape", "id", "code", "name", "community_id", "community__name", "community__department_id"
    )
    shapes, places = [], []
    for shape, *facts in rows:
        shapes.append(shapely.from_wkb(bytes(shape)))
        places.append(Place(*facts))
    return STRtree(shapes), places


_KEPT = Kept(SUBJECT, _read_territory)


def locate(lon: float | None, lat: float | None) -> Place | None:
    """The grid at a WGS-84 position; a shared border belongs to the lowest code, outside the street to none."""
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    tree, places = _KEPT.get()
    hits = tree.query(shapely.points(lon, lat), predicate="intersects")
    return places[hits.min()] if hits.size else None


def place_of_grid(grid_id: int | None) -> Place | None:
    """What is known of a grid without asking the database again."""
    return next((place for place in _KEPT.get()[1] if place.grid_id == grid_id), None) if grid_id else None
