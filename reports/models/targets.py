"""What the street sets itself for a figure; administrators edit it."""
from decimal import Decimal

from django.db import models
from django.db.models import Q

from reports.querysets import FigureTargetQuerySet


class TargetedFigure(models.TextChoices):
    """The rates that pages hold against a target, by the keys of the register of figures."""

    HANDLING_ON_TIME = "handling_on_time", "按期处置率"
    CLOSING_RATE = "closing_rate", "结案率"


class FigureTarget(models.Model):
    """The target of one rate in per cent; without a row, or with an empty one, pages show no target."""

    figure = models.CharField("指标", max_length=30, choices=TargetedFigure.choices, unique=True)
    target = models.DecimalField(
        "目标（%）", max_digits=5, decimal_places=2, null=True, blank=True, help_text="留空表示不设目标"
    )

    objects = FigureTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "指标目标"
        verbose_name_plural = "指标目标"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gt=Decimal(0), target__lte=Decimal(100)),
                name="a_target_is_a_share_of_a_hundred",
                violation_error_message="目标应大于 0、不超过 100。请核对，或留空表示不设目标。",
            )
        ]

    def __str__(self) -> str:
        """按期处置率."""
        return self.get_figure_display()
