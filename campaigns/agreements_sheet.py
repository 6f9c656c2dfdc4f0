"""The signing board of a text as a spreadsheet: one line a party; persons' names stay out; only a way out."""
from typing import Any, NoReturn

from campaigns.models import Agreement, AgreementTemplate
from sheets.targets import Column, Kind, RowRefused, Target


def _nothing_comes_in(values: dict[str, Any], **about: Any) -> NoReturn:
    raise RowRefused("责任书由文本送签产生，不能导入。")


COLUMNS = (
    Column("number", "编号"), Column("party_name", "签订对象"),
    Column("party_kind", "类别", read=Agreement.get_party_kind_display),
    Column("stage", "状态", read=Agreement.get_stage_display),
    Column("issued_at", "送签时间", Kind.MOMENT), Column("viewed_at", "查看时间", Kind.MOMENT),
    Column("signed_on", "签订日期", Kind.DATE), Column("valid_until", "期限", Kind.DATE),
    Column("task_count", "任务", Kind.COUNT), Column("finished_count", "已完成任务", Kind.COUNT),
    Column("late_count", "逾期任务", Kind.COUNT),
    Column("score", "得分", Kind.NUMBER), Column("band", "等次"), Column("deduct", "扣分", Kind.NUMBER),
    Column("consequence", "奖惩"),
)  # fmt: skip


def board_target(template: AgreementTemplate) -> Target:
    """The board of one text."""
    return Target(
        key=f"agreements:{template.pk}", title=f"{template.title}签订总表", number="number", columns=COLUMNS,
        import_right="campaigns.import_ledgers", export_right="campaigns.export_ledgers",
        unmasked_right="campaigns.export_unmasked_ledgers", write=_nothing_comes_in,
        address=f"{template.get_absolute_url()}board/", unit="份",
    )  # fmt: skip
