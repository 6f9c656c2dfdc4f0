"""The cases app: what happened."""
from django.apps import AppConfig


class CasesConfig(AppConfig):
    """what happened."""

    name = "cases"
    verbose_name = "案件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Open tasks are handed over with the person (accounts.staff.HANDOVERS); acts get their names."""
        from accounts import audit, staff
        from cases.staffing import hand_over_cases

        staff.HANDOVERS.append(hand_over_cases)
        audit.name_actions(
            {
                "petitioner_revealed": "查看信访人身份",
                "reporter_revealed": "查看上报人身份",
                "cases_imported": "导入热线件",
                "phone_searched": "按电话后四位查找",
            }
        )
