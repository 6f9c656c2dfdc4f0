"""The cases app: what happened."""
from django.apps import AppConfig


class CasesConfig(AppConfig):
    """what happened."""

    name = "cases"
    verbose_name = "案件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Open tasks go with the person (accounts.staff.HANDOVERS), the way out opens, acts get their names."""
        from accounts import audit, notify, staff
        from cases.cross_checks import CHECKS
        from cases.finding import find_cases
        from cases.happenings import tell_cases
        from cases.layers import OPEN_CASES
        from cases.register_sheet import REGISTER
        from cases.relocating import relocate_cases
        from cases.staffing import hand_over_cases
        from cases.wechat_outbox import put_message
        from grid.boundaries import MOVED
        from grid.cross_checks import CHECKS as CROSS_CHECKS
        from grid.finding import FINDERS
        from grid.happenings import TELLERS
        from grid.layers import LAYERS
        from sheets.targets import offer

        offer(REGISTER)
        CROSS_CHECKS.extend(CHECKS)
        TELLERS.append(tell_cases)
        LAYERS.append(OPEN_CASES)
        FINDERS.insert(0, find_cases)  # a number means its case
        MOVED.append(relocate_cases)
        staff.HANDOVERS.append(hand_over_cases)
        notify.OUTWARD["wechat"] = put_message
        audit.name_actions(
            {
                "petitioner_revealed": "查看信访人身份",
                "reporter_revealed": "查看上报人身份",
                "cases_imported": "导入热线件",
                "phone_searched": "按电话后四位查找",
                "outbox_resent": "重发通知",
                "wechat_resent": "重发微信",
                "wechat_refetched": "重新下载微信照片",
            }
        )
