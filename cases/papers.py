"""The papers of a case (文书): which there are for it, and what they quote out of its story.

监管通知单 and 转办单 as the street uses them; the reply letter of a petition holds request, facts, basis, opinion,
and the remedy with its limit (北京市信访条例第 43 条).
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Department, DepartmentKind
from cases.models import Case
from cases.states import Source, State

REVIEW_DAYS = 30  # 信访条例第 34 条: 复查 within 30 days of the written reply
REPLY_BASIS = "《信访条例》（国务院令第431号）第三十二条、《北京市信访条例》第四十三条"
OFFICE = "苹果园街道办事处"
CENTRE = "苹果园街道社会治理综合指挥中心"


@dataclass(frozen=True)
class Paper:
    """One kind of paper."""

    key: str
    word: str
    fits: Callable[[Case], bool]
    petition: bool = False  # made out by the petition officer alone


def _is(source: str) -> Callable[[Case], bool]:
    return lambda case: case.source == source


def _is_outside(department: Department) -> bool:
    """A unit that is not the street's own gets the matter by a paper with a slip to send back."""
    return department.kind == DepartmentKind.OUTSIDE


PAPERS: dict[str, Paper] = {
    paper.key: paper
    for paper in (
        Paper("order", "处置单", lambda case: True),
        Paper("feedback", "反馈单", _is(Source.NOTICE)),
        Paper("supervision", "督办单", lambda case: bool(case.supervise_level)),
        Paper("transfer", "转办单", lambda case: bool(case.dispatched_at and case.lead) and _is_outside(case.lead)),
        Paper("receipt", "转办单回执", _is(Source.TRANSFER)),
        Paper("accepted", "受理告知书", lambda case: case.is_petition and bool(case.accepted_at), petition=True),
        Paper("rejected", "不予受理告知书", lambda case: case.is_petition and case.state == State.REJECTED,
              petition=True),
        Paper("reply", "答复意见书", lambda case: case.is_petition and case.state in (State.CHECKED, State.CLOSED),
              petition=True),
    )
}  # fmt: skip


def papers_for(case: Case, user: Any) -> list[Paper]:
    """The papers that this person may print of this case."""
    officer = user.has_perm("cases.see_petitions")
    return [paper for paper in PAPERS.values() if paper.fits(case) and (officer or not paper.petition)]


@dataclass(frozen=True)
class Quotes:
    """What the papers quote: the dispatcher's proposal, the leaders' words, the last supervision, the last reply."""

    proposal: str
    instructions: list[tuple[str, str, Any]]
    supervision: dict[str, Any]
    supervised_by: str
    finding: str
    public_words: str


def quotes_of(case: Case) -> Quotes:
    """Read once out of the story."""
    found: dict[str, Any] = {"proposal": "", "supervision": {}, "by": "", "finding": "", "public": ""}
    instructions = []
    for event in case.events.order_by("seq"):
        if event.move == "dispatch":
            found["proposal"] = event.words
        elif event.move == "instruct":
            instructions.append((event.by_name, event.words, event.happened_at))
        elif event.move == "supervise":
            found["supervision"] = {**event.facts, "words": event.words, "at": event.happened_at}
            found["by"] = event.by_name
        elif event.move == "pass_check":
            found["finding"] = event.words
        if event.facts.get("public_words"):
            found["public"] = event.facts["public_words"]
    return Quotes(
        found["proposal"], instructions, found["supervision"], found["by"], found["finding"], found["public"]
    )
