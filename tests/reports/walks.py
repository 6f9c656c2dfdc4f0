"""Cases that live at random through the real workflow, and the figures counted slowly, another way, for comparison."""
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.models import Case, CaseEvent
from cases.states import ENDED, Clock, Source
from reports.models import Dimension
from tests.make import make_case, make_category, make_return_reason

REFUSED = (AnswersRefused, MoveConflict, MoveForbidden, MoveRefused)
SOURCES = (Source.GRID, Source.SNAP, Source.NOTICE, Source.TRANSFER, Source.HOTLINE)
# move → how often it is tried when the state allows it; what leads on is tried most.
LIKING = {
    "accept": 9, "register": 9, "dispatch": 9, "acknowledge": 9, "feedback": 8, "send_check": 9, "pass_check": 7,
    "close": 9, "rework": 3, "return": 2, "reject": 1, "void": 1, "reopen": 2, "supervise": 1, "lift": 1, "call_back": 3,
    "request_extension": 2, "grant_extension": 6, "request_suspension": 1, "grant_suspension": 6, "resume": 5,
    "undo_dispatch": 2, "merge": 1, "remind": 1,
}  # fmt: skip


class Walker:
    """The cast, and a clock that only goes forward."""

    def __init__(self, rng: Random, cast: dict[str, Any], communities: list[Any], start: Any) -> None:
        self.rng, self.cast, self.communities, self.now = rng, cast, communities, start
        self.categories = [make_category(), make_category("路面塌陷", code="0401")]
        self.reason = make_return_reason()

    def later(self, most_hours: float) -> Any:
        """Some time passes."""
        self.now += timedelta(minutes=self.rng.randint(1, int(most_hours * 60)))
        return self.now

    def open(self) -> Case:
        """A case in some community, without one now and then."""
        community = self.rng.choice([*self.communities, None])
        place = {"community": community, "grid": community.grids.get()} if community else {}
        return make_case(self.cast["dispatcher"], source=self.rng.choice(SOURCES), at=self.later(30), **place)

    def step(self, case: Case) -> None:
        """One move at random among those that the state allows; a refusal is as good as a rest."""
        names = [name for name in LIKING if case.state in workflow.MOVES[name].from_]
        name = self.rng.choices(names, [LIKING[one] for one in names])[0]
        soon = name == "undo_dispatch"
        at = self.now + timedelta(seconds=3) if soon else self.later(self.rng.choice([1, 1, 6, 60]))
        self.now = at
        by = self.actor(name, case)
        try:
            workflow.make(name, case, by=by, at=at, **self.answers(name, case, at))
        except REFUSED:
            case.refresh_from_db()

    def actor(self, name: str, case: Case) -> Any:
        """Whose move it is; a case that goes round is the chief's to dispatch."""
        cast = self.cast
        if name in ("acknowledge", "return", "feedback", "request_extension", "request_suspension"):
            mine = [one for one in (cast["handler"], cast["other_handler"]) if one.department_id == case.lead_id]
            return mine[0] if mine else cast["handler"]
        if name in ("pass_check", "rework", "call_back", "close", "send_check", "reopen"):
            return cast["inspector"]
        if name in ("supervise", "lift") or name.startswith("grant") or (name == "dispatch" and case.return_count > 1):
            return cast["chief"]
        return cast["dispatcher"]

    def answers(self, name: str, case: Case, at: Any) -> dict[str, Any]:
        """What the move asks."""
        rng, cast = self.rng, self.cast
        grid = case.grid or self.communities[0].grids.get()
        return {
            "accept": lambda: {"category": rng.choice(self.categories)},
            "register": lambda: {
                "category": case.category, "grid": grid, "urgency": rng.choice(["urgent", "important", "normal"])
            },
            "dispatch": lambda: {"lead": rng.choice([cast["handler"], cast["other_handler"]]).department},
            "return": lambda: {"return_reason": self.reason, "reason": "不属于本单位的职责范围"},
            "feedback": lambda: {"words": "已到现场清理完毕，恢复整洁。"},
            "send_check": lambda: {"checker": cast["inspector"]},
            "pass_check": lambda: {"words": "已解决"},
            "rework": lambda: {"reason": "现场仍有残留，请继续"},
            "close": lambda: {"conclusion": "同意结案"},
            "reject": lambda: {"reason": "不在辖区范围内", "public_words": "不在辖区，请联系相邻街道。"},
            "void": lambda: {"reason": "重复登记的件", "public_words": "重复登记，已按另件办理。"},
            "reopen": lambda: {"reason": "同一问题又出现了"},
            "supervise": lambda: {"level": 1, "due": at + timedelta(days=2), "words": "请抓紧"},
            "call_back": lambda: {
                "reached": rng.random() < 0.8, "solved": rng.random() < 0.7,
                "satisfaction": rng.choice(["satisfied", "fairly", "dissatisfied", ""]),
            },
            "request_extension": lambda: {"until": at + timedelta(days=1), "reason": "设备明天才能到货"},
            "request_suspension": lambda: {"review_on": (at + timedelta(days=5)).date(), "reason": "等待产权单位进场"},
            "merge": lambda: {"master": Case.objects.exclude(pk=case.pk).order_by("pk").first(), "reason": "同一处同一事"},
        }.get(name, dict)()  # fmt: skip


def live(rng: Random, cast: dict[str, Any], communities: list[Any], *, start: Any, cases: int, steps: int) -> Walker:
    """So many cases, so many moves, in turn."""
    walker = Walker(rng, cast, communities, start)
    opened = [walker.open() for _ in range(cases)]
    for _ in range(steps):
        case = rng.choice(opened)
        case.refresh_from_db()
        walker.step(case)
    return walker


# --- the slow way: from clocks and events by their moments, case after case ------------------------------------------


def counted_slowly(cases: Any, first: date, last: date, today: date, *, department: int | None = None) -> Counter:
    """Measure → number, for cases and days, without facts and without the walk that makes them."""
    found: Counter = Counter()
    for case in cases:
        for measure, moment, unit, falls_due in _happened(case):
            day = moment if isinstance(moment, date) and not hasattr(moment, "hour") else timezone.localdate(moment)
            if first <= day <= last and day <= today and not (falls_due and day >= today):
                if department is None or unit == department:
                    found[measure] += 1
    return found


def _happened(case: Case) -> list[tuple]:
    events = list(case.events.order_by("seq"))
    clocks = list(case.clocks.order_by("started_at", "pk"))
    found = [*_acts(case, events, clocks)]
    for clock in (one for one in clocks if one.kind == Clock.HANDLE):
        found += _handling(clock, events)
    found += _closing(case, clocks, events)
    hotline = getattr(case, "hotline", None)
    if hotline and hotline.response_due_at:
        found.append(("response_due", hotline.response_due_at, _lead_at(events, len(events)), True))
        if hotline.responded_at and hotline.responded_at <= hotline.response_due_at:
            found.append(("responded_in_time", hotline.response_due_at, _lead_at(events, len(events)), True))
    return found


def _lead_at(events: list[CaseEvent], place: int) -> int | None:
    """Who had the case before the event at a place."""
    for event in reversed(events[:place]):
        if event.move in ("dispatch", "fix_on_spot"):
            return event.department_id
        if event.move in ("return", "reopen", "undo_dispatch"):
            return None
    return None


def _next(events: list[CaseEvent], place: int, *moves: str) -> CaseEvent | None:
    return next((event for event in events[place + 1 :] if event.move in moves), None)


def _acts(case: Case, events: list[CaseEvent], clocks: list) -> list[tuple]:
    found = []
    for place, event in enumerate(events):
        at, lead, rejected = event.happened_at, _lead_at(events, place), event.from_state == "rejected"
        plain = {"return": "returned", "close": "closed", "report": "reported"}.get(event.move)
        if plain:
            found.append((plain, at, lead, False))
        if event.move == "accept":
            found.append(("accepted", at, None, False))
            then = _next(events, place, "register", "accept")
            again = next((e for e in events[place + 1 :] if e.move == "reopen" and e.from_state == "rejected"), None)
            later = _next(events, place, "accept")
            if (then and then.move == "register") or (again and (not later or again.seq < later.seq)):
                found.append(("accepted_registered", at, None, False))
        if event.move == "register":
            clock = [one for one in clocks if one.kind == Clock.REGISTER and one.started_at < at][-1]
            found.append(("register_judged", at, None, False))
            if at <= clock.due_at:
                found.append(("registered_in_time", at, None, False))
        if event.move == "register" or (event.move == "reopen" and rejected):
            found.append(("registered", at, None, False))
            if case.source in ("WX", "RX", "XF"):
                found.append(("registered_public", at, None, False))
        if event.move == "reopen" and rejected:
            before = [e.move for e in events[:place] if e.move in ("accept", "register")]
            if not before or before[-1] != "accept":
                found += [("accepted", at, None, False), ("accepted_registered", at, None, False)]
        if event.move == "reopen" and event.from_state == "closed":
            found.append(("reopened", at, lead, False))
        if event.move == "dispatch":
            after = _next(events, place, "undo_dispatch", "return", "dispatch")
            if not (after and after.move == "undo_dispatch"):
                found.append(("dispatched", at, event.department_id, False))
                if not (after and after.move == "return"):
                    found.append(("dispatched_right", at, event.department_id, False))
        if event.move == "supervise":
            since = [e for e in events[:place] if e.move in ("supervise", "lift") or e.to_state in ENDED]
            if not since or since[-1].move != "supervise":
                found.append(("supervised", at, lead, False))
        if event.move == "call_back" and event.facts["reached"]:
            found.append(("called_back", at, lead, False))
            found += [("solved", at, lead, False)] * bool(event.facts["solved"])
            found += [("rated", at, lead, False)] * bool(event.facts["satisfaction"])
            found += [("satisfied", at, lead, False)] * (event.facts["satisfaction"] in ("satisfied", "fairly"))
    return found


def _handling(clock: Any, events: list[CaseEvent]) -> list[tuple]:
    """By the clock's own stop: a stop at a feedback is a hand-in, a stop at anything else ended the turn."""
    stops = {event.happened_at: event for event in events}
    unit, due, stop = clock.department_id, clock.due_at, clock.stopped_at
    handed_in = bool(stop) and stops[stop].move == "feedback"
    found = []
    if handed_in:
        found.append(("handled", stop, unit, False))
    if clock.paused_at and not stop:
        return found
    if stop:
        day = timezone.localdate(due)
        while day < timezone.localdate(stop):
            if (day + timedelta(days=1)).day == 1:
                found.append(("overdue_at_month_end", day, unit, False))
            day += timedelta(days=1)
    if stop and not handed_in:
        return found
    found.append(("handle_due", due, unit, True))
    found.append(("handled_of_due" if handed_in else "handle_overdue", due, unit, True))
    if handed_in and stop <= due:
        found.append(("handled_in_time", due, unit, True))
    while_it_ran = [e for e in events if clock.started_at <= e.happened_at and (not stop or e.happened_at <= stop)]
    if any(e.move == "grant_extension" for e in while_it_ran):
        found.append(("extended", due, unit, True))
    return found


def _closing(case: Case, clocks: list, events: list[CaseEvent]) -> list[tuple]:
    """Each stretch between reopenings that a dispatch lies in."""
    stretches: list[list[CaseEvent]] = [[]]
    for event in events:
        if event.move == "reopen":
            stretches.append([])
        stretches[-1].append(event)
    found = []
    for stretch in stretches:
        if any(e.move == "void" or (e.move == "merge" and e.to_state == "merged") for e in stretch):
            continue
        began = {e.happened_at for e in stretch if e.move == "dispatch"}
        close = [c for c in clocks if c.kind == Clock.CLOSE and c.started_at in began]
        returns = {e.happened_at for e in stretch if e.move == "return"}
        handle = [c for c in clocks if c.kind == Clock.HANDLE and c.started_at in began and c.stopped_at not in returns]
        clock = close[0] if close else handle[-1] if handle else None
        if not clock or (clock.paused_at and not clock.stopped_at):
            continue
        unit = [c.department_id for c in clocks if c.kind == Clock.HANDLE and c.started_at in began][-1]
        closed = next((e.happened_at for e in stretch if e.move == "close"), None)
        found.append(("closing_due", clock.due_at, unit, True))
        found += [("closing_judged", clock.due_at, unit, True)] * bool(close)
        found += [("closed_of_due", clock.due_at, unit, True)] * bool(closed)
        found += [("closed_in_time", clock.due_at, unit, True)] * bool(close and closed and closed <= clock.due_at)
        found += [("reworked", clock.due_at, unit, True)] * any(e.move == "rework" for e in stretch)
    return found


def scope_keys(walker: Walker) -> list[tuple[str, str]]:
    """A key of each dimension that the walks touch."""
    return [
        (Dimension.ALL, ""), (Dimension.SOURCE, "WX"), (Dimension.CATEGORY, str(walker.categories[0].pk)),
        (Dimension.MAJOR, "event:04"), (Dimension.COMMUNITY, str(walker.communities[0].pk)), (Dimension.COMMUNITY, ""),
        (Dimension.GRID, str(walker.communities[1].grids.get().pk)),
        (Dimension.DEPARTMENT, str(walker.cast["handler"].department_id)),
    ]  # fmt: skip
