"""Batches of payments (补贴发放): made by one, approved by another, then paid; nothing is paid twice or changed."""
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import audit
from coal_to_electric import electricity
from coal_to_electric.errors import AnswersRefused, HouseholdConflict, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import Household, HouseholdStep, OffPeakReading, PaymentBatch, PaymentLine, Programme
from coal_to_electric.progress import SHORTEST_REASON, write
from coal_to_electric.states import BatchStatus, PaymentKind
from coal_to_electric.subsidies import Policies

CREATE, APPROVE = "coal_to_electric.create_payment_batch", "coal_to_electric.approve_payment"
MOST_HOUSEHOLDS = 500


def owed(programme: Programme, kind: str, *, season: int | None = None) -> QuerySet:
    """The households of a programme that could be put into a batch now."""
    rows = Household.objects.filter(programme=programme)
    found = rows.owed_equipment() if kind == PaymentKind.EQUIPMENT else rows.owed_off_peak(season or programme.season)
    return found.order_by("number")


@transaction.atomic
def create_payment_batch(
    programme: Programme, *, kind: str, by: Any, at: datetime, numbers: Iterable[str], season: int | None = None,
    note: str = "", is_demo: bool = False,
) -> PaymentBatch:  # fmt: skip
    """Put unpaid, reckoned households together; all that were named, or none."""
    _need(by, CREATE, "编制补贴发放批次")
    season = season or programme.season
    households = _named(owed(programme, kind, season=season), numbers)
    lines = _equipment_lines(households) if kind == PaymentKind.EQUIPMENT else _off_peak_lines(households, season)
    batch = PaymentBatch(
        number=_next_number(programme), programme=programme, kind=kind, season=season, created_by=by, created_at=at,
        note=note.strip(), is_demo=is_demo, households=len(lines), city_yuan=sum(line.city_yuan for line in lines),
        district_yuan=sum(line.district_yuan for line in lines),
    )  # fmt: skip
    batch.save(force_insert=True)
    for line in lines:
        line.batch, line.kind, line.season = batch, kind, season
        line.amount_yuan = line.city_yuan + line.district_yuan
    try:
        with transaction.atomic():
            PaymentLine.objects.bulk_create(lines)
    except IntegrityError as error:
        raise HouseholdConflict("名单里有住户刚被编入另一批次，这次没有编制。请刷新名单后再编。") from error
    audit.record("payment_batch_created", actor=by, subject=batch, at=at, detail=_told(batch))
    return batch


def _named(rows: QuerySet, numbers: Iterable[str]) -> list[Household]:
    """The named ones, if every one of them can be paid."""
    wanted = list(dict.fromkeys(number.replace("\0", "") for number in numbers))
    if not wanted or len(wanted) > MOST_HOUSEHOLDS:
        raise AnswersRefused({"numbers": f"请勾选要发放的住户，1 至 {MOST_HOUSEHOLDS} 户。"})
    found = rows.filter(number__in=wanted).select_related("equipment__kind")
    households = list(found.defer("id_number", "phone", "householder"))
    missing = sorted(set(wanted) - {one.number for one in households})
    if missing:
        words = f"{'、'.join(missing[:3])} 等 {len(missing)} 户不能编入：未验收、已退出、没有算出补贴或已编入其他批次。"
        raise HouseholdRefused(f"{words}请刷新名单后再编。")
    return households


def _next_number(programme: Programme) -> str:
    Programme.objects.filter(pk=programme.pk).update(last_batch=F("last_batch") + 1)
    programme.refresh_from_db(fields=["last_batch"])
    return f"BT{programme.season}-{programme.last_batch:02d}"


def _equipment_lines(households: list[Household]) -> list[PaymentLine]:
    """What the row of the household says, after reckoning it once more for the working."""
    policies, lines = Policies(), []
    for one in households:
        subsidy = policies.reckon(
            one.equipment.kind, price=one.price_yuan, area=one.heating_area_m2, low_income=one.low_income,
            on=one.chosen_date,
        )  # fmt: skip
        kept = {"city_yuan": one.city_yuan, "district_yuan": one.district_yuan, "own_yuan": one.own_yuan}
        if subsidy is None or subsidy.columns != kept:
            raise HouseholdRefused(f"{one.number} 的补贴与现行政策算出的不一致。请重新登记选型后再编批次。")
        lines.append(PaymentLine(
            household=one, city_yuan=one.city_yuan, district_yuan=one.district_yuan, working=subsidy.words[:400]
        ))  # fmt: skip
    return lines


def _off_peak_lines(households: list[Household], season: int) -> list[PaymentLine]:
    readings = {
        reading.household_id: reading
        for reading in OffPeakReading.objects.filter(household__in=[one.pk for one in households], season=season)
    }
    lines, rates = [], {}
    for one in households:
        reading = readings[one.pk]
        # The rate of the day of the reading; days repeat, so each is asked once.
        if reading.read_on not in rates:
            rates[reading.read_on] = electricity.rates_on(reading.read_on)
        found = electricity.reckon(reading.kwh, rates[reading.read_on])
        if not found.city_yuan + found.district_yuan:
            words = f"{one.number} 的谷电补贴为 0：{found.words}。"
            raise HouseholdRefused(f"{words}请先请管理员填写标准，或不编入这一户。")
        lines.append(PaymentLine(
            household=one, city_yuan=found.city_yuan, district_yuan=found.district_yuan, working=found.words[:400]
        ))  # fmt: skip
    return lines


@transaction.atomic
def approve_batch(batch: PaymentBatch, *, by: Any, at: datetime) -> None:
    """The second pair of eyes: never the one who made it, and only if the head still equals its rows."""
    _decide(batch, by=by, at=at, to=BatchStatus.APPROVED, act="审批")
    audit.record("payment_batch_approved", actor=by, subject=batch, at=at, detail=_told(batch))


@transaction.atomic
def refuse_batch(batch: PaymentBatch, *, by: Any, at: datetime, reason: str) -> None:
    """Send it back; its households may be put into another one."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"reason": "请写明退回原因，至少 5 个字。"})
    _decide(batch, by=by, at=at, to=BatchStatus.REFUSED, act="退回", refusal=reason.strip()[:300])
    PaymentLine.objects.filter(batch=batch).update(live=False)
    audit.record("payment_batch_refused", actor=by, subject=batch, at=at, reason=reason, detail=_told(batch))


def _decide(batch: PaymentBatch, *, by: Any, at: datetime, to: str, act: str, refusal: str = "") -> None:
    """From submitted to a decision, once; of two who decide at once, one is told."""
    _need(by, APPROVE, f"{act}补贴发放批次")
    if batch.created_by_id == by.pk:
        raise HouseholdForbidden(f"{batch.number} 是你编制的，要由另一个人{act}。")
    columns = {"status": to, "decided_by": by, "decided_at": at, "refusal": refusal}
    _claim(batch, BatchStatus.SUBMITTED, columns, act)
    if to == BatchStatus.APPROVED:  # after the claim: who refuses meanwhile empties the rows, and that is no mismatch
        check_totals(batch)
        check_amounts(batch)
    _show(batch, columns)


def _claim(batch: PaymentBatch, wanted: str, columns: dict[str, Any], act: str) -> None:
    if not PaymentBatch.objects.filter(pk=batch.pk, status=wanted).update(**columns):
        batch.refresh_from_db()
        raise HouseholdConflict(f"{batch.number} 现在是{batch.get_status_display()}，没有重复{act}。")


def _show(batch: PaymentBatch, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(batch, name, value)


def check_totals(batch: PaymentBatch) -> None:
    """The head of a batch equals the sum of its rows, or nothing is approved or paid."""
    found = PaymentLine.objects.filter(batch=batch, live=True).totals()
    wanted = {"households": batch.households, "city": batch.city_yuan, "district": batch.district_yuan}
    if found != wanted:
        head = f"合计 {batch.total_yuan} 元 {batch.households} 户"
        rows = f"明细 {found['city'] + found['district']} 元 {found['households']} 户"
        raise HouseholdRefused(f"{batch.number} 的合计与明细不一致：{head}，{rows}。请退回重编。")


def check_amounts(batch: PaymentBatch) -> None:
    """Each line pays what its household's row or reading says: both may have been mended while the batch was made."""
    lines = PaymentLine.objects.filter(batch=batch, live=True)
    if batch.kind == PaymentKind.EQUIPMENT:
        same = Q(city_yuan=F("household__city_yuan"), district_yuan=F("household__district_yuan"))
        odd = list(lines.exclude(same).values_list("household__number", flat=True))
    else:
        pays = {line.household: (line.city_yuan, line.district_yuan) for line in lines.for_list()}
        due = _off_peak_lines(list(pays), batch.season)
        odd = [line.household.number for line in due if pays[line.household] != (line.city_yuan, line.district_yuan)]
    if odd:
        raise HouseholdRefused(f"{'、'.join(odd[:3])} 的补贴在编制后有变动，与明细不一致。请退回重编。")


def doubt_about_day(batch: PaymentBatch, *, on: date) -> str:
    """A bank seldom pays before the approval: it is asked about, not refused, since papers may have gone ahead.

    Of a batch that is not approved, or paid already, there is nothing to doubt: `mark_paid` answers.
    """
    if batch.status != BatchStatus.APPROVED or on >= (approved := timezone.localdate(batch.decided_at)):
        return ""
    return f"发放日期 {on} 早于审批日期 {approved}。请核对；确实如此，请勾选后再登记。"


@transaction.atomic
def mark_paid(batch: PaymentBatch, *, by: Any, at: datetime, on: date) -> None:
    """The bank has paid: the batch and each household say when."""
    _need(by, CREATE, "登记补贴发放")
    if on > timezone.localdate(at):
        raise AnswersRefused({"on": f"发放日期 {on} 还没有到。请填银行实际发放的日期。"})
    if batch.status == BatchStatus.SUBMITTED:
        raise HouseholdRefused(f"{batch.number} 还没有审批，不能登记发放。")
    if batch.status == BatchStatus.APPROVED:
        check_totals(batch)
    columns = {"status": BatchStatus.PAID, "paid_on": on, "paid_by": by}
    _claim(batch, BatchStatus.APPROVED, columns, "登记发放")
    _show(batch, columns)
    lines = list(PaymentLine.objects.filter(batch=batch, live=True).select_related("household__programme"))
    for line in lines:
        if batch.kind == PaymentKind.EQUIPMENT:
            line.household.subsidy_paid_date = on
            write(line.household, {"subsidy_paid_date": on}, version=line.household.version)
    HouseholdStep.objects.bulk_create(
        HouseholdStep(
            household=line.household, step="pay", happened_on=on, recorded_at=at, by=by,
            detail={"batch": batch.number, "yuan": str(line.amount_yuan)},
        )
        for line in lines
    )  # fmt: skip
    audit.record("payment_batch_paid", actor=by, subject=batch, at=at, detail=_told(batch) | {"on": f"{on}"})


def _need(by: Any, right: str, what: str) -> None:
    if not by.has_perm(right):
        raise HouseholdForbidden(f"你的角色不能{what}。需要时请与台账专员或值班科长联系。")


def _told(batch: PaymentBatch) -> dict[str, Any]:
    return {"batch": batch.number, "count": batch.households, "yuan": str(batch.total_yuan)}
