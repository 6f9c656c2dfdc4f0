"""What the ground finds by itself: places, communities and grids by name or address, components, organisations."""
from collections.abc import Iterable
from typing import Any

from grid.addresses import COMMUNITY, GRID, NamedPlace
from grid.finding import Finder, Found
from grid.models import KeySite, Organisation, Thing
from grid.own_layers import middles
from grid.places import find_places


def find_ground(text: str, user: Any, most: int) -> Iterable[Found]:
    """Places of the address book, under each of their names."""
    places = find_places(text, limit=most)
    sites = [one.site_id for one in places if one.site_id]
    codes = dict(KeySite.objects.filter(pk__in=sites).values_list("pk", "code"))
    return [_found(one, codes) for one in places]


def _found(place: NamedPlace, codes: dict[int, str]) -> Found:
    facts, where = f"又叫{place.known_as}" if place.known_as else "", {"lon": place.lon, "lat": place.lat}
    if place.kind == COMMUNITY:
        one = middles().communities[place.community_id]
        return Found(COMMUNITY, place.name, facts or one.facts, f"/grid/{one.code}/", layer="communities", **where)
    if place.kind == GRID:
        one = middles().grids[place.grid_id]
        return Found(GRID, place.name, one.facts, f"/grid/{one.code}/", layer="grids", **where)
    facts = f"{facts}，{place.community_name}" if facts else place.community_name
    return Found(place.kind, place.name, facts, f"/grid/places/{codes[place.site_id]}/", layer="sites", **where)


def find_things(text: str, user: Any, most: int) -> Iterable[Found]:
    """Components by code or address."""
    rows = Thing.objects.visible_to(user).named_like(text).for_list().order_by("code")[:most]
    return [
        Found("部件", f"{one.thing_class.name} {one.code}", f"{one.get_state_display()}，{one.grid.name}",
              f"/grid/things/{one.code}/", one.lon, one.lat, "things")
        for one in rows
    ]  # fmt: skip


def find_organisations(text: str, user: Any, most: int) -> Iterable[Found]:
    """Organisations by name, number or credit code."""
    rows = Organisation.objects.visible_to(user).active().named_like(text).for_list().order_by("code")[:most]
    return [
        Found(one.get_kind_display(), one.name, one.community.name, f"/grid/organisations/{one.code}/", one.lon,
              one.lat, "units")
        for one in rows
    ]  # fmt: skip


OWN_FINDERS: tuple[Finder, ...] = (find_ground, find_things, find_organisations)
