"""Setting up a campaign: its name and days, its targets, what was reported of it."""
import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from campaigns.errors import AnswersRefused, StepForbidden
from campaigns.models import Campaign, CampaignTarget, ReportedValue
from campaigns.states import Measure

KEEP = "campaigns.keep_campaigns"
TAKEN = ("new", "kinds", "entries")  # addresses of the site's own
LARGEST = Decimal("999999999999.99")


def _may(by: Any) -> None:
    if by is None or not by.has_perm(KEEP):
        raise StepForbidden("专项行动由台账专员设置。需要时请与台账专员联系。")


@transaction.atomic
def keep_campaign(*, by: Any, at: datetime.datetime, campaign: Campaign | None = None, **columns: Any) -> Campaign:
    """Set up a campaign or change one; the trail keeps which columns."""
    _may(by)
    made = campaign or Campaign()
    changed = [name for name, value in columns.items() if getattr(made, name) != value]
    for name in changed:
        setattr(made, name, columns[name])
    if campaign and not changed:
        return made
    if made.slug in TAKEN:
        raise AnswersRefused({"slug": f"网址名 {made.slug} 是系统自己的。请换一个。"})
    for name, word in (("deadline", "要求完成"), ("completed_on", "完成")):
        day = getattr(made, name)
        if day and day < made.starts_on:
            raise AnswersRefused({name: f"{word}日期 {day:%Y-%m-%d} 早于开始日期 {made.starts_on:%Y-%m-%d}。请核对。"})
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise AnswersRefused({"name": "名称或网址名已有专项行动使用。请换一个。"}) from error
    fields = "、".join(str(Campaign._meta.get_field(name).verbose_name) for name in changed)
    audit.record("campaign_changed" if campaign else "campaign_opened", actor=by, subject=made,
                 detail={"fields": fields}, at=at)  # fmt: skip
    return made


@transaction.atomic
def set_target(
    campaign: Campaign, *, by: Any, at: datetime.datetime, measure: str, amount: Decimal, kind: Any = None,
    community: Any = None, department: Any = None,
) -> CampaignTarget:  # fmt: skip
    """Plan an amount for the street, a community or a department; the same target again is a change of its amount."""
    _may(by)
    if not 0 < amount <= LARGEST:
        raise AnswersRefused({"amount": "计划数须大于 0。"})
    if community and department:
        raise AnswersRefused({"department": "一个目标只能分给一个社区或一个单位。请去掉其中一个。"})
    if (measure == Measure.ENTRIES) != (kind is not None):
        raise AnswersRefused({"kind": "“整治数量”的目标须选整治类别，其他指标不选。"})
    where = {"measure": measure, "kind": kind, "community": community, "department": department}
    target = campaign.targets.filter(**where).first() or CampaignTarget(campaign=campaign, **where)
    if target.pk and target.amount == amount:
        return target
    before, target.amount = (str(target.amount) if target.pk else ""), amount
    try:
        with transaction.atomic():
            target.save()
    except IntegrityError as error:
        raise AnswersRefused({"measure": "这个目标刚由他人设定。请刷新后再改。"}) from error
    detail = {"fields": target.label, "from": before, "to": str(amount)}
    audit.record("target_set", actor=by, subject=campaign, detail=detail, at=at)
    return target


@transaction.atomic
def drop_target(target: CampaignTarget, *, by: Any, at: datetime.datetime) -> None:
    """A target that is not wanted any more; the history keeps it."""
    _may(by)
    detail = {"fields": target.label, "from": str(target.amount)}
    audit.record("target_dropped", actor=by, subject=target.campaign, detail=detail, at=at)
    target.delete()


@transaction.atomic
def note_reported(
    campaign: Campaign, *, by: Any, at: datetime.datetime, measure: str, words: str, source: str,
    value: Decimal | None = None,
) -> ReportedValue:  # fmt: skip
    """What a report printed, in its own words; it stands beside the computed figure."""
    _may(by)
    if not words.strip() or not source.strip():
        raise AnswersRefused({"words": "请填写上报原文和出处。"})
    columns = {"words": words.strip(), "source": source.strip(), "value": value}
    row, _ = ReportedValue.objects.update_or_create(campaign=campaign, measure=measure, defaults=columns)
    detail = {"fields": row.get_measure_display()}
    audit.record("reported_value_noted", actor=by, subject=campaign, detail=detail, at=at)
    return row
