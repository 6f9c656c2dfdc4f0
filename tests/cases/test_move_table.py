"""The move table against the workflow guide, written here a second time by hand: every state × move × role."""
import itertools

import pytest

from accounts.models import User
from accounts.roles import PERMISSIONS, Role
from cases import workflow
from cases.models import Case
from cases.states import OPEN, Source, State
from tests.make import make_case

# move: (from states, roles) as the guide's §1 says; D dispatcher C chief I inspector H handler W worker P petition
# L leader. "-" is a beginning, "open" every open state, "any" every state.
D, C, INS, H, W, P, L = "dispatcher", "chief", "inspector", "handler", "worker", "petition", "leader"
GUIDE = {
    "report": ("-", {W, H, D, C, P}),
    "fix_on_spot": ("-", {W, H}),
    "send_verification": ("reported", {D, C, P}),
    "answer_verification": ("verifying", {W, INS, P}),
    "accept": ("reported verifying", {D, C, P}),
    "reject": ("reported verifying accepted", {D, C, P}),
    "register": ("accepted", {D, C, P}),
    "dispatch": ("registered returned", {D, C, P}),
    "undo_dispatch": ("dispatched", {D, C, P}),
    "acknowledge": ("dispatched rework", {H, W}),
    "return": ("dispatched in_progress", {H, W}),
    "feedback": ("in_progress", {H, W}),
    "send_check": ("feedback_submitted", {D, C, INS, P}),
    "pass_check": ("checking", {INS, W, P}),
    "rework": ("checking", {INS, W, P}),
    "reply": (
        "accepted registered dispatched returned in_progress suspended feedback_submitted checking rework checked "
        "rejected",
        {D, C, P, INS},
    ),
    "call_back": ("checked closed", {INS, D, C, P}),
    "close": ("checked", {D, C, INS, P}),
    "request_extension": ("in_progress rework", {H, W}),
    "grant_extension": ("in_progress rework", {C}),
    "refuse_extension": ("in_progress rework", {C}),
    "request_suspension": ("in_progress", {H, W, D, C, P}),
    "grant_suspension": ("in_progress", {C}),
    "refuse_suspension": ("in_progress", {C}),
    "resume": ("suspended", {D, C, P}),
    "merge": ("reported accepted registered returned dispatched in_progress", {D, C, P}),
    "split": ("accepted registered in_progress", {D, C, P}),
    "void": ("reported verifying accepted registered returned dispatched in_progress", {D, C, P}),
    "reopen": ("closed rejected voided merged", {D, C, INS, P}),
    "supervise": ("open", {C, L}),
    "lift": ("open", {C, L}),
    "instruct": ("open", {L}),
    "remind": ("open", {D, C, INS, P}),
    "name_thing": ("open", {D, C, INS, H, W}),  # needs the register of components, which P does not see
    "note": ("any", {D, C, INS, H, W, P, L}),
}
TARGETS = {
    "report": "reported", "fix_on_spot": "checking", "send_verification": "verifying",
    "answer_verification": "reported",
    "accept": "accepted", "reject": "rejected", "register": "registered", "dispatch": "dispatched",
    "acknowledge": "in_progress", "return": "returned", "feedback": "feedback_submitted", "send_check": "checking",
    "pass_check": "checked", "rework": "rework", "close": "closed", "grant_suspension": "suspended",
    "resume": "in_progress", "merge": "merged", "void": "voided",
}  # fmt: skip


def states_of(words: str) -> set[str]:
    if words == "-":
        return set()
    if words in ("open", "any"):
        return {state.value for state in (OPEN if words == "open" else State)}
    return set(words.split())


def person(*roles: str) -> User:
    """Somebody with roles, of department 7, without a database."""
    user = User(pk=1, username="x", real_name="某某", department_id=7)
    user.__dict__["roles"] = frozenset(roles)
    return user


def case_of(user: User, state: str, source: str) -> Case:
    """A case that this person's department leads and that names the person as checker and verifier."""
    return Case(pk=1, number="WG-2016-001", source=source, state=state, lead_id=7, checker_id=1, verifier_id=1,
                verifier_department_id=7)  # fmt: skip


def test_the_table_has_exactly_the_guides_moves():
    assert set(workflow.MOVES) == set(GUIDE)


@pytest.mark.parametrize("name", GUIDE)
def test_each_move_starts_where_the_guide_says(name):
    assert {str(state) for state in workflow.MOVES[name].from_} == states_of(GUIDE[name][0])


@pytest.mark.parametrize(("name", "target"), TARGETS.items())
def test_each_move_leads_where_the_guide_says(name, target):
    assert workflow.MOVES[name].to == target


def test_reopening_leads_back_by_where_it_ended():
    assert workflow.MOVES["reopen"].to == {
        "closed": "registered", "rejected": "registered", "voided": "reported", "merged": "reported"
    }  # fmt: skip


@pytest.mark.parametrize(("name", "role"), itertools.product(GUIDE, Role.values))
def test_each_role_has_exactly_the_guides_moves(name, role):
    assert (f"cases.{name}_case" in PERMISSIONS[role]) == (role in GUIDE[name][1])


# Where each role reaches. A dispatcher sees a petition's title and may note; I sees no petition, P nothing else:
# for them there is no page at all, see test_what_is_not_seen_is_not_moved.
ON_PETITIONS = {P, C, L, H, W}
ELSEWHERE = {D, C, INS, H, W, L}
UNSEEN = {(INS, Source.PETITION), (P, Source.GRID)}


@pytest.mark.parametrize("source", [Source.GRID, Source.PETITION])
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("role", Role.values)
def test_every_state_move_and_role_is_offered_or_not(state, role, source):
    if (role, source) in UNSEEN:
        return
    user = person(role)
    case = case_of(user, state, source)
    offered = {move.name for move in workflow.offered(case, user)}
    home = ON_PETITIONS if source == Source.PETITION else ELSEWHERE
    expected = {
        name for name, (states, roles) in GUIDE.items() if state in states_of(states) and role in roles and role in home
    }
    assert offered == (expected or ({"note"} if role == D else set()))


@pytest.mark.django_db
def test_what_is_not_seen_is_not_moved(inspector, petition_officer, dispatcher):
    petition, event = make_case(petition_officer, source=Source.PETITION), make_case(dispatcher)
    for case, wrong, right in ((petition, inspector, petition_officer), (event, petition_officer, inspector)):
        with pytest.raises(workflow.MoveForbidden):
            workflow.make("note", case, by=wrong, words="看一看")
        workflow.make("note", case, by=right, words="看一看")


@pytest.mark.parametrize("role", [H, W])
def test_a_department_acts_only_on_the_cases_it_leads(role):
    user = person(role)
    own, foreign = case_of(user, "in_progress", Source.GRID), case_of(user, "in_progress", Source.GRID)
    foreign.lead_id = 8
    assert "feedback" in {move.name for move in workflow.offered(own, user)}
    assert "feedback" not in {move.name for move in workflow.offered(foreign, user)}


def test_two_roles_do_not_add_up_to_a_third():
    """An inspector who is a handler elsewhere sees all cases, and yet hands in only his own department's."""
    user = person(INS, H)
    foreign = case_of(user, "in_progress", Source.GRID)
    foreign.lead_id = 8
    names = {move.name for move in workflow.offered(foreign, user)}
    assert "remind" in names and "feedback" not in names and "request_extension" not in names


def test_a_dispatcher_who_is_petition_officer_reaches_both():
    user = person(D, P)
    for source in (Source.GRID, Source.PETITION):
        assert "accept" in {move.name for move in workflow.offered(case_of(user, "reported", source), user)}


def test_every_button_has_words_and_keys_do_not_clash_in_one_state():
    for state in State:
        moves = [move for move in workflow.MOVES.values() if state in move.from_ and move.key]
        for role in Role.values:
            mine = [m for m in moves if m.permission in PERMISSIONS[role]]
            keys = [m.key for m in mine if not m.name.startswith(("grant_", "request_"))]
            assert len(keys) == len(set(keys)), (state, role, keys)
    assert all(move.button for move in workflow.MOVES.values())
