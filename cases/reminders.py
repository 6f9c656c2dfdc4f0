"""Reminding of deadlines: before they run out, when they have, every working day after, and at a pause's review day.

Which clock is late is computed from the clock itself; these are only the words about it. Each is said once: its slot
(clock and due moment) is a row, so that two beats or a restart say nothing twice.
"""
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from accounts.models import User
from accounts.notify import tell_many
from cases import addressees as to
from cases.models import Case, TaskSlot
from cases.querysets import CaseQuerySet
from cases.states import Clock, Source, State, Urgency
from cases.telling import moment_words
from grid import workdays

# How far back a clock that ran out is still news: a weekend and a holiday; older ones are in the daily line.
NEWS = timedelta(days=10)
WARNED_AHEAD = timedelta(days=20)  # 20 % of the longest limit (信访 60 日) is 12 days
LIST_OF_OVERDUE = "/desk/?clock=over"


def remind(*, at: datetime) -> int:
    """Say what is to be said now; returns how many notices are new. Outside working hours only of urgent cases."""
    cases = _with_people(Case.objects.open().running())
    if not workdays.is_working_moment(at):
        cases = cases.filter(urgency=Urgency.URGENT)
        return _warn(cases, at=at) + _say_overdue(cases, at=at)
    return _warn(cases, at=at) + _say_overdue(cases, at=at) + _say_review(at=at) + _daily_line(at=at)


def _with_people(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.select_related("lead", "petition", "checker", "verifier", "registrar").defer("description", "result")


def _warn(cases: CaseQuerySet, *, at: datetime) -> int:
    """Clocks that will run out soon: 80 % of the limit, or two working hours before."""
    soon = cases.filter(due_at__gt=at, due_at__lte=at + WARNED_AHEAD, warn_at__lte=at)

    def say(case: Case) -> int:
        words = f"{Clock(case.due_clock).label}将于 {_moment(case.due_at)} 到期"
        return _tell(case, to.on_turn(case), words, kind="warn", slot=f"warn:{_key(case)}", at=at)

    return _once("warn", soon, say, at=at)


def _say_overdue(cases: CaseQuerySet, *, at: datetime) -> int:
    """Clocks that ran out: to those whose turn it is, to the one above them, and to the duty officer at night."""
    late = cases.filter(due_at__lte=at, due_at__gt=at - NEWS)

    def say(case: Case) -> int:
        words = f"{Clock(case.due_clock).label}已超期，时限 {_moment(case.due_at)}"
        people = [*to.on_turn(case), *to.above(case), *to.night_watch(case, at=at)]
        return _tell(case, people, words, kind="overdue", slot=f"over:{_key(case)}", at=at,
                     outside=to.words_outside(case, words))  # fmt: skip

    return _once("over", late, say, at=at)


def _say_review(*, at: datetime) -> int:
    """A pause is looked at again on its review day; the desk resumes it."""
    today = timezone.localdate(at)
    due = _with_people(Case.objects.filter(state=State.SUSPENDED, review_on__lte=today))

    def say(case: Case) -> int:
        words = f"挂账复核日 {case.review_on:%m-%d} 已到，请复核是否恢复"
        return _tell(case, to.able("resume", case), words, kind="review", slot=f"review:{_key(case)}", at=at)

    return _once("review", due, say, at=at)


def _once(task: str, cases: CaseQuerySet, say: Callable[[Case], int], *, at: datetime) -> int:
    """Say something about each case whose slot is still free; claim and notices are one transaction."""
    waiting = list(cases.order_by("due_at", "pk"))
    keys = [_key(case) for case in waiting]
    taken = set(TaskSlot.objects.filter(task=task, slot__in=keys).values_list("slot", flat=True))
    new = 0
    for case, key in zip(waiting, keys, strict=True):
        if key in taken:
            continue
        with transaction.atomic():
            _, claimed = TaskSlot.objects.get_or_create(task=task, slot=key, defaults={"claimed_at": at})
            if claimed:
                new += say(case)
    return new


def _key(case: Case) -> str:
    """The occasion: which clock of which case, and until when; a moved due is another occasion."""
    if case.state == State.SUSPENDED:
        return f"{case.pk}:{case.review_on:%Y%m%d}"
    return f"{case.pk}:{case.due_clock}:{int(case.due_at.timestamp())}"


def _tell(
    case: Case, people: Iterable[User], words: str, *, kind: str, slot: str, at: datetime, outside: str = ""
) -> int:
    return tell_many(
        people, text=f"{words}：{to.subject_of(case)}", at=at, url=case.get_absolute_url(), kind=kind,
        case_number=case.number, slot=slot, outside=outside,
    )  # fmt: skip


def _moment(moment: datetime) -> str:
    return moment_words(moment.isoformat())


def _daily_line(*, at: datetime) -> int:
    """Once a working day: how many cases of a department are late, to its people and its head, and to the chiefs."""
    day = f"{timezone.localdate(at):%Y%m%d}"
    with transaction.atomic():
        _, claimed = TaskSlot.objects.get_or_create(task="overdue_day", slot=day, defaults={"claimed_at": at})
        return _tell_departments(day, at=at) + _tell_chiefs(day, at=at) if claimed else 0


def _overdue(*, at: datetime) -> CaseQuerySet:
    return Case.objects.overdue(at=at).order_by()


def _tell_departments(day: str, *, at: datetime) -> int:
    """The lead departments, of the clocks that are theirs."""
    theirs = _overdue(at=at).filter(lead__isnull=False, due_clock__in=(Clock.ACKNOWLEDGE, Clock.HANDLE))
    new = 0
    for row in theirs.values("lead").annotate(many=Count("pk"), first=Min("due_at")).order_by("lead"):
        people = [*to.people_of([row["lead"]]), *to.heads_of([row["lead"]])]
        new += tell_many(
            people, text=f"本单位有 {row['many']} 件超期未办，最早一件时限 {_moment(row['first'])}", at=at,
            url=LIST_OF_OVERDUE, kind="overdue", slot=f"overdue-day:{day}",
        )  # fmt: skip
    return new


def _tell_chiefs(day: str, *, at: datetime) -> int:
    """The chiefs, of the whole street; petitions are counted apart, for those who see them."""
    counts = _overdue(at=at).aggregate(
        all=Count("pk", filter=~Q(source=Source.PETITION)), petitions=Count("pk", filter=Q(source=Source.PETITION))
    )
    if not any(counts.values()):
        return 0
    words = f"全街超期未办 {counts['all']} 件" + (f"，信访件 {counts['petitions']} 件" if counts["petitions"] else "")
    chiefs = User.objects.with_permission("cases.grant_extension_case")
    return tell_many(
        chiefs, text=words, at=at, url=LIST_OF_OVERDUE, kind="overdue", slot=f"overdue-day-all:{day}"
    )
