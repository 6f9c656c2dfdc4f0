"""Components near a position, and the one that a plate names: how a case finds the thing that it is about."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from grid.coordinates import metres_between
from grid.models import Thing
from grid.models.things import check_thing_code
from grid.registering import RegisterRefused

MOST = 5
MOST_COMPARED = 500  # of one class in one grid there are some dozens
UNKNOWN = "部件台账里没有标识码 {code}。请对照标牌核对；没有登记的部件就不填，在情况里写明。"


@dataclass(frozen=True)
class NearThing:
    """A component, and how far from the position that was asked about (metres; None without one)."""

    thing: Thing
    metres: int | None


def things_near(
    lon: float | None, lat: float | None, *, category_code: str, user: Any, grid_id: int | None = None, most: int = MOST
) -> list[NearThing]:
    """The nearest standing components of a case category within THINGS_NEAR_M of a WGS-84 position, nearest first.

    With a grid: those of the whole grid, for who knows no more than an address. Only what this person sees.
    """
    things = Thing.objects.visible_to(user).standing().of_category(category_code).for_list()
    if grid_id:
        things = things.in_grid(grid_id)
    elif lon is not None and lat is not None:
        things = things.around(lon, lat, metres=settings.THINGS_NEAR_M)
    else:
        return []
    found = [NearThing(thing, distance_to(thing, lon, lat)) for thing in things[:MOST_COMPARED]]
    if not grid_id:  # the square has corners
        found = [one for one in found if one.metres <= settings.THINGS_NEAR_M]
    return sorted(found, key=lambda one: (one.metres or 0, one.thing.code))[:most]


def thing_on_plate(code: str, user: Any) -> Thing:
    """The component of a code as somebody typed it, spaces and wide digits forgiven.

    Raises RegisterRefused for what is no code and for what is not in the part of the register that this person sees.
    """
    code = plain_code(code)
    try:
        check_thing_code(code)
    except ValidationError as error:
        raise RegisterRefused({"code": error.messages[0]})
    found = Thing.objects.visible_to(user).for_list().filter(code=code).first()
    if found is None:
        raise RegisterRefused({"code": UNKNOWN.format(code=code)})
    return found


def plain_code(text: str) -> str:
    """A code without spaces, its digits half-width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def distance_to(thing: Thing, lon: float | None, lat: float | None) -> int | None:
    """How far a component stands from a WGS-84 position, in whole metres; None without a position."""
    return None if lon is None or lat is None else round(metres_between(lon, lat, thing.lon, thing.lat))
