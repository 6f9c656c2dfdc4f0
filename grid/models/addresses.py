"""The street's address book: the other names by which people call a place."""

from django.core.exceptions import ValidationError
from django.db import models

from grid.querysets import PlaceAliasQuerySet

SHORTEST_ALIAS = 2


class PlaceAlias(models.Model):
    """Another name of a key site or a community (苹果园第二小区 is 苹二小区); one name means one place."""

    name = models.CharField("别名", max_length=60, unique=True, help_text="居民和来文里的叫法，例如“苹果园第二小区”")
    site = models.ForeignKey(
        "grid.KeySite", on_delete=models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name="点位"
    )
    community = models.ForeignKey(
        "grid.Community", on_delete=models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name="社区"
    )

    objects = PlaceAliasQuerySet.as_manager()

    class Meta:
        verbose_name = "地名别名"
        verbose_name_plural = "地名别名"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(site__isnull=False, community__isnull=True)
                | models.Q(site__isnull=True, community__isnull=False),
                name="an_alias_means_exactly_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One place, and a name long enough not to be found in every address."""
        if len(self.name.strip()) < SHORTEST_ALIAS:
            raise ValidationError({"name": "别名太短，至少 2 个字，否则会误认到别的地址。"})
        if bool(self.site_id) == bool(self.community_id):
            raise ValidationError("点位和社区请只选一个。")
