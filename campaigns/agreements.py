"""The acts on one agreement, from sending it for signature to closing it, and its paper.

`ACTS` is the whole truth of a step: buttons, rights, records and tests read it. Each step is a conditional update on
the stage, so that of two at once one wins and a repeated click changes nothing.
"""
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Avg, F
from django.utils import timezone

from accounts import audit
from accounts.masking import mask_name
from campaigns import agreement_blocks as wording
from campaigns.agreement_templates import band_for
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import (
    Agreement,
    AgreementRecord,
    AgreementStage,
    AgreementTask,
    AgreementTemplate,
    PartyKind,
    TemplateEdit,
)

DRAFT, ISSUED, SIGNED, IN_FORCE, ASSESSED, CLOSED = AgreementStage
OFFICE = "苹果园街道办事处"
SHORTEST_REASON = 5


@dataclass(frozen=True)
class Act:
    """One step: its button, from which stage to which, who may."""

    name: str
    button: str
    source: str
    target: str
    needs: str
    icon: str


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("issue", "送签", DRAFT, ISSUED, "campaigns.manage_agreements", "signature"),
        Act("withdraw", "撤回", ISSUED, DRAFT, "campaigns.manage_agreements", "arrow-back-up"),
        Act("sign", "登记签订", ISSUED, SIGNED, "campaigns.sign_agreements", "writing-sign"),
        Act("start", "生效", SIGNED, IN_FORCE, "campaigns.sign_agreements", "player-play"),
        Act("assess", "考核", IN_FORCE, ASSESSED, "campaigns.assess_agreements", "clipboard-check"),
        Act("close", "归档", ASSESSED, CLOSED, "campaigns.assess_agreements", "archive"),
    )
}
OTHER_ACTS = {"add": "列为签订对象", "view": "查看", "fill": "填写变量", "remind": "提醒", "task": "任务检查"}


def acts_for(agreement: Agreement, user: Any) -> list[Act]:
    """What this person may do with it now."""
    return [act for act in ACTS.values() if act.source == agreement.stage and user.has_perm(act.needs)]


def act_name(name: str) -> str:
    """A step in Chinese."""
    return ACTS[name].button if name in ACTS else OTHER_ACTS[name]


def check_act(agreement: Agreement, name: str, by: Any) -> Act:
    """Refuse before anything is asked: no right, or another stage. The loader acts for nobody (`by` None)."""
    act = ACTS[name]
    if by is not None and not by.has_perm(act.needs):
        raise StepForbidden(f"你的角色不能{act.button}责任书。需要时请与台账专员或系统管理员联系。")
    if agreement.stage != act.source:
        raise StepConflict(
            f"{agreement.party_name}的责任书现为“{agreement.get_stage_display()}”，不能{act.button}，未重复操作。请看最新情况。"
        )
    return act


def note_step(agreement: Agreement, name: str, *, source: str, by: Any, at: datetime, note: str = "") -> None:
    """Append what was done to the agreement's own records."""
    AgreementRecord.objects.create(
        agreement=agreement, act=name, from_stage=source, to_stage=agreement.stage, by=by,
        by_name=by.real_name if by else "", note=note[:200], happened_at=at,
    )  # fmt: skip


def _step(agreement: Agreement, name: str, *, by: Any, at: datetime, note: str = "", **columns: Any) -> Agreement:
    act = check_act(agreement, name, by)
    won = Agreement.objects.filter(pk=agreement.pk, stage=act.source).update(stage=act.target, **columns)
    if not won:
        raise StepConflict(f"{agreement.party_name}的责任书刚被他人办理，未重复{act.button}。请看最新情况。")
    for column, value in columns.items():
        setattr(agreement, column, value)
    agreement.stage = AgreementStage(act.target)
    note_step(agreement, name, source=act.source, by=by, at=at, note=note)
    audit.record(f"agreement_{name}", actor=by, subject=agreement, at=at)
    return agreement


# --- what the text says for one party ---------------------------------------------------------------------------------


def wording_of(agreement: Agreement) -> TemplateEdit:
    """The wording it was sent with; while it is a draft, the latest."""
    return agreement.edit or TemplateEdit.objects.filter(template=agreement.template_id).head()


def values_of(agreement: Agreement, edit: TemplateEdit, *, full: bool = False) -> dict[str, str]:
    """Variable → what it says for this party; names of persons masked unless `full`."""
    people = {one["name"] for one in edit.variables if one["kind"] == "person"}
    values = {one["name"]: one["value"] for one in edit.variables if one["value"]}
    for value in agreement.values.all():
        values[value.name] = mask_name(value.text) if value.name in people and not full else value.text
    values[wording.PARTY] = agreement.party_name
    community = agreement.organisation.community if agreement.organisation_id else None
    if agreement.party_kind == PartyKind.COMMUNITY:
        values[wording.COMMUNITY] = agreement.department.name
    elif community:
        values[wording.COMMUNITY] = community.name
    return values


def lacking(agreement: Agreement, edit: TemplateEdit) -> list[str]:
    """The variables that the text names, that must be filled, and that are not."""
    optional = {one["name"] for one in edit.variables if not one["required"]}
    values = values_of(agreement, edit)
    return [name for name in wording.used_names(edit.blocks) if name not in optional and not values.get(name)]


# --- the steps --------------------------------------------------------------------------------------------------------


@transaction.atomic
def issue(agreement: Agreement, *, by: Any, at: datetime) -> Agreement:
    """Send for signature: the text is frozen as it stands, the number taken, the tasks laid down."""
    check_act(agreement, "issue", by)
    edit = agreement.template.edits.head()
    if missing := lacking(agreement, edit):
        raise StepRefused(f"{agreement.party_name}缺{'、'.join(missing)}，暂不能送签。请先填写变量。")
    number = agreement.number or _take_number(agreement.template)
    columns = {"edit": edit, "number": number, "issued_at": at, "valid_until": agreement.template.valid_until}
    _step(agreement, "issue", by=by, at=at, note=f"版本 {edit.version}", **columns)
    if not agreement.tasks.exists():
        tasks = agreement.template.tasks.filter(party_kind__in=["", agreement.party_kind]).order_by("seq")
        AgreementTask.objects.bulk_create(
            AgreementTask(agreement=agreement, seq=seq, text=task.text, due_on=task.due_on)
            for seq, task in enumerate(tasks, start=1)
        )
    return agreement


def _take_number(template: AgreementTemplate) -> str:
    """The next number: 石苹卫责〔2016〕01号; the update holds the row until the transaction ends."""
    AgreementTemplate.objects.filter(pk=template.pk).update(last_serial=F("last_serial") + 1)
    serial = AgreementTemplate.objects.values_list("last_serial", flat=True).get(pk=template.pk)
    return f"{template.prefix}〔{template.year}〕{serial:02d}号"


@transaction.atomic
def withdraw(agreement: Agreement, *, by: Any, at: datetime, reason: str) -> Agreement:
    """Take back what nobody signed yet, to put the text right; the number stays its own."""
    check_act(agreement, "withdraw", by)
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": "请写明撤回原因，至少 5 个字。"})
    return _step(agreement, "withdraw", by=by, at=at, note=reason.strip(), edit=None, issued_at=None, viewed_at=None)


@transaction.atomic
def view(agreement: Agreement, *, by: Any, at: datetime) -> bool:
    """The party has read it (已查看); true the first time. A clerk notes it for those who have no login."""
    own = by.has_perm("campaigns.see_own_agreement") and agreement.department_id == (by.department_id or 0)
    if not own and not by.has_perm("campaigns.sign_agreements"):
        raise StepForbidden("只有签订单位自己或台账专员可以记“已查看”。")
    if not Agreement.objects.filter(pk=agreement.pk, stage=ISSUED, viewed_at__isnull=True).update(viewed_at=at):
        return False
    agreement.viewed_at = at
    note_step(agreement, "view", source=agreement.stage, by=by, at=at)
    return True


@transaction.atomic
def sign(
    agreement: Agreement, *, by: Any, at: datetime, signed_on: date, signer: str, street_signer: str,
    scans: Iterable[Any] = (), at_meeting: bool = False, in_force: bool = False,
) -> Agreement:  # fmt: skip
    """Enter the signature: who, when, the signed pages (stored by agreement_scans); `in_force` starts it, too."""
    check_act(agreement, "sign", by)
    scans, errors = list(scans), {}
    if not scans and not agreement.is_demo:
        errors["scans"] = "没有签字页。请上传签字后的照片或 PDF。"
    if signed_on > timezone.localdate(at):
        errors["signed_on"] = "签订日期在今天之后。请核对。"
    elif signed_on < timezone.localdate(agreement.issued_at):
        errors["signed_on"] = f"签订日期早于送签日期（{timezone.localdate(agreement.issued_at)}）。请核对。"
    if not signer.strip() and not agreement.is_demo:
        errors["signer"] = "请填写乙方签字人。"
    if errors:
        raise AnswersRefused(errors)
    columns = {"signed_on": signed_on, "signed_at": at, "signer": signer.strip(), "at_meeting": at_meeting}
    _step(agreement, "sign", by=by, at=at, street_signer=street_signer.strip(), **columns)
    for scan in scans:
        scan.agreement = agreement
        scan.save(force_insert=True)
    return start(agreement, by=by, at=at) if in_force else agreement


@transaction.atomic
def start(agreement: Agreement, *, by: Any, at: datetime) -> Agreement:
    """From now on the party is held to it."""
    return _step(agreement, "start", by=by, at=at)


def proposed_score(agreement: Agreement) -> Decimal | None:
    """The mean of the tasks' check scores, to two places; nothing when none was scored."""
    mean = agreement.tasks.aggregate(mean=Avg("check_score"))["mean"]
    return None if mean is None else Decimal(mean).quantize(Decimal("0.01"))


@transaction.atomic
def assess(agreement: Agreement, *, by: Any, at: datetime, score: Decimal, note: str = "") -> Agreement:
    """Judge by the bands of its text; band, deduction and consequence are kept as they are today."""
    check_act(agreement, "assess", by)
    if not 0 <= score <= 100:
        raise AnswersRefused({"score": "得分应在 0 到 100 之间。请核对。"})
    band = band_for(agreement.template.bands.all(), score)
    if band is None:
        raise StepRefused("这份责任书没有设考核等次。请系统管理员先在“设置”里补上。")
    columns = {"score": score, "band": band.name, "deduct": band.deduct, "consequence": band.consequence}
    return _step(agreement, "assess", by=by, at=at, note=note or f"{score} 分，{band.name}", **columns)


@transaction.atomic
def close(agreement: Agreement, *, by: Any, at: datetime) -> Agreement:
    """Put it away; nothing changes any more."""
    return _step(agreement, "close", by=by, at=at)


# --- the paper --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperBlock:
    """A piece of the printed paper: kind is title, heading, paragraph, clause, table, tasks or signatures.

    A table's first row is its head; the rows of `signatures` are (party, signer, day) of both sides.
    """

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)


def day_words(day: date | None) -> str:
    """2016年3月18日, or a line to write on."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　　年　　月　　日"


def paper_of(agreement: Agreement, *, full: bool = False) -> list[PaperBlock]:
    """The agreement as it is printed; persons' names masked unless `full` (agreement_parties.reveal_names)."""
    edit = wording_of(agreement)
    values = values_of(agreement, edit, full=full)
    paper = [PaperBlock("title", edit.heading)]
    for block, number in zip(edit.blocks, wording.numbers_of(edit.blocks), strict=True):
        if block["kind"] == "table":
            rows = [
                [str(place), *(wording.filled(cell, values) for cell in row)]
                for place, row in enumerate(block["rows"], start=1)
            ]
            paper.append(PaperBlock("table", rows=[["序号", *wording.TABLE_HEAD], *rows]))
        else:
            paper.append(PaperBlock(block["kind"], number + wording.filled(block["text"], values)))
    tasks = [[str(task.seq), task.text, day_words(task.due_on)] for task in agreement.tasks.all()]
    if tasks:
        paper.append(PaperBlock("tasks", rows=[["序号", "任务", "完成时限"], *tasks]))
    shown = (lambda name: name) if full else mask_name
    ours, theirs = shown(agreement.street_signer or ""), shown(agreement.signer or "")
    day = day_words(agreement.signed_on)
    paper.append(PaperBlock("signatures", rows=[[OFFICE, ours, day], [agreement.party_name, theirs, day]]))
    return paper
