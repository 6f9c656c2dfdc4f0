"""What is wrong with an answer to a step, in sentences: where, why, what to do."""
import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone

from campaigns.models import Structure, StructureEvent
from campaigns.states import Mode, OwnerKind, Service
from campaigns.steps import WORDS, Step

SHORTEST_REASON = 5
FIRST_DAY = datetime.date(1949, 10, 1)
PAPER_COLUMNS = ("number", "issued_on", "authority", "service", "served_on", "deadline_on")
AREAS = {
    "footprint_m2": "占地面积", "floor_area_m2": "建筑面积", "demolished_area_m2": "拆除面积",
    "vacated_land_m2": "腾退土地面积",
}  # fmt: skip
LARGEST_AREA = Decimal("9999999999.99")
TOO_MUCH = "拆除面积 {demolished:,.2f} ㎡ 大于认定建筑面积 {floor:,.2f} ㎡。请核对；经复测的请勾选“经复测”。"
NOT_SHOWN = {"owner_name"}  # the story tells that it changed, never what it was


def wrong_columns(columns: dict[str, Any], *, at: datetime.datetime) -> dict[str, str]:
    """What a new structure lacks or has wrong."""
    errors = {}
    if not (columns.get("place") or "").strip():
        errors["place"] = "请填写点位名称。"
    if not (columns.get("community") or columns.get("community_id")):
        errors["community"] = "请选择社区，或在地图上点选位置。"
    found = columns.get("found_on")
    if not found:
        errors["found_on"] = "请填写发现日期。"
    elif found > timezone.localdate(at):
        errors["found_on"] = f"发现日期 {found:%Y-%m-%d} 晚于今天。请核对。"
    elif found < FIRST_DAY:
        errors["found_on"] = f"发现日期 {found:%Y-%m-%d} 太早。请核对年份。"
    return errors | _wrong_areas(columns)


def _wrong_areas(values: dict[str, Any]) -> dict[str, str]:
    errors = {}
    for name, word in AREAS.items():
        value = values.get(name)
        if value is not None and value != "" and not 0 <= Decimal(value) <= LARGEST_AREA:
            errors[name] = f"{word}应在 0 到 {LARGEST_AREA:,} ㎡ 之间，现为 {value}。"
    return errors


def wrong_answers(
    step: Step, now: Structure, answers: dict[str, Any], *, events: list[StructureEvent], at: datetime.datetime
) -> dict[str, str]:
    """What a step was answered wrongly."""
    errors = _wrong_areas(answers)
    if "on" in step.asks:
        errors |= _wrong_day(step, answers.get("on"), events=events, at=at)
    if "reason" in step.asks and len(str(answers.get("reason") or "").strip()) < SHORTEST_REASON:
        errors["reason"] = f"请写明理由，至少 {SHORTEST_REASON} 个字。"
    if step.name == "determine" and answers.get("floor_area_m2") in (None, ""):
        errors["floor_area_m2"] = "请填写认定的建筑面积（㎡）。"
    if step.name == "plan" and not answers.get("planned_at"):
        errors["planned_at"] = "请填写计划拆除时间。"
    if step.name == "relapse" and len(str(answers.get("words") or "").strip()) < SHORTEST_REASON:
        errors["words"] = f"请写明反弹情况，至少 {SHORTEST_REASON} 个字。"
    if step.paper or (step.name == "determine" and answers.get("number")):
        errors |= wrong_paper({**answers, "issued_on": answers.get("on")}, at=at)
    if step.name == "demolish":
        errors |= _wrong_demolition(now, answers)
    return errors


def _wrong_day(
    step: Step, on: datetime.date | None, *, events: list[StructureEvent], at: datetime.datetime
) -> dict[str, str]:
    if not on:
        return {"on": "请填写日期。"}
    if on > timezone.localdate(at):
        return {"on": f"日期 {on:%Y-%m-%d} 晚于今天。请在办完之后登记。"}
    last = _last_step(events)
    if last and on < last.happened_on:
        word = WORDS.get(last.step, last.step)
        return {"on": f"日期 {on:%Y-%m-%d} 早于上一步“{word}”的 {last.happened_on:%Y-%m-%d}。请核对。"}
    return {}


def _last_step(events: list[StructureEvent]) -> StructureEvent | None:
    """The last event that led to another stage and was not gone back over."""
    way: list[StructureEvent] = []
    for event in events:
        if event.step == "back" and len(way) > 1:
            way.pop()
        elif not way or way[-1].stage != event.stage:
            way.append(event)
    return way[-1] if way else None


def _wrong_demolition(now: Structure, answers: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if answers.get("mode") not in Mode.values:
        errors["mode"] = "请选择拆除方式。"
    area = answers.get("demolished_area_m2")
    if area in (None, ""):
        errors["demolished_area_m2"] = "请填写拆除的建筑面积（㎡）。"
    elif now.floor_area_m2 is not None and Decimal(area) > now.floor_area_m2 and not answers.get("remeasured"):
        errors["demolished_area_m2"] = TOO_MUCH.format(demolished=Decimal(area), floor=now.floor_area_m2)
    return errors


def wrong_paper(answers: dict[str, Any], *, at: datetime.datetime) -> dict[str, str]:
    """What a paper was entered wrongly."""
    errors = {}
    issued, served, deadline = answers.get("issued_on"), answers.get("served_on"), answers.get("deadline_on")
    if not issued:
        errors["issued_on"] = "请填写制发日期。"
    elif issued > timezone.localdate(at):
        errors["issued_on"] = f"制发日期 {issued:%Y-%m-%d} 晚于今天。请核对。"
    if not (answers.get("authority") or "").strip():
        errors["authority"] = "请填写执法主体，例如区城管执法监察局。"
    if served and issued and served < issued:
        errors["served_on"] = f"送达日期 {served:%Y-%m-%d} 早于制发日期 {issued:%Y-%m-%d}。请核对。"
    if served and served > timezone.localdate(at):
        errors["served_on"] = f"送达日期 {served:%Y-%m-%d} 晚于今天。请送达之后登记。"
    if deadline and issued and deadline < issued:
        errors["deadline_on"] = f"限期 {deadline:%Y-%m-%d} 早于制发日期 {issued:%Y-%m-%d}。请核对。"
    if answers.get("service") and answers["service"] not in Service.values:
        errors["service"] = "请从列表里选择送达方式。"
    return errors


def wrong_amendment(
    now: Structure, changed: dict[str, Any], *, reason: str, figures: tuple[str, ...], at: datetime.datetime
) -> dict[str, str]:
    """What an edit may not do: leave a gap, turn days round, change a counted figure without a word."""
    whole = {name: changed.get(name, getattr(now, name)) for name in ("place", "found_on", "community_id", *AREAS)}
    if "community" in changed:
        whole["community_id"] = changed["community"].pk if changed["community"] else None
    errors = wrong_columns(whole, at=at)
    down = changed.get("demolished_on", now.demolished_on)
    if now.demolished_on and not down:
        errors["demolished_on"] = "已登记拆除的不能没有拆除日期。拆除登记有误的，请退回上一步。"
    elif down and now.demolished_on is None:
        errors["demolished_on"] = "还没有登记拆除。请用“登记拆除”填写拆除日期。"
    elif down and (down > timezone.localdate(at) or down < whole["found_on"]):
        errors["demolished_on"] = f"拆除日期 {down:%Y-%m-%d} 应在发现日期和今天之间。请核对。"
    elif down and now.written_off_on and down > now.written_off_on:
        errors["demolished_on"] = f"拆除日期 {down:%Y-%m-%d} 晚于销账日期 {now.written_off_on:%Y-%m-%d}。请核对。"
    if now.demolished_on and changed.get("mode", now.mode) == "":
        errors["mode"] = "已登记拆除的须有拆除方式。"
    errors |= _wrong_counted(now, changed, whole)
    if now.is_written_off and any(name in changed for name in figures) and len(reason.strip()) < SHORTEST_REASON:
        errors["reason"] = f"已销账的数字计入总数，修改须写明理由，至少 {SHORTEST_REASON} 个字。"
    return errors


def _wrong_counted(now: Structure, changed: dict[str, Any], whole: dict[str, Any]) -> dict[str, str]:
    errors = {}
    demolished, floor = whole["demolished_area_m2"], whole["floor_area_m2"]
    if now.demolished_on and demolished is None:
        errors["demolished_area_m2"] = "已登记拆除的须有拆除面积。"
    elif demolished is not None and floor is not None and demolished > floor:
        if not changed.get("remeasured", now.remeasured):
            errors["demolished_area_m2"] = TOO_MUCH.format(demolished=demolished, floor=floor)
    if now.is_written_off and whole["vacated_land_m2"] is None:
        errors["vacated_land_m2"] = "已销账的须有腾退土地面积，没有的填 0。"
    if now.is_written_off and changed.get("relocated_people", now.relocated_people) is None:
        errors["relocated_people"] = "已销账的须有疏解人口，没有的填 0。"
    return errors


def in_words(row: Any, name: str) -> str:
    """A column of a row as people read it."""
    value = getattr(row, name.removesuffix("_id"))
    if value is None or value == "":
        return ""
    if hasattr(row, f"get_{name}_display"):
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:,}" if isinstance(value, Decimal) else str(value)


def told_changes(now: Structure, changed: dict[str, Any]) -> str:
    """已拆建筑面积 265.00→266.00；备注: what the story says of an edit. Names of owners are not told."""
    after = Structure(**{name: value for name, value in changed.items() if name not in NOT_SHOWN})
    said = []
    for name in changed:
        try:
            word = str(Structure._meta.get_field(name).verbose_name)
        except FieldDoesNotExist:  # pragma: no cover - columns are checked before
            word = name
        if name in NOT_SHOWN:
            said.append(word)
        else:
            said.append(f"{word} {in_words(now, name) or '空'}→{in_words(after, name) or '空'}")
    return "；".join(said)


def owner_kind_of(words: str) -> str:
    """The kind of owner by the word that lists use: 个人(出租), 个人（出租）."""
    plain = words.strip().replace("（", "(").replace("）", ")")
    return next((kind.value for kind in OwnerKind if kind.label == plain), "")


def packed(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    return str(value) if isinstance(value, datetime.date | Decimal) else value


def unpacked(name: str, value: Any, *, model: Any = Structure) -> Any:
    """The value of a column back from JSON; a relation back from its key."""
    field = model._meta.get_field(name.removesuffix("_id"))
    if field.is_relation and not name.endswith("_id"):
        return field.related_model.objects.filter(pk=value).first() if value else None
    return value if field.is_relation or value is None else field.to_python(value)
