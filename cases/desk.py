"""The desk: the words one may filter by, the four groups by time left, the counts, and the views kept under a name.

Every word is a condition (`Q`), so that the list, the tabs and all saved views can be counted in one query each.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cases.models import CaseEvent, CaseRequest, CaseTag, Opinion
from cases.querysets import CaseQuerySet
from cases.states import ENDED, OPEN, STAGE_OF, Source, Stage, State
from cases.workflow import MOVES, NEXT

SOON = timedelta(hours=24)
PAGE_SIZE = 50

Word = Callable[[str, Any, datetime], Q]


def stage_q(value: str, user: Any, at: datetime) -> Q:
    """阶段: one of the eight signs, 未结案 (open), or all."""
    if value == "all":
        return Q()
    if value == "closed":
        return Q(state__in=sorted(ENDED))
    if value not in Stage.values:
        return Q(state__in=sorted(OPEN))
    return Q(state__in=[state for state, stage in STAGE_OF.items() if stage == value])


def clock_q(value: str, user: Any, at: datetime) -> Q:
    """时限: already late, due within 24 hours, due today. No ended case has a due, so the state need not be asked."""
    running = Q(paused_at__isnull=True)
    if value == "over":
        return running & Q(due_at__lt=at)
    last = end_of_day(at) if value == "today" else at + SOON
    return running & Q(due_at__gte=at, due_at__lte=last)


def end_of_day(at: datetime) -> datetime:
    """The last moment of the day in Beijing."""
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.max))


def tag_q(value: str, user: Any, at: datetime) -> Q:
    """标签, without joining rows twice."""
    return Q(Exists(CaseTag.objects.filter(case=OuterRef("pk"), word=value)))


def mine_q(value: str, user: Any, at: datetime) -> Q:
    """我经办的: I registered it, or I have a line in its story."""
    return Q(registrar=user.pk) | Q(Exists(CaseEvent.objects.filter(case=OuterRef("pk"), by=user.pk)))


def reopen_q(value: str, user: Any, at: datetime) -> Q:
    """待重开: a reporter said that nothing is solved, and nobody has decided yet."""
    return Q(Exists(Opinion.objects.filter(case=OuterRef("pk"), wish=Opinion.Wish.ASKED)))


def todo_q(value: str, user: Any, at: datetime) -> Q:
    """等我处理: the usual next step is one that this person may take on this very case."""
    waiting, alike = Q(pk__in=[]), []
    for state, names in NEXT.items():
        for able in (_reachable(name, user, at) for name in names):
            states = next((states for other, states in alike if other == able), None)
            if states is None:
                alike.append((able, states := []))
            states.append(state)
    for able, states in alike:  # states with the same condition are asked together: this is counted on every page
        waiting |= Q(state__in=sorted(set(states))) & able
    return waiting


def _reachable(name: str, user: Any, at: datetime) -> Q:
    """The cases on which a person may make this move, as in `cases.workflow`, in one condition."""
    move, nobody = MOVES[name], Q(pk__in=[])
    if not user.has_perm(move.permission):
        return nobody
    reach, able, petition = user.reach_of(move.permission), nobody, Q(source=Source.PETITION)
    if "all" in reach:
        able |= ~petition
    if "petitions" in reach:
        able |= petition
    if name == "pass_check":  # a named checker is waited for, nobody else
        able = (able & Q(checker__isnull=True)) | Q(checker=user.pk)
    elif name == "answer_verification":
        able |= Q(verifier=user.pk)
        if user.department_id:
            able |= Q(verifier__isnull=True, verifier_department=user.department_id)
    elif "lead" in reach and user.department_id:
        able |= Q(lead=user.department_id)
    if name == "resume":  # a paused case waits for its review date, for nobody
        able &= Q(review_on__lte=timezone.localdate(at))
    if name.startswith("grant_"):
        wish = CaseRequest.objects.filter(case=OuterRef("pk"), kind=name.removeprefix("grant_"), granted=None)
        able &= Q(Exists(wish.exclude(requested_by=user.pk)))
    return able


@dataclass(frozen=True)
class Tally:
    """How many cases stand in each group."""

    over: int = 0
    due: int = 0
    ok: int = 0
    idle: int = 0
    stop: int = 0
    done: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.over + self.due + self.ok + self.idle + self.stop + self.done

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


GROUPS = (
    ("over", "已超期"),
    ("due", "24 小时内到期"),
    ("ok", "正常"),
    ("idle", "不计时"),
    ("stop", "停表"),
    ("done", "已结束"),
)


def group_q(at: datetime) -> dict[str, Q]:
    """The condition of each group; every case is in exactly one."""
    live, running = Q(state__in=sorted(OPEN)), Q(paused_at__isnull=True)
    return {
        "over": live & running & Q(due_at__lt=at),
        "due": live & running & Q(due_at__gte=at, due_at__lte=at + SOON),
        "ok": live & running & Q(due_at__gt=at + SOON),
        "idle": live & running & Q(due_at__isnull=True),
        "stop": live & ~running,
        "done": ~live,
    }


def group_of(case: Any, *, at: datetime) -> str:
    """The group of one case."""
    if not case.is_open:
        return "done"
    if case.paused_at:
        return "stop"
    if not case.due_at:
        return "idle"
    return "over" if case.due_at < at else "due" if case.due_at <= at + SOON else "ok"


def tallies(cases: CaseQuerySet, *, at: datetime) -> dict[str, Tally]:
    """Source → how many in each group, in one query: per state, since comparing each row with twelve states, once for
    each group, would cost more than reading it."""
    running = Q(paused_at__isnull=True)
    rows = cases.order_by().values_list("source", "state").annotate(
        total=Count("*"), stop=Count("paused_at"), over=Count("due_at", filter=running & Q(due_at__lt=at)),
        due=Count("due_at", filter=running & Q(due_at__gte=at, due_at__lte=at + SOON)),
        ok=Count("due_at", filter=running & Q(due_at__gt=at + SOON)),
    )  # fmt: skip
    found: dict[str, Tally] = {}
    for source, state, total, stop, over, due, ok in rows:
        idle = total - stop - over - due - ok
        one = Tally(done=total) if state in ENDED else Tally(over=over, due=due, ok=ok, idle=idle, stop=stop)
        found[source] = found.get(source, Tally()) + one
    return found


def counts_of(cases: CaseQuerySet, named: dict[str, Q]) -> dict[str, int]:
    """How many cases each condition keeps, in one query."""
    if not named:
        return {}
    keys = {f"n{place}": name for place, name in enumerate(named)}
    found = cases.order_by().aggregate(**{key: Count("pk", filter=named[name]) for key, name in keys.items()})
    return {name: found[key] for key, name in keys.items()}


def _stretch(part: CaseQuerySet, start: int, stop: int, size: int) -> list:
    """The rows from start to stop of so many, counted from the nearer end: the last page is as near as the first."""
    if start <= size / 2:
        return list(part[start:stop])
    return list(part.reverse()[size - stop : size - start])[::-1]


class ByTimeLeft:
    """Cases by time left: those with a clock, those without, the paused, the ended.

    Four index scans of known length instead of one sort of everything, so that page 400 costs what page 1 costs.
    """

    def __init__(self, cases: CaseQuerySet, tally: Tally, *, at: datetime) -> None:
        # Where nothing ended was found, everything is open: asking it twice would make the planner expect next to no
        # rows and sort them all instead of walking the index of dues.
        live = cases.open() if tally.done else cases
        running, dated = Q(paused_at__isnull=True), Q(due_at__isnull=False)
        self.total = tally.total
        self.parts = [
            (live.filter(running, dated).order_by("due_at", "pk"), tally.over + tally.due + tally.ok),
            (live.filter(running, ~dated).order_by("-received_at", "-pk"), tally.idle),
            (live.exclude(running).order_by("due_at", "pk"), tally.stop),
            (cases.ended().order_by("-received_at", "-pk"), tally.done),
        ]

    def count(self) -> int:
        """All of them; known already."""
        return self.total

    __len__ = count

    def __getitem__(self, wanted: slice) -> list:
        rows, start, stop = [], wanted.start or 0, self.total if wanted.stop is None else wanted.stop
        for part, size in self.parts:
            if start < size and stop > 0:
                rows += _stretch(part, max(start, 0), min(stop, size), size)
            start, stop = start - size, stop - size
        return rows


class Newest(ByTimeLeft):
    """Cases by receipt."""

    def __init__(self, cases: CaseQuerySet, tally: Tally, *, oldest: bool = False) -> None:
        order = ("received_at", "pk") if oldest else ("-received_at", "-pk")
        self.total, self.parts = tally.total, [(cases.order_by(*order), tally.total)]


@dataclass(frozen=True)
class View:
    """A filter under a name; `pk` is set when a person saved it."""

    name: str
    query: str
    icon: str
    pk: int | None = None


USUAL_VIEWS = (
    View("等我处理", "todo=1", "checklist"),
    View("我经办的", "mine=1", "user"),
    View("已超期", "clock=over", "alert-triangle"),
    View("今日到期", "clock=today", "clock-hour-4"),
    View("待核查", "stage=verify", "clipboard-check"),
    View("蓝天行动", "tag=蓝天行动", "cloud"),
)
WISHES = View("待重开", "reopen=1", "refresh")  # for those who decide on reopening
ALARMS = (USUAL_VIEWS[2], WISHES)  # their counts are shown in red


def views_of(user: Any) -> list[View]:
    """The usual views and the person's own; an own one of the same name takes the usual one's place."""
    own = [View(row.name, row.query, row.icon, row.pk) for row in user.saved_views.all()]
    named = {view.name: view for view in own}
    offered = [*USUAL_VIEWS, WISHES] if user.has_perm("cases.reopen_case") else USUAL_VIEWS
    usual = [named.pop(view.name, view) for view in offered]
    return usual + [view for view in own if view.name in named]


def moves_in_bulk(case: Any, user: Any, names: Iterable[str], offered: Callable) -> list[str]:
    """Which of these moves the list may offer for a case."""
    return [move.name for move in offered(case, user, names)]


def waits_for(state: str) -> str:
    """Whether nobody has it yet: said in the list instead of the department."""
    return {State.REGISTERED: "待派遣", State.RETURNED: "待重新派遣"}.get(state, "")


def changed_by_others(cases: CaseQuerySet, condition: Q, *, user: Any, since: datetime) -> int:
    """How many cases under a filter were moved since a moment, last by somebody else's hand."""
    by_me = CaseEvent.objects.filter(case=OuterRef("pk"), seq=OuterRef("event_count"), by=user.pk)
    return cases.changed_since(since).filter(condition, ~Exists(by_me)).count()
