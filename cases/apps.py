"""The cases app: what happened."""
from django.apps import AppConfig


class CasesConfig(AppConfig):
    """what happened."""

    name = "cases"
    verbose_name = "案件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Open tasks are handed over with the person (accounts.staff.HANDOVERS)."""
        from accounts import staff
        from cases.staffing import hand_over_cases

        staff.HANDOVERS.append(hand_over_cases)
