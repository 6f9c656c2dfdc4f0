"""The way to a place on the phone: a link into a map that every phone knows, opened only when somebody presses it.

`geo:` was not taken: iPhones and WeChat's own browser do nothing with it.
"""

from dataclasses import dataclass

from django.conf import settings

from grid.coordinates import GCJ02, wgs84_to_gcj02


@dataclass(frozen=True)
class Way:
    """Where the link leads, and the name of the map that it opens."""

    address: str
    map_name: str


def way_to(lon: float, lat: float) -> Way | None:
    """The link to a WGS-84 position in the datum of the map that is set; none when the street wants no foreign map.

    It carries the position alone: neither the matter nor the address leaves the house.
    """
    if not settings.NAVIGATION_URL:
        return None
    if settings.NAVIGATION_DATUM == GCJ02:
        lon, lat = wgs84_to_gcj02(lon, lat)
    address = settings.NAVIGATION_URL.replace("{lon}", f"{lon:.6f}").replace("{lat}", f"{lat:.6f}")
    return Way(address, settings.NAVIGATION_NAME)
