"""Positions: WGS-84 inside, GCJ-02 only where it comes in or goes out, and distances in metres.

GCJ-02 shifts a point by some 520 m east and 140 m north here, so a position is converted at the door where it enters
and nowhere else: browsers and cameras give WGS-84, WeChat and pins set on GCJ-02 tiles give GCJ-02.
"""
import math

WGS84 = "wgs84"
GCJ02 = "gcj02"
_AXIS = 6378245.0  # Krasovsky 1940, as the conversion was published
_ECCENTRICITY = 0.00669342162296594323
_EARTH_RADIUS_M = 6371008.8
_STEPS = 30


def metres_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The shifted position that Chinese base maps draw at; outside China nothing is shifted."""
    if not _in_china(lon, lat):
        return lon, lat
    shift_lon, shift_lat = _shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The true position of a shifted one, found by iteration; the error is far below a centimetre."""
    if not _in_china(lon, lat):
        return lon, lat
    true_lon, true_lat = lon, lat
    for _ in range(_STEPS):
        shift_lon, shift_lat = _shift(true_lon, true_lat)
        off_lon, off_lat = lon - true_lon - shift_lon, lat - true_lat - shift_lat
        true_lon, true_lat = true_lon + off_lon, true_lat + off_lat
        if abs(off_lon) < 1e-11 and abs(off_lat) < 1e-11:
            break
    return true_lon, true_lat


def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """A position as its door gave it, in WGS-84; an unknown datum is an error, never a guess."""
    if datum == WGS84:
        return lon, lat
    if datum == GCJ02:
        return gcj02_to_wgs84(lon, lat)
    raise ValueError(f"unknown datum {datum!r}")


def _in_china(lon: float, lat: float) -> bool:
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """The published polynomial and waves, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    waves = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    phi = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(phi) ** 2
    per_degree_north = _AXIS * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic)) * math.pi / 180
    per_degree_east = _AXIS / math.sqrt(magic) * math.cos(phi) * math.pi / 180
    return east / per_degree_east, north / per_degree_north
