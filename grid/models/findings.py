"""What contradicts itself in the registers: what a cross-check found, since when, and what became of it."""
from django.conf import settings
from django.db import models
from django.db.models import Q

from grid.querysets import FindingQuerySet, SweepQuerySet


class Sweep(models.Model):
    """When a kind of cross-check was last asked; it also keeps an older sweep from writing over a newer one."""

    kind = models.CharField("核对项", max_length=40, unique=True)
    swept_at = models.DateTimeField("核对时间")

    objects = SweepQuerySet.as_manager()

    class Meta:
        verbose_name = "核对时间"
        verbose_name_plural = "核对时间"

    def __str__(self) -> str:
        return self.kind


class Finding(models.Model):
    """One thing to put right: by its kind and its subject's natural key, with words that hold no personal data."""

    kind = models.CharField("核对项", max_length=40)
    subject = models.CharField("对象", max_length=60, help_text="台账编号，例如 KS003")
    title = models.CharField("名称", max_length=120)
    words = models.CharField("问题", max_length=200)
    url = models.CharField("办理页面", max_length=200)
    community = models.ForeignKey(
        "grid.Community", models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="社区"
    )
    first_seen = models.DateTimeField("首次发现")
    last_seen = models.DateTimeField("最近发现")
    resolved_at = models.DateTimeField("已改正", null=True, blank=True)
    set_aside_at = models.DateTimeField("搁置时间", null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="搁置人"
    )
    set_aside_reason = models.CharField("搁置理由", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "核对事项"
        verbose_name_plural = "核对事项"
        ordering = ["kind", "subject"]
        indexes = [
            models.Index(fields=["community", "kind"], condition=Q(resolved_at__isnull=True), name="finding_open"),
            models.Index(fields=["resolved_at"], condition=Q(resolved_at__isnull=False), name="finding_resolved"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="a_finding_is_known_by_kind_and_subject"),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_reason="")
                | (Q(set_aside_at__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_reason="")),
                name="a_finding_set_aside_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}：{self.words}"
