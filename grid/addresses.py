"""The street's own address book: from an address as people write it to the place that it means, without any service.

Every name is compared in one normal form. Of the names that stand in an address the longest is meant, and of equally
long ones the first, since 实兴大街与西井大街交口 lies on the street that is named first.
"""

import unicodedata
from dataclasses import dataclass, replace

import shapely

from grid.editions import Kept
from grid.locate import SUBJECT
from grid.models import Community, KeySite, PlaceAlias, UnitGrid

SHORTEST = 2
COMMUNITY, GRID = "社区", "网格"


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
    known_as: str = ""


@dataclass(frozen=True)
class Entry:
    """One name of one place, in normal form; `rank` puts sites before communities before grids."""

    needle: str
    rank: int
    code: str
    place: NamedPlace


def normal(text: str) -> str:
    """A text as names are compared: half-width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _read_book() -> list[Entry]:
    """Every name of every place; some hundreds, kept by the process."""
    sites = {site.pk: (site.code, _of_site(site)) for site in KeySite.objects.for_list()}
    communities = {one.pk: (one.code, _of_community(one), one.short_name) for one in Community.objects.without_shapes()}
    book = [Entry(normal(place.name), 0, code, place) for code, place in sites.values()]
    for code, place, short_name in communities.values():
        book += [Entry(normal(name), 1, code, place) for name in {place.name, short_name} if name]
    for alias in PlaceAlias.objects.all():
        rank, known = (0, sites[alias.site_id]) if alias.site_id else (1, communities[alias.community_id])
        book.append(Entry(normal(alias.name), rank, known[0], replace(known[1], known_as=alias.name)))
    for grid in UnitGrid.objects.select_related("community").defer("community__shape"):
        place = _of_grid(grid)
        book += [Entry(needle, 2, grid.code, place) for needle in (normal(grid.name), grid.code)]
    return [entry for entry in book if len(entry.needle) >= SHORTEST]


def _of_site(site: KeySite) -> NamedPlace:
    return NamedPlace(
        site.get_category_display(), site.name, site.lon, site.lat, site.community_id, site.community.name,
        site.grid_id, site.grid.code, site.pk,
    )  # fmt: skip


def _of_community(row: Community) -> NamedPlace:
    return NamedPlace(COMMUNITY, row.name, row.label_lon, row.label_lat, row.pk, row.name, None, "")


def _of_grid(grid: UnitGrid) -> NamedPlace:
    """A grid is shown at a point that surely lies inside it."""
    inside = shapely.from_wkb(bytes(grid.shape)).representative_point()
    return NamedPlace(
        GRID, grid.name, round(inside.x, 6), round(inside.y, 6), grid.community_id, grid.community.name,
        grid.pk, grid.code,
    )  # fmt: skip


_BOOK = Kept(SUBJECT, _read_book)  # aliases and sites are published together with the territory


def named_in(address: str) -> list[NamedPlace]:
    """The places whose names stand in an address, the likeliest first; each place once."""
    text = normal(address)
    found = [(entry, text.find(entry.needle)) for entry in _BOOK.get()]
    found = [(entry, at) for entry, at in found if at >= 0]
    found.sort(key=lambda pair: (-len(pair[0].needle), pair[1], pair[0].rank, pair[0].code))
    return _once([entry.place for entry, _ in found])


def named_like(typed: str) -> list[NamedPlace]:
    """The places of whose names the typed text is a part: sites, then communities, then grids."""
    text = normal(typed)
    if len(text) < SHORTEST:
        return []
    found = [entry for entry in _BOOK.get() if text in entry.needle and text != entry.needle]
    found.sort(key=lambda entry: (entry.rank, entry.code))
    return _once([entry.place for entry in found])


def place_of(address: str) -> NamedPlace | None:
    """The one place that an address means; None when it names none."""
    return next(iter(named_in(address)), None)


def other_names(name: str) -> tuple[str, ...]:
    """Every other name of the place that is called exactly so; for searching what people wrote."""
    wanted = normal(name)
    book = _BOOK.get()
    meant = {(entry.rank, entry.code) for entry in book if entry.needle == wanted and entry.rank < 2}
    names = (entry.needle for entry in book if (entry.rank, entry.code) in meant and entry.needle != wanted)
    return tuple(dict.fromkeys(names))


def _once(places: list[NamedPlace]) -> list[NamedPlace]:
    """Each place once, by its best name."""
    seen: dict[tuple, NamedPlace] = {}
    for place in places:
        seen.setdefault((place.kind, place.site_id, place.grid_id, place.community_id), place)
    return list(seen.values())
