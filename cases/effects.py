"""What each move does besides changing the state: people, clocks, counters, answers owed.

An effect reads `step` (case, by, at, answers, clocks, standards) and fills `step.changes` (columns of the case),
`step.words` and `step.facts` (the event). It never touches the state. More time and pauses: `cases.postponing`.
"""
from typing import Any

from django.db.models import Q

from cases import deadlines, owing, rules, search, trail
from cases.models import (
    Assignment,
    CallBack,
    Case,
    CasePhoto,
    CaseTag,
    HotlineDetail,
    Opinion,
    Petitioner,
    PhotoKind,
    Reply,
    Reporter,
    TransferDetail,
)
from cases.states import Clock, Source, State
from grid import workdays
from grid.locate import locate


def start(step: Any, *kinds: str) -> None:
    """Start clocks by their standard."""
    for kind in kinds:
        step.clocks.start(kind, at=step.at, limit=step.standards.limit(kind, step.case))


def stop(step: Any, *kinds: str, final: bool = True) -> None:
    """Stop clocks."""
    for kind in kinds:
        step.clocks.stop(kind, at=step.at, final=final)


def report(step: Any) -> None:
    """受理 starts when the matter was received."""
    step.clocks.start(Clock.ACCEPT, at=step.case.received_at, limit=step.standards.limit(Clock.ACCEPT, step.case))


def fix_on_spot(step: Any) -> None:
    """立查立改: handled already; somebody else must check."""
    step.changes.update(handled_at=step.at, result=step.answers["words"])
    start(step, Clock.CHECK)


def send_verification(step: Any) -> None:
    """核实 starts; 受理 goes on."""
    community, verifier = step.answers.get("community"), step.answers.get("verifier")
    department = community.department if community else verifier.department
    step.changes.update(verifier_department=department, verifier=verifier, verified_true=None)
    step.facts.update(to=verifier.real_name if verifier else department.short_name)
    step.department = department
    start(step, Clock.VERIFY)


def answer_verification(step: Any) -> None:
    """核实 stops, the finding shows."""
    step.changes.update(verified_true=step.answers["is_true"], verifier=step.by)
    step.facts.update(is_true=step.answers["is_true"])
    add_photos(step, PhotoKind.BEFORE)
    stop(step, Clock.VERIFY)


def accept(step: Any) -> None:
    """受理 stops, 立案 starts; a petition's statutory days count from here."""
    category = step.answers["category"]
    step.case.category = category
    step.changes.update(category=category, accepted_at=step.at)
    if step.case.is_petition:
        limit = step.standards.limit(Clock.CLOSE, step.case)
        if limit:
            due = workdays.add_working_time(step.at, limit.amount, limit.unit).due_at
            step.changes.update(statutory_at=due)
    hang_tags(step.case, category)
    if step.case.source == Source.TRANSFER:
        TransferDetail.objects.filter(case=step.case, receipt_at__isnull=True).update(receipt_at=step.at)
    step.facts.update(category=category.name)
    stop(step, Clock.ACCEPT, Clock.VERIFY)
    start(step, Clock.REGISTER)


def hang_tags(case: Case, category: Any) -> None:
    """A class may bring tags: 烧煤冒烟 belongs to 蓝天行动."""
    for word in category.tags.split():
        CaseTag.objects.get_or_create(case=case, word=word)


def reject(step: Any) -> None:
    """All clocks stop; who waits for an answer gets it in the same act."""
    owing.answer_everyone(step, step.answers["public_words"])
    step.changes.update(closed_at=step.at, conclusion=step.words)
    step.clocks.stop_all(at=step.at)


def register(step: Any) -> None:
    """立案: class, grid and urgency are fixed; 立案 stops, 派遣 starts."""
    case, grid = step.case, step.answers.get("grid")
    case.category, case.urgency = step.answers["category"], step.answers["urgency"]
    step.changes.update(category=case.category, urgency=case.urgency, registered_at=step.at)
    if grid:
        step.changes.update(grid=grid, community_id=grid.community_id)
    hang_tags(case, case.category)
    step.facts.update(category=case.category.name, urgency=case.get_urgency_display())
    stop(step, Clock.REGISTER)
    start(step, Clock.DISPATCH)


def dispatch(step: Any) -> None:
    """派遣 stops; 签收 and 处置 start for the lead; 应结案 counts from the first dispatch."""
    case, lead, assisting = step.case, step.answers["lead"], step.answers.get("assisting") or []
    due = step.answers.get("due")
    stop(step, Clock.DISPATCH)
    end_assignments(step, "redispatched")
    Assignment.objects.bulk_create(
        [Assignment(case=case, department=lead, role=Assignment.Role.LEAD, assigned_at=step.at)]
        + [
            Assignment(case=case, department=one, role=Assignment.Role.ASSIST, assigned_at=step.at)
            for one in assisting
        ]
    )
    start(step, Clock.ACKNOWLEDGE)
    caps = () if due else (case.required_at, case.statutory_at)
    handle = step.clocks.start(
        Clock.HANDLE, at=step.at, limit=step.standards.limit(Clock.HANDLE, case), due_at=due, caps=caps,
        department=lead, basis="派遣时指定" if due else "",
    )  # fmt: skip
    if handle and not step.clocks.last(Clock.CLOSE):
        closing = deadlines.closing_due(handle.due_at, case, standards=step.standards)
        step.clocks.start(Clock.CLOSE, at=step.at, limit=None, due_at=closing, basis="处置时限加核查、回复时限")
    step.changes.update(lead=lead, dispatched_at=step.at, acknowledged_at=None)
    step.facts.update(lead=lead.short_name, assisting=[one.short_name for one in assisting])
    if handle:
        step.facts.update(due=handle.due_at.isoformat())
    if step.answers.get("duty_leader"):
        step.facts.update(duty_leader=step.answers["duty_leader"])
    step.department = lead


def end_assignments(step: Any, ending: str, *, reason: str = "") -> None:
    """Whoever had it, has it no more."""
    step.case.assignments.filter(ended_at__isnull=True).update(
        ended_at=step.at, ending=ending, reason=reason[:300]
    )


def undo_dispatch(step: Any) -> None:
    """As before the dispatch, which nobody has been told of; its event stays."""
    moment = step.undone.happened_at
    step.case.assignments.filter(assigned_at=moment).delete()
    step.case.assignments.filter(ended_at=moment, ending="redispatched").update(ended_at=None, ending="")
    step.clocks.forget_since(moment, (Clock.ACKNOWLEDGE, Clock.HANDLE, Clock.CLOSE))
    step.clocks.undo_stop(Clock.DISPATCH)
    step.changes.update(lead=None, dispatched_at=None)


def acknowledge(step: Any) -> None:
    """签收 stops; the signer is kept."""
    current_lead(step).update(acknowledged_by=step.by, acknowledged_at=step.at)
    step.changes.update(acknowledged_at=step.at)
    stop(step, Clock.ACKNOWLEDGE)


def current_lead(step: Any) -> Any:
    """The running lead assignment."""
    return step.case.assignments.filter(role=Assignment.Role.LEAD, ended_at__isnull=True)


def return_(step: Any) -> None:
    """退回: 处置 ends for this department, 派遣 starts; the required date stays."""
    reason = step.answers["return_reason"]
    end_assignments(step, "returned", reason=f"{reason}：{step.words}")
    stop(step, Clock.ACKNOWLEDGE, Clock.HANDLE)
    start(step, Clock.DISPATCH)
    step.changes.update(lead=None, return_count=step.case.return_count + 1, acknowledged_at=None)
    step.facts.update(reason=reason.name, department=step.case.lead.short_name)
    step.case.requests.filter(granted__isnull=True).update(
        granted=False, decided_at=step.at, decision_words="案件已退回，申请随之失效"
    )


def feedback(step: Any) -> None:
    """处置 stops provisionally, 核查 starts."""
    current_lead(step).update(handler=step.by)
    add_photos(step, PhotoKind.AFTER)
    step.changes.update(handled_at=step.at, result=step.words)
    stop(step, Clock.HANDLE, final=False)
    start(step, Clock.CHECK)


def send_check(step: Any) -> None:
    """The checker is named."""
    step.changes.update(checker=step.answers["checker"])
    step.facts.update(checker=step.answers["checker"].real_name)
    step.department = step.answers["checker"].department


def pass_check(step: Any) -> None:
    """核查 and 处置 stop for good; 回复 starts where an answer is owed."""
    add_photos(step, PhotoKind.CHECK)
    step.changes.update(checked_at=step.at, checker=step.by)
    stop(step, Clock.CHECK, Clock.HANDLE)
    if owing.owed_to(step.case):
        start(step, Clock.REPLY)


def rework(step: Any) -> None:
    """The stop of 处置 is undone, same due; 签收 starts."""
    step.changes.update(
        rework_count=step.case.rework_count + 1, handled_at=None, checker=None, acknowledged_at=None
    )
    stop(step, Clock.CHECK)
    step.clocks.undo_stop(Clock.HANDLE)
    if not step.clocks.running(Clock.HANDLE):  # 立查立改 had no 处置 clock
        start(step, Clock.HANDLE)
    start(step, Clock.ACKNOWLEDGE)
    if not step.case.lead_id:
        lead = step.case.registrar.department
        Assignment.objects.create(
            case=step.case, department=lead, role=Assignment.Role.LEAD, assigned_at=step.at, handler=step.case.registrar
        )
        step.changes.update(lead=lead, dispatched_at=step.at)


def reply(step: Any) -> None:
    """An answer on record; the final ones settle what is owed, and the last of them stops 回复."""
    whom, final = step.answers["to_whom"], bool(step.answers.get("final"))
    owing.record_reply(step, whom, step.answers["channel"], step.words, final=final)
    if step.case.source == Source.HOTLINE:
        HotlineDetail.objects.filter(case=step.case, responded_at__isnull=True).update(responded_at=step.at)
    step.facts.update(channel=Reply.Channel(step.answers["channel"]).label, final=final)
    if final and not owing.owed_to(step.case):
        stop(step, Clock.REPLY)


def call_back(step: Any) -> None:
    """回访 on record; of several reporters the one who was called, else the first resident."""
    answers, called = step.answers, step.answers.get("called")
    if not isinstance(called, Reporter):
        called = None if called else step.case.reporters.filter(kind="resident").first()
    CallBack.objects.create(
        case=step.case, reporter=called, reached=answers["reached"],
        solved=answers.get("solved"), satisfaction=answers.get("satisfaction") or "", words=step.words[:300],
        by=step.by, at=step.at,
    )  # fmt: skip
    step.facts.update(
        reached=answers["reached"], solved=answers.get("solved"), satisfaction=answers.get("satisfaction") or ""
    )


def close(step: Any) -> None:
    """结案: everything stops."""
    step.changes.update(closed_at=step.at, conclusion=step.words, supervise_level=0)
    if step.case.is_petition:
        step.case.petition.outcome = step.answers["outcome"]
        step.case.petition.save(update_fields=["outcome"])
        step.facts.update(outcome=step.case.petition.get_outcome_display())
    end_assignments(step, "closed")
    step.clocks.stop_all(at=step.at)


def merge(step: Any) -> None:
    """The follower stops; its reporters, its earliest due and the component it names pass to the master, whose story
    says so.
    """
    master = Case.objects.select_for_update().get(pk=step.answers["master"].pk)
    followers = Case.objects.filter(Q(pk=step.case.pk) | Q(master=step.case))
    Reporter.objects.filter(case=step.case).update(case=master)
    followers.exclude(pk=step.case.pk).update(master=master)
    mine, theirs = step.clocks.running(Clock.HANDLE), deadlines.Clocks(master)
    handle = theirs.running(Clock.HANDLE)
    if mine and handle and mine.due_at < handle.due_at:
        theirs.extend(Clock.HANDLE, mine.due_at)
    if master.reporters.owed().exists():
        deadlines.owe_reply(master, theirs, at=step.at)
    required = deadlines.earliest(master.required_at, step.case.required_at)
    theirs.save()
    named = _thing_to_hand_on(step.case, master)
    told = {"thing": str(step.case.thing)} if named else {}
    Case.objects.filter(pk=master.pk).update(required_at=required, **named, **theirs.summary())
    trail.append(
        master, move="merge", by=step.by, at=step.at, words=f"{step.case.number} 并入本案：{step.words}",
        facts={"follower": step.case.number, **told}, quiet=step.quiet,
    )  # fmt: skip
    search.keep_up(master, named)
    step.changes.update(master=master, closed_at=step.at)
    step.facts.update(master=master.number)
    end_assignments(step, "merged")
    step.clocks.stop_all(at=step.at)


def _thing_to_hand_on(follower: Case, master: Case) -> dict[str, Any]:
    """The columns by which a master that names no component takes that of its follower; not one that stands elsewhere,
    which the master's own plate would be refused for.
    """
    thing = follower.thing
    if thing is None or master.thing_id or rules.too_far(thing, master.lon, master.lat):
        return {}
    return {"thing": thing, **_place_of(thing, master)}


def _place_of(thing: Any, case: Case) -> dict[str, Any]:
    """A case without a position gets that of the component it names."""
    place = locate(thing.lon, thing.lat) if case.lon is None else None
    if place is None:
        return {}
    return {"lon": thing.lon, "lat": thing.lat, "grid_id": place.grid_id, "community_id": place.community_id}


def void(step: Any) -> None:
    """作废: the reporter is told first; the number stays used."""
    owing.answer_everyone(step, step.answers["public_words"])
    step.changes.update(closed_at=step.at, conclusion=step.words)
    end_assignments(step, "voided")
    step.clocks.stop_all(at=step.at)


def reopen(step: Any) -> None:
    """重开: new clocks; the old closing stays in its month's events."""
    step.changes.update(
        closed_at=None, handled_at=None, checked_at=None, checker=None, lead=None, master=None, conclusion="",
        dispatched_at=None, acknowledged_at=None,
    )  # fmt: skip
    for reporter in Reporter.objects.filter(came_with=step.case):
        reporter.case, reporter.replied_at = step.case, None
        reporter.save(update_fields=["case", "replied_at"])
    Petitioner.objects.filter(case=step.case).update(replied_at=None)
    wishes = Opinion.objects.filter(case=step.case, wish=Opinion.Wish.ASKED)
    wishes.update(wish=Opinion.Wish.REOPENED, decided_by=step.by, decided_at=step.at)
    if step.case.state in (State.CLOSED, State.REJECTED):
        start(step, Clock.DISPATCH)
    else:
        start(step, Clock.ACCEPT)


def supervise(step: Any) -> None:
    """督办 runs on a clock of its own."""
    level = step.answers["level"]
    stop(step, Clock.SUPERVISE)
    step.clocks.start(Clock.SUPERVISE, at=step.at, limit=None, due_at=step.answers["due"], basis=f"{level} 级督办")
    step.changes.update(supervise_level=level)
    step.facts.update(level=level, due=step.answers["due"].isoformat())


def lift(step: Any) -> None:
    """督办 is lifted."""
    stop(step, Clock.SUPERVISE)
    step.changes.update(supervise_level=0)


def name_thing(step: Any) -> None:
    """The component that the case is about; a case without a position gets that of the component."""
    case, thing = step.case, step.answers.get("thing")
    before = case.thing
    step.changes.update(thing=thing)
    if thing:
        step.facts.update(thing=str(thing))
    if before:
        step.facts.update(thing_before=str(before))
    if thing:
        step.changes.update(_place_of(thing, case))


def note(step: Any) -> None:
    """A note, perhaps with pictures."""
    add_photos(step, PhotoKind.DURING)


def add_photos(step: Any, kind: str, *, name: str = "photos") -> None:
    """Hang the answered pictures on the case."""
    photos = step.answers.get(name) or []
    count = step.case.photos.count() if photos else 0
    CasePhoto.objects.bulk_create(
        [
            CasePhoto(case=step.case, photo=photo, kind=kind, seq=count + place, added_at=step.at, added_by=step.by)
            for place, photo in enumerate(photos)
        ],
        ignore_conflicts=True,
    )
    if photos:
        step.facts["photos"] = len(photos)


def nothing(step: Any) -> None:
    """The words alone are the deed (批示, 催办)."""
