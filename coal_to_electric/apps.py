"""The coal_to_electric app: the coal-to-electric ledger."""
from django.apps import AppConfig


class CoalToElectricConfig(AppConfig):
    """the coal-to-electric ledger."""

    name = "coal_to_electric"
    verbose_name = "煤改电"
    default_auto_field = "django.db.models.BigAutoField"
