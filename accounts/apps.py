"""The accounts app: who works here, and what each may do."""
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """who works here, and what each may do."""

    name = "accounts"
    verbose_name = "人员与权限"
    default_auto_field = "django.db.models.BigAutoField"
