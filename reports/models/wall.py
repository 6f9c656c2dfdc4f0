"""Who looks from outside the desk: links to the wall (大屏), and leaders who want the month's figures."""
from django.db import models
from django.db.models import Q


class WallLink(models.Model):
    """A link that opens the wall without a login; the token itself is shown once and kept as a hash."""

    name = models.CharField("放在哪里", max_length=30)
    token_hash = models.CharField("口令指纹", max_length=64, unique=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="建立人")
    created_at = models.DateTimeField("建立时间")
    revoked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = "大屏链接"
        verbose_name_plural = "大屏链接"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_revoked_link_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        """Where it hangs."""
        return self.name


class FigureSubscription(models.Model):
    """A leader who is told when a month's figures are there."""

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="+", verbose_name="人员")
    since = models.DateTimeField("订阅时间")

    class Meta:
        verbose_name = "月报订阅"
        verbose_name_plural = "月报订阅"
