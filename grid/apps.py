"""The grid app: where things happen, and what stands there."""
from django.apps import AppConfig


class GridConfig(AppConfig):
    """where things happen, and what stands there."""

    name = "grid"
    verbose_name = "网格"
    default_auto_field = "django.db.models.BigAutoField"
