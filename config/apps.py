"""The config app: plugs the apps together."""
from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """An app without models, so that page tags, commands and checks of the whole site have a home."""

    name = "config"
    verbose_name = "系统"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and name the acts of the demonstration's loader for the trail."""
        from accounts.audit import name_actions
        from config import checks  # noqa: F401
        from config.demo_loading.acts import NAMES

        name_actions(NAMES)
