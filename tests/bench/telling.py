"""Telling a made-up life in rows: the case, its detail, people, assignments, clocks and its chained events."""
from collections import defaultdict
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

from accounts.encryption import blind_index, last_four_index
from accounts.models import Department
from cases import deadlines, search, trail
from cases.models import (
    Assignment,
    CallBack,
    Case,
    CaseClock,
    CaseEvent,
    CasePhoto,
    CaseRequest,
    CaseText,
    GridDetail,
    HotlineDetail,
    NoticeDetail,
    PetitionDetail,
    Petitioner,
    Reply,
    Reporter,
    SnapDetail,
    TransferDetail,
)
from cases.states import Clock, Source, State
from cases.workflow import MOVES
from grid import workdays
from grid.models import Community, KeySite, UnitGrid
from tests.bench.lives import Life
from tests.bench.street import Ground

KEYED = (Case, Assignment, CaseClock, CaseEvent, CasePhoto, CaseRequest, Reporter, Reply, CallBack)
DETAILS = (NoticeDetail, PetitionDetail, HotlineDetail, TransferDetail, SnapDetail, GridDetail, Petitioner, CaseText)
DETAIL_NAMES = {
    NoticeDetail: "notice", PetitionDetail: "petition", HotlineDetail: "hotline", TransferDetail: "transfer",
    SnapDetail: "snap", GridDetail: "grid_event",
}  # fmt: skip
ACTORS = {
    "send_verification": "dispatcher", "accept": "dispatcher", "reject": "dispatcher", "register": "dispatcher",
    "dispatch": "dispatcher", "answer_verification": "worker", "acknowledge": "handler", "return": "handler",
    "feedback": "handler", "request_suspension": "handler", "send_check": "dispatcher", "pass_check": "inspector",
    "rework": "inspector", "reply": "dispatcher", "call_back": "inspector", "close": "inspector",
    "grant_suspension": "chief", "void": "chief", "merge": "dispatcher", "supervise": "leader",
    "remind": "dispatcher", "note": "dispatcher",
}  # fmt: skip
WORDS = {
    "feedback": ("已到场清理完毕，现场恢复整洁，安排专人每日巡查。", "已劝离并批评教育，暂扣工具，安排高峰时段值守。", "已联系产权单位修复，恢复正常使用。"),
    "return": ("经核实，本事项不属本单位职责，建议另行派遣。",),
    "pass_check": ("现场核查，问题已解决，与反馈照片一致。",),
    "rework": ("现场复查仍有问题，请继续整改。",),
    "reply": ("您反映的问题已处理完毕，感谢监督。",),
    "close": ("问题已解决，核查通过，同意结案。",),
    "note": ("已电话联系承办单位，正在办理。", "居民再次来电询问进展。"),
    "reject": ("经核实，不在本街道辖区。",),
    "void": ("重复登记，本件作废。",),
    "merge": ("同一地点同一问题。",),
    "request_suspension": ("需产权单位审批施工方案，等待批复。",),
    "supervise": ("请抓紧办理，按时反馈。",),
}
SCENES = ("早晚高峰时段最严重，行人只能绕行", "居民多次反映，影响出行和环境卫生", "现场无人看管，存在安全隐患", "气味很大，附近居民不敢开窗", "堆放已有一周，清理后又反复")
SPOTS = ("东侧路口", "西门外", "南侧便道", "3号楼前", "停车场入口", "北墙根", "菜市场旁", "公交站边", "小学门口", "桥下")


class Teller:
    """Turns lives into rows, batch by batch; keys are given here, since COPY answers nothing."""

    def __init__(self, ground: Ground, ticks: list[datetime], *, rng: Random, first_keys: dict[type, int]) -> None:
        self.ground, self.ticks, self.rng = ground, ticks, rng
        self.keys = first_keys
        self.rows: dict[type, list[Any]] = defaultdict(list)
        self.serials: dict[tuple[str, int], int] = defaultdict(int)
        self.standards = deadlines.Standards(list(Clock), at=ticks[-1])
        self.masters: dict[bool, int] = {}

    def key(self, model: type) -> int:
        """The next key of a table."""
        self.keys[model] += 1
        return self.keys[model] - 1

    def add(self, model: type, **columns: Any) -> Any:
        """One row more."""
        if model in self.keys:
            columns["id"] = self.key(model)
        row = model(**columns)
        self.rows[model].append(row)
        return row

    def take_rows(self) -> dict[type, list[Any]]:
        """What was told since the last time."""
        rows, self.rows = self.rows, defaultdict(list)
        return rows

    def tell(self, life: Life) -> Case:
        """All rows of one case."""
        if life.state == State.MERGED and (life.source == Source.PETITION) not in self.masters:
            life.state, life.moves = State.VOIDED, [(m.replace("merge", "void"), at) for m, at in life.moves]
        story = Story(self, life)
        for move, tick in life.moves:
            story.make(move, self.ticks[tick])
        story.finish()
        self.rows[CaseText].append(story.compose_text())
        return story.case

    def limit(self, kind: str, case: Case) -> tuple | None:
        """Amount, unit and basis of a limit."""
        return _limit(self.standards, kind, case.source, case.urgency, case.category)

    def number(self, source: str, at: datetime) -> str:
        """The next number of a source."""
        year = at.year
        self.serials[source, year] += 1
        return f"{source}-{year}-{self.serials[source, year]:03d}"


@cache
def _limit(standards: Any, kind: str, source: str, urgency: str, category: Any) -> tuple | None:
    limit = standards.limit(kind, Case(source=source, urgency=urgency, category=category))
    return (limit.amount, limit.unit, limit.basis) if limit else None


@cache
def _due(start: datetime, amount: int, unit: str) -> tuple:
    counted = workdays.add_working_time(start, amount, unit)
    warn = deadlines.warn_moment(start, counted.due_at, round_the_clock=deadlines.is_round_the_clock(unit))
    return counted.due_at, warn, counted.explanation, counted.provisional


class Story:
    """One case while it is told."""

    def __init__(self, teller: Teller, life: Life) -> None:
        self.teller, self.life, self.rng, ground = teller, life, teller.rng, teller.ground
        grid, community, place, lon, lat = self.rng.choice(ground.grids)
        self.community = community
        category, spot = self.rng.choice(ground.categories), self.rng.choice(SPOTS)
        self.department, self.department_name, self.hands = self.rng.choice(ground.handling)
        at = teller.ticks[life.received]
        self.case = Case(
            id=teller.key(Case), number=teller.number(life.source, at), source=life.source, urgency=life.urgency,
            state=life.state, title=f"{place}{spot}{category.name}问题",
            description=f"{place}{spot}有{category.name}现象，{self.rng.choice(SCENES)}，请尽快处理。",
            category=category, address=f"{place}{spot}", community_id=community, grid_id=grid,
            site_id=self.rng.choice(ground.sites)[0] if self.rng.random() < 0.15 else None,
            lon=lon + self.rng.uniform(-0.004, 0.004), lat=lat + self.rng.uniform(-0.003, 0.003),
            reported_at=at, received_at=at, last_event_at=at, version=0, event_count=0, last_hash="",
            public_code=f"{teller.keys[Case]:08X}",
        )  # fmt: skip
        self.clocks: list[CaseClock] = []
        self.assignment: Assignment | None = None
        self.reporter: Reporter | None = None
        self.state = ""
        teller.rows[Case].append(self.case)
        self._detail()
        self._person(at)
        self._pictures(at)

    def _detail(self) -> None:
        number, add, case = self.case.number, self.teller.add, self.case
        self.detail = {
            Source.NOTICE: lambda: add(NoticeDetail, case_id=case.id, level="district", doc_no=f"石环监通〔{number}〕号",
                                       issuing_unit="区市政市容监管中心"),
            Source.TRANSFER: lambda: add(TransferDetail, case_id=case.id, doc_no=f"石转办〔{number}〕号", sender="区应急办"),
            Source.HOTLINE: lambda: add(HotlineDetail, case_id=case.id, kind_id=self.teller.ground.hotline,
                                        outside_number=f"H{number}"),
            Source.PETITION: lambda: add(PetitionDetail, case_id=case.id, doc_no=f"石苹信〔{number}〕号",
                                         code_name=f"信访人{number[3:]}"),
            Source.SNAP: lambda: add(SnapDetail, case_id=case.id, outside_number=f"S{number}"),
            Source.GRID: lambda: add(GridDetail, case_id=case.id, outside_number=f"G{number}"),
        }[self.life.source]()  # fmt: skip

    def _person(self, at: datetime) -> None:
        """Who reported; the petitioner in a table of its own."""
        phone = f"138{self.rng.randrange(10**8):08d}"
        name = self.rng.choice("赵钱孙李周吴郑王") + self.rng.choice("兰芳敏静强磊军洋")
        if self.life.source == Source.PETITION:
            self.teller.add(
                Petitioner, case_id=self.case.id, name=name, phone=phone, original_text=self.case.description,
                name_index=_index(name, "petitioner.name"), last_four_index=last_four_index(phone),
            )  # fmt: skip
            return
        if self.life.source == Source.GRID:
            return
        unit = self.life.source in (Source.NOTICE, Source.TRANSFER)
        self.reporter = self.teller.add(
            Reporter, case_id=self.case.id, came_with_id=self.case.id, kind="unit" if unit else "resident",
            name="区市政市容监管中心" if unit else name, phone="" if unit else phone, reply_owed=self.life.owed, at=at,
            phone_index="" if unit else blind_index(phone, purpose="reporter.phone"),
            last_four_index="" if unit else last_four_index(phone),
        )  # fmt: skip

    def _pictures(self, at: datetime) -> None:
        """Two pictures on three cases of five."""
        if self.rng.random() < 0.6:
            for seq, photo in enumerate(self.rng.sample(self.teller.ground.photos, 2)):
                self.teller.add(CasePhoto, case_id=self.case.id, photo_id=photo, kind=("before", "after")[seq], seq=seq,
                                added_at=at)  # fmt: skip

    # --- clocks

    def start(self, at: datetime, *kinds: str) -> None:
        """Clocks by their standard."""
        for kind in kinds:
            limit = self.teller.limit(kind, self.case)
            if not limit:
                continue
            due, warn, explanation, provisional = _due(at, limit[0], limit[1])
            self.clocks.append(self.teller.add(
                CaseClock, case_id=self.case.id, kind=kind, started_at=at, amount=limit[0], unit=limit[1],
                base_due_at=due, due_at=due, warn_at=warn, explanation=explanation, provisional=provisional,
                basis=limit[2], department_id=self.department if kind == Clock.HANDLE else None,
            ))  # fmt: skip

    def stop(self, at: datetime, *kinds: str, final: bool = True) -> None:
        """The running clocks of these kinds, or all."""
        for row in self.clocks:
            if not row.stopped_at and (not kinds or row.kind in kinds):
                row.stopped_at, row.final = at, final

    # --- moves

    def make(self, move: str, at: datetime) -> None:
        """One move: what it does to the case and its clocks, and its event."""
        effect = getattr(self, f"_{move}", None)
        facts = (effect(at) if effect else None) or {}
        person = self._actor(move)
        before, row = self.state, MOVES[move]
        self.state = str(row.target(State(before) if before else None)) if move != "report" else State.REPORTED.value
        words = self.rng.choice(WORDS[move]) if move in WORDS else ""
        event = CaseEvent(
            id=self.teller.key(CaseEvent), case_id=self.case.id, seq=self.case.event_count + 1, move=move,
            from_state=before, to_state=self.state, by_id=person[0], by_name=person[1], department_id=person[2],
            words=words if move != "report" else self.case.description, facts=facts, happened_at=at, recorded_at=at,
            previous_hash=self.case.last_hash, announce_after=at, announced_at=at,
        )  # fmt: skip
        event.hash = trail.seal(event)
        self.teller.rows[CaseEvent].append(event)
        case = self.case
        case.event_count, case.last_hash, case.last_event_at, case.version = event.seq, event.hash, at, event.seq

    def _actor(self, move: str) -> tuple[int | None, str, int | None]:
        people = self.teller.ground.people
        if move == "report":
            if self.life.source == Source.GRID:
                return self.rng.choice(people["worker"])
            return (None, "", None) if self.life.source == Source.SNAP else self.rng.choice(people["dispatcher"])
        role = ACTORS[move]
        if role == "handler":
            return (*self.hands[self.case.event_count % len(self.hands)], self.department)
        if self.life.source == Source.PETITION and role in ("dispatcher", "inspector"):
            role = "petition"
        return people[role][self.case.id % len(people[role])]

    def _report(self, at: datetime) -> None:
        self.start(at, Clock.ACCEPT)

    def _send_verification(self, at: datetime) -> dict:
        worker = self.rng.choice(self.teller.ground.people["worker"])
        self.case.verifier_id, self.case.verifier_department_id = worker[0], worker[2]
        self.start(at, Clock.VERIFY)
        return {"to": worker[1]}

    def _answer_verification(self, at: datetime) -> dict:
        self.case.verified_true = True
        self.stop(at, Clock.VERIFY)
        return {"is_true": True}

    def _accept(self, at: datetime) -> dict:
        self.case.accepted_at = at
        self.stop(at, Clock.ACCEPT, Clock.VERIFY)
        self.start(at, Clock.REGISTER)
        return {"category": self.case.category.name}

    def _register(self, at: datetime) -> dict:
        self.case.registered_at = at
        self.stop(at, Clock.REGISTER)
        self.start(at, Clock.DISPATCH)
        return {"category": self.case.category.name, "urgency": self.case.get_urgency_display()}

    def _dispatch(self, at: datetime) -> dict:
        self.stop(at, Clock.DISPATCH)
        self._end_assignment(at, "redispatched")
        self.assignment = self.teller.add(
            Assignment, case_id=self.case.id, department_id=self.department, role="lead", assigned_at=at
        )
        self.case.lead_id, self.case.dispatched_at = self.department, at
        self.start(at, Clock.ACKNOWLEDGE, Clock.HANDLE)
        return {"lead": self.department_name, "assisting": []}

    def _end_assignment(self, at: datetime, ending: str) -> None:
        if self.assignment and not self.assignment.ended_at:
            self.assignment.ended_at, self.assignment.ending = at, ending

    def _acknowledge(self, at: datetime) -> None:
        self.case.acknowledged_at = self.assignment.acknowledged_at = at
        self.assignment.acknowledged_by_id = self.hands[0][0]
        self.stop(at, Clock.ACKNOWLEDGE)

    def _return(self, at: datetime) -> dict:
        reason, department = self.rng.choice(self.teller.ground.return_reasons), self.department_name
        self._end_assignment(at, "returned")
        self.stop(at, Clock.ACKNOWLEDGE, Clock.HANDLE)
        self.start(at, Clock.DISPATCH)
        self.case.lead_id, self.case.return_count = None, self.case.return_count + 1
        self.department, self.department_name, self.hands = self.rng.choice(self.teller.ground.handling)
        return {"reason": reason, "department": department}

    def _feedback(self, at: datetime) -> None:
        self.case.handled_at, self.case.result = at, WORDS["feedback"][self.case.id % 3]
        self.assignment.handler_id = self.hands[0][0]
        self.stop(at, Clock.HANDLE, final=False)
        self.start(at, Clock.CHECK)

    def _send_check(self, at: datetime) -> dict:
        checker = self.rng.choice(self.teller.ground.people["inspector"])
        self.case.checker_id = checker[0]
        return {"checker": checker[1]}

    def _pass_check(self, at: datetime) -> None:
        self.case.checked_at = at
        self.stop(at, Clock.CHECK)
        if self.life.owed:
            self.start(at, Clock.REPLY)

    def _rework(self, at: datetime) -> None:
        case = self.case
        case.rework_count, case.handled_at, case.checker_id, case.acknowledged_at = case.rework_count + 1, None, None, None
        self.stop(at, Clock.CHECK)
        for row in self.clocks:
            if row.kind == Clock.HANDLE and not row.final:
                row.stopped_at = None
        self.start(at, Clock.ACKNOWLEDGE)

    def _reply(self, at: datetime) -> None:
        by = self._actor("reply")[0]
        self.teller.add(
            Reply, case_id=self.case.id, reporter_id=self.reporter and self.reporter.id, channel="phone", final=True,
            to_petitioner=self.reporter is None, words=WORDS["reply"][0], by_id=by, at=at,
        )  # fmt: skip
        if self.reporter:
            self.reporter.replied_at = at
        else:
            self.teller.rows[Petitioner][-1].replied_at = at
        self.stop(at, Clock.REPLY)

    def _call_back(self, at: datetime) -> None:
        self.teller.add(CallBack, case_id=self.case.id, reached=True, solved=True, satisfaction="satisfied",
                        by_id=self._actor("call_back")[0], at=at)  # fmt: skip

    def _close(self, at: datetime) -> None:
        self._end(at, WORDS["close"][0])

    def _reject(self, at: datetime) -> None:
        self._end(at, WORDS["reject"][0])

    def _void(self, at: datetime) -> None:
        self._end(at, WORDS["void"][0])

    def _merge(self, at: datetime) -> None:
        self.case.master_id = self.teller.masters[self.case.is_petition]
        self._end(at, "")

    def _end(self, at: datetime, conclusion: str) -> None:
        self.case.closed_at, self.case.conclusion = at, conclusion
        self._end_assignment(at, "closed")
        self.stop(at)

    def _request_suspension(self, at: datetime) -> None:
        self.request = self.teller.add(
            CaseRequest, case_id=self.case.id, kind="suspension", review_on=self.teller.ticks[-1].date(),
            reason=WORDS["request_suspension"][0], requested_by_id=self.hands[0][0], requested_at=at,
        )  # fmt: skip

    def _grant_suspension(self, at: datetime) -> None:
        chief = self.teller.ground.people["chief"][0][0]
        self.request.granted, self.request.decided_by_id, self.request.decided_at = True, chief, at
        for row in self.clocks:
            if row.kind == Clock.HANDLE and not row.stopped_at:
                row.paused_at = at

    def _supervise(self, at: datetime) -> None:
        self.case.supervise_level = 2

    def finish(self) -> None:
        """The leading clock as the case's own columns."""
        case = self.case
        live = [row for row in self.clocks if row.kind in deadlines.LEADING and not row.stopped_at]
        if live:
            row = min(live, key=lambda one: (one.due_at, one.kind))
            case.due_clock, case.due_started_at, case.due_at = row.kind, row.started_at, row.due_at
            case.warn_at, case.paused_at = row.warn_at, row.paused_at
        if case.state == State.CLOSED:
            self.teller.masters[case.is_petition] = case.id
            case.supervise_level = 0

    def compose_text(self) -> CaseText:
        """The search text, with everything it is made of put in place rather than asked for."""
        case, named = self.case, self.teller.ground.named
        case.community, case.grid = named[Community][case.community_id], named[UnitGrid][case.grid_id]
        case.site, case.lead = named[KeySite].get(case.site_id), named[Department].get(case.lead_id)
        for name in search.DETAIL_WORDS:
            case._state.fields_cache[name] = None
        case._state.fields_cache[DETAIL_NAMES[type(self.detail)]] = self.detail
        return search.compose_text(case)


@cache
def _index(value: str, purpose: str) -> str:
    return blind_index(value, purpose=purpose)
