"""The words of the campaign entries."""
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Count, Prefetch, Q, Sum

from campaigns.querysets.sums import exact


class EntryQuerySet(models.QuerySet):
    """Campaign entries of any kind."""

    def counted(self) -> Self:
        """Those that were not voided."""
        return self.filter(voided_at__isnull=True)

    def of_kind(self, slug: str) -> Self:
        """Of one kind, by its address name."""
        return self.filter(kind__slug=slug)

    def of_campaign(self, campaign: Any) -> Self:
        """Of one campaign."""
        return self.filter(campaign=campaign)

    def in_community(self, community: Any) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def happened_between(self, start: date | None, end: date | None) -> Self:
        """On these days, both included."""
        found = self.filter(happened_on__gte=start) if start else self
        return found.filter(happened_on__lte=end) if end else found

    def named_like(self, text: str) -> Self:
        """Whose number or place contains the text."""
        return self.filter(Q(number__icontains=text) | Q(place__icontains=text))

    def total(self) -> Decimal:
        """The quantity of the counted ones among these; meaningful for one kind, since kinds have their own units."""
        return exact(self.counted().order_by().aggregate(total=Sum("quantity"))["total"])

    def by_community(self) -> list[dict[str, Any]]:
        """One row a community, by code, with quantity and number."""
        return self.by("community_id", "community__code", "community__name")

    def by(self, *columns: str) -> list[dict[str, Any]]:
        """One row for each value of these columns, in their order: total and count of the counted ones."""
        rows = self.counted().order_by().values(*columns).annotate(total=Sum("quantity"), count=Count("pk"))
        return [{**row, "total": exact(row["total"])} for row in rows.order_by(*columns[1:], columns[0])]

    def for_list(self) -> Self:
        """With what a row shows, newest first."""
        photos = self.model._meta.get_field("photos").related_model.objects.select_related("photo")
        return (
            self.select_related("kind", "community", "department", "campaign")
            .defer("community__shape", "campaign__plan")
            .prefetch_related(Prefetch("photos", photos.order_by("seq", "pk")))
            .order_by("-happened_on", "-pk")
        )
