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
        from cases.staffing import hand_over_cases
        from cases.wechat_outbox import put_message

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
