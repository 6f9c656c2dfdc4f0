"""What is done for a household, step by step: one table, and one function that takes a step.

The order of the table is the plan's, and advice only (workflow §7). A step taken again corrects the earlier one and
wants the reason. Every step is a row of the append-only story; the row of the household is written by a conditional
update on its version, so that of two at once one wins.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from coal_to_electric.errors import AnswersRefused, HouseholdConflict, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import Household, HouseholdStep
from coal_to_electric.states import DATES, furthest
from coal_to_electric.subsidies import Policies

KEEP = "coal_to_electric.keep_households"
VISIT = "coal_to_electric.visit_households"
SHORTEST_REASON = 5
FIRST_REVISIT = timedelta(days=7)  # after power-on, but not before the heating season
CHANGED_MEANWHILE = "{number} 刚刚被他人更新，这次没有写入。请核对最新情况后再办。"


@dataclass(frozen=True)
class Step:
    """One row of the table: the act, its button, the date it sets, who may, and what it asks."""

    name: str
    button: str
    column: str
    needs: str = KEEP
    asks: tuple[str, ...] = ()


_TABLE = (
    #     name             button       date                     needs   asks
    Step("survey",        "摸底",       "survey_date",           KEEP,  ("eligible", "reason")),
    Step("visit",         "入户宣传",   "visit_date",            VISIT),
    Step("sign_up",       "登记",       "sign_date"),
    Step("review",        "审核",       "review_date"),
    Step("give_notice",   "公示",       "notice_from",           KEEP,  ("until",)),
    Step("choose",        "选型",       "chosen_date",           KEEP,  ("equipment", "quantity", "price_yuan")),
    Step("extend_grid",   "外电网",     "outside_power_date"),
    Step("wire",          "户线",       "indoor_wiring_date"),
    Step("install",       "安装",       "installed_date",        KEEP,  ("delivered_on",)),
    Step("power_on",      "通电",       "power_on_date",         KEEP,  ("meter_no",)),
    Step("accept",        "验收",       "accepted_date",         KEEP,  ("acceptor",)),
    Step("recover_stove", "炉具回收",   "stove_recovered_date",  KEEP,  ("stoves", "briquettes")),
    Step("turn_on",       "谷电开通",   "off_peak_date"),
    Step("withdraw",      "退出",       "withdrawn_on",          KEEP,  ("exit_reason",)),
    Step("rejoin",        "重新加入",   "",                      KEEP,  ("rejoin_reason",)),
)  # fmt: skip
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}
# What the story calls steps that have verbs of their own (ledger, payments, revisits).
OTHER_WORDS = {
    "enter": "建档", "amend": "修改资料", "pay": "补贴发放", "revisit": "回访", "picture": "照片", "read": "抄表"
}  # fmt: skip
WORDS = {step.name: step.button for step in _TABLE} | OTHER_WORDS


@dataclass(frozen=True)
class Act:
    """A step to be taken: when it happened and what was answered."""

    step: str
    on: date
    answers: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    derived: bool = False


def steps_for(household: Household, user: Any) -> list[Step]:
    """The steps that may be offered to this person now, in the order of the plan."""
    if household.withdrawn_on:
        return [STEPS["rejoin"]] if user.has_perm(KEEP) else []
    return [step for step in _TABLE if step.name != "rejoin" and user.has_perm(step.needs)]


def take(
    step: str, household: Household, *, by: Any, at: datetime, on: date, version: int | None = None, note: str = "",
    **answers: Any,
) -> HouseholdStep:  # fmt: skip
    """Take one step; `version` is that of the page on which it was decided."""
    return take_all(household, [Act(step, on, answers, note)], by=by, at=at, version=version)[0]


@transaction.atomic
def take_all(
    household: Household, acts: Iterable[Act], *, by: Any, at: datetime, version: int | None = None,
    policies: Policies | None = None,
) -> list[HouseholdStep]:  # fmt: skip
    """Take several steps at once, all or none: how an import and the demonstration replay a household."""
    expected = household.version if version is None else version
    columns: dict[str, Any] = {}
    rows = []
    for act in acts:
        step = STEPS[act.step]
        check_hands(household, by, step.needs)
        _check(step, household, act, at=at)
        detail = _EFFECTS.get(step.name, _nothing_more)(household, act, policies or Policies())
        if step.column:
            detail.setdefault(step.column, act.on)
        for name, value in detail.items():
            setattr(household, name, value)
        columns |= detail
        rows.append(_row(household, act, detail, by=by, at=at))
    write(household, columns, version=expected)
    HouseholdStep.objects.bulk_create(rows)
    return rows


def check_hands(household: Household, by: Any, needs: str) -> None:
    """The right, and for a community's worker only one's own community."""
    if not by.has_perm(needs):
        raise HouseholdForbidden("你的角色不能办这一步。需要时请与台账专员联系。")
    if by.has_perm("coal_to_electric.see_households"):
        return
    own = by.department_id is not None and household.community.department_id == by.department_id
    if not (own and by.has_perm("coal_to_electric.see_community_households")):
        raise HouseholdForbidden("这一户不在你的社区。请与该社区的工作人员联系。")


def _check(step: Step, household: Household, act: Act, *, at: datetime) -> None:
    """What holds for every step."""
    if household.withdrawn_on and step.name != "rejoin":
        raise HouseholdRefused(f"{household.number} 已退出：不能办{step.button}。要继续办理，请先重新加入。")
    if not household.withdrawn_on and step.name == "rejoin":
        raise HouseholdRefused(f"{household.number} 没有退出，不需要重新加入。")
    if act.on > timezone.localdate(at):
        raise AnswersRefused({"on": f"{step.button}日期 {act.on} 还没有到。请填实际发生的日期。"})
    before = getattr(household, step.column) if step.column else None
    if before and len(act.note.strip()) < SHORTEST_REASON:
        raise AnswersRefused({"note": f"{step.button}已登记为 {before}。要更正，请写明原因，至少 5 个字。"})


def write(household: Household, columns: dict[str, Any], *, version: int) -> None:
    """Write columns if the household is still as it was read; recompute how far it has come."""
    household.stage = furthest(household)
    done = getattr(household, DATES[household.stage]) if household.stage else None
    household.stage_on = done or timezone.localdate(household.created_at)
    columns = {**columns, "stage": household.stage, "stage_on": household.stage_on, "version": version + 1}
    if not Household.objects.filter(pk=household.pk, version=version).update(**columns):
        raise HouseholdConflict(CHANGED_MEANWHILE.format(number=household.number))
    household.version = version + 1


def _row(household: Household, act: Act, columns: dict[str, Any], *, by: Any, at: datetime) -> HouseholdStep:
    kept = {name: _said(value) for name, value in columns.items() if name != STEPS[act.step].column}
    words = act.note.strip() or act.answers.get("exit_reason") or act.answers.get("rejoin_reason") or ""
    return HouseholdStep(
        household=household, step=act.step, happened_on=act.on, recorded_at=at, by=by, note=words.strip()[:300],
        detail=kept, derived=act.derived,
    )  # fmt: skip


def _said(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value if isinstance(value, bool | int | type(None)) else str(value)


# --- what a step writes beyond its date --------------------------------------------------------------------------


def refuse_bound(household: Household, what: str) -> None:
    """An amount that stands in a batch is not changed."""
    line = household.payments.filter(live=True, kind="equipment").select_related("batch").first()
    if line:
        batch = f"{line.batch.number}（{line.batch.get_status_display()}）"
        words = f"{household.number} 的补贴 {line.amount_yuan} 元已编入 {batch}，"
        tail = "不能再改。" if line.batch.status == "paid" else "要改请先退回该批次。"
        raise HouseholdRefused(f"{words}{what}{tail}")


def _nothing_more(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    return {}


def _survey(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    eligible, reason = act.answers.get("eligible"), (act.answers.get("reason") or "").strip()
    if eligible is False and not reason:
        raise AnswersRefused({"reason": "不符合条件时，请写明理由。"})
    return {"surveyed_eligible": eligible, "eligible_reason": reason}


def _give_notice(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    least = household.programme.notice_days
    until = act.answers.get("until") or act.on + timedelta(days=least)
    if (until - act.on).days < least:
        raise AnswersRefused({"until": f"公示只有 {(until - act.on).days} 天，不少于 {least} 天。请改结束日期。"})
    return {"notice_to": until}


def _choose(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    """The equipment, its price and what is paid by whom."""
    refuse_bound(household, "设备和价格")
    model, quantity, price = (act.answers.get(name) for name in ("equipment", "quantity", "price_yuan"))
    if model is None:
        raise AnswersRefused({"equipment": "请选择设备型号。"})
    if not model.kind.offered:
        why = model.kind.note or "这种设备不在煤改电范围"
        raise AnswersRefused({"equipment": f"{model.kind}不能选：{why}。请选蓄能式电暖器或热泵。"})
    if not quantity or quantity < 1:
        raise AnswersRefused({"quantity": "请填写台数，至少 1 台。"})
    if price is None and model.price_yuan:
        price = model.price_yuan * quantity
    if price is None or price <= 0:
        raise AnswersRefused({"price_yuan": "请填写设备总价，单位元。"})
    power = model.power_kw * quantity
    columns = {"equipment": model, "quantity": quantity, "price_yuan": Decimal(price), "power_kw": power}
    for name, value in columns.items():
        setattr(household, name, value)
    household.chosen_date = act.on
    return columns | subsidy_columns(household, policies)


def subsidy_columns(household: Household, policies: Policies) -> dict[str, Any]:
    """The parts of the price by the policies of the day of choice; empty parts where there is no policy."""
    nothing = {"city_yuan": None, "district_yuan": None, "own_yuan": None}
    if household.equipment is None or household.price_yuan is None or household.chosen_date is None:
        return nothing
    subsidy = policies.reckon(
        household.equipment.kind, price=household.price_yuan, area=household.heating_area_m2,
        low_income=household.low_income, on=household.chosen_date,
    )  # fmt: skip
    return subsidy.columns if subsidy else nothing


def _install(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    delivered = act.answers.get("delivered_on") or household.delivered_date
    if delivered and delivered > act.on:
        raise AnswersRefused({"delivered_on": f"到货日期 {delivered} 晚于安装日期 {act.on}。请核对。"})
    return {"delivered_date": delivered}


def _power_on(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    """From now on the household is to be visited, in the heating season."""
    meter = (act.answers.get("meter_no") or "").strip() or household.meter_no
    due = max(act.on + FIRST_REVISIT, household.programme.heating_from)
    return {"meter_no": meter, "revisit_due_on": household.revisit_due_on or (None if household.revisit_date else due)}


def _accept(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    return {"acceptor": (act.answers.get("acceptor") or "").strip()}


def _recover_stove(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    stoves = act.answers.get("stoves")
    if stoves is None:
        raise AnswersRefused({"stoves": "请填写回收炉具数；没有炉具填 0。"})
    return {"stoves_recovered": stoves, "briquettes_recovered": act.answers.get("briquettes") or 0}


def _withdraw(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    reason = (act.answers.get("exit_reason") or "").strip()
    if len(reason) < SHORTEST_REASON:
        raise AnswersRefused({"exit_reason": "请写明退出原因，至少 5 个字。"})
    refuse_bound(household, "")
    return {"exit_reason": reason, "revisit_due_on": None}


def _rejoin(household: Household, act: Act, policies: Policies) -> dict[str, Any]:
    if len((act.answers.get("rejoin_reason") or "").strip()) < SHORTEST_REASON:
        raise AnswersRefused({"rejoin_reason": "请写明重新加入的原因，至少 5 个字。"})
    due = None
    if household.power_on_date and not household.revisit_date:
        due = max(household.power_on_date + FIRST_REVISIT, household.programme.heating_from)
    return {"withdrawn_on": None, "exit_reason": "", "revisit_due_on": due}


_EFFECTS: dict[str, Callable[[Household, Act, Policies], dict[str, Any]]] = {
    "survey": _survey, "give_notice": _give_notice, "choose": _choose, "install": _install, "power_on": _power_on,
    "accept": _accept, "recover_stove": _recover_stove, "withdraw": _withdraw, "rejoin": _rejoin,
}  # fmt: skip
