"""The present day of the demonstration: told by the workflow, anchored to now, renewed when it has grown old.

A batch is what one load told. Three days later its cases would all be late, so those that nobody touched make way
for fresh ones; what somebody worked on stays (docs/adr/0008-demonstration.md).
"""
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, ProtectedError, RestrictedError
from django.utils.dateparse import parse_datetime

from accounts.audit import record
from accounts.models import AuditEntry, Department, Notification, User
from cases import deadlines, intake, workflow
from cases.deadlines import Standards
from cases.models import Case, CaseEvent, CasePhoto, Category, HotlineKind, Reply, ReturnReason
from cases.states import Clock, Source
from config.demo_loading.acts import PREPARED, RETIRED
from config.demo_loading.matters import MATTERS, Matter
from config.demo_loading.pictures import LABEL, Pictures
from config.demo_loading.replay import petition_form
from grid import workdays
from grid.locate import locate
from grid.models import KeySite, Thing
from grid.things_near import distance_to
from grid.workdays import Unit
from reports import facts

BATCH = "present"
FRESH_FOR = timedelta(days=3)
JITTER = 0.0002  # degrees: some twenty metres around the key site
CHANNELS = {Source.SNAP: Reply.Channel.WECHAT, Source.HOTLINE: Reply.Channel.PHONE}
SENDERS = {"city": "首都环境建设管理部门（市级）", "district": "区市政市容监管中心"}


def keep_present(folder: Path, *, now: datetime, say: Callable[[str], None]) -> None:
    """Tell the present day if it has not been told, or tell anew what has grown old untouched."""
    now = now.replace(second=0, microsecond=0)
    batches = list(AuditEntry.objects.filter(action=PREPARED).order_by("pk"))
    if batches and now - parse_datetime(batches[-1].detail["anchor"]) < FRESH_FOR:
        return
    with transaction.atomic():
        gone, kept = retire_present_cases(batches, now=now)
        told = tell_present(folder, now=now, leave_out=kept)
    if batches:
        say(f"在办案件：更换无人办理的旧演示案件 {gone} 件，保留已有人办理的 {len(kept)} 件。")
    say(f"在办案件：{told} 件。")


def retire_present_cases(batches: Iterable[AuditEntry], *, now: datetime) -> tuple[int, set[str]]:
    """Remove old demonstration cases that nobody touched; how many, and the stories that go on as they are.

    The one place where events leave the database. It reaches only cases marked `is_demo` of the batch "present", so
    that no case of the street or of 2016 can be lost by it; their numbers are not used again.
    """
    gone, kept = 0, set()
    for batch in batches:
        anchor, finished = (parse_datetime(batch.detail[key]) for key in ("anchor", "finished"))
        cases = Case.objects.filter(
            is_demo=True, demo_batch=BATCH, idempotency_key__startswith=f"{BATCH}:{batch.detail['batch']}:"
        )
        touched = set(
            CaseEvent.objects.filter(case__in=cases, by__isnull=False, recorded_at__gt=finished).values_list(
                "case", flat=True
            )
        )
        for case in cases.order_by(F("master").asc(nulls_last=True), "-pk"):  # whoever hangs on another goes first
            if case.pk not in touched and now - anchor >= FRESH_FOR and _remove(case):
                gone += 1
            elif case.is_open:
                kept.add(_slug(case))
    if gone:
        record(RETIRED, actor=None, detail={"count": gone}, at=now)
    return gone, kept


def _slug(case: Case) -> str:
    """Which matter a case tells: the end of its idempotency key."""
    return (case.idempotency_key or "").rpartition(":")[2]


def _remove(case: Case) -> bool:
    """Remove one case with its story; False when something else has come to hang on it."""
    try:
        with transaction.atomic():
            events = CaseEvent.objects.filter(case=case, case__is_demo=True, case__demo_batch=BATCH)
            events._raw_delete(events.db)  # the queryset's own delete refuses, as it should
            Notification.objects.filter(case_number=case.number).delete()
            facts.forget(case)
            case.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True


@transaction.atomic
def tell_present(folder: Path, *, now: datetime, leave_out: set[str] = frozenset()) -> int:
    """Open and move the matters of today; those left out go on as they are."""
    batch = f"{now:%Y%m%d%H%M}"
    stage = Stage(folder, now=now, batch=batch)
    fresh = [matter for matter in MATTERS if matter.slug not in leave_out]
    for serial, matter in enumerate(sorted(fresh, key=stage.came_in), start=1):
        stage.tell(matter, serial)
    CasePhoto.objects.filter(case__demo_batch=BATCH, note="").update(note=LABEL)
    last = CaseEvent.objects.filter(case__demo_batch=BATCH).order_by("-recorded_at").first()
    detail = {"batch": batch, "anchor": now.isoformat(), "finished": last.recorded_at.isoformat(), "count": len(fresh)}
    record(PREPARED, actor=None, detail=detail, at=now)
    return len(fresh)


class Stage:
    """Now, the places, the people and the pictures, while the matters are told."""

    def __init__(self, folder: Path, *, now: datetime, batch: str) -> None:
        self.now, self.batch = now, batch
        self.departments = {one.code: one for one in Department.objects.select_related("head")}
        self.people = {one.username: one for one in User.objects.filter(is_demo=True, is_active=True)}
        self.categories = {
            f"{'c' if one.kind == Category.Kind.COMPONENT else ''}{one.code}": one for one in Category.objects.all()
        }
        self.sites = {one.code: one for one in KeySite.objects.select_related("grid__community")}
        self.hotlines = {one.code: one for one in HotlineKind.objects.all()}
        self.reasons = {one.code: one for one in ReturnReason.objects.all()}
        self.pictures = Pictures(folder, at=now)
        # Matters that go on from an earlier batch may still be named as somebody's master.
        self.cases = {_slug(case): case for case in Case.objects.open().filter(is_demo=True, demo_batch=BATCH)}

    def moment(self, matter: Matter, back: float) -> datetime:
        """So many working hours before now, or minutes by the clock for what runs day and night."""
        if matter.round_the_clock:
            return self.now - timedelta(minutes=back)
        return workdays.subtract_working_time(self.now, back)

    def came_in(self, matter: Matter) -> datetime:
        """When a matter was received."""
        return self.moment(matter, matter.back)

    def worker_of(self, department: Department) -> Any:
        """Who acts for a department: its demonstration login, else its head."""
        logins = {"D01": "handler", "X01": "handler2", "110107005008": "worker", "110107005017": "worker2"}
        username = logins.get(department.code)
        return self.people[username] if username else department.head

    def tell(self, matter: Matter, serial: int) -> None:
        """Open one matter and make its steps; only the last event of some still waits to be told."""
        case = self.cases[matter.slug] = self.open(matter, serial)
        for place, (name, back, answers) in enumerate(matter.steps, start=1):
            at = self.moment(matter, back)
            quiet = not (matter.told and place == len(matter.steps))
            answers = self.answers(matter, case, name, at, dict(answers))
            by = self.actor(matter, case, name, at, answers)
            workflow.make(name, case, by=by, at=at, quiet=quiet, **answers)

    def open(self, matter: Matter, serial: int) -> Case:
        """上报, or 立查立改 by the community itself."""
        at, site, category = self.came_in(matter), self.sites[matter.site], self.categories[matter.category]
        lon, lat = self.position(matter, site)
        thing = self.thing(category, site, lon, lat)
        if thing:
            lon, lat = thing.lon, thing.lat
        place = locate(lon, lat)
        by = self.registrar(matter, site)
        pictured = category.evidence_required
        before = (self.pictures.before(category),) if pictured else ()
        how = {"move": "fix_on_spot", "answers": {
            "words": matter.fixed, "before_photos": list(before), "photos": [self.pictures.after(category)],
        }} if matter.fixed else {"photos": before}  # fmt: skip
        return intake.open_case(
            source=matter.source, title=matter.title, description=matter.text, by=by, at=at, received_at=at,
            detail=self.detail(matter, serial, at, lon, lat, by), reporter=self.person(matter),
            address=f"{site.name}（{site.grid.name}）", site=site, lon=lon, lat=lat, grid_id=place.grid_id,
            community_id=place.community_id, thing=thing, required_at=self.required(matter, at), is_demo=True,
            demo_batch=BATCH, category=category if matter.fixed else None, urgency=matter.urgency,
            photo_count=1 if pictured else 0,
            idempotency_key=f"{BATCH}:{self.batch}:{matter.slug}", quiet=bool(matter.steps) or not matter.told, **how,
        )  # fmt: skip

    def position(self, matter: Matter, site: KeySite) -> tuple[float, float]:
        """Near the key site and inside its grid: the shift given, or one drawn by the matter's own lot."""
        lot = random.Random(matter.slug)
        east, north = matter.near or (lot.uniform(-JITTER, JITTER), lot.uniform(-JITTER, JITTER))
        shifted = round(site.lon + east, 6), round(site.lat + north, 6)
        place = locate(*shifted)
        return shifted if place and place.grid_id == site.grid_id else (site.lon, site.lat)

    def thing(self, category: Category, site: KeySite, lon: float, lat: float) -> Thing | None:
        """The component that a matter about components is about: of the register, the nearest one in the grid."""
        if category.kind != Category.Kind.COMPONENT:
            return None
        known = Thing.objects.standing().of_category(category.code).in_grid(site.grid)
        near = ((distance_to(thing, lon, lat), thing.code, thing) for thing in known)
        metres, _, thing = min(near, default=(None, "", None))
        return thing if thing and metres <= settings.THINGS_FAR_M else None

    def registrar(self, matter: Matter, site: KeySite) -> Any:
        """Grid events are the community's finding, 随手拍 comes by itself; everything else the desk registers."""
        if matter.source == Source.SNAP:
            return None
        if matter.source == Source.GRID:
            return self.worker_of(self.departments[site.grid.community.code])
        return self.desk(matter)

    def desk(self, matter: Matter) -> Any:
        """The desk: two dispatchers, by the matter's own lot; 信访专员 for petitions."""
        if matter.source == Source.PETITION:
            return self.people["petition"]
        return self.people[random.Random(matter.title).choice(("dispatcher", "dispatcher2"))]

    def detail(self, matter: Matter, serial: int, at: datetime, lon: float, lat: float, by: Any) -> dict[str, Any]:
        """The source's own row; documents and calls carry the batch, so that no number occurs twice."""
        mark = f"{self.batch[4:]}-{serial:02d}"
        year = f"{at:%Y}"
        if matter.source == Source.NOTICE:
            level = matter.detail["level"]
            return {"level": level, "doc_no": f"石环监通〔{year}〕第{mark}号", "issuing_unit": SENDERS[level]}
        if matter.source == Source.HOTLINE:
            return self.call(self.hotlines[matter.detail["kind"]], f"{matter.detail['kind']}-{year}-{mark}", at)
        return {
            Source.TRANSFER: {"doc_no": f"石转办〔{year}〕{mark}号", "sender": "区政府总值班室"},
            Source.PETITION: {"doc_no": f"石苹信〔{year}〕{mark}号", "form": petition_form(matter.text)},
            Source.SNAP: {"outside_number": f"SSP{year}{mark}", "raw_lon": lon, "raw_lat": lat},
            Source.GRID: {"outside_number": f"WG{year}{mark}", "worker": by},
        }[Source(matter.source)]

    def call(self, kind: HotlineKind, number: str, at: datetime) -> dict[str, Any]:
        """A call, with the limits of 接诉即办 where the hotline has them."""
        detail = {"kind": kind, "outside_number": number}
        if kind.swift_response:
            detail["response_due_at"] = at + timedelta(hours=kind.response_hours)
            detail["resolution_due_at"] = workdays.add_working_time(at, kind.resolution_days, Unit.CALENDAR_DAY).due_at
        return detail

    def person(self, matter: Matter) -> dict[str, str]:
        """Who reported."""
        if matter.source == Source.NOTICE:
            return {"kind": "unit", "name": SENDERS[matter.detail["level"]]}
        if matter.source == Source.TRANSFER:
            return {"kind": "unit", "name": "区政府总值班室"}
        if not matter.person:
            return {}
        name, phone = matter.person
        return {"name": name, "phone": phone} | ({} if matter.source == Source.PETITION else {"kind": "resident"})

    def required(self, matter: Matter, at: datetime) -> datetime | None:
        """Notices and transfers name a date: six working days from receipt."""
        if matter.source in (Source.NOTICE, Source.TRANSFER) and matter.due is None:
            return workdays.add_working_time(at, 6, Unit.WORK_DAY).due_at
        return None

    def due(self, matter: Matter) -> datetime | None:
        """When 处置 is due, if the matter says: so many hours from now, to the half hour, or working hours ago."""
        if matter.due is None:
            return None
        if matter.due < 0:
            return workdays.subtract_working_time(self.now, -matter.due)
        moment = self.now + timedelta(hours=matter.due)
        return moment.replace(minute=moment.minute // 30 * 30)

    def answers(self, matter: Matter, case: Case, name: str, at: datetime, answers: dict) -> dict[str, Any]:
        """What a step answers: the words given, and what they name turned into rows and moments."""
        category = self.categories[matter.category]
        if name in ("accept", "register"):
            answers["category"] = category
        if name == "register":
            answers.update(urgency=matter.urgency, grid=case.grid)
        if name == "dispatch":
            self.answer_dispatch(matter, category, answers)
        if name == "feedback" and category.evidence_required:
            answers["photos"] = [self.pictures.after(category)]
        if name == "reply":
            answers.update(to_whom=case.reporters.get(reply_owed=True),
                           channel=CHANNELS.get(matter.source, Reply.Channel.DOCUMENT))  # fmt: skip
        for key, read in self.readers.items():
            if key in answers and not (name == "dispatch" and key == "due"):
                answers[key] = read(answers[key])
        return answers

    @property
    def readers(self) -> dict[str, Callable[[Any], Any]]:
        """How a step's short words become answers."""
        return {
            "community": lambda code: self.sites_community(code), "checker": self.people.__getitem__,
            "return_reason": self.reasons.__getitem__, "master": self.cases.__getitem__,
            "until": lambda days: workdays.add_working_time(self.now, days + 3, Unit.WORK_DAY).due_at,
            "review_on": lambda days: (self.now + timedelta(days=days)).date(),
            "due": lambda hours: self.now + timedelta(hours=hours),
        }  # fmt: skip

    def sites_community(self, code: str) -> Any:
        """A community by its code."""
        return next(site.grid.community for site in self.sites.values() if site.grid.community.code == code)

    def answer_dispatch(self, matter: Matter, category: Category, answers: dict) -> None:
        """Whom it goes to, with whose help, by when, and under whose name when it is 蓝天行动."""
        answers["lead"] = self.departments[answers.get("lead") or matter.lead]
        answers["assisting"] = [self.departments[code] for code in matter.assisting]
        if matter.due is not None:
            answers["due"] = self.due(matter)
        if category.tags:
            answers["duty_leader"] = self.people["leader"].real_name

    def actor(self, matter: Matter, case: Case, name: str, at: datetime, answers: dict) -> Any:
        """Whose move it is."""
        if name in ("acknowledge", "return", "feedback", "request_extension") or (
            name == "request_suspension" and case.lead
        ):
            return self.worker_of(case.lead)
        if name in ("pass_check", "rework"):
            return case.checker
        if name == "supervise":
            return self.people["leader"]
        if name in ("grant_suspension", "call_back"):
            return self.people["chief" if name.startswith("grant") else "inspector"]
        if name == "dispatch" and answers.get("due"):
            standards = Standards((Clock.HANDLE,), at=at)
            longest = deadlines.handling_limit_due(case, at=at, standards=standards)
            return self.people["chief"] if longest and answers["due"] > longest else self.desk(matter)
        return self.desk(matter)
