"""My tasks in the field: which cases wait for one person, and the moves that come from a phone, each made once."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from cases import workflow
from cases.errors import AnswersRefused, MoveConflict
from cases.models import Case, CasePhoto, FieldAct
from cases.querysets import CaseQuerySet
from cases.states import ENDED, Source, State
from grid.models import PhotoState

# The moves that the phone offers, in the order of its buttons.
ACTS = (
    "answer_verification", "acknowledge", "feedback", "request_extension", "return", "pass_check", "rework",
)  # fmt: skip
NOTE = "note"  # what could not be made any more goes in as words and pictures
NEEDS = ("cases.feedback_case", "cases.answer_verification_case", "cases.pass_check_case")  # one of them is enough
TO_HANDLE = (State.DISPATCHED, State.REWORK, State.IN_PROGRESS, State.SUSPENDED)
HANDED_IN = (State.FEEDBACK_SUBMITTED, State.CHECKING, State.CHECKED)
OTHER_ACCOUNT = "这一件是另一个账号交的。请刷新页面后重新办理。"
BROKEN_CHAIN = "前一步没有办成，这一步也没有办。请看最新情况后重新办理。"


def has_tasks(user: Any) -> bool:
    """Whether this person's roles give work in the field."""
    return any(user.has_perm(need) for need in NEEDS)


def _led(user: Any, *states: str) -> Q:
    """Cases that the own department leads, in some states."""
    return Q(lead=user.department_id, state__in=states) if user.department_id else Q(pk__in=[])


def _fixed(user: Any, *states: str) -> Q:
    """What this person found and fixed on the spot; it has no lead department unless it comes back."""
    return Q(grid_event__fixed_on_spot=True, registrar=user, lead__isnull=True, state__in=states)


def _to_handle(user: Any) -> Q:
    return _led(user, *TO_HANDLE)


def _to_judge(user: Any) -> Q:
    mine = Q(checker=user, state=State.CHECKING) | Q(verifier=user, state=State.VERIFYING)
    if user.department_id:
        mine |= Q(verifier__isnull=True, verifier_department=user.department_id, state=State.VERIFYING)
    return mine


def _handed_in(user: Any) -> Q:
    return _led(user, *HANDED_IN) | _fixed(user, *HANDED_IN)


def _ended(user: Any) -> Q:
    return _led(user, *ENDED) | _fixed(user, *ENDED)


@dataclass(frozen=True)
class Tab:
    """One heap of tasks."""

    key: str
    word: str
    nothing: str
    which: Callable[[Any], Q]
    ended: bool = False


TABS = (
    Tab("todo", "待处置", "没有待处置的任务", _to_handle),
    Tab("judge", "核实核查", "没有派给你的核实和核查", _to_judge),
    Tab("done", "已反馈", "没有等待核查的任务", _handed_in),
    Tab("closed", "已结案", "还没有办结的任务", _ended, ended=True),
)


def tab_of(key: str) -> Tab:
    """The heap of this name; of an unknown one, the first."""
    return next((tab for tab in TABS if tab.key == key), TABS[0])


def tasks_of(user: Any, tab: Tab, *, words: str = "") -> CaseQuerySet:
    """One heap of a person's tasks, least time left first, ended ones newest first; with words, those only."""
    rows = Case.objects.visible_to(user).filter(tab.which(user))
    if words:
        place = ~Q(source=Source.PETITION) & Q(address__icontains=words)
        rows = rows.filter(Q(number__icontains=words) | Q(title__icontains=words) | place)
    rows = rows.order_by("-closed_at", "-pk") if tab.ended else rows.by_time_left()
    return rows.select_related("community", "grid").defer(
        "description", "result", "conclusion", "community__shape", "grid__shape"
    )


def counts_of(user: Any) -> dict[str, int]:
    """How many tasks lie in each heap, in one query."""
    numbers = {tab.key: Count("pk", filter=tab.which(user)) for tab in TABS}
    return Case.objects.visible_to(user).aggregate(**numbers)


def first_photos(cases: list[Case]) -> dict[int, CasePhoto]:
    """The first shown picture of each case, by which the place is recognised."""
    rows = CasePhoto.objects.filter(case__in=[case.pk for case in cases], photo__state=PhotoState.READY)
    first: dict[int, CasePhoto] = {}
    for row in rows.order_by("seq", "pk").only("case_id", "kind"):
        known = first.get(row.case_id)
        if known is None or (known.kind != "before" and row.kind == "before"):
            first[row.case_id] = row
    return first


# --- moves from the phone ------------------------------------------------------------------------------------------


def known_act(key: str, *, case: Case, by: Any) -> FieldAct | None:
    """What an earlier delivery of the same key did; a key of another person or case is refused."""
    act = FieldAct.objects.filter(key=key).first()
    if act and (act.by_id != by.pk or act.case_id != case.pk):
        raise AnswersRefused({"": OTHER_ACCOUNT})
    return act


def version_seen(case: Case, *, version: int, after: str, by: Any) -> int:
    """The version on which an act builds: what the page showed, or what the person's own act before it made."""
    if not after:
        return version
    before = FieldAct.objects.filter(key=after, case=case, by=by).first()
    if before is None:
        raise MoveConflict(BROKEN_CHAIN)
    return before.version


def hand_in(
    name: str, case: Case, *, key: str, by: Any, at: datetime, version: int | None, **answers: Any
) -> FieldAct:
    """Make a move that a phone sent and keep its key; a key that is known returns what it did.

    Raises what `workflow.make` raises; `version` is what the person saw (see `version_seen`), None for a note, which
    overwrites nothing.
    """
    try:
        with transaction.atomic():
            workflow.make(name, case, by=by, at=at, version=version, **answers)
            return FieldAct.objects.create(key=key, case=case, move=name, version=case.version, by=by, at=at)
    except (MoveConflict, IntegrityError):
        known = known_act(key, case=case, by=by)  # two deliveries at once: the other one was faster
        if known:
            return known
        raise
