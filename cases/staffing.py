"""When a person leaves or moves, their open tasks go to another in the same act (see accounts.staff.HANDOVERS)."""
from datetime import datetime
from typing import Any

from django.db.models import Q

from cases import trail
from cases.models import Assignment, Case
from cases.rules import hands_on
from cases.states import State

BEING_HANDLED = (State.IN_PROGRESS, State.REWORK, State.SUSPENDED)


def open_tasks_of(user: Any) -> Any:
    """Cases that wait for this very person: to check, to verify, or being handled by this hand."""
    handling = Assignment.objects.filter(acknowledged_by=user, ended_at__isnull=True).values("case")
    return Case.objects.filter(
        Q(checker=user, state=State.CHECKING)
        | Q(verifier=user, state=State.VERIFYING)
        | Q(pk__in=handling, state__in=BEING_HANDLED)
    ).order_by("pk")


def hand_over_cases(user: Any, *, to: Any, by: Any, at: datetime) -> int:
    """Count a person's open tasks, or with an heir hand them over; each case says so in its own story.

    Who signed stays on record, since the checker must not be a hand that worked; the heir becomes the one to answer.
    """
    tasks = open_tasks_of(user)
    if to is None:
        return tasks.count()
    count = 0
    for case in tasks.select_for_update(of=("self",)):
        _pass_on(case, user, to)
        trail.append(
            case, move="note", by=by, at=at, words=f"{user.real_name}的任务移交{to.real_name}",
            facts={"handed_over": True, "from": user.pk, "to": to.pk}, department=to.department,
        )  # fmt: skip
        count += 1
    return count


def _pass_on(case: Case, user: Any, to: Any) -> None:
    if case.state == State.CHECKING and case.checker_id == user.pk:
        people, departments = hands_on(case)
        worked = to.pk in people or to.department_id in departments
        # An heir who had a hand in it may not check; then the desk's inspectors see a case without a checker.
        Case.objects.filter(pk=case.pk).update(checker=None if worked else to)
    elif case.state == State.VERIFYING and case.verifier_id == user.pk:
        Case.objects.filter(pk=case.pk).update(verifier=to)
    else:
        Assignment.objects.filter(case=case, acknowledged_by=user, ended_at__isnull=True).update(handler=to)
