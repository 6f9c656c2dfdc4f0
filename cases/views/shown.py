"""What one person is shown of a case: texts blanked that they may not read, everybody masked.

Templates see a case only through this module. A petition shows the dispatcher its title and its clocks (not who works
on it: a community that leads or verifies would tell where the petitioner lives), chief and leader its text, a
department its text under the code name; nobody its petitioner. (The identity lies in a table that nothing here reads:
see `cases.revealing`.)
"""
import copy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects

from accounts.masking import mask_name, mask_phone
from cases import deadlines, owing, telling, workflow
from cases.deadlines import TimeLeft
from cases.models import Assignment, Case, CaseEvent, CasePhoto, CaseRequest, PhotoKind, Reporter, ReporterKind
from cases.states import Clock, State
from cases.views.clockcards import ClockCard
from cases.views.ground import Drawing, draw_around
from cases.views.steps import Step, steps_of
from grid.models import PhotoState, Thing

HIDDEN = "信访件内容仅限信访专员、承办单位和领导查看。"
UNDECIDED = frozenset({State.IN_PROGRESS, State.REWORK, State.SUSPENDED})


def reads_text(case: Case, user: Any) -> bool:
    """Whether this person, who sees the case, may read more of it than its title and its clocks."""
    if not case.is_petition:
        return True
    if user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions"):
        return True
    if not _by_department(user):
        return False
    if not user.has_perm("cases.see_petition_titles"):
        return True  # seen through the own department or as the named checker: there is no other way
    return any(row.department_id == user.department_id for row in case.assignments.all())


def _by_department(user: Any) -> bool:
    """Whether a person sees what the own department was given."""
    return user.has_perm("cases.see_department_cases") or user.has_perm("cases.see_community_cases")


def read_hands(cases: Iterable[Case], user: Any) -> None:
    """Read at once, for a whole list, what `reads_text` would ask of each, for who is of the desk and of a unit."""
    petitions = [case for case in cases if case.is_petition]
    if petitions and _by_department(user) and user.has_perm("cases.see_petition_titles"):
        prefetch_related_objects(petitions, "assignments")


def shown_case(case: Case, user: Any) -> Case:
    """A copy of the case for this person's eyes, never to be saved; `reads_text` says whether it is whole."""
    copied = copy.copy(case)
    copied.reads_text = reads_text(case, user)
    if not copied.reads_text:
        copied.description = copied.result = copied.conclusion = copied.address = ""
        copied.lon = copied.lat = copied.site = copied.grid = copied.community = copied.category = None
        copied.lead = copied.verifier_department = copied.public_code = copied.thing = None
    return copied


@dataclass(frozen=True)
class ShownEvent:
    """A line of the timeline."""

    seq: int
    button: str
    icon: str
    actor: str
    words: str
    line: str
    at: datetime
    derived: bool = False
    late: bool = False
    note: bool = False
    quote: bool = False


@dataclass(frozen=True)
class ShownPhoto:
    """A picture of the case; shown only when its clean copy exists."""

    pk: int
    kind: str
    label: str
    at: datetime
    ready: bool
    refusal: str
    address: str
    is_demo: bool

    @property
    def thumb(self) -> str:
        """Address of the small one."""
        return f"{self.address}thumb/"

    @property
    def image(self) -> str:
        """Address of the large one."""
        return f"{self.address}image/"


@dataclass(frozen=True)
class ShownReporter:
    """A reporter, masked; an issuing unit is no person and keeps its name."""

    pk: int
    kind: str
    name: str
    phone: str
    owed: bool
    replied_at: datetime | None
    hidden: bool  # whether there is more to reveal
    from_case: str


def shown_event(event: CaseEvent, *, secret: bool) -> ShownEvent:
    """An event as a line; of a petition kept from this reader only what was done, by whom and when."""
    return ShownEvent(
        seq=event.seq, button=telling.button_of(event), icon=telling.icon_of(event),
        actor=event.by_name if secret else telling.actor_of(event),
        words="" if secret else event.words, line=telling.facts_of(event, secret=secret), at=event.happened_at,
        derived=event.derived, note=event.move in telling.NOTES, quote=event.move == "report",
    )  # fmt: skip


class Shown:
    """A case as one person is shown it; each part asks the database once, and only if the page uses it."""

    def __init__(self, case: Case, user: Any, *, at: datetime, show: str = "") -> None:
        self.user, self.at, self.show = user, at, show
        self._case = case
        self.case = shown_case(case, user)
        self.secret = not self.case.reads_text
        self.hidden_sentence = HIDDEN

    @cached_property
    def time(self) -> TimeLeft | None:
        """The leading clock."""
        return deadlines.time_left(self._case, at=self.at)

    # --- what can be done ----------------------------------------------------------------------------------------

    @cached_property
    def requests(self) -> list[CaseRequest]:
        """Wishes for more time or a pause, while they can still matter; the timeline tells of older ones."""
        if self.secret or self._case.state not in UNDECIDED:
            return []
        return list(self._case.requests.select_related("requested_by__department"))

    @property
    def pending(self) -> list[CaseRequest]:
        """The undecided ones."""
        return [row for row in self.requests if row.granted is None]

    @cached_property
    def moves(self) -> list[workflow.Move]:
        """What this person is offered."""
        kinds = frozenset(row.kind for row in self.pending)
        return workflow.moves_for(self._case, self.user, at=self.at, pending=kinds)

    @cached_property
    def next_move(self) -> workflow.Move | None:
        """The blue button."""
        owed = self._case.state != State.CHECKED or bool(owing.owed_to(self._case))
        return workflow.next_move(self._case, self.moves, owed=owed)

    def _front(self) -> tuple[str, ...]:
        return ("note", "request_extension", "request_suspension", "remind", "return")

    @cached_property
    def side_moves(self) -> list[workflow.Move]:
        """Up to four buttons beside the blue one."""
        order = self._front()
        mine = [move for move in self.moves if move.name in order and move is not self.next_move]
        return sorted(mine, key=lambda move: order.index(move.name))[:4]

    @cached_property
    def more_moves(self) -> list[workflow.Move]:
        """The rest, in the menu 更多."""
        shown = {id(move) for move in [*self.side_moves, self.next_move]}
        return [move for move in self.moves if id(move) not in shown]

    # --- the story -----------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[ShownEvent]:
        """All events, newest first."""
        return [shown_event(event, secret=self.secret) for event in self._case.events.for_timeline()]

    @cached_property
    def timeline(self) -> list[ShownEvent]:
        """Events and the moments at which a clock ran out, newest first, as the filter says."""
        if self.show == "notes":
            return [event for event in self.events if event.note]
        rows = [event for event in self.events if not (self.show == "flow" and event.note)]
        return sorted([*rows, *self._lateness()], key=lambda row: (row.at, row.seq), reverse=True)

    def _lateness(self) -> list[ShownEvent]:
        """Computed, not stored: whatever a task did or did not do, a passed limit is told."""
        late = [card for card in self.clocks if card.is_late and card.leads]
        return [_late_event(card) for card in late]

    @property
    def note_count(self) -> int:
        """How many notes there are."""
        return sum(event.note for event in self.events)

    @property
    def waiting(self) -> str:
        """What the open case waits for."""
        return telling.WAITING.get(self._case.state, "")

    # --- people, papers, pictures --------------------------------------------------------------------------------

    @cached_property
    def assignments(self) -> list[Assignment]:
        """Who has and had it."""
        if self.secret:
            return []
        if not self._case.dispatched_at and not self._case.return_count and not self._case.lead_id:
            return []
        return list(self._case.assignments.select_related("department"))

    @property
    def assisting(self) -> list[str]:
        """The assisting departments now, or at the end."""
        mine = [row for row in self.assignments if row.role == Assignment.Role.ASSIST and row.ending in ("", "closed")]
        return [row.department.short_name for row in mine]

    @property
    def path(self) -> list[Assignment]:
        """踢皮球: the lead departments in turn, once the case was sent back."""
        leads = [row for row in self.assignments if row.role == Assignment.Role.LEAD]
        return leads if len(leads) > 1 or self._case.return_count else []

    @cached_property
    def reporters(self) -> list[ShownReporter]:
        """Who reported, masked."""
        if self._case.is_petition:
            return []
        rows = self._case.reporters.select_related("came_with").only(
            "case", "kind", "name", "phone", "reply_owed", "replied_at", "at", "came_with__number"
        )
        return [_reporter(row, self._case) for row in rows]

    @cached_property
    def thing(self) -> Thing | None:
        """The component that it is about; `in_register` says whether this person may open its page."""
        if not self.case.thing_id:
            return None
        thing = Thing.objects.for_list().get(pk=self.case.thing_id)
        thing.in_register = Thing.objects.visible_to(self.user).contains(thing)
        return thing

    @cached_property
    def photos(self) -> list[ShownPhoto]:
        """The pictures, those of a petition only for those who read its text."""
        if self.secret:
            return []
        return [_photo(row, self._case.number) for row in self._case.photos.select_related("photo")]

    @property
    def ready_photos(self) -> list[ShownPhoto]:
        """Those with a clean copy."""
        return [photo for photo in self.photos if photo.ready]

    @property
    def pair(self) -> tuple[ShownPhoto, ShownPhoto] | None:
        """Before and after, to be compared."""
        before = [photo for photo in self.ready_photos if photo.kind == PhotoKind.BEFORE]
        after = [photo for photo in self.ready_photos if photo.kind in (PhotoKind.AFTER, PhotoKind.CHECK)]
        return (before[0], after[-1]) if before and after else None

    @property
    def photo_summary(self) -> str:
        """整改前 3 张，整改后 2 张."""
        counts: dict[str, int] = {}
        for photo in self.photos:
            counts[photo.label] = counts.get(photo.label, 0) + 1
        return "，".join(f"{label} {count} 张" for label, count in counts.items())

    @cached_property
    def ground(self) -> Drawing | None:
        """The grids around the case as a drawing; none without a position or for whom it is hidden."""
        case = self.case
        return draw_around(case.lon, case.lat, grid_id=case.grid_id) if case.lon is not None else None

    # --- clocks --------------------------------------------------------------------------------------------------

    @cached_property
    def clocks(self) -> list[ClockCard]:
        """Every clock, the running one that leads first."""
        rows = self._case.clocks.select_related("department")
        cards = [ClockCard(row, at=self.at, secret=self.secret) for row in rows]
        return sorted(cards, key=lambda card: (not card.running, not card.leads, card.due_at if card.running else None
                                               or card.started_at))  # fmt: skip

    @property
    def running_clocks(self) -> list[ClockCard]:
        """Those that run or stand paused."""
        return [card for card in self.clocks if card.running]

    @property
    def stopped_clocks(self) -> list[ClockCard]:
        """Those that have stopped."""
        return [card for card in self.clocks if not card.running]

    @cached_property
    def late(self) -> "Lateness | None":
        """Why the overdue note stands there and what can be done."""
        if not self.time or self.time.sign != "over":
            return None
        return Lateness(self)

    @cached_property
    def steps(self) -> list[Step]:
        """受理 立案 派遣 处置 核查 结案."""
        return list(steps_of(self._case, self.time))


# What helps a late case besides its next step.
HELP = {
    "remind": "催办", "supervise": "督办", "grant_extension": "批准延期", "request_suspension": "申请挂账",
    "grant_suspension": "批准挂账",
}  # fmt: skip


class Lateness:
    """已超期: which clock, whose turn it is, and what is still possible, in words."""

    def __init__(self, shown: Shown) -> None:
        self.minutes, self.clock = shown.time.minutes, shown.time.clock
        self.due_at = shown._case.due_at
        self._shown = shown

    @property
    def why(self) -> str:
        """Who owes the step."""
        shown, case = self._shown, self._shown._case
        if case.due_clock not in (Clock.HANDLE, Clock.ACKNOWLEDGE):
            return f"{self.clock}环节没有按时完成。"
        who = case.lead.short_name if case.lead_id and not shown.secret else "承办单位"
        if case.due_clock == Clock.ACKNOWLEDGE:
            return f"{who}没有按时签收。"
        if shown.secret:
            return f"{who}未按时反馈。"
        asked = [row for row in shown.requests if row.kind == CaseRequest.Kind.EXTENSION]
        if not asked:
            return f"{who}未按时反馈，未申请延期。"
        words = {None: "延期申请待审批", True: "已延期一次", False: "延期申请未获批准"}
        return f"{who}未按时反馈，{words[asked[-1].granted]}。"

    @property
    def remedy(self) -> str:
        """What this person can do now."""
        shown, next_move = self._shown, self._shown.next_move
        words = [f"尽快{next_move.button}"] if next_move else []
        words += [HELP[move.name] for move in shown.moves if move.name in HELP and move is not next_move]
        return f"可{'、'.join(words)}。" if words else ""


def _late_event(card: ClockCard) -> ShownEvent:
    return ShownEvent(
        0, "系统记为超期", "alert-triangle", card.department, "", f"{card.word}时限已用尽。", card.due_at, late=True
    )


def _reporter(row: Reporter, case: Case) -> ShownReporter:
    person = row.kind == ReporterKind.RESIDENT
    return ShownReporter(
        pk=row.pk, kind=row.get_kind_display(), name=mask_name(row.name) if person else row.name,
        phone=mask_phone(row.phone), owed=row.is_owed, replied_at=row.replied_at,
        hidden=bool(row.phone or (person and row.name)),
        from_case=row.came_with.number if row.came_with_id != case.pk else "",
    )  # fmt: skip


def _photo(row: CasePhoto, number: str) -> ShownPhoto:
    return ShownPhoto(
        pk=row.pk, kind=row.kind, label=row.get_kind_display(), at=row.photo.taken_at or row.added_at,
        ready=row.photo.state == PhotoState.READY, is_demo=row.photo.is_demo,
        refusal=row.photo.refusal if row.photo.state == PhotoState.REFUSED else "",
        address=f"/cases/{number}/photos/{row.pk}/",
    )  # fmt: skip
