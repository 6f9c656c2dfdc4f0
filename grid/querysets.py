"""The vocabulary of the ground: what can be asked of communities, grids, key sites and photos."""
import datetime
import secrets
from typing import Self

from django.db import models


class EditionQuerySet(models.QuerySet):
    """Editions of reference data."""

    def token_of(self, subject: str) -> str:
        """The token in force; empty when nothing was ever published."""
        return self.filter(subject=subject).values_list("token", flat=True).first() or ""

    def publish(self, subject: str) -> None:
        """Put a new edition in force, so that every process reads again."""
        self.update_or_create(subject=subject, defaults={"token": secrets.token_hex(16)})


class CommunityQuerySet(models.QuerySet):
    """Communities of the street."""

    def without_shapes(self) -> Self:
        """Names and figures only: the outlines are many bytes and only the map needs them."""
        return self.defer("shape")

    def with_counts(self) -> Self:
        """With the number of grids and of key sites."""
        return self.annotate(
            grid_count=models.Count("grids", distinct=True), site_count=models.Count("sites", distinct=True)
        )

    def named_like(self, text: str) -> Self:
        """Whose name or short name contains the text."""
        return self.filter(models.Q(name__icontains=text) | models.Q(short_name__icontains=text))


class UnitGridQuerySet(models.QuerySet):
    """Unit grids."""

    def without_shapes(self) -> Self:
        """Names and figures only, the community's too."""
        return self.select_related("community").defer("shape", "community__shape")

    def in_community(self, community: models.Model) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def named_like(self, text: str) -> Self:
        """Whose name contains the text or whose code begins with it."""
        return self.filter(models.Q(name__icontains=text) | models.Q(code__startswith=text))


class KeySiteQuerySet(models.QuerySet):
    """Key sites."""

    def for_list(self) -> Self:
        """With the names of community and grid, without outlines."""
        return self.select_related("community", "grid").defer("line", "community__shape", "grid__shape")

    def in_community(self, community: models.Model) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def in_grid(self, grid: models.Model) -> Self:
        """Of one unit grid."""
        return self.filter(grid=grid)

    def of_category(self, category: str) -> Self:
        """Of one category (重点道路、重点点位、小区)."""
        return self.filter(category=category)

    def with_status(self, status: str) -> Self:
        """Of one status (日常监测、关停 …)."""
        return self.filter(status=status)

    def patrolled(self) -> Self:
        """Those with a number of visits per week."""
        return self.filter(patrol_per_week__gt=0)

    def named_like(self, text: str) -> Self:
        """Whose name contains the text."""
        return self.filter(name__icontains=text)


class PhotoQuerySet(models.QuerySet):
    """Evidence photos."""

    def ready(self) -> Self:
        """Those that may be shown."""
        return self.filter(state="ready")

    def pending(self) -> Self:
        """Those still to be re-encoded."""
        return self.filter(state="pending")

    def waiting_since(self, moment: datetime.datetime) -> Self:
        """Pending ones stored before a moment: their task was lost and the sweep takes them up again."""
        return self.pending().filter(uploaded_at__lt=moment)

    def same_original(self, sha256: str) -> Self:
        """Byte for byte the same file."""
        return self.filter(sha256=sha256)

    def unused(self) -> Self:
        """Those to which no row of any table refers; the upper apps' tables are asked through the model's relations."""
        found = self
        for relation in self.model._meta.get_fields(include_hidden=True):
            if relation.one_to_many or (relation.one_to_one and relation.auto_created):
                rows = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
                found = found.exclude(models.Exists(rows))
        return found

    def abandoned_before(self, moment: datetime.datetime) -> Self:
        """Unused ones uploaded before a moment: their form was never sent; the demonstration's own stay."""
        return self.unused().filter(uploaded_at__lt=moment, is_demo=False)
