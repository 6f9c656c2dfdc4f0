"""How far it is, as a reporter reads it under a code: stage, steps, story and answers in plain words, nobody's name."""
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from cases.echo import Asked, Pictures
from cases.models import CaseEvent, Opinion, Reply
from cases.public_words import public_stage
from cases.states import OPEN, Clock, Source, Stage, State

# What each state is to the reporter, beside the stage's own word.
SENTENCES: dict[str, str] = {
    State.REPORTED: "工作人员会尽快受理。", State.VERIFYING: "正在派人到现场核实。",
    State.ACCEPTED: "已经受理，正在安排承办单位。", State.REGISTERED: "已经受理，正在安排承办单位。",
    State.RETURNED: "已经受理，正在安排承办单位。", State.DISPATCHED: "已派给承办单位，等待接件。",
    State.SUSPENDED: "一时处理不了，已列入计划跟踪。", State.FEEDBACK_SUBMITTED: "承办单位已处理，等待核查。",
    State.CHECKING: "承办单位已处理，正在核查效果。", State.CHECKED: "核查已通过，正在办结。",
    State.CLOSED: "这件事已经办结。", State.REJECTED: "这件事没有受理，原因见下面的答复。",
    State.VOIDED: "这件上报已经撤销，原因见下面的答复。", State.MERGED: "已与同一件问题一并办理。",
}  # fmt: skip
ENDINGS = {State.REJECTED: "不予受理", State.VOIDED: "已撤销"}
STEPS = (
    ("已收到", ""), ("已受理", "accepted_at"), ("已派单", "dispatched_at"), ("正在处置", ""), ("核查", ""),
    ("办结", "closed_at"),
)  # fmt: skip
STEP_OF = {
    Stage.NEW: 0, Stage.ACCEPTED: 1, Stage.RETURNED: 1, Stage.DISPATCHED: 2, Stage.HANDLING: 3, Stage.HOLD: 3,
    Stage.VERIFY: 4, Stage.CLOSED: 5,
}  # fmt: skip
# What the story tells, by move; a move that is not named here is the street's own affair.
TOLD: dict[str, tuple[str, str]] = {
    "send_verification": ("search", "已派人核实"), "accept": ("check", "指挥中心受理了您反映的问题"),
    "dispatch": ("send", "已派给承办单位"), "acknowledge": ("tool", "承办单位已接件"),
    "feedback": ("clipboard-check", "承办单位已处理，等待核查"), "rework": ("refresh", "核查没有通过，要求重新处理"),
    "fix_on_spot": ("tool", "工作人员已当场处理"), "pass_check": ("circle-check", "核查通过"),
    "grant_suspension": ("calendar-time", "一时处理不了，已列入计划"), "resume": ("tool", "继续处理"),
    "close": ("circle-check", "已办结"), "reject": ("ban", "没有受理"), "void": ("archive", "这件上报已撤销"),
    "reopen": ("refresh", "已重新办理"),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One of the six steps."""

    word: str
    css: str = ""  # is-done, now
    at: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Line:
    """A line of the story; `words` are an answer, or what this reporter said."""

    icon: str
    text: str
    at: datetime
    words: str = ""


class Progress:
    """What a code shows at a moment; each part asks the database once."""

    def __init__(self, asked: Asked, *, at: datetime) -> None:
        self.asked, self.case, self.at = asked, asked.case, at
        self.pictures = Pictures(asked)

    # --- where it stands ---------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """The sign."""
        return self.case.stage

    @property
    def word(self) -> str:
        """已收到, 已受理, 已派单, 正在处置, 正在核查, 已办结; a refused or withdrawn report says so."""
        return ENDINGS.get(self.case.state) or public_stage(self.case.state)

    @property
    def sign(self) -> str:
        """The stage's own; a report that was refused or withdrawn gets no tick."""
        return "returned" if self.case.state in ENDINGS else self.stage

    @property
    def subject(self) -> str:
        """The reporter's own title; of a case that somebody else opened or that came by paper only class and place."""
        own = self.asked.own
        if self.asked.plain:
            return "您反映的事项"
        if not self.asked.joined and own.source == Source.SNAP:
            return own.title
        what = (own.category.pick_label or own.category.name) if own.category else "您反映的问题"
        return f"{what}：{own.community.name}" if own.community else what

    @property
    def due_at(self) -> datetime | None:
        """Until when it is to be handled, while that lies ahead."""
        handling = self.case.due_clock == Clock.HANDLE and not self.case.paused_at
        return self.case.due_at if handling and self.case.due_at and self.case.due_at > self.at else None

    @property
    def sentence(self) -> str:
        """What happens now."""
        if self.asked.plain:
            return ""
        if self.stage != Stage.HANDLING:
            return SENTENCES[self.case.state]
        if self.case.due_clock == Clock.HANDLE and not self.due_at:
            return "承办单位正在处理，已超过预计时间。急事请拨打 12345。"
        return "承办单位正在处理。"

    @property
    def steps(self) -> list[Step]:
        """The six steps with their times; a report that was not taken has no further steps."""
        began = self.asked.began_at
        if self.case.state in ENDINGS:
            ended = Step(self.word, "is-done", self._later(self.case.closed_at))
            return [Step("已收到", "is-done", self._later(began)), ended]
        here = STEP_OF[self.stage]
        done = here + 1 if self.stage == Stage.CLOSED else here
        times = [began, *(getattr(self.case, column) if column else None for _, column in STEPS[1:])]
        return [
            Step(word, "is-done" if place < done else "now" if place == here else "",
                 self._later(times[place]) if place <= here else None,
                 self.due_at if place == here == 3 and not self.asked.plain else None)
            for place, (word, _) in enumerate(STEPS)
        ]  # fmt: skip

    def _later(self, moment: datetime | None) -> datetime | None:
        """A moment that lies before this very report says nothing to its reporter; of a petition none is told."""
        return moment if moment and moment >= self.asked.began_at and not self.asked.plain else None

    # --- the story ---------------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> list[Line]:
        """What has happened, newest first; nothing of a petition."""
        if self.asked.plain:
            return []
        own = [Line("check", "收到您上报的问题", self.asked.began_at)]
        if self.asked.joined or self.asked.own.pk != self.case.pk:
            own.append(Line("git-merge", "已与同一件问题一并办理", self._merged_at))
        told = [*own, *self._events(), *self._answers(), *self._opinions()]
        return sorted(told, key=lambda line: line.at, reverse=True)

    @cached_property
    def _merged_at(self) -> datetime:
        return self.asked.began_at if self.asked.joined else self.asked.own.closed_at or self.asked.began_at

    def _events(self) -> list[Line]:
        rows = CaseEvent.objects.filter(case=self.case).filter(Q(move__in=[*TOLD, "undo_dispatch"]) | Q(by=None))
        lines: list[Line] = []
        for event in rows.order_by("seq").only("move", "facts", "words", "happened_at"):
            if event.move == "undo_dispatch":
                lines.pop()  # nobody was told of it
            elif event.move in TOLD:
                lines.append(Line(*TOLD[event.move], event.happened_at, self._public_words(event)))
            elif event.facts.get("added") == self.asked.mark:
                lines.append(Line("message-plus", "您补充了情况", event.happened_at, _added_words(event)))
        return lines

    def _public_words(self, event: CaseEvent) -> str:
        """Of a refusal the words that were written for the reporter; whoever was answered in person reads that."""
        return "" if self.replies else event.facts.get("public_words", "")

    @cached_property
    def replies(self) -> list[Reply]:
        """The answers to this reporter, and those that were put under the code for all."""
        mine = Q(reporter=self.asked.reporter) if self.asked.reporter else Q(pk=None)
        everybody = Q(reporter=None, to_petitioner=False, case__in={self.asked.own.pk, self.case.pk})
        return [] if self.asked.plain else list(Reply.objects.filter(mine | everybody))

    def _answers(self) -> list[Line]:
        return [Line("message-circle", "答复", reply.at, reply.words) for reply in self.replies]

    def _opinions(self) -> list[Line]:
        lines = []
        for row in self.opinions:
            sign = "thumb-up" if row.solved else "thumb-down"
            lines.append(Line(sign, f"您的评价：{_verdict(row)}", row.at, row.words))
            if row.wish == Opinion.Wish.KEPT:
                lines.append(Line("message-circle", "没有重开，答复如下", row.decided_at, row.decision))
        return lines

    # --- what the reporter may say ----------------------------------------------------------------------------------

    @cached_property
    def opinions(self) -> list[Opinion]:
        """What was said under this code."""
        return list(Opinion.objects.filter(code=self.asked.code))

    @property
    def opinion(self) -> Opinion | None:
        """What was said of the present closing."""
        return next((row for row in self.opinions if row.closed_at == self.case.closed_at), None)

    @property
    def may_judge(self) -> bool:
        """Whether the closing waits for this reporter's word."""
        return not self.asked.plain and self.case.state == State.CLOSED and self.opinion is None

    @property
    def may_add(self) -> bool:
        """Whether further words reach somebody."""
        return not self.asked.plain and self.case.state in OPEN

    @property
    def thanks(self) -> str:
        """What became of the reporter's word."""
        if self.opinion is None or self.case.state != State.CLOSED:
            return ""
        words = {
            Opinion.Wish.ASKED: "您的评价已收到：没有解决。已转指挥中心决定是否重新办理，结果会显示在这里。",
            Opinion.Wish.KEPT: "您的评价已处理，没有重新办理，原因见上面的答复。",
        }  # fmt: skip
        return words.get(self.opinion.wish, "您的评价已收到，谢谢。")


def _added_words(event: CaseEvent) -> str:
    """What the reporter added, and how many pictures with it."""
    photos = event.facts.get("photos")
    return "\n".join(filter(None, (event.words, f"照片 {photos} 张" if photos else "")))


def _verdict(opinion: Opinion) -> str:
    solved = "已解决" if opinion.solved else "没有解决"
    return f"{solved}，{opinion.get_satisfaction_display()}"
