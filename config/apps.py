"""The config app: plugs the apps together."""
from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """plugs the apps together."""

    name = "config"
    verbose_name = "系统"
    default_auto_field = "django.db.models.BigAutoField"
