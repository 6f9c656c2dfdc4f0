"""What the tests of bulletins begin with: a week of cases, a draft about it, one that waits to be signed."""
from datetime import date

from cases import workflow as cases_workflow
from reports import facts
from reports.bulletins import editing, workflow
from reports.bulletins.drafting import compose
from reports.bulletins.sections import FILL_IN
from reports.models import Bulletin
from tests.make import make_case, moment, move

FIRST, LAST = date(2016, 12, 12), date(2016, 12, 18)  # a whole week
NOW = moment("2016-12-20 10:00")


def make_week(dispatcher, handler, category, grid, count: int = 3, **over) -> list:
    """Cases of the week: taken on, handed to the handler's department, the first of them answered."""
    at = moment("2016-12-13 09:30")
    cases = []
    for number in range(count):
        case = make_case(dispatcher, at=at, title=f"马路市场回潮{number}", address="西井大街12号", grid=grid,
                         community=grid.community, **over)  # fmt: skip
        move("accept", case, dispatcher, at=at, category=category)
        move("register", case, dispatcher, at=at, category=category, grid=grid, urgency="important")
        move("dispatch", case, dispatcher, at=at, lead=handler.department)
        move("acknowledge", case, handler, at=at)
        cases.append(case)
    move("feedback", cases[0], handler, at=moment("2016-12-13 15:00"), words="已清理完毕，安排专人值守巡查")
    facts.roll_up(at=NOW)
    return cases


def make_draft(chief, **over) -> Bulletin:
    """A weekly draft without anything left to fill in."""
    draft = compose(**{"kind": "weekly", "first": FIRST, "last": LAST, "by": chief, "at": NOW, **over})
    for block in list(draft.blocks):
        if FILL_IN in block.get("text", ""):
            editing.remove_block(draft, block["id"], by=chief, at=NOW)
    return draft


def make_submitted(chief, **over) -> Bulletin:
    """One that waits for its signature."""
    draft = make_draft(chief, **over)
    workflow.submit(draft, by=chief, at=NOW)
    return draft


__all__ = ["FIRST", "LAST", "NOW", "cases_workflow", "make_draft", "make_submitted", "make_week"]
