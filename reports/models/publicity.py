"""What the public is told of a month: a snapshot of cleared figures and chosen pictures, published and withdrawn."""
from typing import Self

from django.db import models
from django.db.models import Q


class PublishedMonthQuerySet(models.QuerySet):
    """Snapshots."""

    def live(self) -> Self:
        """Those that anybody may read."""
        return self.filter(withdrawn_at__isnull=True)

    def of_month(self, month: str) -> Self:
        """Of one month, the newest first."""
        return self.filter(month=month).order_by("-pk")

    def for_list(self) -> Self:
        """The newest month first, without what it says."""
        return self.defer("figures", "pairs").order_by("-month", "-pk")


class PublishedMonth(models.Model):
    """One publication of a month (2016-12). What it says never changes; another wording is another row.

    `figures` are the cleared numbers as words, `pairs` the chosen pictures: before and after (grid.Photo) and words.
    """

    month = models.CharField("月份", max_length=7)
    intro = models.TextField("导语", max_length=1000, blank=True)
    figures = models.JSONField("数据")
    pairs = models.JSONField("整治前后照片", default=list, blank=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间")
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PublishedMonthQuerySet.as_manager()

    class Meta:
        verbose_name = "每月公开"
        verbose_name_plural = "每月公开"
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(withdrawn_at__isnull=True), name="a_month_is_public_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawn_month_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        """The month."""
        return self.month

    def get_absolute_url(self) -> str:
        """The public page."""
        return f"/month/{self.month}/"
