"""The sheets app: any office's spreadsheet, in and out."""
from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """any office's spreadsheet, in and out."""

    name = "sheets"
    verbose_name = "表格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the trail the names of this app's acts."""
        from accounts.audit import name_actions

        name_actions(
            {
                "sheet_uploaded": "上传表格",
                "sheet_dropped": "放弃导入",
                "sheet_committed": "导入台账",
                "sheet_undone": "撤销导入",
                "ledger_exported": "导出台账",
                "ledger_exported_unmasked": "导出未脱敏台账",
            }
        )
