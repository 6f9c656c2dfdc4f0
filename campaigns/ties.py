"""Cases and structures: a case becomes a structure (转入违建台账), a structure opens a case (开案件、反弹)."""
import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns import ledger
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden
from campaigns.models import Structure, StructureCase, StructureEvent
from campaigns.states import CaseTie
from campaigns.steps import KEEP
from cases import intake, workflow
from cases.models import Case, CaseTag, Category, PhotoKind
from cases.states import Source

PROPOSE = "campaigns.propose_structure"
TAG = "违建"
CATEGORY = "0101"  # 私搭乱建
TITLE_LENGTH, PLACE_LENGTH, ADDRESS_LENGTH = 80, 60, 100


def may_propose(case: Case, user: Any) -> bool:
    """Whether this person may turn this very case into a structure; petitions stay behind their wall."""
    if case.is_petition or not user.has_perm(PROPOSE):
        return False
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def structure_of(case: Case) -> Structure | None:
    """The structure that this case became; only a case with the tag is asked for, since every case page asks."""
    if TAG not in {tag.word for tag in case.tags.all()}:
        return None
    tie = StructureCase.objects.select_related("structure").filter(case=case, tie=CaseTie.FROM_CASE).first()
    return tie.structure if tie else None


@transaction.atomic
def structure_from_case(case: Case, *, place: str, by: Any, at: datetime.datetime, words: str = "") -> Structure:
    """A case turns out to be an illegal structure: enter it at 摸排 with the case's place and pictures."""
    if case.is_petition:
        raise StepForbidden("信访件不能转入违建台账。请按信访程序办理，由台账专员另行登记。")
    if not may_propose(case, by):
        raise StepForbidden(f"你的角色不能把 {case.number} 转入违建台账。需要时请与值班科长联系。")
    known = structure_of(case)
    if known:
        raise StepConflict(f"{case.number} 已转入违建台账 {known.number}，未重复登记。")
    if not case.community_id:
        raise AnswersRefused({"place": f"{case.number} 还没有社区。请先在案件里选定网格，再转入违建台账。"})
    hung = case.photos.filter(kind__in=[PhotoKind.BEFORE, PhotoKind.DURING]).select_related("photo")
    structure = ledger.register_structure(
        by=by, at=at, needs=PROPOSE, place=place.strip()[:PLACE_LENGTH], address=case.address[:ADDRESS_LENGTH],
        community_id=case.community_id, grid_id=case.grid_id, site_id=case.site_id, lon=case.lon, lat=case.lat,
        found_on=timezone.localdate(case.received_at), found_source=f"案件 {case.number}", responsible=case.lead,
        is_demo=case.is_demo, photos=[one.photo for one in hung], words=words.strip(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            StructureCase.objects.create(structure=structure, case=case, tie=CaseTie.FROM_CASE, tied_at=at)
            CaseTag.objects.get_or_create(case=case, word=TAG)
    except IntegrityError as error:
        raise StepConflict(f"{case.number} 刚被他人转入违建台账，未重复登记。") from error
    if by.has_perm("cases.note_case"):
        workflow.make("note", case, by=by, at=at, words=f"已转入违建台账 {structure.number}")
    return structure


@transaction.atomic
def open_case_for(
    structure: Structure, *, by: Any, at: datetime.datetime, title: str, words: str = "", version: int | None = None,
    tie: str = CaseTie.OPENED,
) -> Case:  # fmt: skip
    """Open a grid event for the desk out of the ledger; the same version of the structure opens one case only."""
    if not by.has_perm(KEEP):
        raise StepForbidden("从违建台账开案件由台账专员办理。需要时请与台账专员联系。")
    now = Structure.objects.select_for_update().get(pk=structure.pk)
    if version is not None and version != now.version:
        raise StepConflict(f"{now.number} 刚由他人改动，未重复开案件。请看过最新内容再办。")
    ledger.in_the_ledger(now)
    title = title.strip()
    if not 0 < len(title) <= TITLE_LENGTH:
        raise AnswersRefused({"title": f"请填写事项，不超过 {TITLE_LENGTH} 个字。"})
    case = intake.open_case(
        # A clerk keeps ledgers and has no door to cases: the case comes from the system, the story names the clerk.
        source=Source.GRID, title=title, by=by if by.has_perm("cases.report_case") else None, at=at, tags=(TAG,),
        description=f"由违建台账 {now.number} 开出（{by.real_name}）。{words.strip()}", detail={},
        address=now.address or now.place, community_id=now.community_id, grid_id=now.grid_id, site_id=now.site_id,
        lon=now.lon, lat=now.lat, category=Category.objects.filter(code=CATEGORY, kind="event", active=True).first(),
        is_demo=now.is_demo, photos=tuple(one.photo for one in _pictures(now)),
        idempotency_key=f"structure-{now.pk}-{now.version}-{tie}",
    )  # fmt: skip
    StructureCase.objects.create(structure=now, case=case, tie=tie, tied_at=at)
    ledger.note(now, "open_case", by=by, at=at, words=case.number)
    structure.refresh_from_db()
    return case


def _pictures(structure: Structure) -> list:
    """The latest pictures that show what the case is about."""
    return list(structure.photos.select_related("photo").order_by("-added_at", "-pk")[:4])


@transaction.atomic
def take_step(
    name: str, structure: Structure, *, by: Any, at: datetime.datetime, opens_case: bool = False, **answers: Any
) -> StructureEvent:  # fmt: skip
    """Take a step of the ledger; a relapse opens its case in the same act when that is wished."""
    event = ledger.make(name, structure, by=by, at=at, **answers)
    if name == "relapse" and opens_case:
        title = f"{structure.place}违建反弹"[:TITLE_LENGTH]
        open_case_for(structure, by=by, at=at, title=title, words=answers["words"], tie=CaseTie.RELAPSE)
    return event


def cases_of(structure: Structure, user: Any) -> list[tuple[StructureCase, bool]]:
    """The cases of a structure with whether this person may open them; petitions are never tied."""
    ties = list(structure.cases.select_related("case").order_by("tied_at", "pk"))
    seen = set(
        Case.objects.visible_to(user).filter(pk__in=[tie.case_id for tie in ties]).values_list("pk", flat=True)
    )
    return [(tie, tie.case_id in seen) for tie in ties]
