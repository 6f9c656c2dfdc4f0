"""The seed of the time limits and other small tables an admin edits afterwards; demonstration values (workflow §2)."""
from simple_history.utils import bulk_create_with_history

from cases.models import CaseStandard, Category, HotlineKind, Phrase, ReturnReason
from cases.states import Clock, Source, Urgency
from grid.workdays import Unit

HOUR, DAY, URGENT, MINUTE, DATE = (
    Unit.WORK_HOUR, Unit.WORK_DAY, Unit.URGENT_HOUR, Unit.URGENT_MINUTE, Unit.CALENDAR_DAY
)  # fmt: skip

# clock, amount, unit, urgency, source, major class, basis
STANDARDS = (
    (Clock.ACCEPT, 2, HOUR, "", "", "", "受理 2 工作时（演示值）"),
    (Clock.ACCEPT, 15, DATE, "", Source.PETITION, "", "信访条例第21、22条：15 日"),
    (Clock.VERIFY, 4, HOUR, "", "", "", "核实 4 工作时（演示值）"),
    (Clock.REGISTER, 2, HOUR, "", "", "", "立案 2 工作时（演示值）"),
    (Clock.DISPATCH, 2, HOUR, "", "", "", "派遣 2 工作时（演示值）"),
    (Clock.ACKNOWLEDGE, 4, HOUR, "", "", "", "签收 4 工作时（演示值）"),
    (Clock.ACKNOWLEDGE, 30, MINUTE, Urgency.URGENT, "", "", "紧急件签收 30 紧急工作分（演示值）"),
    (Clock.HANDLE, 4, URGENT, Urgency.URGENT, "", "", "紧急件处置 4 紧急工作时（演示值）"),
    (Clock.HANDLE, 2, DAY, Urgency.IMPORTANT, "", "", "重要件处置 2 工作日（演示值）"),
    (Clock.HANDLE, 5, DAY, Urgency.NORMAL, "", "", "一般件处置 5 工作日（演示值）"),
    (Clock.HANDLE, 60, DATE, "", Source.PETITION, "", "信访条例第33条：60 日"),
    (Clock.CHECK, 1, DAY, "", "", "", "核查 1 工作日（演示值）"),
    (Clock.REPLY, 2, DAY, "", "", "", "回复 2 工作日（演示值）"),
    (Clock.CLOSE, 60, DATE, "", Source.PETITION, "", "信访条例第33条：自受理之日起 60 日"),
)
# Handling by major class (大类) of events, normal urgency; demonstration values, to be decided by the office.
BY_MAJOR = (("04", 1, DAY, "突发事件处置 1 工作日（演示值）"), ("03", 3, DAY, "施工管理处置 3 工作日（演示值）"))
RETURN_REASONS = (
    ("not_ours", "不属本单位职责"),
    ("wrong_place", "地点不在辖区"),
    ("needs_other", "须其他单位先办"),
    ("not_found", "现场未发现问题"),
    ("no_power", "无执法权限"),
)
HOTLINES = (
    ("ZFXF", "政风行风热线", False, None, None),
    ("12345", "12345 市民服务热线", True, 24, 7),
    ("96310", "96310 城管热线", False, None, None),
)
PHRASES = (
    ("feedback", "已到场清理完毕，现场恢复整洁，安排专人每日巡查。"),
    ("feedback", "已劝离并批评教育，暂扣工具，安排高峰时段值守。"),
    ("feedback", "已联系产权单位修复，设施恢复正常使用。"),
    ("return", "经核实，本事项不属本单位职责，建议另行派遣。"),
    ("pass_check", "现场核查，问题已解决，与反馈照片一致。"),
    ("rework", "现场复查仍有问题，请继续整改。"),
    ("close", "问题已解决，核查通过，同意结案。"),
    ("reply", "您反映的问题已处理完毕，感谢监督。"),
    ("note", "已电话联系承办单位，正在办理。"),
)


def seed_standards() -> None:
    """Fill the tables that are still empty; rows that an admin changed stay as they are."""
    if not CaseStandard.objects.exists():
        bulk_create_with_history(
            [
                CaseStandard(clock=c, amount=n, unit=u, urgency=urgency, source=source, major_code=major, note=note)
                for c, n, u, urgency, source, major, note in STANDARDS
            ]
            + [
                CaseStandard(
                    clock=Clock.HANDLE, amount=n, unit=u, urgency=Urgency.NORMAL, kind=Category.Kind.EVENT,
                    major_code=major, note=note,
                )
                for major, n, u, note in BY_MAJOR
            ],
            CaseStandard,
        )
    for code, name in RETURN_REASONS:
        ReturnReason.objects.get_or_create(code=code, defaults={"name": name})
    for code, name, swift, hours, days in HOTLINES:
        HotlineKind.objects.get_or_create(
            code=code,
            defaults={"name": name, "swift_response": swift, "response_hours": hours, "resolution_days": days},
        )
    if not Phrase.objects.exists():
        Phrase.objects.bulk_create(Phrase(move=move, text=text) for move, text in PHRASES)
