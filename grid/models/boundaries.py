"""Boundaries with a date: an edition says from when which unit grids have which shape; what they had before is kept."""
from django.conf import settings
from django.db import models
from django.db.models import Q


class EditionState(models.TextChoices):
    """Waiting for its day, in force since then, or taken back before it."""

    SCHEDULED = "scheduled", "待生效"
    IN_FORCE = "in_force", "已生效"
    DROPPED = "dropped", "已撤回"


class BoundaryEdition(models.Model):
    """One change of boundaries, from a day on; one at a time waits, since it was checked against what is in force."""

    valid_from = models.DateField("生效日期")
    note = models.CharField("说明", max_length=100)
    state = models.CharField("状态", max_length=10, choices=EditionState.choices, default=EditionState.SCHEDULED)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="调整人")
    made_at = models.DateTimeField("调整时间")
    in_force_at = models.DateTimeField("生效时间", null=True, blank=True)

    class Meta:
        verbose_name = "边界版本"
        verbose_name_plural = "边界版本"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=EditionState.SCHEDULED), name="one_boundary_edition_waits_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=EditionState.IN_FORCE, in_force_at__isnull=False)
                | (~Q(state=EditionState.IN_FORCE) & Q(in_force_at__isnull=True)),
                name="an_edition_in_force_knows_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d} {self.note}"


class GridShape(models.Model):
    """The shape that one unit grid gets by an edition, and the one that it had before; WKB in WGS-84, areas in m²."""

    edition = models.ForeignKey(BoundaryEdition, models.CASCADE, related_name="shapes", verbose_name="边界版本")
    unit_grid = models.ForeignKey("grid.UnitGrid", models.PROTECT, related_name="shapes", verbose_name="单元网格")
    shape = models.BinaryField("边界", help_text="WKB，WGS-84")
    area_m2 = models.DecimalField("面积（㎡）", max_digits=14, decimal_places=2)
    old_shape = models.BinaryField("原边界", help_text="WKB，WGS-84")
    old_area_m2 = models.DecimalField("原面积（㎡）", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "网格边界"
        verbose_name_plural = "网格边界"
        ordering = ["edition_id", "unit_grid_id"]
        constraints = [models.UniqueConstraint(fields=["edition", "unit_grid"], name="an_edition_draws_a_grid_once")]

    def __str__(self) -> str:
        return f"{self.unit_grid_id}"
