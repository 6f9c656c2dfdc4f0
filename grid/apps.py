"""The grid app: where things happen, and what stands there."""
from django.apps import AppConfig


class GridConfig(AppConfig):
    """where things happen, and what stands there."""

    name = "grid"
    verbose_name = "网格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the trail the names of this app's acts, and tables the meaning of places' names."""
        from accounts.audit import name_actions
        from grid import naming
        from grid.area_sheets import AREAS
        from grid.check_happenings import tell_routine, tell_trouble
        from grid.cross_checks import CHECKS
        from grid.finding import FINDERS
        from grid.happenings import ROUTINE, TELLERS
        from grid.layers import LAYERS
        from grid.organisation_sheets import ORGANISATIONS
        from grid.own_finding import OWN_FINDERS
        from grid.own_layers import OWN
        from grid.people_sheets import DWELLINGS, RESIDENTS
        from grid.position_checks import POSITION_CHECKS
        from grid.register_checks import REGISTER_CHECKS
        from grid.register_sheets import TARGETS
        from sheets.targets import RESOLVERS, Kind, offer

        TELLERS.append(tell_trouble)
        ROUTINE.append(tell_routine)
        CHECKS.extend((*REGISTER_CHECKS, *POSITION_CHECKS))
        LAYERS.extend(OWN)
        FINDERS.extend(OWN_FINDERS)
        RESOLVERS[Kind.COMMUNITY], RESOLVERS[Kind.GRID] = naming.communities, naming.unit_grids
        for target in (*TARGETS, ORGANISATIONS, DWELLINGS, RESIDENTS, AREAS):
            offer(target)
        name_actions(
            {
                "territory_loaded": "导入网格边界",
                "key_sites_loaded": "导入重点点位",
                "key_site_changed": "修改重点点位",
                "place_alias_changed": "修改地名别名",
                "thing_class_changed": "修改部件小类",
                "thing_recorded": "登记部件",
                "post_given": "任命责任人",
                "post_mended": "更正责任人",
                "post_ended": "责任人离任",
                "boundary_scheduled": "调整网格边界",
                "boundary_dropped": "撤回边界调整",
                "boundary_in_force": "边界生效",
                "area_kept": "划分责任网格",
                "place_kept": "登记地点",
                "organisation_recorded": "登记单位",
                "organisation_changed": "修改单位",
                "licence_kept": "登记证照",
                "licence_taken_back": "撤销导入的证照",
                "responsible_revealed": "查看单位负责人",
                "dwelling_recorded": "登记住户",
                "dwelling_changed": "修改住户",
                "resident_recorded": "登记居民",
                "resident_changed": "修改居民",
                "resident_revealed": "查看居民身份",
                "resident_searched": "查找居民",
                "resident_taken_back": "撤销导入的居民",
                "resident_erased": "删除居民信息",
                "departed_erased": "到期删除居民信息",
                "check_rule_changed": "修改点位检查规则",
                "retention_changed": "修改保存期限",
                "registers_swept": "核对台账",
                "finding_set_aside": "搁置核对事项",
                "finding_taken_up": "恢复核对事项",
                "thing_changed": "修改部件",
                "calendar_changed": "修改工作日历",
                "calendar_year_entered": "录入年度节假日",
                "work_hours_changed": "修改作息时间",
            }
        )
