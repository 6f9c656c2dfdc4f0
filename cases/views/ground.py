"""The small map of a case: the grids and roads around it as a drawing, which needs no script and prints."""
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

import shapely

from grid.editions import Kept
from grid.locate import SUBJECT
from grid.models import KeySite, UnitGrid

WIDTH, HEIGHT = 344.0, 216.0
METRES_WIDE = 900.0  # how much ground the drawing shows, in metres
METRES_PER_DEGREE = 111_320.0
SCALE = WIDTH / (METRES_WIDE / METRES_PER_DEGREE)  # drawing units per degree of latitude


@dataclass(frozen=True)
class Drawing:
    """SVG paths in a box of 344 × 216: other grids, the case's own, roads; the pin is in the middle."""

    lon: float
    lat: float
    cells: list[str]
    own: str
    roads: list[str]
    x: float = WIDTH / 2
    y: float = HEIGHT / 2

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a position (WGS-84) lies in the box; outside it for one that is far away."""
        x = (lon - self.lon) * cos(radians(self.lat)) * SCALE + WIDTH / 2
        return round(x, 1), round((self.lat - lat) * SCALE + HEIGHT / 2, 1)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a position lies in the box."""
        x, y = self.point(lon, lat)
        return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def _read_ground() -> tuple[list[tuple[int, Any]], list[Any]]:
    """Outlines of grids and lines of roads, WGS-84."""
    cells = [(pk, shapely.from_wkb(bytes(wkb))) for pk, wkb in UnitGrid.objects.values_list("pk", "shape")]
    lines = KeySite.objects.filter(line__isnull=False).values_list("line", flat=True)
    return cells, [shapely.from_wkb(bytes(wkb)) for wkb in lines]


@cache
def _kept() -> Kept:
    return Kept(SUBJECT, _read_ground)


def draw_around(lon: float, lat: float, *, grid_id: int | None) -> Drawing:
    """What lies around a position (WGS-84)."""
    squeeze = cos(radians(lat))
    half_lon, half_lat = WIDTH / SCALE / squeeze / 2, HEIGHT / SCALE / 2
    frame = shapely.box(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)

    def path(points: Any, close: str) -> str:
        return "M" + "L".join(
            f"{(x - lon) * squeeze * SCALE + WIDTH / 2:.1f} {(lat - y) * SCALE + HEIGHT / 2:.1f}" for x, y, *_ in points
        ) + close  # fmt: skip

    cells, lines = _kept().get()
    near = [(pk, shape) for pk, shape in cells if shape.intersects(frame)]
    outlines = {pk: "".join(path(part.exterior.coords, "Z") for part in _parts(shape)) for pk, shape in near}
    roads = [path(line.coords, "") for line in lines if line.intersects(frame) and hasattr(line, "coords")]
    return Drawing(lon, lat, [d for pk, d in outlines.items() if pk != grid_id], outlines.get(grid_id, ""), roads)


def _parts(shape: Any) -> list[Any]:
    return list(getattr(shape, "geoms", [shape]))
