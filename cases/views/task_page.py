"""What the phone shows of tasks: cards in the list, and one task with its forms (secrecy: `cases.views.shown`)."""
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import User
from cases import deadlines, rules, telling, workflow
from cases.deadlines import TimeLeft
from cases.field_tasks import ACTS, first_photos
from cases.forms.tasks import TaskForm
from cases.models import Case, CasePhoto, PhotoKind
from cases.states import State
from cases.views.shown import Shown, ShownPhoto, read_hands, shown_case
from cases.workflow import MOVES
from grid.models import Thing
from grid.navigation import Way, way_to

# How the phone names a result that the move table calls otherwise (design: mobile-handle).
RESULTS = {
    "feedback": ("已整改", "circle-check", "处置说明", "提交反馈", 10),
    "request_extension": ("需继续整改", "progress", "延期理由", "申请延期", 5),
    "return": ("非本单位职责", "arrow-back-up", "退回说明", "退回", 5),
    "pass_check": ("核查通过", "circle-check", "核查情况", "提交核查", 1),
    "rework": ("退回返工", "arrow-back-up", "返工理由", "退回返工", 5),
    "answer_verification": ("核实", "clipboard-check", "核实情况", "提交核实", 0),
}
STANDS = {
    State.DISPATCHED: "待签收", State.REWORK: "返工", State.SUSPENDED: "挂账", State.FEEDBACK_SUBMITTED: "等转核查",
    State.CHECKING: "核查中", State.CHECKED: "待结案",
}  # fmt: skip
AFTER_SIGNING = ("feedback", "request_extension", "return")
HEADINGS = {"sign": "签收任务", "handle": "处置反馈", "check": "核查", "verify": "核实", "read": "任务"}
SAID = {"dispatch": "派遣说明", "send_verification": "核实要求", "send_check": "核查要求", "rework": "返工理由"}
OTHER_CHECKER = frozenset({"all", "petitions"})


def thing_words(thing: Thing) -> str:
    """Which component to look for on the spot, and whose it is."""
    words = [str(thing), thing.address, f"权属{thing.owner_words}" if thing.owner_words else ""]
    return "，".join(word for word in words if word)


@dataclass(frozen=True)
class Card:
    """One task in the list."""

    case: Case
    time: TimeLeft | None
    photo: str
    place: str
    kind: str
    tags: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"/m/tasks/{self.case.number}/"


def cards_of(cases: Iterable[Case], user: User, *, at: datetime) -> list[Card]:
    """The cards of one page of the list, with one query for all the pictures."""
    cases = list(cases)
    read_hands(cases, user)
    shown = [(case, shown_case(case, user)) for case in cases]
    photos = first_photos([case for case, mine in shown if mine.reads_text])
    return [_card(case, mine, photos.get(case.pk), at) for case, mine in shown]


def _card(case: Case, mine: Case, photo: CasePhoto | None, at: datetime) -> Card:
    kind = {State.VERIFYING: "核实", State.CHECKING: "核查"}.get(State(case.state), "")
    ground = mine.grid.name if mine.grid else mine.community.short_name if mine.community else ""
    picture = f"/cases/{case.number}/photos/{photo.pk}/" if photo else ""
    word = STANDS.get(State(case.state), "" if case.is_open else case.get_state_display())
    return Card(mine, deadlines.time_left(case, at=at), picture, mine.address or ground, kind, (word,) if word else ())


class TaskPage:
    """One task: whose turn it is, which forms it has, and what was said and shown before."""

    def __init__(self, case: Case, user: User, *, at: datetime, form: TaskForm | None = None,
                 refusal: str = "") -> None:  # fmt: skip
        self.shown = Shown(case, user, at=at)
        self.user, self.at, self.tried, self.refusal = user, at, form, refusal
        self._case = case
        self.key, self.sign_key = secrets.token_hex(16), secrets.token_hex(16)

    @cached_property
    def acts(self) -> list[str]:
        """The moves that this person may make here, in the order of the buttons."""
        offered = {move.name for move in self.shown.moves}
        if not self._may_check:
            offered -= {"pass_check", "rework"}
        return [name for name in ACTS if name in offered]

    @property
    def _may_check(self) -> bool:
        """A check is the named checker's, or an inspector's who may step in."""
        reach = self.user.reach_of("cases.pass_check_case")
        return self._case.checker_id == self.user.pk or bool(reach & OTHER_CHECKER)

    @cached_property
    def kind(self) -> str:
        """What there is to do: sign, handle, check, verify; or nothing but to read."""
        for name, kind in (("answer_verification", "verify"), ("acknowledge", "sign"), ("feedback", "handle"),
                           ("pass_check", "check")):  # fmt: skip
            if name in self.acts:
                return kind
        return "read"

    @property
    def heading(self) -> str:
        """The word above."""
        return HEADINGS[self.kind]

    # --- the form ------------------------------------------------------------------------------------------------

    @property
    def choices(self) -> list[str]:
        """The results between which one chooses; those after signing, too, for a phone without network."""
        if self.kind == "sign":
            return list(AFTER_SIGNING)
        return [name for name in self.acts if name != "acknowledge"]

    @property
    def results(self) -> list[dict[str, Any]]:
        """Each result with its word, sign, the name of its words, its button and the least number of letters."""
        keys = ("act", "word", "icon", "label", "button", "least")
        return [dict(zip(keys, (name, *RESULTS[name]), strict=True)) for name in self.choices]

    @property
    def chosen(self) -> dict[str, Any]:
        """The result that stands chosen: what was tried, else the first."""
        tried = self.tried.move.name if self.tried else ""
        return next((row for row in self.results if row["act"] == tried), (self.results or [{}])[0])

    def _form(self, name: str) -> TaskForm | None:
        if name not in self.choices:
            return None
        if self.tried and self.tried.move.name == name:
            return self.tried
        return TaskForm(MOVES[name], self._case, self.user, at=self.at)

    @cached_property
    def return_form(self) -> TaskForm | None:
        """Asks for the reason of a return."""
        return self._form("return")

    @cached_property
    def extension_form(self) -> TaskForm | None:
        """Asks until when."""
        return self._form("request_extension")

    @cached_property
    def verification_form(self) -> TaskForm | None:
        """Asks whether it is true."""
        return self._form("answer_verification")

    @property
    def phrases(self) -> list[tuple[str, str]]:
        """The ready sentences, each with the act it belongs to."""
        forms = [(name, self._form(name)) for name in self.choices]
        return [(name, text) for name, form in forms if form for text in form.phrases]

    @property
    def words(self) -> str:
        """What was typed before the refusal."""
        return self.tried.data.get("words", "") if self.tried else ""

    @property
    def needs_photo(self) -> bool:
        """Whether handing in wants an after-photo, as `rules.evidence_is_there` will judge."""
        case = self._case
        if not case.category or not case.category.evidence_required or case.source in rules.NO_PHOTO_SOURCES:
            return False
        since = case.dispatched_at or self.at
        return not case.photos.filter(kind=PhotoKind.AFTER, added_at__gte=since).exists()

    @property
    def waiting_request(self) -> str:
        """延期申请待批."""
        words = [f"{row.get_kind_display()}申请待审批" for row in self.shown.pending]
        return "，".join(words)

    # --- what was before -----------------------------------------------------------------------------------------

    @cached_property
    def before(self) -> ShownPhoto | None:
        """The picture that the after-photo is to match."""
        ready = [photo for photo in self.shown.ready_photos if photo.kind == PhotoKind.BEFORE]
        return ready[0] if ready else None

    @cached_property
    def pair(self) -> tuple[ShownPhoto, ShownPhoto] | None:
        """Before and after, where both are there."""
        return self.shown.pair

    @cached_property
    def sent_by(self) -> str:
        """派自 指挥中心 陈立新: who gave the task."""
        names = {"verify": "send_verification", "check": "send_check"}
        event = self._case.events.filter(move=names.get(self.kind, "dispatch")).select_related("department").last()
        return event.by_name if event else ""

    @cached_property
    def said(self) -> list[tuple[str, str]]:
        """What one must know: the case's own words, what the desk added, why it came back, what was done."""
        if self.shown.secret:
            return [("", self.shown.hidden_sentence)]
        case = self.shown.case
        rows = [("情况", case.description)] if case.description else []
        if self.shown.thing:
            rows.append(("部件", thing_words(self.shown.thing)))
        last = {event.move: event for event in self._case.events.filter(move__in=SAID).order_by("seq")}
        rows += [(SAID[move], event.words) for move, event in last.items() if event.words and self._matters(move)]
        if case.result and self.kind in ("check", "read"):
            rows.append(("处置情况", case.result))
        return rows

    def _matters(self, move: str) -> bool:
        """A word that was for somebody else's step is not repeated."""
        fits = {"send_verification": ("verify",), "send_check": ("check",), "rework": ("sign", "handle")}
        return self.kind in fits.get(move, ("sign", "handle", "check", "read"))

    @property
    def waiting(self) -> str:
        """What the case waits for, when it is not this person's turn."""
        return telling.WAITING.get(self._case.state, "")

    @property
    def navigable(self) -> bool:
        """Whether there is a place to go to."""
        return self.shown.case.lon is not None

    @cached_property
    def way(self) -> Way | None:
        """The link that shows the way there."""
        case = self.shown.case
        return way_to(case.lon, case.lat) if self.navigable else None

    @property
    def move_words(self) -> str:
        """What the sign button says."""
        return workflow.MOVES["acknowledge"].button
