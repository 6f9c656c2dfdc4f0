"""The coal_to_electric app: the coal-to-electric ledger."""
from django.apps import AppConfig


class CoalToElectricConfig(AppConfig):
    """the coal-to-electric ledger."""

    name = "coal_to_electric"
    verbose_name = "煤改电"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledger can be filled from spreadsheets, and its acts get their names in the trail."""
        from accounts import audit
        from coal_to_electric.cross_checks import CHECKS
        from coal_to_electric.happenings import tell_households
        from coal_to_electric.importing import TARGET
        from coal_to_electric.layers import HOUSEHOLDS
        from grid.cross_checks import CHECKS as CROSS_CHECKS
        from grid.happenings import TELLERS
        from grid.layers import LAYERS
        from sheets import targets

        CROSS_CHECKS.extend(CHECKS)
        TELLERS.append(tell_households)
        LAYERS.append(HOUSEHOLDS)
        targets.offer(TARGET)
        audit.name_actions(
            {
                "household_revealed": "查看煤改电户主",
                "household_searched": "按户主查找煤改电住户",
                "payment_batch_created": "编制补贴批次",
                "payment_batch_approved": "审批补贴批次",
                "payment_batch_refused": "退回补贴批次",
                "payment_batch_paid": "登记补贴发放",
            }
        )
