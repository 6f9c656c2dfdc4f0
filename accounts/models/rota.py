"""The duty rota: who answers, day and night."""
from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from accounts.querysets import DutyShiftQuerySet


class ShiftKind(models.TextChoices):
    """Day or night; the night runs 18:00–08:00."""

    DAY = "day", "白班"
    NIGHT = "night", "夜班"


class DutyShift(models.Model):
    """One shift of the rota: the officer who answers, and the leader in charge (带班领导)."""

    date = models.DateField("值班日期", help_text="夜班写开始的那一天。")
    kind = models.CharField("班次", max_length=5, choices=ShiftKind.choices)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts", verbose_name="值班员")
    leader = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="led_shifts", verbose_name="带班领导"
    )

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = "值班"
        verbose_name_plural = "值班表"
        ordering = ["-date", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "kind"],
                name="a_shift_has_one_officer",
                violation_error_message="这一天的这个班次已经排了人。请改原来那一行。",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_shift_ends_after_it_starts",
                violation_error_message="结束时间应晚于开始时间。夜班请写次日早上。",
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="shift_by_time")]

    def __str__(self) -> str:
        """Date and shift."""
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()}"
