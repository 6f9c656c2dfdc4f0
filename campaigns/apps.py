"""The campaigns app: what the street set out to do."""
from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """what the street set out to do."""

    name = "campaigns"
    verbose_name = "专项行动"
    default_auto_field = "django.db.models.BigAutoField"
