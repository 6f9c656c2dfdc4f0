"""The street's 2016 played again: every case opened and moved by the workflow itself, at its own times.

The file knows when a case was received, accepted, dispatched, handled, checked and closed. 立案, 签收, 转核查, 回复 and
回访 have no time there; they are put between their neighbours and marked `derived`.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Department
from cases import deadlines, intake, workflow
from cases.deadlines import Standards
from cases.models import CallBack, Case, CasePhoto, Category, HotlineKind, NoticeDetail, PetitionDetail, Reply
from cases.states import Clock, Source, Urgency
from config.demo_loading.catalogue import kind_of
from config.demo_loading.files import Row, codes, in_order_of_receipt, moment, rows
from config.demo_loading.people import Hands, hands_of_2016, let_go
from config.demo_loading.pictures import LABEL, Pictures
from grid import workdays
from grid.models import KeySite, UnitGrid
from grid.workdays import Unit

BATCH = "2016"
SOURCES = {
    "督查督办监管通知单": Source.NOTICE, "网格系统事件": Source.GRID, "微信随手拍": Source.SNAP,
    "转办单": Source.TRANSFER, "政风行风热线": Source.HOTLINE, "信访": Source.PETITION,
}  # fmt: skip
URGENCIES = {"紧急": Urgency.URGENT, "重要": Urgency.IMPORTANT, "一般": Urgency.NORMAL}
LEVELS = {"市": NoticeDetail.Level.CITY, "区": NoticeDetail.Level.DISTRICT}
KINDS = {"单位": "unit", "采集员": "staff", "微信用户": "resident", "实名": "resident"}
SATISFACTION = {label: value for value, label in CallBack.Satisfaction.choices}
CHANNELS = {"unit": Reply.Channel.DOCUMENT, "resident": Reply.Channel.PHONE}
SOON = timedelta(minutes=20)  # 签收, 转核查: soon after, yet always before what follows
HALF_A_DAY = timedelta(hours=4)


def between(start: datetime, end: datetime, *, share: float = 1 / 3, at_most: timedelta = SOON) -> datetime:
    """A plausible moment inside working time, strictly between two that the file knows, to the minute where it can."""
    worked = workdays.working_time_between(start, end, Unit.WORK_HOUR)
    if not worked:
        return start + (end - start) * share
    hours = min(worked * share, at_most).total_seconds() / 3600
    exact = workdays.add_working_time(start, hours, Unit.WORK_HOUR).due_at
    whole = exact.replace(second=0, microsecond=0)
    return whole if whole > start else exact


@dataclass(frozen=True)
class Reference:
    """What the rows of the file point at, read once."""

    categories: dict[tuple[str, str], Category]
    departments: dict[str, Department]
    grids: dict[str, UnitGrid]
    sites: dict[str, KeySite]
    hotline: HotlineKind
    leaders: dict[str, str]  # leader on duty by day, as far as the patrol log of 2016 names one

    @classmethod
    def read(cls, folder: Path) -> "Reference":
        """From the database, and the leaders on duty from the patrol log."""
        return cls(
            categories={(one.kind, one.code): one for one in Category.objects.all()},
            departments={one.code: one for one in Department.objects.all()},
            grids={one.code: one for one in UnitGrid.objects.select_related("community")},
            sites={one.code: one for one in KeySite.objects.all()},
            hotline=HotlineKind.objects.get(code="ZFXF"),
            leaders={row["date"]: row["leader_on_duty"] for row in rows(folder, "patrols")},
        )


@transaction.atomic
def replay(folder: Path, *, at: datetime, say: Callable[[str], None]) -> int:
    """Play all cases of the file, in the order of receipt; those already there are left alone."""
    lines = in_order_of_receipt(rows(folder, "cases"))
    hands, reference, pictures = hands_of_2016(lines, at=at), Reference.read(folder), Pictures(folder, at=at)
    known = set(Case.objects.filter(demo_batch=BATCH).values_list("idempotency_key", flat=True))
    for count, row in enumerate(lines, start=1):
        if key_of(row) not in known:
            Story(row, hands, reference, pictures).play()
        if count % 50 == 0 or count == len(lines):
            say(f"案件 {count}/{len(lines)}…")
    CasePhoto.objects.filter(case__demo_batch=BATCH, note="").update(note=LABEL)
    let_go(hands, at=at)
    return len(lines)


def key_of(row: Row) -> str:
    """The idempotency key of a case of the file."""
    return f"2016:{row['case_no']}"


class Story:
    """One row of the file, told as moves."""

    def __init__(self, row: Row, hands: Hands, reference: Reference, pictures: Pictures) -> None:
        self.row, self.hands, self.reference, self.pictures = row, hands, reference, pictures
        self.source = SOURCES[row["source"]]
        self.category = reference.categories[kind_of(row["case_type"]), row["minor_code"]]
        self.grid = reference.grids[row["grid_code"]]
        self.lead = reference.departments[row["lead_dept_code"]]
        self.handler = hands.handlers[row["handler"], row["lead_dept_code"]]
        self.desk = self._desk()
        # The file names no verifier of petitions: a second petition officer, outside every department that handled one.
        self.checker = hands.verifiers[row["verifier"]] if row["verifier"] else hands.second_petition
        self.case: Case

    def _desk(self) -> Any:
        """Petitions are 信访办's; else the two dispatchers take turns by the day."""
        if self.source == Source.PETITION:
            return self.hands.petition
        return self.hands.desk[moment(self.row["received_at"]).toordinal() % 2]

    def at(self, column: str) -> datetime | None:
        """The moment in a column."""
        return moment(self.row[column])

    def move(self, name: str, by: Any, at: datetime, *, derived: bool = False, **answers: Any) -> None:
        """One move, told to nobody: it was all long ago."""
        workflow.make(name, self.case, by=by, at=at, derived=derived, quiet=True, **answers)

    def play(self) -> None:
        """From receipt to closing."""
        self.open()
        self.to_dispatch()
        self.handle()
        self.finish()

    def open(self) -> None:
        """上报."""
        row = self.row
        self.case = intake.open_case(
            source=self.source, title=row["title"], description=row["description"], address=row["address"],
            by=self.desk, at=self.at("received_at"), reported_at=self.at("reported_at"), detail=self.detail(),
            reporter=self.person(), community=self.grid.community, grid=self.grid,
            site=self.reference.sites.get(row["site_id"]), lon=float(row["lon"]), lat=float(row["lat"]),
            required_at=self.at("deadline_at"), photo_count=int(row["photo_count"] or 0), is_demo=True,
            demo_batch=BATCH, idempotency_key=key_of(row), quiet=True,
            photos=(self.pictures.before(self.category),) if self.category.evidence_required else (),
        )  # fmt: skip

    def detail(self) -> dict[str, Any]:
        """The columns of the source's own row."""
        row = self.row
        return {
            Source.NOTICE: {
                "level": LEVELS.get(row["level"]), "doc_no": row["doc_no"], "issuing_unit": row["reporter"]
            },
            Source.TRANSFER: {"doc_no": row["doc_no"], "sender": row["reporter"]},
            Source.HOTLINE: {"kind": self.reference.hotline, "outside_number": row["doc_no"]},
            Source.PETITION: {"doc_no": row["doc_no"], "form": petition_form(row["title"])},
            Source.GRID: {"outside_number": row["doc_no"]},
            Source.SNAP: {
                "outside_number": row["doc_no"], "raw_lon": float(row["lon"]), "raw_lat": float(row["lat"])
            },
        }[self.source]  # fmt: skip

    def person(self) -> dict[str, str]:
        """Who reported, masked as the file has it."""
        row = self.row
        person = {"name": row["reporter"], "phone": row["reporter_phone"]}
        return person if self.source == Source.PETITION else {**person, "kind": KINDS[row["reporter_kind"]]}

    def to_dispatch(self) -> None:
        """受理, 立案, 派遣; a due beyond the standard is the chief's to give."""
        accepted, dispatched, due = self.at("accepted_at"), self.at("dispatched_at"), self.at("deadline_at")
        self.move("accept", self.desk, accepted, category=self.category)
        self.move(
            "register", self.desk, between(accepted, dispatched, share=1 / 2, at_most=HALF_A_DAY), derived=True,
            category=self.category, grid=self.grid, urgency=URGENCIES[self.row["urgency"]],
        )  # fmt: skip
        standards = Standards((Clock.HANDLE,), at=dispatched)
        longest = deadlines.handling_limit_due(self.case, at=dispatched, standards=standards)
        answers = {"duty_leader": self.duty_leader()} if self.category.tags else {}
        self.move(
            "dispatch", self.hands.chief if longest and due > longest else self.desk, dispatched, lead=self.lead,
            assisting=[self.reference.departments[code] for code in codes(self.row["co_dept_codes"])], due=due,
            **answers,
        )  # fmt: skip

    def duty_leader(self) -> str:
        """Who led that day by the patrol log, else the leader of the demonstration."""
        return self.reference.leaders.get(self.row["dispatched_at"][:10]) or self.hands.leader.real_name

    def handle(self) -> None:
        """签收 and 反馈, and once more after 返工."""
        dispatched, first = self.at("dispatched_at"), self.at("first_handled_at")
        handled, rework = self.at("handled_at"), self.at("rework_at")
        after = [self.pictures.after(self.category)] if self.category.evidence_required else []
        if first:
            self.move("acknowledge", self.handler, between(dispatched, first), derived=True)
            self.move("feedback", self.handler, first, words="首次处置完毕，已按要求整改并自查，请核查。", photos=after)
            self.send_check(first, rework)
            self.move("rework", self.checker, rework, reason=self.row["rework_reason"])
        self.move("acknowledge", self.handler, between(rework or dispatched, handled), derived=True)
        self.move("feedback", self.handler, handled, words=outcome_words(self.row["result"]), photos=after)

    def send_check(self, handled: datetime, checked: datetime) -> None:
        """转核查, between hand-in and finding."""
        self.move("send_check", self.desk, between(handled, checked), derived=True, checker=self.checker)

    def finish(self) -> None:
        """转核查, 核查通过, 回复 to each who is owed one, 回访 where it was asked, 结案."""
        handled, checked, closed = self.at("handled_at"), self.at("verified_at"), self.at("closed_at")
        self.send_check(handled, checked)
        self.move("pass_check", self.checker, checked, words="现场核查，问题已解决，与反馈一致。")
        for whom, channel in self.owed():
            self.move(
                "reply", self.desk, closed, derived=True, to_whom=whom, channel=channel, words=self.row["result"],
                final=True,
            )  # fmt: skip
        if self.row["satisfaction"]:
            self.call_back(closed)
        answers = {"outcome": petition_outcome(self.row)} if self.source == Source.PETITION else {}
        self.move("close", self.desk, closed, conclusion="核查通过，同意结案。", **answers)

    def owed(self) -> list[tuple[Any, str]]:
        """Whom an answer is owed, and by which channel."""
        if self.source == Source.PETITION:
            return [("petitioner", Reply.Channel.LETTER)]
        wechat = self.source == Source.SNAP
        return [
            (reporter, Reply.Channel.WECHAT if wechat else CHANNELS[reporter.kind])
            for reporter in self.case.reporters.filter(reply_owed=True)
        ]

    def call_back(self, at: datetime) -> None:
        """回访: the file keeps the degree of satisfaction alone."""
        words = self.row["satisfaction"]
        by = self.desk if self.source == Source.PETITION else self.checker
        self.move(
            "call_back", by, at, derived=True, reached=True, solved=words != "不满意", satisfaction=SATISFACTION[words]
        )


def petition_form(title: str) -> str:
    """来访 or 来信, as the title says."""
    return PetitionDetail.Form.LETTER if "来信" in title else PetitionDetail.Form.VISIT


def petition_outcome(row: Row) -> str:
    """The file has no conclusion; it is read from the words of the result and the satisfaction (演示推定)."""
    if "不予" in row["result"]:
        return PetitionDetail.Outcome.NOT_SUPPORTED
    if "解释" in row["result"]:
        return PetitionDetail.Outcome.EXPLAINED
    satisfied = row["satisfaction"] == CallBack.Satisfaction.SATISFIED.label
    return PetitionDetail.Outcome.SUPPORTED if satisfied else PetitionDetail.Outcome.PARTLY


def outcome_words(result: str) -> str:
    """The result as the file has it; one too short for a feedback (ten characters) is made a sentence."""
    return result if len(result) >= 10 else f"{result}，现场已处置完毕。"
