"""Writing the texts of agreements: a new text, each saved wording, its bands and tasks, the clause library."""
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from campaigns.agreement_blocks import Change, changes_between, read_blocks, read_variables, with_new_names
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden
from campaigns.models import AgreementTemplate, Clause, ScoreBand, TemplateEdit, TemplateTask

LONGEST_HEADING = 60
# The usual bands of a street's agreement (95–100, 90–95, 85–90, 80–85, below 80); rows that an admin edits.
USUAL_BANDS = (
    (Decimal(95), "优秀", Decimal(0), "通报表扬，优先评优"),
    (Decimal(90), "良好", Decimal(1), "可参加评优"),
    (Decimal(85), "合格", Decimal(2), "可参加评优，限期补短板"),
    (Decimal(80), "基本合格", Decimal(3), "通报，取消当年评优资格"),
    (Decimal(0), "不合格", Decimal(5), "通报批评，约谈负责人，取消当年评优资格"),
)
FIRST_BLOCKS = [
    {
        "kind": "paragraph",
        "text": "为落实责任，苹果园街道办事处（以下简称甲方）与{{乙方}}（以下简称乙方）签订本责任书。",
    },
    {"kind": "heading", "text": "工作目标"},
    {"kind": "paragraph", "text": "写明目标任务和完成时限。"},
    {"kind": "heading", "text": "责任分工"},
    {"kind": "clause", "text": "写明乙方的责任区域和责任人。"},
    {"kind": "heading", "text": "考核指标"},
    {"kind": "table", "rows": [["网格事件按期办结率", "不低于 95%", "100"]]},
    {"kind": "heading", "text": "附则"},
    {"kind": "paragraph", "text": "本责任书一式两份，甲乙双方各执一份，自签字之日起生效。"},
]


def check_manager(user: Any) -> None:
    """Texts are written by whoever manages agreements."""
    if not user.has_perm("campaigns.manage_agreements"):
        raise StepForbidden("责任书文本由系统管理员编写。需要修改时请与系统管理员联系。")


@transaction.atomic
def create_template(
    *, title: str, heading: str, year: int, prefix: str, by: Any, at: datetime, blocks: Any = None,
    variables: Any = (), sign_by: Any = None, valid_until: Any = None, is_demo: bool = False,
) -> AgreementTemplate:  # fmt: skip
    """A new text with the usual score bands, as version 1."""
    if by is not None:
        check_manager(by)
    if AgreementTemplate.objects.filter(prefix=prefix, year=year).exists():
        raise AnswersRefused({"prefix": f"{year} 年已有代字“{prefix}”的责任书，编号会重复。请换一个代字。"})
    template = AgreementTemplate.objects.create(
        title=title, year=year, prefix=prefix, sign_by=sign_by, valid_until=valid_until, created_at=at, created_by=by,
        is_demo=is_demo, revision=1,
    )  # fmt: skip
    clean = read_blocks(blocks or FIRST_BLOCKS)
    _append(template, heading, clean, with_new_names(clean, read_variables(list(variables))), by=by, at=at, version=1)
    ScoreBand.objects.bulk_create(
        ScoreBand(template=template, lower=lower, name=name, deduct=deduct, consequence=words)
        for lower, name, deduct, words in USUAL_BANDS
    )
    audit.record("agreement_template_created", actor=by, subject=template, at=at)
    return template


def _append(
    template: AgreementTemplate, heading: str, blocks: list, variables: list, *, by: Any, at: datetime, version: int
) -> TemplateEdit:  # fmt: skip
    return TemplateEdit.objects.create(
        template=template, revision=template.revision, version=version, heading=heading, blocks=blocks,
        variables=variables, at=at, by=by, by_name=by.real_name if by else "",
    )  # fmt: skip


def _heading(sent: Any) -> str:
    heading = " ".join(str(sent or "").split())
    if not heading or len(heading) > LONGEST_HEADING:
        raise AnswersRefused({"heading": f"标题应有 1 到 {LONGEST_HEADING} 个字，现为 {len(heading)} 个。"})
    return heading


@transaction.atomic
def save_text(
    template: AgreementTemplate, *, revision: int, by: Any, at: datetime, blocks: Any = None, heading: Any = None,
    variables: Any = None,
) -> TemplateEdit:  # fmt: skip
    """Keep a wording that was written upon revision `revision`; what is not given stays as it is.

    If somebody saved in between, StepConflict, unless it is this very wording again: a repeated request (the
    answer was lost on the way) changes nothing.
    """
    check_manager(by)
    head = template.edits.head()
    clean = read_blocks(blocks) if blocks is not None else head.blocks
    wanted = (
        _heading(heading) if heading is not None else head.heading, clean,
        with_new_names(clean, read_variables(variables) if variables is not None else head.variables),
    )  # fmt: skip
    if (head.heading, head.blocks, head.variables) == wanted:
        return head
    if head.revision != revision or not AgreementTemplate.objects.filter(pk=template.pk, revision=revision).update(
        revision=F("revision") + 1
    ):
        when = timezone.localtime(head.at)
        raise StepConflict(
            f"{head.by_name or '另一个人'} {when:%H:%M} 刚改过这份责任书，你的修改没有保存，也没有覆盖对方的。"
            "文字仍在本页，请对照后再决定。"
        )
    template.revision = revision + 1
    return _append(template, *wanted, by=by, at=at, version=_version_after(head, by=by, at=at))


def _version_after(head: TemplateEdit, *, by: Any, at: datetime) -> int:
    """The same version while one person writes on one day and nothing was sent from it, else the next."""
    same_sitting = head.by_id == by.pk and timezone.localdate(head.at) == timezone.localdate(at)
    sent = head.template.agreements.filter(edit__version=head.version).exists()
    return head.version if same_sitting and not sent else head.version + 1


def changes_since_last_version(template: AgreementTemplate, head: TemplateEdit) -> list[Change]:
    """What the current version says otherwise than the one before; nothing for the first."""
    before = template.edits.last_of_version(head.version - 1)
    return changes_between((before.heading, before.blocks), (head.heading, head.blocks)) if before else []


def settings_of(template: AgreementTemplate) -> dict[str, list[dict[str, Any]]]:
    """The frame, the bands and the tasks as they are kept, each as rows of columns."""
    return {
        "frame": list(AgreementTemplate.objects.filter(pk=template.pk).values("title", "sign_by", "valid_until")),
        "bands": list(template.bands.order_by("-lower").values("lower", "name", "deduct", "consequence")),
        "tasks": list(template.tasks.order_by("seq").values("text", "due_on", "party_kind")),
    }  # fmt: skip


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """What a page showed, in short: what it sends later is held against it."""
    return blake2b(repr([dict(row) for row in rows]).encode(), digest_size=16).hexdigest()


def _stands(template: AgreementTemplate, part: str, wanted: list[dict[str, Any]], seen: str | None) -> bool:
    """Hold the text; whether this part of the settings is as wanted already (a second press changes nothing).

    StepConflict if it is not what was `seen` either; the loader (None) has seen nothing.
    """
    AgreementTemplate.objects.filter(pk=template.pk).update(revision=F("revision"))
    now = settings_of(template)[part]
    if now != wanted and seen is not None and seen != digest_of(now):
        raise StepConflict("另一个人刚改过这一部分，你的修改没有保存，也没有覆盖对方的。请返回刷新，看过再改。")
    return now == wanted


@transaction.atomic
def set_frame(
    template: AgreementTemplate, *, fields: Mapping[str, Any], by: Any, at: datetime, seen: str | None = None
) -> None:
    """Title, last day of signing and end of the term; what was sent keeps its own term."""
    check_manager(by)
    wanted = {name: fields[name] for name in ("title", "sign_by", "valid_until")}
    if _stands(template, "frame", [wanted], seen):
        return
    AgreementTemplate.objects.filter(pk=template.pk).update(**wanted)
    audit.record("agreement_frame_changed", actor=by, subject=template, at=at)


@transaction.atomic
def set_bands(
    template: AgreementTemplate, *, rows: Iterable[Mapping[str, Any]], by: Any, at: datetime, seen: str | None = None
) -> None:
    """Replace the score bands; the lowest must begin at 0, so that every score has its band."""
    check_manager(by)
    wanted = sorted(map(dict, rows), key=lambda row: row["lower"], reverse=True)
    if not wanted or wanted[-1]["lower"] != 0:
        raise AnswersRefused({"bands": "最低一档应从 0 分起，否则低分没有等次。请补上从 0 分起的一档。"})
    if len({row["lower"] for row in wanted}) != len(wanted):
        raise AnswersRefused({"bands": "两档的起分相同，等次会重叠。请改成不同的起分。"})
    if _stands(template, "bands", wanted, seen):
        return
    template.bands.all().delete()
    ScoreBand.objects.bulk_create(ScoreBand(template=template, **row) for row in wanted)
    audit.record("agreement_bands_changed", actor=by, subject=template, detail={"count": len(wanted)}, at=at)


@transaction.atomic
def set_tasks(
    template: AgreementTemplate, *, rows: Iterable[Mapping[str, Any]], by: Any, at: datetime, seen: str | None = None
) -> None:
    """Replace the tasks that come with the text; agreements already sent keep theirs."""
    check_manager(by)
    wanted = list(map(dict, rows))
    if _stands(template, "tasks", wanted, seen):
        return
    template.tasks.all().delete()
    tasks = [TemplateTask(template=template, seq=seq, **row) for seq, row in enumerate(wanted, start=1)]
    TemplateTask.objects.bulk_create(tasks)
    audit.record("agreement_tasks_changed", actor=by, subject=template, detail={"count": len(tasks)}, at=at)


def band_for(bands: Iterable[ScoreBand], score: Decimal) -> ScoreBand | None:
    """The band of a score: the highest that begins at or below it, so that the lower bound belongs to the band."""
    return next((band for band in sorted(bands, key=lambda band: -band.lower) if score >= band.lower), None)


def band_words(bands: Iterable[ScoreBand]) -> list[tuple[ScoreBand, str]]:
    """Bands with their span in words, highest first: 95–100 分, 90–95 分（不含 95）, 80 分以下."""
    found, upper = [], None
    for band in sorted(bands, key=lambda band: -band.lower):
        low = f"{band.lower.normalize():f}"
        words = f"{low}–{upper} 分（不含 {upper}）" if upper else f"{low}–100 分"
        found.append((band, words if band.lower or not upper else f"不到 {upper} 分"))
        upper = low
    return found


@transaction.atomic
def keep_clause(
    *, title: str, blocks: Any, by: Any, at: datetime, clause: Clause | None = None, active: bool = True
) -> Clause:
    """Put a piece of wording into the library, or change one that is there."""
    if by is not None:
        check_manager(by)
    kept = clause or Clause()
    kept.title, kept.blocks, kept.active, kept.changed_at, kept.changed_by = title, read_blocks(blocks), active, at, by
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise AnswersRefused({"title": f"条款库里已有“{title}”。请换一个名称，或修改原有的一条。"}) from error
    audit.record("agreement_clause_kept", actor=by, subject=kept, at=at)
    return kept
