"""Structures and responsibility agreements as a place tells them (事)."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from campaigns.models import Agreement, Structure
from grid.calendar import begin_of
from grid.happenings import Ground, Happening, last_day, lies_on


def tell_structures(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest structures of a ground, by the day on which they were found."""
    if not user.has_perm("campaigns.see_structures"):
        return []
    rows = Structure.objects.kept().filter(lies_on(ground), found_on__lte=last_day(before))
    newest = rows.order_by("-found_on", "-pk").only("number", "place", "stage", "found_on")[:most]
    return [
        Happening(
            begin_of(one.found_on), "违建", f"{one.number} {one.place}", one.get_stage_display(), one.get_absolute_url()
        )
        for one in newest
    ]


def tell_agreements(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest agreements that the organisation of a ground, or those on it, signed; by the day of signing."""
    rows = Agreement.objects.visible_to(user).filter(_signed_on(ground), signed_on__lte=last_day(before))
    newest = rows.select_related("template", "organisation").order_by("-signed_on", "-pk")[:most]
    return [
        Happening(
            begin_of(one.signed_on), "责任书", f"{one.number} {one.template.title}，{one.party_name}",
            one.get_stage_display(), one.get_absolute_url(),
        )
        for one in newest
    ]  # fmt: skip


def _signed_on(ground: Ground) -> Q:
    if ground.organisation_id:
        return Q(organisation=ground.organisation_id)
    here = Q(organisation__grid=ground.grid_id) if ground.grid_id else Q(pk__in=[])
    if ground.box:
        west, south, east, north = ground.box
        here |= Q(organisation__lon__range=(west, east), organisation__lat__range=(south, north))
    return here
