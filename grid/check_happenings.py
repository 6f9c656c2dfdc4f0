"""Checks of key places as a place tells them (事)."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from grid.happenings import Ground, Happening
from grid.models import SiteCheck, Verdict


def tell_trouble(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest checks that found something wrong, as far as a person may know of them."""
    return _tell(ground, user, before, most, Verdict.TROUBLE)


def tell_routine(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest checks that found nothing wrong."""
    return _tell(ground, user, before, most, Verdict.NORMAL)


def _tell(ground: Ground, user: Any, before: datetime, most: int, verdict: str) -> Iterable[Happening]:
    """Checks of places, of the places of a grid, or of those near a position."""
    here = _of_places(ground)
    if here is None:
        return []
    rows = SiteCheck.objects.visible_to(user).filter(here, checked_at__lt=before, verdict=verdict)
    rows = rows.select_related("site", "by")
    newest = rows.defer("site__line").order_by("-checked_at", "-pk")[:most]
    return [
        Happening(
            one.checked_at, "点位检查", f"{one.site.name} {one.by.real_name}", one.get_verdict_display(),
            reverse("grid:check", args=[one.pk]),
        )
        for one in newest
    ]  # fmt: skip


def _of_places(ground: Ground) -> Q | None:
    if ground.sites:
        return Q(site__in=ground.sites)
    if ground.grid_id:
        return Q(site__grid=ground.grid_id)
    if ground.box:
        west, south, east, north = ground.box
        return Q(site__lon__range=(west, east), site__lat__range=(south, north))
    return None
