"""The reports app: what the street tells."""
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """what the street tells."""

    name = "reports"
    verbose_name = "报表"
    default_auto_field = "django.db.models.BigAutoField"
