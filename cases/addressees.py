"""Whom something concerns: the desk, the department that leads, the checker, the chiefs, the duty officer.

People are found by permission and reach, never by role name; behind the petition wall only those who work there.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.duty import duty_officer
from accounts.models import RoleGrant, User
from accounts.roles import REACH, roles_with
from cases.models import Assignment, Case
from cases.states import Clock, State, Urgency
from grid import workdays

MOST_OF_TITLE = 24  # characters of the title in a notice
# Whose turn it is on a clock of the desk: the move that stops it.
DESK_CLOCKS = {
    Clock.ACCEPT: "accept", Clock.REGISTER: "register", Clock.DISPATCH: "dispatch", Clock.REPLY: "reply",
}  # fmt: skip


def able(move: str, case: Case) -> list[User]:
    """Those who may make a move on every case of this kind: for petitions the petition desk, else the desk."""
    permission, wanted = f"cases.{move}_case", "petitions" if case.is_petition else "all"
    roles = [role for role in roles_with(permission) if wanted in REACH[role]]
    holders = RoleGrant.objects.filter(role__in=roles).values("user")
    return list(User.objects.active().filter(pk__in=holders))


def desk_of(case: Case) -> list[User]:
    """The desk that works on this kind of case."""
    return able("accept", case)


def chiefs_of(case: Case) -> list[User]:
    """Those who decide on extensions and pauses."""
    return able("grant_extension", case)


def people_of(departments: Iterable[int]) -> list[User]:
    """The people of departments who sign for cases."""
    signers = User.objects.with_permission("cases.acknowledge_case")
    return list(signers.filter(department__in=list(departments)))


def heads_of(departments: Iterable[int]) -> list[User]:
    """The heads of departments."""
    return list(User.objects.active().filter(heads__in=list(departments)))


def lead_of(case: Case) -> list[User]:
    """The lead department: those who sign, and the head."""
    return [*people_of([case.lead_id]), *heads_of([case.lead_id])] if case.lead_id else []


def assisting_in(case: Case) -> list[User]:
    """The people of the departments that assist now."""
    rows = Assignment.objects.filter(case=case, role=Assignment.Role.ASSIST, ended_at__isnull=True)
    departments = list(rows.values_list("department", flat=True))
    return people_of(departments) if departments else []


def verifiers_of(case: Case) -> list[User]:
    """The person asked to verify, or those of the community asked."""
    if case.verifier_id:
        return [case.verifier]
    able_people = User.objects.with_permission("cases.answer_verification_case")
    return list(able_people.filter(department=case.verifier_department_id)) if case.verifier_department_id else []


def registrar_of(case: Case) -> list[User]:
    """Who entered it, when that was one of the staff."""
    return [case.registrar] if case.registrar_id else []


def night_watch(case: Case, *, at: datetime) -> list[User]:
    """Outside working hours an urgent case goes to the duty officer as well."""
    if case.urgency != Urgency.URGENT or workdays.is_working_moment(at) or case.is_petition:
        return []
    officer = duty_officer(at)
    return [officer] if officer else []


def on_turn(case: Case) -> list[User]:
    """Whose turn it is by the clock that leads now."""
    clock = case.due_clock
    if clock in DESK_CLOCKS:
        return able(DESK_CLOCKS[clock], case)
    if clock == Clock.VERIFY:
        return verifiers_of(case)
    if clock == Clock.CHECK:
        return [case.checker] if case.state == State.CHECKING and case.checker_id else able("send_check", case)
    return lead_of(case) or desk_of(case)


def above(case: Case) -> list[User]:
    """To whom an overdue clock escalates: the department's head, and without one the chiefs."""
    departments = [case.lead_id] if case.lead_id and case.due_clock not in DESK_CLOCKS else []
    return (heads_of(departments) if departments else []) or chiefs_of(case)


def subject_of(case: Case) -> str:
    """How a notice names a case: a petition by number and code name alone."""
    if case.is_petition:
        return f"{case.number} {case.petition.code_name}"
    title = case.title if len(case.title) <= MOST_OF_TITLE else f"{case.title[:MOST_OF_TITLE]}…"
    return f"{case.number} {title}"


def words_outside(case: Case, words: str) -> str:
    """A notice as it may leave the house: what is to be done, and the number; neither matter nor place nor person."""
    return f"{words}：{case.number}。请登录系统查看。"


def others(people: Iterable[Any], *, than: Any) -> list[User]:
    """Without the one who did it; nobody needs telling of an own act."""
    return [person for person in people if person is not None and person.pk != than]
