"""What an event says in words: the line of the timeline, made from the move and its facts."""
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.models import CallBack, CaseEvent
from cases.states import State

NOTES = frozenset({"note", "remind", "instruct"})

# What the case waits for, by state: shown above the latest event.
WAITING: dict[str, str] = {
    State.REPORTED: "等待受理", State.VERIFYING: "等待核实", State.ACCEPTED: "等待立案", State.REGISTERED: "等待派遣",
    State.DISPATCHED: "等待签收", State.RETURNED: "等待重新派遣", State.IN_PROGRESS: "正在处置",
    State.SUSPENDED: "挂账停表", State.FEEDBACK_SUBMITTED: "等待转核查", State.CHECKING: "等待核查",
    State.REWORK: "等待签收返工", State.CHECKED: "等待结案",
}  # fmt: skip

_YES_OR_NO = (("is_true", "属实", "不属实"), ("reached", "已接通", "未接通"), ("solved", "已解决", "未解决"))


def moment_words(text: Any) -> str:
    """A moment or a day kept in an event, in Beijing: 2016-12-23 17:30."""
    if not text:
        return ""
    value = datetime.fromisoformat(text) if "T" in str(text) else date.fromisoformat(str(text))
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else f"{value:%Y-%m-%d}"


def button_of(event: CaseEvent) -> str:
    """What was done, in the button's words."""
    if event.by_name == "" and event.move == "note" and {"opinion", "added"} & set(event.facts):
        return "上报人评价" if "opinion" in event.facts else "上报人补充"
    if event.by_name == "" and event.move == "note":
        return "系统提示"
    if event.move == "merge" and "follower" in event.facts:
        return "并入案件"
    return workflow.MOVES[event.move].button


def icon_of(event: CaseEvent) -> str:
    """The sign of the move."""
    return workflow.MOVES[event.move].icon


def actor_of(event: CaseEvent) -> str:
    """Who did it, and to whom it went: 陈立新 至 城管执法队."""
    facts = event.facts
    to = facts.get("lead") or facts.get("checker") or (facts.get("to") if event.move == "send_verification" else "")
    department = event.department.short_name if event.department and not to else ""
    who = " ".join(part for part in (department, event.by_name) if part)
    return f"{who} 至 {to}" if to else who


def facts_of(event: CaseEvent, *, secret: bool = False) -> str:
    """What the move settled, as one line; of a petition kept from this reader only the dates."""
    facts, parts = event.facts, []
    dates = (("due", "办理时限"), ("until", "延至"), ("review_on", "复核日"))
    if not secret:
        parts += _settled(facts)
    parts += [f"{word} {moment_words(facts[key])}" for key, word in dates if facts.get(key)]
    return "；".join(parts) + ("。" if parts else "")


def _settled(facts: dict[str, Any]) -> list[str]:
    """The facts without the dates."""
    parts = [
        f"{word}：{facts[key]}"
        for key, word in (
            ("category", "类别"), ("thing", "部件"), ("thing_before", "原部件"), ("urgency", "紧急程度"),
            ("duty_leader", "带班处级领导"), ("reason", "原因"),
            ("master", "并入"), ("follower", "并入本案"), ("channel", "方式"), ("outcome", "结论"),
            ("public_words", "答复"),
        )
        if facts.get(key)
    ]  # fmt: skip
    if facts.get("assisting"):
        parts.append(f"协办：{'、'.join(facts['assisting'])}")
    if facts.get("level"):
        parts.append(f"{facts['level']} 级督办")
    for key, yes, no in _YES_OR_NO:
        if facts.get(key) is not None:
            parts.append(yes if facts[key] else no)
    if facts.get("final"):
        parts.append("办结答复")
    if facts.get("satisfaction"):
        parts.append(CallBack.Satisfaction(facts["satisfaction"]).label)
    if facts.get("photos"):
        parts.append(f"照片 {facts['photos']} 张")
    return parts
