"""The ledger of illegal structures: registering, the nine steps, mending, papers and pictures.

`make` is the only door to another stage: it checks right, stage, answers and version, writes the row by a conditional
update (one of two at once wins) and appends one event to the story.
"""
import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.encryption import blind_index
from campaigns import answers as a
from campaigns import lawful
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import (
    Structure,
    StructureCounter,
    StructureEvent,
    StructurePaper,
    StructurePhoto,
)
from campaigns.states import Mode, PaperKind, PhotoMoment, Stage
from campaigns.steps import BEFORE, KEEP, SAME, STEPS, WORDS, Step, stage_before

OWNER_PURPOSE = "structure.owner"
OWNER_WORDS = {"owner_name": "当事人"}
# Figures in totals: changing one that counts already wants a reason.
FIGURES = ("demolished_area_m2", "vacated_land_m2", "relocated_people", "floor_area_m2", "demolished_on")
# What a step writes of its answers, the day that it stands for, and what a step back takes away again.
WRITTEN = (
    "floor_area_m2", "area_approximate", "footprint_m2", "mode", "demolished_area_m2", "remeasured", "vacated_land_m2",
    "relocated_people", "persons_on_site", "machines", "later_use", "planned_at",
)  # fmt: skip
DAYS = {
    "demolish": "demolished_on", "accept": "accepted_on", "write_off": "written_off_on", "relapse": "relapsed_on",
}  # fmt: skip
GONE: dict[str, dict[str, Any]] = {
    Stage.DEMOLISHED: {
        "demolished_on": None, "mode": "", "demolished_area_m2": None, "remeasured": False, "vacated_land_m2": None,
        "relocated_people": None, "persons_on_site": None, "machines": None,
    },
    Stage.ACCEPTED: {"accepted_on": None}, Stage.WRITTEN_OFF: {"written_off_on": None, "relapsed_on": None},
}  # fmt: skip
AMENDABLE = (
    "campaign", "campaign_id", "place", "address", "community", "grid", "site", "lon", "lat", "owner_kind",
    "owner_name", "land_nature", "property_nature", "era", "setting", "type", "use", "construction", "storeys",
    "built_year", "footprint_m2", "floor_area_m2", "area_approximate", "found_source", "found_on", "project",
    "supervision", "responsible", "responsible_id", "responsible_person", "mode", "demolished_on",
    "demolished_area_m2", "remeasured", "vacated_land_m2", "relocated_people", "persons_on_site", "machines",
    "later_use", "note",
)  # fmt: skip


def owner_index(name: str) -> str:
    """By what an owner is found again: the whole name, never a part of it."""
    return blind_index(name, purpose=OWNER_PURPOSE) if name.strip() else ""


def take_number(year: int) -> str:
    """The next number of the year, inside the caller's transaction; one that came with a list is passed over."""
    counter = StructureCounter.objects.filter(year=year)
    while True:
        if not counter.update(last=F("last") + 1):  # the update locks the row until the structure is there
            StructureCounter.objects.get_or_create(year=year)
            counter.update(last=F("last") + 1)
        number = f"WJ{year}-{counter.values_list('last', flat=True).get():03d}"
        if not Structure.objects.filter(number=number).exists():
            return number


@transaction.atomic
def register_structure(
    *, by: Any, at: datetime.datetime, number: str = "", photos: Iterable = (), departments: Iterable = (),
    words: str = "", needs: str = KEEP, **columns: Any,
) -> Structure:  # fmt: skip
    """Enter a structure that was found (摸排); `found_on`, `place` and `community` are needed. `number` from a list."""
    _may(by, needs)
    errors = a.wrong_columns(columns, at=at)
    if number and Structure.objects.filter(number=number).exists():
        errors["number"] = f"{number} 已在台账中。请核对编号，或打开那一条修改。"
    if errors:
        raise AnswersRefused(errors)
    structure = Structure(
        number=number or take_number(columns["found_on"].year), registered_by=by, registered_at=at,
        owner_index=owner_index(columns.get("owner_name") or ""), **columns,
    )  # fmt: skip
    structure.save(force_insert=True)
    structure.departments.set(departments)
    _hang(structure, photos, PhotoMoment.BEFORE, taken_on=structure.found_on, by=by, at=at)
    _tell(structure, "register", on=structure.found_on, by=by, at=at, words=words or structure.found_source)
    return structure


@transaction.atomic
def make(
    name: str, structure: Structure, *, by: Any, at: datetime.datetime, version: int | None = None,
    derived: bool = False, without_photo: bool = False, **answers: Any,
) -> StructureEvent:  # fmt: skip
    """Take a step of the table and return its event; `structure` is brought up to date.

    `version` is what the person saw; `derived` marks a day that the source lacked, `without_photo` a list that brings
    no pictures. What speaks against force is kept with the step.
    Raises StepForbidden (403), AnswersRefused (422), StepConflict and StepRefused (409).
    """
    step = STEPS[name]
    now = Structure.objects.select_for_update().get(pk=structure.pk)
    if version is not None and version != now.version:
        raise _overtaken(now)
    _may(by, step.needs)
    if not step.fits(now):
        raise StepRefused(f"{now.number}：{now.get_stage_display()}，不能{step.button}。")
    events = list(now.events.order_by("seq"))
    errors = a.wrong_answers(step, now, answers, events=events, at=at)
    if errors:
        raise AnswersRefused(errors)
    _refuse(step, now, answers, without_photo=without_photo)
    on = answers.get("on") or timezone.localdate(at)
    to = _target(step, now, events)
    withdrawn = _withdraw_paper(now) if step.name == "back" else ""
    _write(now, stage=to, **_changes(step, now, answers, on=on))
    if step.paper or answers.get("number"):
        _file(now, step.paper or PaperKind.DETERMINATION, {"issued_on": on, **answers}, by=by, at=at)
    if answers.get("departments") is not None:
        now.departments.set(answers["departments"])
    _hang(now, answers.get("after_photos") or (), PhotoMoment.AFTER, taken_on=on, by=by, at=at)
    words = "；".join(filter(None, (_said(step, answers), withdrawn, *_doubts(step, now, answers, on=on))))
    event = _tell(now, name, on=on, by=by, at=at, words=words, derived=derived)
    structure.refresh_from_db()
    return event


def _may(by: Any, right: str) -> None:
    if by is None or not by.has_perm(right):
        raise StepForbidden("违建台账由台账专员登记。需要时请与台账专员联系。")


def _overtaken(now: Structure) -> StepConflict:
    last = now.events.order_by("-seq").first()
    who = last.by_name if last and last.by_name else "他人"
    return StepConflict(f"{now.number} 刚由{who}改动（{WORDS.get(last.step, '')}），未重复操作。请看过最新内容再办。")


def in_the_ledger(now: Structure) -> None:
    """Refuses one that was voided."""
    if now.stage == Stage.VOIDED:
        raise StepRefused(f"{now.number} 已作废，不能再改。作废有误的，请先退回上一步。")


def _target(step: Step, now: Structure, events: list[StructureEvent]) -> str:
    if step.to is SAME:
        return now.stage
    if step.to == BEFORE:
        before = stage_before([(event.step, event.stage) for event in events])
        if before is None:
            raise StepRefused(f"{now.number}：没有上一步可退。")
        return before
    return step.to


def _refuse(step: Step, now: Structure, answers: dict[str, Any], *, without_photo: bool) -> None:
    """What is no matter of a single field."""
    if step.name == "demolish" and answers["mode"] == Mode.FORCED and now.stage == Stage.DETERMINED:
        raise StepRefused(
            f"{now.number}：还没有限期拆除通知，不能登记强制拆除。请先登记通知；当事人自拆的选“自行拆除”。"
        )
    if step.name == "accept" and not without_photo:
        hung = now.photos.filter(moment=PhotoMoment.AFTER).exists()
        if not hung and not answers.get("after_photos"):
            raise AnswersRefused({"after_photos": "还没有拆除后的照片。请上传同一角度的照片再验收。"})
    if step.name == "write_off" and (now.vacated_land_m2 is None or now.relocated_people is None):
        raise StepRefused(f"{now.number}：腾退土地或疏解人口还没有填。没有的填 0，先编辑再销账。")


def _changes(step: Step, now: Structure, answers: dict[str, Any], *, on: datetime.date) -> dict[str, Any]:
    """The columns that a step writes."""
    changes = {name: answers[name] for name in WRITTEN if name in step.asks and answers.get(name) not in (None, "")}
    if step.name in DAYS:
        changes[DAYS[step.name]] = on
    if step.name == "settle":
        changes["relapsed_on"] = None
    if step.name == "back":
        changes |= GONE.get(now.stage, {})
    return changes


def _withdraw_paper(now: Structure) -> str:
    """A step back takes away the paper that the step brought; the story keeps its number."""
    kind = next((step.paper for step in STEPS.values() if step.paper and step.to == now.stage), None)
    paper = now.papers.filter(kind=kind).order_by("-pk").first() if kind else None
    if paper is None:
        return ""
    paper.delete()
    return f"撤下{paper}"


def _doubts(step: Step, now: Structure, answers: dict[str, Any], *, on: datetime.date) -> list[str]:
    """What speaks against force on that day, as the story keeps it."""
    if step.name not in ("demolish", "plan"):
        return []
    found = lawful.earliest_forced_day(now.papers.all())
    doubts = lawful.doubts_about(answers.get("planned_at") or on, lawful=found, mode=answers.get("mode", Mode.FORCED))
    return [f"提示：{doubt}" for doubt in doubts]


def _write(now: Structure, **changes: Any) -> None:
    """The row, if it is still as it was read; whoever comes second is told."""
    won = Structure.objects.filter(pk=now.pk, version=now.version).update(version=F("version") + 1, **changes)
    if not won:
        raise _overtaken(now)
    now.refresh_from_db()


def _said(step: Step, answers: dict[str, Any]) -> str:
    """What the story says of a step."""
    words = str(answers.get("words") or answers.get("reason") or "").strip()
    if step.name == "demolish":
        area = Decimal(answers["demolished_area_m2"])
        return "；".join(filter(None, (f"{Mode(answers['mode']).label}，拆除 {area:,.2f} ㎡", words)))
    if step.paper:
        return "；".join(filter(None, (str(answers.get("number") or "").strip(), words)))
    if step.name == "plan":
        return "；".join(filter(None, (f"计划 {timezone.localtime(answers['planned_at']):%Y-%m-%d %H:%M}", words)))
    return words


def _tell(
    structure: Structure, step: str, *, on: datetime.date, by: Any, at: datetime.datetime, words: str = "",
    derived: bool = False,
) -> StructureEvent:  # fmt: skip
    """Append to the story; two at once would take the same place, and the second is refused by the database."""
    last = structure.events.order_by("-seq").values_list("seq", flat=True).first() or 0
    return StructureEvent.objects.create(
        structure=structure, seq=last + 1, step=step, stage=structure.stage, happened_on=on, recorded_at=at, by=by,
        by_name=by.real_name if by else "", words=words[:500], derived=derived,
    )  # fmt: skip


def _hang(
    structure: Structure, photos: Iterable, moment: str, *, taken_on: datetime.date | None, by: Any,
    at: datetime.datetime,
) -> int:  # fmt: skip
    known = set(structure.photos.values_list("photo_id", flat=True))
    start = len(known)
    fresh = [photo for photo in photos if photo.pk not in known]
    StructurePhoto.objects.bulk_create(
        StructurePhoto(structure=structure, photo=photo, moment=moment, taken_on=taken_on, seq=start + n, added_by=by,
                       added_at=at)
        for n, photo in enumerate(fresh)
    )  # fmt: skip
    return len(fresh)


def _file(
    structure: Structure, kind: str, answers: dict[str, Any], *, by: Any, at: datetime.datetime
) -> StructurePaper:
    columns = {
        name: answers[name]
        for name in ("number", "issued_on", "authority", "service", "served_on", "deadline_on")
        if answers.get(name)
    }
    try:
        with transaction.atomic():
            return StructurePaper.objects.create(structure=structure, kind=kind, added_by=by, added_at=at, **columns)
    except IntegrityError as error:
        name = f"{PaperKind(kind).label} {columns.get('number', '')}".strip()
        raise AnswersRefused({"number": f"{name} 已登记在 {structure.number}。请核对文号。"}) from error


def note(now: Structure, step: str, *, by: Any, at: datetime.datetime, words: str) -> StructureEvent:
    """Tell of an act that changes no column: a case that was opened, a row that came with a list."""
    _write(now)
    return _tell(now, step, on=timezone.localdate(at), by=by, at=at, words=words)


# --- mending ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def amend(
    structure: Structure, *, by: Any, at: datetime.datetime, version: int | None = None, reason: str = "",
    departments: Iterable | None = None, **columns: Any,
) -> StructureEvent | None:  # fmt: skip
    """Change columns (编辑); nothing changed is nothing told. A figure that counts already wants a reason."""
    _may(by, KEEP)
    now = Structure.objects.select_for_update().get(pk=structure.pk)
    if version is not None and version != now.version:
        raise _overtaken(now)
    in_the_ledger(now)
    columns = {name: value for name, value in columns.items() if name in AMENDABLE}
    changed = {name: value for name, value in columns.items() if getattr(now, name) != value}
    regrouped = departments is not None and {one.pk for one in departments} != set(
        now.departments.values_list("pk", flat=True)
    )
    if not changed and not regrouped:
        return None
    errors = a.wrong_amendment(now, changed, reason=reason, figures=FIGURES, at=at)
    if errors:
        raise AnswersRefused(errors)
    words = a.told_changes(now, changed)
    if "owner_name" in changed:
        changed["owner_index"] = owner_index(changed["owner_name"] or "")
    _write(now, **changed)
    if regrouped:
        now.departments.set(departments)
        words = "；".join(filter(None, (words, "联合执法单位")))
    words = "；".join(filter(None, (words, f"理由：{reason.strip()}" if reason.strip() else "")))
    event = _tell(now, "amend", on=timezone.localdate(at), by=by, at=at, words=words)
    structure.refresh_from_db()
    return event


@transaction.atomic
def add_paper(structure: Structure, *, by: Any, at: datetime.datetime, kind: str, **answers: Any) -> StructurePaper:
    """Enter a paper that moves no stage: an earlier one, a second service, 其他文书."""
    _may(by, KEEP)
    errors = a.wrong_paper(answers, at=at)
    if errors:
        raise AnswersRefused(errors)
    now = Structure.objects.select_for_update().get(pk=structure.pk)
    in_the_ledger(now)
    paper = _file(now, kind, answers, by=by, at=at)
    _write(now)
    _tell(now, "paper", on=paper.issued_on, by=by, at=at, words=str(paper))
    return paper


@transaction.atomic
def mend_paper(paper: StructurePaper, *, by: Any, at: datetime.datetime, **answers: Any) -> StructurePaper:
    """Correct what was entered wrongly about a paper; the story keeps what it said before."""
    _may(by, KEEP)
    errors = a.wrong_paper(answers, at=at)
    if errors:
        raise AnswersRefused(errors)
    names = [name for name in a.PAPER_COLUMNS if name in answers and getattr(paper, name) != answers[name]]
    if not names:
        return paper
    now = Structure.objects.select_for_update().get(pk=paper.structure_id)
    in_the_ledger(now)
    before = "、".join(
        f"{paper._meta.get_field(name).verbose_name}原为{a.in_words(paper, name) or '空'}" for name in names
    )
    try:
        with transaction.atomic():
            StructurePaper.objects.filter(pk=paper.pk).update(**{name: answers[name] for name in names})
    except IntegrityError as error:
        raise AnswersRefused({"number": "这个文号已登记在同一处违建。请核对文号。"}) from error
    paper.refresh_from_db()
    _write(now)
    _tell(now, "mend_paper", on=timezone.localdate(at), by=by, at=at, words=f"{paper}：{before}")
    return paper


@transaction.atomic
def add_photos(
    structure: Structure, photos: Iterable, *, moment: str, by: Any, at: datetime.datetime,
    taken_on: datetime.date | None = None,
) -> int:  # fmt: skip
    """Hang further pictures on a structure; the same picture twice changes nothing."""
    _may(by, KEEP)
    now = Structure.objects.select_for_update().get(pk=structure.pk)
    in_the_ledger(now)
    count = _hang(now, photos, moment, taken_on=taken_on, by=by, at=at)
    if count:
        _write(now)
        on = timezone.localdate(at)
        _tell(now, "photos", on=on, by=by, at=at, words=f"{PhotoMoment(moment).label} {count} 张")
    return count


@transaction.atomic
def remove_untouched(structure: Structure, *, by: Any, at: datetime.datetime) -> None:
    """Take back a row that an import has just written and nobody has touched: the one way out of the ledger.

    Its number may come again with the corrected list; the trail keeps that it was there.
    """
    _may(by, "campaigns.import_ledgers")
    if structure.photos.exists() or structure.cases.exists():
        raise StepRefused(f"{structure.number} 导入后已有照片或案件，不能撤销。需要时请作废。")
    audit.record("structure_taken_back", actor=by, subject=structure, detail={"number": structure.number}, at=at)
    events = StructureEvent.objects.filter(structure=structure)
    events._raw_delete(events.db)  # the queryset's own delete refuses, as it should
    structure.delete()
