"""The reports app: what the street tells."""
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """what the street tells."""

    name = "reports"
    verbose_name = "报表"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Acts get their Chinese names."""
        from accounts import audit

        audit.name_actions(
            {
                "figures_exported": "导出统计数据",
                "ranking_received": "录入区考评",
                "received_ranking_corrected": "更正区考评",
                "honour_entered": "登记荣誉",
                "year_reported": "录入年度报告值",
                "year_report_corrected": "更正年度报告值",
                "month_published": "公开每月情况",
                "month_withdrawn": "撤下每月公开",
                "ranking_published": "发布排名",
                "points_given": "加减分",
                "weights_changed": "修改考核权重",
                "wall_link_created": "建立大屏链接",
                "wall_link_revoked": "作废大屏链接",
                "bulletin_drafted": "拟督查通报",
                "bulletin_submitted": "督查通报送签",
                "bulletin_sent_back": "退回督查通报",
                "bulletin_issued": "签发督查通报",
                "bulletin_withdrawn": "作废督查通报",
                "bulletins_registered": "登记往期通报",
                "bulletin_schedule_changed": "修改拟稿计划",
            }
        )
