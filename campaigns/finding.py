"""Illegal structures as the search of the map finds them: by number, place or address, never by their owner."""
from collections.abc import Iterable
from typing import Any

from campaigns.models import Structure
from grid.finding import Found


def find_structures(text: str, user: Any, most: int) -> Iterable[Found]:
    """Structures of the ledger, for those who may read it."""
    if not user.has_perm("campaigns.see_structures"):
        return []
    columns = ("number", "place", "lon", "lat", "stage", "community__short_name")
    rows = Structure.objects.kept().named_like(text).select_related("community").only(*columns).order_by("number")
    return [
        Found("违建", f"{one.number} {one.place}", f"{one.get_stage_display()}，{one.community.short_name}",
              one.get_absolute_url(), one.lon, one.lat, "structures")
        for one in rows[:most]
    ]  # fmt: skip
