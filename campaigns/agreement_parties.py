"""The parties of a text: who is to sign, what is missing, sending to many, reminding, tasks, names for a reason."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import audit, notify
from accounts.models import Department, DepartmentKind, User
from campaigns import agreements as acts
from campaigns.agreement_templates import check_manager
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import (
    Agreement,
    AgreementRecord,
    AgreementScan,
    AgreementStage,
    AgreementTask,
    AgreementTemplate,
    AgreementValue,
    PartyKind,
)
from grid.models import Organisation

LONGEST_VALUE = 120
STATIONS = (DepartmentKind.RESIDENT, DepartmentKind.OFFICE, DepartmentKind.STATION, DepartmentKind.OUTSIDE)
CHECKABLE = (AgreementStage.SIGNED, AgreementStage.IN_FORCE)


# --- who is to sign ---------------------------------------------------------------------------------------------------


def candidates(template: AgreementTemplate) -> dict[str, list[Any]]:
    """Kind of party → those that could sign and are not listed yet."""
    listed = Agreement.objects.filter(template=template)
    departments = Department.objects.active().exclude(
        pk__in=listed.filter(department__isnull=False).values("department")
    )
    organisations = Organisation.objects.active().exclude(
        pk__in=listed.filter(organisation__isnull=False).values("organisation")
    )
    return {
        PartyKind.ORGANISATION: list(organisations.only("code", "name").order_by("code")),
        PartyKind.COMMUNITY: list(departments.communities().only("code", "name", "kind").order_by("code")),
        PartyKind.STATION: list(departments.filter(kind__in=STATIONS).only("code", "name", "kind").order_by("code")),
    }


@transaction.atomic
def add_parties(
    template: AgreementTemplate, *, organisations: Iterable[Organisation] = (), departments: Iterable[Department] = (),
    by: Any, at: datetime,
) -> int:  # fmt: skip
    """List parties as drafts; those listed already stay as they are. Returns how many are new."""
    if by is not None:
        check_manager(by)
    listed = Agreement.objects.filter(template=template)
    known_units = set(listed.values_list("organisation", flat=True))
    known_departments = set(listed.values_list("department", flat=True))
    fresh = [
        Agreement(template=template, organisation=one, party_kind=PartyKind.ORGANISATION, is_demo=template.is_demo)
        for one in organisations if one.pk not in known_units
    ] + [
        Agreement(template=template, department=one, party_kind=kind_of(one), is_demo=template.is_demo)
        for one in departments if one.pk not in known_departments
    ]  # fmt: skip
    Agreement.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        audit.record("agreement_parties_added", actor=by, subject=template, detail={"count": len(fresh)}, at=at)
    return len(fresh)


@transaction.atomic
def drop_parties(template: AgreementTemplate, *, pks: Iterable[int] | None, by: Any, at: datetime) -> int:
    """Take parties off the list to whom nothing was ever sent: those named, or all for whom nothing was filled either.

    Returns how many went.
    """
    check_manager(by)
    rows = Agreement.objects.filter(template=template).never_sent()
    rows.update(stage=F("stage"))  # whoever sends one of them at this moment is either first, or finds it gone
    rows = rows.nothing_filled() if pks is None else rows.filter(pk__in=list(pks))
    gone = list(rows.values_list("pk", flat=True))
    records = AgreementRecord.objects.filter(agreement__in=gone)
    records._raw_delete(records.db)  # the queryset's own delete refuses, as it should; the trail keeps what was done
    Agreement.objects.filter(pk__in=gone).delete()
    if gone:
        audit.record("agreement_parties_dropped", actor=by, subject=template, detail={"count": len(gone)}, at=at)
    return len(gone)


def kind_of(department: Department) -> str:
    """A community, or anything else of the street's offices and stations."""
    return PartyKind.COMMUNITY if department.kind == DepartmentKind.COMMUNITY else PartyKind.STATION


@transaction.atomic
def fill(agreement: Agreement, *, values: dict[str, str], by: Any, at: datetime) -> list[str]:
    """Fill variables of a draft; an empty answer clears one, a name's mask means unchanged. Returns what changed."""
    if by is not None:
        check_manager(by)
    _hold(agreement, (AgreementStage.DRAFT,), f"{agreement.party_name}的责任书已送签，变量不能再改。需要时请先撤回。")
    edit = acts.wording_of(agreement)
    kinds = {one["name"]: one["kind"] for one in edit.variables}
    errors = {name: said for name, text in values.items() if (said := _wrong_value(name, text, kinds))}
    if errors:
        raise AnswersRefused(errors)
    changed, masked = [], acts.values_of(agreement, edit)
    kept = {value.name: value for value in agreement.values.all()}
    for name, text in values.items():
        text = " ".join(text.split())
        if kinds[name] == "person" and text and text == masked.get(name):
            continue
        if text == (kept[name].text if name in kept else ""):
            continue
        changed.append(name)
        if text:
            value = kept.get(name) or AgreementValue(agreement=agreement, name=name)
            value.text = text
            value.save()
        else:
            kept[name].delete()
    if changed:
        acts.note_step(agreement, "fill", source=agreement.stage, by=by, at=at, note="、".join(changed))
        detail = {"fields": "、".join(changed)}
        audit.record("agreement_values_filled", actor=by, subject=agreement, detail=detail, at=at)
    return changed


def _hold(agreement: Agreement, stages: Iterable[str], sentence: str) -> None:
    """Hold the row at a stage until the transaction ends: what somebody sends or assesses meanwhile waits or wins."""
    if not Agreement.objects.filter(pk=agreement.pk, stage__in=stages).update(stage=F("stage")):
        raise StepConflict(sentence)


def _wrong_value(name: str, text: str, kinds: dict[str, str]) -> str:
    """What is wrong with a value, or nothing."""
    if name not in kinds:
        return f"文本里没有“{name}”这个变量。请刷新页面。"
    if len(text) > LONGEST_VALUE:
        return f"“{name}”有 {len(text)} 个字，最多 {LONGEST_VALUE} 个。请改短。"
    if "{{" in text or "}}" in text:
        return f"“{name}”不能含双花括号。请改成文字。"
    if kinds[name] == "number" and text and not text.replace(".", "", 1).isdecimal():
        return f"“{name}”应为数字，现为“{text}”。请改成数字。"
    return ""


# --- sending to many --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sending:
    """Whom a text can be sent to now, and who lacks what."""

    ready: list[Agreement]
    missing: list[tuple[Agreement, list[str]]]


@dataclass
class Sent:
    """What came of it: how many went, and who was refused why."""

    done: list[Agreement] = field(default_factory=list)
    refused: list[tuple[Agreement, str]] = field(default_factory=list)


def preview(template: AgreementTemplate) -> Sending:
    """The drafts, parted into those that can go and those that lack variables."""
    edit = template.edits.head()
    sending = Sending([], [])
    for agreement in party_rows(template).drafts().prefetch_related("values"):
        names = acts.lacking(agreement, edit)
        sending.missing.append((agreement, names)) if names else sending.ready.append(agreement)
    return sending


def party_rows(template: AgreementTemplate) -> Any:
    """The agreements of a text with what a line shows, in the parties' order."""
    rows = Agreement.objects.filter(template=template).for_list().by_party()
    return rows.select_related("organisation__community", "department", "template").defer(
        "organisation__community__shape", "organisation__responsible_person", "organisation__phone",
        "department__phone", "signer", "street_signer",
    )  # fmt: skip


@transaction.atomic
def issue_all(template: AgreementTemplate, *, by: Any, at: datetime, only: Iterable[int] | None = None) -> Sent:
    """Send the text to every draft party (or those named) that lacks nothing; a second time there is nobody left."""
    check_manager(by)
    wanted, sent, sending = (None if only is None else set(only)), Sent(), preview(template)
    for agreement, names in sending.missing:
        if wanted is None or agreement.pk in wanted:
            sent.refused.append((agreement, f"缺{'、'.join(names)}"))
    for agreement in sending.ready:
        if wanted is not None and agreement.pk not in wanted:
            continue
        try:
            sent.done.append(acts.issue(agreement, by=by, at=at))
        except StepConflict as conflict:
            sent.refused.append((agreement, str(conflict)))
    _tell(sent.done, text="{name}待签，请查看并签字后交街道。", occasion="issued", at=at)
    return sent


# --- reminding --------------------------------------------------------------------------------------------------------


def _people_of(rows: Iterable[Agreement]) -> dict[int, list[User]]:
    """Agreement → whom it can be said to: the department's head and people; for a unit, its community's."""
    homes = {row.pk: row.department_id or row.organisation.community.department_id for row in rows}
    found: dict[int, list[User]] = {home: [] for home in homes.values()}
    people = User.objects.active().with_permission("campaigns.see_own_agreement")
    for person in people.filter(department__in=found).order_by("pk"):
        found[person.department_id].append(person)
    return {pk: found[home] for pk, home in homes.items()}


def _tell(rows: list[Agreement], *, text: str, occasion: str, at: datetime) -> dict[int, int]:
    """Leave a notice for each agreement's people; how many new notices each made."""
    people, day, told = _people_of(rows), timezone.localdate(at), {}
    for row in rows:
        own, words = row.department_id is not None, text.format(name=row.template.title)
        words = words if own else f"请告知{row.party_name}：{words}"
        url = row.get_absolute_url() if own and row.stage != AgreementStage.DRAFT else ""
        slot = f"agreement-{occasion}:{row.pk}:{day}"
        told[row.pk] = notify.tell_many(people[row.pk], text=words, at=at, url=url, kind="agreement", slot=slot)
    return told


@dataclass(frozen=True)
class Reminded:
    """How many parties were reminded, how many had been today already, and whom no notice reaches."""

    done: int
    already: int
    unreachable: list[str]


@transaction.atomic
def remind(template: AgreementTemplate, *, by: Any, at: datetime, only: int | None = None) -> Reminded:
    """Remind those who have not signed, each at most once a day."""
    if not (by.has_perm("campaigns.manage_agreements") or by.has_perm("campaigns.sign_agreements")):
        raise StepForbidden("你的角色不能提醒签订。需要时请与台账专员或系统管理员联系。")
    today = timezone.localdate(at)
    rows = list(party_rows(template).unsigned())
    if only is not None:
        rows = [row for row in rows if row.pk == only]
        if not rows:
            raise StepRefused("这一家已经签订，不用再提醒。")
    people = _people_of(rows)
    unreachable = [row.party_name for row in rows if not people[row.pk]]
    fresh = []
    for row in rows:
        due = Q(reminded_on__isnull=True) | Q(reminded_on__lt=today)
        if people[row.pk] and Agreement.objects.filter(due, pk=row.pk).update(reminded_on=today):
            fresh.append(row)
            acts.note_step(row, "remind", source=row.stage, by=by, at=at)
    _tell(fresh, text="{name}还没有签订，请尽快办理。", occasion="reminder", at=at)
    if fresh:
        audit.record("agreement_reminded", actor=by, subject=template, detail={"count": len(fresh)}, at=at)
    return Reminded(len(fresh), len(rows) - len(fresh) - len(unreachable), unreachable)


# --- tasks ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def finish_task(task: AgreementTask, *, by: Any, at: datetime, finished_on: date) -> AgreementTask:
    """The party (or the clerk for it) says a task is done; said once."""
    agreement = task.agreement
    own = by is None or (by.has_perm("campaigns.see_own_agreement") and agreement.department_id == by.department_id)
    if not own and not by.has_perm("campaigns.assess_agreements"):
        raise StepForbidden("只有签订单位自己或台账专员可以填报任务完成。")
    _hold(agreement, CHECKABLE, "责任书不在签订和执行期内，不能填报任务。请刷新后再看。")
    if finished_on > timezone.localdate(at):
        raise AnswersRefused({"finished_on": "完成日期在今天之后。请核对。"})
    if not AgreementTask.objects.filter(pk=task.pk, finished_on__isnull=True).update(finished_on=finished_on):
        raise StepConflict(f"第 {task.seq} 项任务已填报完成，未重复操作。")
    task.finished_on = finished_on
    note = f"第 {task.seq} 项完成于 {finished_on}"
    acts.note_step(agreement, "task", source=agreement.stage, by=by, at=at, note=note)
    return task


@transaction.atomic
def check_task(task: AgreementTask, *, by: Any, at: datetime, score: Decimal, checker: str) -> AgreementTask:
    """Score a finished task 0–100; it may be scored anew until the agreement is assessed."""
    if by is not None and not by.has_perm("campaigns.assess_agreements"):
        raise StepForbidden("任务由台账专员检查打分。")
    agreement = task.agreement
    _hold(agreement, CHECKABLE, "责任书不在签订和执行期内，不能再打分。请刷新后再看。")
    if not 0 <= score <= 100:
        raise AnswersRefused({"score": "得分应在 0 到 100 之间。请核对。"})
    done = AgreementTask.objects.filter(pk=task.pk, finished_on__isnull=False)
    if not done.update(check_score=score, checker=checker):
        raise StepConflict(f"第 {task.seq} 项任务还没有完成，不能打分。请先填报完成日期。")
    task.check_score, task.checker = score, checker
    acts.note_step(agreement, "task", source=agreement.stage, by=by, at=at, note=f"第 {task.seq} 项检查 {score} 分")
    return task


# --- names for a reason -----------------------------------------------------------------------------------------------


@transaction.atomic
def reveal_names(agreement: Agreement, *, by: Any, reason: str, at: datetime, ip: str = "") -> list[acts.PaperBlock]:
    """The paper with its persons' names in full, for a written reason; the audit row is written first."""
    _reveal("agreement_names_revealed", agreement, by=by, reason=reason, at=at, ip=ip)
    return acts.paper_of(agreement, full=True)


@transaction.atomic
def open_scan(scan: AgreementScan, *, by: Any, reason: str, at: datetime, ip: str = "") -> AgreementScan:
    """A signed page, which shows names: for a written reason; the audit row is written first."""
    _reveal("agreement_scan_opened", scan.agreement, by=by, reason=reason, at=at, ip=ip)
    return scan


def check_reveal(by: Any) -> None:
    """Names in full are for whoever keeps the signed papers."""
    if not by.has_perm("campaigns.reveal_signer"):
        raise StepForbidden("你的角色只能看脱敏的姓名。需要带姓名的责任书或签字页时请与台账专员联系。")


def _reveal(action: str, agreement: Agreement, *, by: Any, reason: str, at: datetime, ip: str) -> None:
    check_reveal(by)
    if len(reason.strip()) < acts.SHORTEST_REASON:
        raise AnswersRefused({"reason": "请写明查看理由，至少 5 个字。理由会记入审计。"})
    audit.record(action, actor=by, subject=agreement, reason=reason.strip(), at=at, ip=ip)
