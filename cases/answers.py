"""What a move asks of the person who makes it. Forms, the API and the move itself read these words."""
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import models

from accounts.models import Department, User
from cases.models import CallBack, Case, Category, PetitionDetail, Reply, ReturnReason
from cases.states import Urgency
from grid.models import Community, Thing, UnitGrid

EVIDENCE_WORDS = 10  # workflow: feedback asks for words of at least ten characters


@dataclass(frozen=True)
class Ask:
    """One question: its name, its words on the screen, the kind of answer, and whether it must be answered."""

    name: str
    label: str
    kind: str  # text, line, choice, yes_no, datetime, date, model, models, photos, parts, reporter
    required: bool = True
    model: type[models.Model] | None = None
    choices: type[models.TextChoices] | tuple = ()
    at_least: int = 0
    help: str = ""

    @property
    def optional(self) -> "Ask":
        """The same question, which may stay unanswered."""
        return replace(self, required=False)

    def refusal(self, value: Any) -> str:
        """Why this answer does not do, or nothing."""
        if value in (None, "", [], ()):
            return f"请填写{self.label}。" if self.required else ""
        if self.kind in ("text", "line"):
            return self._refusal_of_words(str(value))
        if self.kind == "model" and not isinstance(value, self.model):
            return f"{self.label}不在可选范围内。请从列表中选择。"
        if self.kind == "models" and not all(isinstance(one, self.model) for one in value):
            return f"{self.label}不在可选范围内。请从列表中选择。"
        if self.kind == "choice" and value not in self._values():
            return f"{self.label}不在可选范围内。请从列表中选择。"
        if self.kind == "yes_no" and not isinstance(value, bool):
            return f"请选择{self.label}。"
        if self.kind == "datetime" and not (isinstance(value, datetime) and value.tzinfo):
            return f"{self.label}应为日期和时间，例如 2016-12-23 17:30。"
        if self.kind == "date" and (isinstance(value, datetime) or not isinstance(value, date)):
            return f"{self.label}应为日期，例如 2016-12-23。"
        return ""

    def _refusal_of_words(self, words: str) -> str:
        if self.at_least and len(words.strip()) < self.at_least:
            return f"{self.label}太短，现为 {len(words.strip())} 个字。请写明原因和结果，至少 {self.at_least} 个字。"
        limit = 200 if self.kind == "line" else 2000
        return f"{self.label}太长，现为 {len(words)} 个字。请缩到 {limit} 个字以内。" if len(words) > limit else ""

    def _values(self) -> list:
        return self.choices.values if hasattr(self.choices, "values") else [value for value, _ in self.choices]


CATEGORY = Ask("category", "类别", "model", model=Category)
GRID = Ask("grid", "网格", "model", model=UnitGrid)
URGENCY = Ask("urgency", "紧急程度", "choice", choices=Urgency)
THING = Ask("thing", "部件标识码", "model", required=False, model=Thing,
            help="标牌上的 16 位或 17 位数字；清空则不再关联部件")  # fmt: skip
COMMUNITY = Ask("community", "核实社区", "model", required=False, model=Community, help="社区或核实人至少选一个")
VERIFIER = Ask("verifier", "核实人", "model", required=False, model=User)
LEAD = Ask("lead", "承办单位", "model", model=Department)
ASSISTING = Ask("assisting", "协办单位", "models", required=False, model=Department)
DUE = Ask("due", "办理时限", "datetime", required=False, help="不填则按类别默认时限")
DUTY_LEADER = Ask("duty_leader", "带班处级领导", "line", required=False, help="“蓝天行动”案件须填")
CHECKER = Ask("checker", "核查人", "model", model=User)
WORDS = Ask("words", "说明", "text")
REASON = Ask("reason", "理由", "text", at_least=5)
PUBLIC_WORDS = Ask("public_words", "给上报人的话", "text", at_least=5, help="用居民的话写，会记为答复")
FEEDBACK = Ask("words", "处置情况", "text", at_least=EVIDENCE_WORDS)
PHOTOS = Ask("photos", "照片", "photos", required=False)
BEFORE_PHOTOS = Ask("before_photos", "整改前照片", "photos")
AFTER_PHOTOS = Ask("photos", "整改后照片", "photos")
TRUE = Ask("is_true", "是否属实", "yes_no")
RETURN_REASON = Ask("return_reason", "退回原因", "model", model=ReturnReason)
UNTIL = Ask("until", "延至", "datetime")
REVIEW_ON = Ask("review_on", "复核日期", "date")
MASTER = Ask("master", "并入案件", "model", model=Case)
PARTS = Ask("parts", "拆分事项", "parts", help="至少两项，每行一项")
LEVEL = Ask("level", "督办级别", "choice", choices=((1, "一级"), (2, "二级"), (3, "三级")))
SUPERVISE_DUE = Ask("due", "督办时限", "datetime")
TO_WHOM = Ask("to_whom", "答复对象", "reporter")
CHANNEL = Ask("channel", "答复方式", "choice", choices=Reply.Channel)
FINAL = Ask("final", "办结答复", "yes_no", required=False)
CALLED = Ask("called", "回访对象", "reporter", required=False)
REACHED = Ask("reached", "已接通", "yes_no")
SOLVED = Ask("solved", "已解决", "yes_no", required=False)
SATISFACTION = Ask("satisfaction", "满意度", "choice", required=False, choices=CallBack.Satisfaction)
CONCLUSION = Ask("conclusion", "结案意见", "text", at_least=2)
OUTCOME = Ask("outcome", "答复结论", "choice", required=False, choices=PetitionDetail.Outcome, help="信访件必选")


def check(asks: tuple[Ask, ...], answers: dict[str, Any]) -> dict[str, str]:
    """Field → sentence for every answer that does not do, unknown ones included."""
    known = {ask.name for ask in asks}
    errors = {name: f"没有“{name}”这一项。" for name in answers if name not in known}
    for ask in asks:
        refusal = ask.refusal(answers.get(ask.name))
        if refusal:
            errors[ask.name] = refusal
    return errors
