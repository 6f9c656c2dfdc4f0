"""The layers of the one map: each app registers its own; points are gathered into clusters by the database.

Cells lie on the earth and not on the viewport, and the box that is asked for is widened to whole cells, so that no
cluster jumps while the map is dragged. Whatever is asked, an answer holds at most `MOST_CELLS` clusters and points,
of the latter at most `MOST_NAMED` by name: that bounds its size (docs/adr/0015-one-map.md).
"""
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Func, Min, Q, QuerySet

CELL_PIXELS = 72
SQUEEZE = 0.767  # the cosine of the street's latitude: there a cell is as high as it is wide
NAMED_FROM = 17  # from this zoom on points show themselves while they are few
MOST_NAMED = 120
MOST_CELLS = 300
COLUMN = 10**8  # more than there are cells from pole to pole; whole, since whole keys sort faster
DECIMALS = 6  # a tenth of a metre
LONGEST_TITLE, LONGEST_FACTS = 30, 40  # characters


@dataclass(frozen=True)
class View:
    """What a map shows: west, south, east, north (WGS-84) and the zoom of web maps."""

    west: float
    south: float
    east: float
    north: float
    zoom: int

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell in degrees; coarser than the zoom asks when the box would hold too many."""
        zoom = self.zoom
        while zoom > 0 and self._cells(zoom) > MOST_CELLS:
            zoom -= 1
        return _cell(zoom)

    def _cells(self, zoom: int) -> float:
        width, height = _cell(zoom)
        return ((self.east - self.west) / width + 2) * ((self.north - self.south) / height + 2)

    def widened(self) -> tuple[float, float, float, float]:
        """The box up to the borders of its outermost cells."""
        width, height = self.cell
        return (
            math.floor((self.west + 180) / width) * width - 180, math.floor((self.south + 90) / height) * height - 90,
            math.ceil((self.east + 180) / width) * width - 180, math.ceil((self.north + 90) / height) * height - 90,
        )  # fmt: skip

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a position lies in the widened box."""
        west, south, east, north = self.widened()
        return west <= lon < east and south <= lat < north


def _cell(zoom: int) -> tuple[float, float]:
    width = CELL_PIXELS * 360 / (256 * 2**zoom)
    return width, width * SQUEEZE


@dataclass(frozen=True)
class Spot:
    """One point by name: where (WGS-84), of which kind, what it is, its key facts, its page; `n` when it counts."""

    lon: float
    lat: float
    title: str
    facts: str
    url: str
    kind: str = ""
    n: int = 1

    def as_json(self) -> dict[str, Any]:
        """As the map gets it; long words are cut, the page behind has them whole."""
        told = {"at": _rounded(self.lon, self.lat), "title": _cut(self.title, LONGEST_TITLE),
                "facts": _cut(self.facts, LONGEST_FACTS), "url": self.url, "kind": self.kind}  # fmt: skip
        return {**told, "n": self.n} if self.n != 1 else told


@dataclass(frozen=True)
class Kind:
    """One sort of point within a layer: its word, its sign beside the colour, and which rows are of it at a moment.

    The kinds of a layer divide it: each row is of exactly one, and the last is what the others leave.
    """

    key: str
    word: str
    sign: str
    rows: Callable[[datetime], Q]


@dataclass(frozen=True)
class Layer:
    """What a switch of the map shows: word, unit of counting, sign; one of the rights opens it, none is for all."""

    key: str
    word: str
    unit: str
    sign: str
    needs: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    at_first: bool = False
    draws_areas: bool = False

    def is_open_to(self, user: Any) -> bool:
        """Whether this person has the switch."""
        return not self.needs or any(user.has_perm(right) for right in self.needs)

    def look(self, user: Any, view: View, *, at: datetime) -> dict[str, Any]:
        """total, how many of each kind, clusters and points of a view, each only as far as this person may know."""
        raise NotImplementedError


@dataclass(frozen=True)
class SpotLayer(Layer):
    """A layer of few places, each of which may count something; `spots(user)` gives them all."""

    spots: Callable[[Any], Iterable[Spot]] = field(kw_only=True)

    def look(self, user: Any, view: View, *, at: datetime) -> dict[str, Any]:
        """Those that lie in the view, by name."""
        seen = [spot for spot in self.spots(user) if view.holds(spot.lon, spot.lat)]
        points = [spot.as_json() for spot in seen[:MOST_NAMED]]
        rest = [_cluster(spot.lon, spot.lat, spot.n) for spot in seen[MOST_NAMED:MOST_CELLS]]
        return {"total": sum(spot.n for spot in seen), "kinds": {}, "clusters": rest, "points": points}


class Whole(Func):
    """The whole number below one that is not negative; SQLite cuts off what follows faster than it rounds down."""

    function, arity, output_field = "FLOOR", 1, FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """Cut off."""
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **context)


@dataclass(frozen=True)
class RowLayer(Layer):
    """A layer of many rows with `lon` and `lat`: `rows(user)` are those that a person may know, `spots` names some."""

    rows: Callable[[Any], QuerySet] = field(kw_only=True)
    spots: Callable[[QuerySet, datetime], Iterable[Spot]] = field(kw_only=True)

    def look(self, user: Any, view: View, *, at: datetime) -> dict[str, Any]:
        """Near by each row as itself while they are few; else clusters, and the rows that stand alone."""
        west, south, east, north = view.widened()
        rows = self.rows(user).filter(lon__gte=west, lon__lt=east, lat__gte=south, lat__lt=north)
        if view.zoom >= NAMED_FROM:
            keys = list(rows.order_by().values_list("pk", flat=True)[: MOST_NAMED + 1])
            if len(keys) <= MOST_NAMED:
                points = self._named(user, keys, at)
                return {"total": len(points), "kinds": _counted(points), "clusters": [], "points": points}
        return self._gathered(user, list(self._cells(rows, view, at)), at)

    def _cells(self, rows: QuerySet, view: View, at: datetime) -> QuerySet:
        """One row a cell: how many, of which kinds, their middle, the lowest key."""
        width, height = view.cell
        cell = Whole((F("lon") + 180.0) / width) * COLUMN + Whole((F("lat") + 90.0) / height)  # and so does one key
        kinds = {f"of_{kind.key}": Count("pk", filter=kind.rows(at)) for kind in self.kinds[:-1]}
        groups = rows.order_by().values(cell=cell)
        return groups.annotate(n=Count("pk"), east=Avg("lon"), north=Avg("lat"), first=Min("pk"), **kinds)

    def _gathered(self, user: Any, cells: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
        for cell in cells if self.kinds else ():
            counted = sum(cell[f"of_{kind.key}"] for kind in self.kinds[:-1])
            cell[f"of_{self.kinds[-1].key}"] = cell["n"] - counted
        alone = [cell["first"] for cell in cells if cell["n"] == 1][:MOST_NAMED]
        shown = set(alone)
        clusters = [
            _cluster(cell["east"], cell["north"], cell["n"], *self._loudest(cell))
            for cell in cells if cell["n"] > 1 or cell["first"] not in shown
        ]  # fmt: skip
        kinds = {kind.key: sum(cell[f"of_{kind.key}"] for cell in cells) for kind in self.kinds}
        return {"total": sum(cell["n"] for cell in cells), "kinds": kinds, "clusters": clusters,
                "points": self._named(user, alone, at)}  # fmt: skip

    def _loudest(self, cell: dict[str, Any]) -> tuple[str, int]:
        """The first of the layer's kinds that a cell holds, and how many of it: kinds stand in their urgency."""
        return next(((kind.key, cell[f"of_{kind.key}"]) for kind in self.kinds if cell[f"of_{kind.key}"]), ("", 0))

    def _named(self, user: Any, keys: list[int], at: datetime) -> list[dict[str, Any]]:
        if not keys:
            return []
        return [spot.as_json() for spot in self.spots(self.rows(user).filter(pk__in=keys).order_by("pk"), at)]


def _cluster(lon: float, lat: float, n: int, kind: str = "", of: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = {"at": _rounded(lon, lat), "n": n}
    return {**told, "kind": kind, "of": of} if kind else told


def _counted(points: list[dict[str, Any]]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for point in points:
        kinds[point["kind"]] = kinds.get(point["kind"], 0) + 1
    return kinds


def _rounded(lon: float, lat: float) -> list[float]:
    return [round(lon, DECIMALS), round(lat, DECIMALS)]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


LAYERS: list[Layer] = []  # each app appends its own in AppConfig.ready


def layers_for(user: Any) -> list[Layer]:
    """The switches of a person's map."""
    return [layer for layer in LAYERS if layer.is_open_to(user)]


def layer_named(key: str) -> Layer | None:
    """The layer of a key."""
    return next((layer for layer in LAYERS if layer.key == key), None)
