"""Which component a registration may be about: the one whose code was typed, and the near ones of the class."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cases.models import Category
from cases.rules import too_far
from grid.addresses import place_of
from grid.registering import RegisterRefused
from grid.things_near import NearThing, distance_to, thing_on_plate, things_near

LONGEST_KEY = 18  # digits of a key that every database holds


@dataclass(frozen=True)
class ThingOffer:
    """What is shown below the box of the code."""

    found: NearThing | None = None
    refusal: str = ""
    near: tuple[NearThing, ...] = ()
    category: Category | None = None
    metres: int = 0  # within which was searched; 0 when it was the whole grid of an address

    @property
    def nothing_near(self) -> bool:
        """Whether there was a class and a place to search for, and nothing stands there."""
        return self.category is not None and not self.near


def offer_of(typed: dict[str, Any], user: Any) -> ThingOffer:
    """The offer for what stands in the boxes; what cannot be read counts for nothing."""
    lon, lat = _position(typed)
    found, refusal = _found(str(typed.get("thing") or ""), lon, lat, user)
    category = _component_class(str(typed.get("category") or ""))
    where = {"lon": lon, "lat": lat, "grid_id": None}
    if lon is None:
        named = place_of(str(typed.get("address") or "")[:100])
        where = {"lon": named.lon, "lat": named.lat, "grid_id": named.grid_id} if named and named.grid_id else {}
    if not category or not where:
        return ThingOffer(found, refusal)
    near = things_near(**where, category_code=category.code, user=user)
    return ThingOffer(found, refusal, tuple(near), category, 0 if where["grid_id"] else settings.THINGS_NEAR_M)


def _found(code: str, lon: float | None, lat: float | None, user: Any) -> tuple[NearThing | None, str]:
    if not code.strip():
        return None, ""
    try:
        thing = thing_on_plate(code[:40], user)
    except RegisterRefused as refusal:
        return None, refusal.errors["code"]
    return NearThing(thing, distance_to(thing, lon, lat)), too_far(thing, lon, lat)


def _component_class(key: str) -> Category | None:
    if not (key.isascii() and key.isdecimal()) or len(key) > LONGEST_KEY:
        return None
    return Category.objects.filter(pk=int(key), kind=Category.Kind.COMPONENT, active=True).first()


def _position(typed: dict[str, Any]) -> tuple[float | None, float | None]:
    try:
        lon, lat = float(typed.get("lon") or ""), float(typed.get("lat") or "")
    except ValueError:
        return None, None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else (None, None)


@sensitive_post_parameters("address")
@login_required
@require_POST
def things(request: HttpRequest) -> HttpResponse:
    """The offer while somebody fills in the form. A POST, since addresses are logged."""
    return render(request, "cases/_things.html", {"offer": offer_of(request.POST.dict(), request.user)})
