"""The ground as the map draws it: outlines, grids and watched roads as one GeoJSON text, kept ready to send."""
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely

from grid.base_maps import base_maps
from grid.editions import Kept
from grid.locate import SUBJECT
from grid.models import Community, KeySite, Street, UnitGrid

DECIMALS = 6  # a tenth of a metre; neighbours share vertices, so that rounding opens no gap


@dataclass(frozen=True)
class Ground:
    """The text, the same text packed, and the mark that tells one edition from another."""

    text: bytes
    packed: bytes
    etag: str


def _feature(layer: str, shape: bytes, **facts: Any) -> dict[str, Any]:
    """One feature; its layer says what it is."""
    geometry = shapely.geometry.mapping(shapely.from_wkb(bytes(shape)))
    lines = geometry["coordinates"]
    rounded = [_rounded(ring) for ring in lines] if geometry["type"] == "Polygon" else _rounded(lines)
    return {
        "type": "Feature",
        "properties": {"layer": layer, **facts},
        "geometry": {"type": geometry["type"], "coordinates": rounded},
    }


def _rounded(points: Any) -> list[list[float]]:
    return [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in points]


def _features() -> list[dict[str, Any]]:
    """Names and borders only: nobody's name, telephone or figure, since residents see this map too."""
    return [
        *(_feature("street", row.shape, code=row.code, name=row.name) for row in Street.objects.all()),
        *(
            _feature(
                "community", row.shape, code=row.code, name=row.name, short_name=row.short_name,
                label=[round(row.label_lon, DECIMALS), round(row.label_lat, DECIMALS)],
            )
            for row in Community.objects.all()
        ),
        *(_feature("grid", row.shape, code=row.code, name=row.name) for row in UnitGrid.objects.all()),
        *(_feature("road", row.line, name=row.name) for row in KeySite.objects.exclude(line=None)),
    ]  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_KEPT = Kept(SUBJECT, lambda: _json(_features()))


@lru_cache(maxsize=1)
def _edition(features: str, tiles: str) -> Ground:
    text = f'{{"type":"FeatureCollection","features":{features},"tiles":{tiles}}}'.encode()
    return Ground(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:20])


def ground() -> Ground:
    """The ground in force, on the base maps as they lie there now."""
    return _edition(_KEPT.get(), _json(base_maps()))
