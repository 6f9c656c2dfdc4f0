"""The patrol log as a spreadsheet: one line an outing, the counters as sums carry them; only a way out."""
from typing import Any, NoReturn

from campaigns.models import COUNTERS, PatrolLog
from sheets.targets import Column, Kind, RowRefused, Target


def _nothing_comes_in(values: dict[str, Any], **about: Any) -> NoReturn:
    raise RowRefused("巡查日志由手机记录，不能导入。")


def _departments(log: PatrolLog) -> str:
    return "、".join(department.short_name for department in log.departments.all())


def _cases(log: PatrolLog) -> str:
    return "、".join(finding.case.number for finding in log.findings.all() if finding.case)


TARGET = Target(
    key="patrols", title="巡查日志", number="number",
    columns=(
        Column("number", "编号"), Column("date", "日期", Kind.DATE),
        Column("shift", "班次", read=PatrolLog.get_shift_display),
        Column("alert_level", "预警级别", read=lambda log: log.get_alert_level_display() or "无"),
        Column("leader_name", "带队处级领导"), Column("team", "巡查单位", read=lambda log: log.team.short_name),
        Column("departments", "参加部门", read=_departments),
        Column("started_at", "开始", Kind.MOMENT), Column("ended_at", "结束", Kind.MOMENT),
        Column("area", "路线点位"),
        *(Column(name, f"{word}（{unit}）", Kind.COUNT) for name, (word, unit) in COUNTERS.items()),
        Column("cases", "移交案件", read=_cases), Column("note", "情况说明"), Column("feedback", "反馈"),
    ),
    import_right="campaigns.import_ledgers", export_right="campaigns.export_ledgers",
    unmasked_right="campaigns.export_unmasked_ledgers", write=_nothing_comes_in, address="/patrols/", unit="班",
)  # fmt: skip
