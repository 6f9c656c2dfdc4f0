"""People leave; their cases do not."""
import pytest

from accounts.staff import StaffRefused, disable_user, open_tasks
from cases import trail
from tests.make import NOW, make_case, make_user, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def checking(dispatcher, handler, inspector, category, xijing, law_enforcement):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("feedback", case, handler, words="已劝离游商五户并安排值守")
    move("send_check", case, dispatcher, checker=inspector)
    return case


def test_a_check_passes_to_the_heir_in_the_same_act(checking, inspector, admin, command_centre):
    heir = make_user("heir", "inspector", department=command_centre)
    assert open_tasks(inspector, by=admin, at=NOW) == 1
    with pytest.raises(StaffRefused):
        disable_user(inspector, by=admin, at=NOW, reason="调离")
    disable_user(inspector, by=admin, at=NOW, reason="调离", heir=heir)
    checking.refresh_from_db()
    assert checking.checker == heir and "移交" in checking.events.order_by("-seq").first().words
    assert trail.first_break(checking) == ""
    move("pass_check", checking, heir, words="通过")


def test_an_heir_who_had_a_hand_in_it_does_not_become_the_checker(checking, inspector, admin, command_centre):
    heir = make_user("heir", "inspector", department=command_centre)
    checking.assignments.update(handler=heir)
    disable_user(inspector, by=admin, at=NOW, reason="调离", heir=heir)
    checking.refresh_from_db()
    assert checking.checker is None


def test_a_handlers_case_passes_to_a_colleague_and_the_signature_stays(
    dispatcher, handler, category, xijing, law_enforcement, admin
):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    colleague = make_user("colleague", "handler", department=law_enforcement)
    disable_user(handler, by=admin, at=NOW, reason="退休", heir=colleague)
    row = case.assignments.get()
    assert row.acknowledged_by == handler and row.handler == colleague
    case.refresh_from_db()
    move("feedback", case, colleague, words="已劝离游商五户并安排值守")


def test_an_heir_whose_hand_only_the_story_still_knows_does_not_become_the_checker(
    checking, inspector, admin, command_centre
):
    """After a hand-over the assignment names the last hand; the one who signed before has moved house since."""
    heir = checking.events.get(move="acknowledge").by
    heir.grants.create(role="inspector")
    heir.department = command_centre
    heir.save()
    checking.assignments.update(acknowledged_by=None, handler=None)
    disable_user(inspector, by=admin, at=NOW, reason="调离", heir=heir)
    checking.refresh_from_db()
    assert checking.checker is None


def test_a_colleague_of_the_hands_does_not_become_the_checker(checking, inspector, admin, law_enforcement):
    heir = make_user("colleague", "inspector", department=law_enforcement)
    inspector.department = None  # whoever belongs to no unit may have an heir of any
    inspector.save()
    disable_user(inspector, by=admin, at=NOW, reason="调离", heir=heir)
    checking.refresh_from_db()
    assert checking.checker is None
