"""The echo to a reporter: what a code shows, in plain words, and what its holder may say of the result.

A code names one reporter's own matter: who joined a case, or whose case was merged into another, learns where that
stands, but not what others wrote. No name, no staff, no internal note is ever among it, and of a petition the stage
alone.
"""
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction

from cases import limits, trail
from cases.errors import AnswersRefused, MoveForbidden, MoveRefused
from cases.models import CallBack, Case, CasePhoto, FieldReport, Opinion, Reporter, ReporterKind
from cases.secrecy import veil_for
from cases.states import Source, State

MOST_WORDS = 300
SEPARATORS = re.compile(r"[\s\x00\-–—_·.]+")
NOT_FOUND = "没有查到这个查询码。请核对后再输；忘了查询码的，请拨打 12345 查询。"


class UnknownCode(Exception):
    """No report goes by this code; a mistyped one and an invented one are told the same."""

    def __init__(self) -> None:
        super().__init__(NOT_FOUND)


@dataclass(frozen=True)
class Asked:
    """Whose code it is: the case it was handed out for, and the case where the work is done (the master of a merge).

    `joined` is the report of one who joined a case that was open already.
    """

    code: str
    own: Case
    case: Case
    reporter: Reporter | None
    joined: FieldReport | None = None

    @property
    def plain(self) -> bool:
        """Whether the stage alone is told."""
        return self.own.is_petition or self.case.is_petition

    @property
    def began_at(self) -> datetime:
        """When this reporter's report came in."""
        return self.joined.at if self.joined else self.own.received_at

    @property
    def mark(self) -> str:
        """How the story names this reporter without the code."""
        return f"{self.own.pk}.{self.joined.pk}" if self.joined else f"{self.own.pk}"

    @property
    def spelled(self) -> str:
        """The code in two halves, as it is read aloud: 7KQ4-M2XD."""
        return f"{self.code[:4]}-{self.code[4:]}"


def tidy_code(text: str) -> str:
    """A code as it was handed out: capitals, without the strokes and blanks that people write into it."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()[:40]


def look_up(text: str, *, device: str, address: str, at: datetime) -> Asked:
    """Whose code this is. Only failures are counted, so a right code is never limited, whoever else shares the address.

    Raises UnknownCode, and cases.limits.TooMany once a device or an address has guessed too often.
    """
    found = asked_by(tidy_code(text))
    if found is None:
        limits.take_place("code", device=device, address=address, at=at)
        raise UnknownCode
    return found


def asked_by(code: str) -> Asked | None:
    """The report behind a tidy code, the first reporter's or that of one who joined."""
    own = _cases().filter(public_code=code).first()
    if own is not None:
        return Asked(code, own, _worked_on(own), _first_reporter(own))
    report = FieldReport.objects.select_related("reporter").filter(public_code=code).first()
    if report is None:
        return None
    own = _cases().get(pk=report.case_id)
    return Asked(code, own, _worked_on(own), report.reporter, report)


def _cases() -> Any:
    return Case.objects.select_related("category", "community").without_shapes()


def _worked_on(case: Case) -> Case:
    """The case itself, or where it was merged into."""
    while case.state == State.MERGED and case.master_id:
        case = _cases().get(pk=case.master_id)
    return case


def _first_reporter(case: Case) -> Reporter | None:
    """The resident who opened the case; those who joined it have codes of their own."""
    residents = Reporter.objects.filter(came_with=case, kind=ReporterKind.RESIDENT)
    return residents.exclude(field_report__joined=True).first()


def code_of(reporter: Reporter) -> str:
    """The code that was handed to this reporter; after a merge it is not the master's."""
    report = getattr(reporter, "field_report", None)
    return (report.public_code if report and report.joined else reporter.came_with.public_code) or ""


# --- what the reporter says -----------------------------------------------------------------------------------------


def judge(asked: Asked, *, solved: bool, satisfaction: str, words: str, at: datetime) -> Opinion:
    """满意或不满意: once per code and closing. "Not solved" asks the desk to reopen.

    The same words a second time change nothing. Raises AnswersRefused and MoveRefused.
    """
    _refuse_opinion(solved, satisfaction, words)
    try:
        return _judge(asked, solved=solved, satisfaction=satisfaction, words=words.strip(), at=at)
    except IntegrityError:  # the same code at the same moment from another page
        return _judge(asked, solved=solved, satisfaction=satisfaction, words=words.strip(), at=at)


def _refuse_opinion(solved: bool, satisfaction: str, words: str) -> None:
    errors = {}
    if satisfaction not in CallBack.Satisfaction.values:
        errors["satisfaction"] = "请选择是否满意。"
    if not solved and len(words.strip()) < 2:
        errors["words"] = "请写明哪里没有解决，方便工作人员重新处理。"
    if len(words) > MOST_WORDS:
        errors["words"] = f"说明太长，现为 {len(words)} 个字。请缩到 {MOST_WORDS} 个字以内。"
    if errors:
        raise AnswersRefused(errors)


@transaction.atomic
def _judge(asked: Asked, *, solved: bool, satisfaction: str, words: str, at: datetime) -> Opinion:
    case = Case.objects.select_for_update().get(pk=asked.case.pk)
    if asked.plain or case.state != State.CLOSED:
        raise MoveRefused("办结后才能评价。请在办结后再来。")
    words = veil_for(case, words)[:MOST_WORDS]
    given = Opinion.objects.filter(code=asked.code, closed_at=case.closed_at).first()
    if given is None:
        wish = Opinion.Wish.NONE if solved else Opinion.Wish.ASKED
        given = Opinion.objects.create(
            case=case, reporter=asked.reporter, code=asked.code, closed_at=case.closed_at, solved=solved,
            satisfaction=satisfaction, words=words, at=at, wish=wish,
        )  # fmt: skip
        _tell_opinion(case, given, asked.mark)
    elif (given.solved, given.satisfaction, given.words) != (solved, satisfaction, words):
        raise MoveRefused("这次办结您已经评价过，没有重复记录。如有新情况，请拨打 12345。")
    return given


def _tell_opinion(case: Case, opinion: Opinion, mark: str) -> None:
    """Into the story of the case, from where the desk is told."""
    verdict = "已解决" if opinion.solved else "没有解决，请求重开"
    said = f"：{opinion.words}" if opinion.words else "。"
    facts = {"resident": mark, "opinion": opinion.pk, **({} if opinion.solved else {"wish": True})}
    trail.append(
        case, move="note", by=None, at=opinion.at, facts=facts,
        words=f"上报人评价：{verdict}，{opinion.get_satisfaction_display()}{said}",
    )  # fmt: skip


# --- what the desk decides -------------------------------------------------------------------------------------------


@transaction.atomic
def keep_closed(opinion: Opinion, *, by: Any, at: datetime, words: str) -> Opinion:
    """不重开: the wish is declined with words that the reporter reads under the code.

    Raises MoveForbidden, AnswersRefused, and MoveRefused when somebody has decided already.
    """
    case = Case.objects.select_for_update().get(pk=opinion.case_id)
    reach = by.reach_of("cases.reopen_case")
    if not (("petitions" in reach) if case.is_petition else ("all" in reach)):
        raise MoveForbidden("重开与否由受理派遣员、值班科长或督查员决定。")
    words = words.strip()
    if not 5 <= len(words) <= MOST_WORDS:
        sentence = f"请用居民的话写明为什么不重开，5 到 {MOST_WORDS} 个字，现为 {len(words)} 个字。"
        raise AnswersRefused({"words": sentence})
    open_wish = Opinion.objects.filter(pk=opinion.pk, wish=Opinion.Wish.ASKED)
    words = veil_for(case, words)[:MOST_WORDS]
    if not open_wish.update(wish=Opinion.Wish.KEPT, decided_by=by, decided_at=at, decision=words):
        raise MoveRefused(f"{case.number}：这条重开请求已经处理过，没有重复操作。请看最新情况。")
    trail.append(case, move="note", by=by, at=at, words=f"不重开：{words}", facts={"kept": opinion.pk})
    opinion.refresh_from_db()
    return opinion


# --- pictures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pictures:
    """The reporter's own first picture, and the last one after the work; each only with a clean copy."""

    asked: Asked

    @cached_property
    def before(self) -> CasePhoto | None:
        """What this reporter sent, and nobody else."""
        asked = self.asked
        if asked.plain or asked.own.source not in (Source.SNAP, Source.GRID):
            return None
        mine = asked.own.photos.filter(kind="before", photo__state="ready", added_by=None)
        if asked.joined:
            return mine.filter(added_at=asked.joined.at).select_related("photo").first()
        if asked.own.source != Source.SNAP:
            return None
        others = asked.own.field_reports.filter(joined=True).values("at")
        return mine.exclude(added_at__in=others).select_related("photo").first()

    @cached_property
    def after(self) -> CasePhoto | None:
        """整改后, once the check has passed."""
        case = self.asked.case
        if self.asked.plain or not case.checked_at:
            return None
        found = case.photos.filter(kind="after", photo__state="ready").select_related("photo")
        return found.order_by("-added_at", "-pk").first()
