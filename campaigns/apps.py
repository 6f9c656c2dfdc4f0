"""The campaigns app: what the street set out to do."""
from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """what the street set out to do."""

    name = "campaigns"
    verbose_name = "专项行动"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledgers can be filled from spreadsheets, acts get their Chinese names."""
        from accounts import audit
        from campaigns.cross_checks import CHECKS
        from campaigns.finding import find_structures
        from campaigns.happenings import tell_agreements, tell_structures
        from campaigns.importing import STRUCTURES, every_entry_target
        from campaigns.layers import CAMPAIGN_LAYERS
        from grid.cross_checks import CHECKS as CROSS_CHECKS
        from grid.finding import FINDERS
        from grid.happenings import TELLERS
        from grid.layers import LAYERS
        from sheets import targets

        CROSS_CHECKS.extend(CHECKS)
        TELLERS.extend((tell_structures, tell_agreements))
        LAYERS.extend(CAMPAIGN_LAYERS)
        FINDERS.append(find_structures)
        targets.offer(STRUCTURES)
        targets.offer_family("entries", every_entry_target)

        audit.name_actions(
            {
                "owner_revealed": "查看违建当事人",
                "owner_searched": "按当事人查找违建",
                "entry_recorded": "登记整治记录",
                "entry_changed": "修改整治记录",
                "entry_voided": "作废整治记录",
                "entry_taken_back": "撤销导入的整治记录",
                "structure_taken_back": "撤销导入的违建",
                "kind_defined": "新建整治类别",
                "kind_changed": "修改整治类别",
                "campaign_opened": "新建专项行动",
                "campaign_changed": "修改专项行动",
                "target_set": "设定任务目标",
                "target_dropped": "取消任务目标",
                "reported_value_noted": "登记上报值",
            }
        )
        audit.name_actions(
            {
                "alert_declared": "发布空气重污染预警",
                "alert_lifted": "解除空气重污染预警",
                "alert_reported": "报空气重污染终期报告",
                "patrol_rostered": "安排巡查带班",
                "patrol_unrostered": "撤下巡查带班",
                "patrol_corrected": "更正巡查日志",
            }
        )
        audit.name_actions(
            {
                "agreement_template_created": "新建责任书文本",
                "agreement_frame_changed": "修改责任书期限",
                "agreement_bands_changed": "修改考核等次",
                "agreement_tasks_changed": "修改任务分解",
                "agreement_clause_kept": "保存条款",
                "agreement_parties_added": "列入签订对象",
                "agreement_parties_dropped": "移出签订对象",
                "agreement_values_filled": "填写责任书变量",
                "agreement_issue": "责任书送签",
                "agreement_withdraw": "撤回责任书",
                "agreement_sign": "登记责任书签订",
                "agreement_start": "责任书生效",
                "agreement_assess": "责任书考核",
                "agreement_close": "责任书归档",
                "agreement_reminded": "提醒签订责任书",
                "agreement_names_revealed": "查看责任书姓名",
                "agreement_scan_opened": "查看责任书签字页",
            }
        )
