"""The words of the ledger of illegal structures, and of campaigns."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Prefetch, Q, Sum

from campaigns.querysets.sums import exact
from campaigns.states import Stage

SUMS = {
    "demolished_m2": Sum("demolished_area_m2"), "land_m2": Sum("vacated_land_m2"),
    "people": Sum("relocated_people"), "sites": Count("pk"),
}  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """Three figures that are never added to each other (m², m², persons), and how many structures they come from."""

    demolished_m2: Decimal
    land_m2: Decimal
    people: int
    sites: int


class StructureQuerySet(models.QuerySet):
    """Illegal structures."""

    def written_off(self) -> Self:
        """Those that count: written off (销账)."""
        return self.filter(stage=Stage.WRITTEN_OFF)

    def open(self) -> Self:
        """Those on which something is still to be done."""
        return self.exclude(stage__in=[Stage.WRITTEN_OFF, Stage.VOIDED])

    def kept(self) -> Self:
        """All but those that were entered by mistake."""
        return self.exclude(stage=Stage.VOIDED)

    def at_stage(self, stage: str) -> Self:
        """Those whose last step is this one."""
        return self.filter(stage=stage)

    def relapsed(self) -> Self:
        """Those that were built again (反弹)."""
        return self.filter(relapsed_on__isnull=False)

    def in_community(self, community: Any) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def of_campaign(self, campaign: Any) -> Self:
        """Of one campaign."""
        return self.filter(campaign=campaign)

    def demolished_between(self, start: date | None, end: date | None) -> Self:
        """Those that came down on these days, both included."""
        found = self.filter(demolished_on__isnull=False)
        if start:
            found = found.filter(demolished_on__gte=start)
        return found.filter(demolished_on__lte=end) if end else found

    def named_like(self, text: str) -> Self:
        """Whose number, place or address contains the text; owners are never searched by text."""
        return self.filter(Q(number__icontains=text) | Q(place__icontains=text) | Q(address__icontains=text))

    def numbered(self, numbers: list[str]) -> Self:
        """Those with these ledger numbers."""
        return self.filter(number__in=numbers)

    def owned_by(self, index: str) -> Self:
        """Whose owner has this blind index."""
        return self.exclude(owner_index="").filter(owner_index=index)

    def totals(self) -> Totals:
        """The three sums over the written-off ones among these, and how many they are."""
        sums = self.written_off().order_by().aggregate(**SUMS)
        return Totals(exact(sums["demolished_m2"]), exact(sums["land_m2"]), sums["people"] or 0, sums["sites"])

    def by_community(self) -> list[dict[str, Any]]:
        """One row a community, by code, with the sums of these structures; see `by`."""
        return self.by("community_id", "community__code", "community__name", "community__short_name")

    def by(self, *columns: str) -> list[dict[str, Any]]:
        """One row for each value of these columns, in their order: demolished_m2, land_m2, people, sites."""
        rows = self.order_by().values(*columns).annotate(**SUMS).order_by(*columns[1:], columns[0])
        return [{**row, "demolished_m2": exact(row["demolished_m2"]), "land_m2": exact(row["land_m2"]),
                 "people": row["people"] or 0} for row in rows]  # fmt: skip

    def by_stage(self) -> dict[str, int]:
        """How many stand at each stage."""
        return dict(self.order_by().values_list("stage").annotate(Count("pk")))

    def newest_first(self) -> Self:
        """What still stands first, then by the day it came down, newest first."""
        return self.order_by(F("demolished_on").desc(nulls_first=True), "-pk")

    def for_page(self) -> Self:
        """With everything that the page of one shows."""
        photos = self.model._meta.get_field("photos").related_model.objects.select_related("photo")
        return (
            self.select_related("community", "grid", "site", "campaign", "responsible")
            .defer("community__shape", "grid__shape", "site__line", "campaign__plan")
            .prefetch_related(Prefetch("photos", photos.order_by("seq", "pk")), "papers", "events", "departments")
        )

    def for_map(self) -> Self:
        """Those with a position, with what a pin says."""
        columns = ("number", "place", "lon", "lat", "stage", "relapsed_on")
        return self.filter(lon__isnull=False).only(*columns).order_by("pk")

    def for_list(self) -> Self:
        """With what a row shows and nothing that a row must not show: no owner, no outlines."""
        photos = self.model._meta.get_field("photos").related_model.objects.select_related("photo")
        return (
            self.select_related("community", "campaign")
            .defer("owner_name", "owner_index", "community__shape", "campaign__plan")
            .prefetch_related(Prefetch("photos", photos.order_by("seq", "pk")))
        )


class CampaignQuerySet(models.QuerySet):
    """Campaigns."""

    def running(self, *, on: date) -> Self:
        """Begun and not completed on a day."""
        return self.filter(starts_on__lte=on).filter(Q(completed_on__isnull=True) | Q(completed_on__gt=on))

    def for_list(self) -> Self:
        """With the leading department, newest first."""
        return self.select_related("lead").order_by("-starts_on", "pk")
