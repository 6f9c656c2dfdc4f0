"""The grid app: where things happen, and what stands there."""
from django.apps import AppConfig


class GridConfig(AppConfig):
    """where things happen, and what stands there."""

    name = "grid"
    verbose_name = "网格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the trail the names of this app's acts."""
        from accounts.audit import name_actions

        name_actions(
            {
                "territory_loaded": "导入网格边界",
                "key_sites_loaded": "导入重点点位",
                "key_site_changed": "修改重点点位",
                "calendar_changed": "修改工作日历",
                "calendar_year_entered": "录入年度节假日",
                "work_hours_changed": "修改作息时间",
            }
        )
