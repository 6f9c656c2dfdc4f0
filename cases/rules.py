"""What must hold before a move, beyond state and permission; each rule refuses with its sentence."""
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from cases import deadlines, owing
from cases.errors import AnswersRefused, MoveForbidden, MoveRefused
from cases.models import Assignment, Case, CasePhoto, PhotoKind
from cases.states import Clock, Source, State
from cases.trail import UNDO_SPAN
from grid import workdays
from grid.models import Thing
from grid.things_near import UNKNOWN, distance_to
from grid.workdays import Unit

RETURNS_BEFORE_CHIEF = 2
PETITION_RETURN_WORKDAYS = 5
REMIND_EVERY = timedelta(hours=1)
FARTHEST = timedelta(days=366)  # nobody sets a limit beyond a year; a wrong year in a date is caught here
NO_PHOTO_SOURCES = (Source.PETITION, Source.HOTLINE, Source.TRANSFER)
HANDS_OF = ("acknowledge", "feedback", "fix_on_spot")


def hands_on(case: Case) -> tuple[set[int], set[int]]:
    """Everyone who signed for or handled the case, and the departments that did.

    An assignment names the last hand alone: after a rework or a hand-over the story still knows the earlier ones.
    """
    people = set(case.events.filter(move__in=HANDS_OF).order_by().values_list("by", flat=True))
    departments = set()
    rows = Assignment.objects.filter(case=case).values_list("acknowledged_by", "handler", "department", "role")
    for signer, handler, department, role in rows:
        people |= {signer, handler}
        if signer or handler or (role == Assignment.Role.LEAD and case.lead_id == department):
            departments.add(department)  # theirs when they acted; where they work today says nothing
    if _was_fixed_on_spot(case):
        people.add(case.registrar_id)
        departments.add(case.registrar.department_id)
    return people - {None}, departments - {None}


def _refuse_hands(step: Any, user: Any, word: str) -> None:
    people, departments = hands_on(step.case)
    if user.pk in people:
        raise MoveForbidden(f"{user.real_name}签收或处置过本案，不能{word}。请换一位没有经手的人。")
    if user.department_id in departments:
        raise MoveForbidden(f"{user.real_name}与处置人同属一个单位，不能{word}。请换其他单位的人。")


def _was_fixed_on_spot(case: Any) -> bool:
    detail = getattr(case, "grid_event", None)
    return bool(detail and detail.fixed_on_spot)


def checker_is_fresh(step: Any) -> None:
    """The named checker neither signed for nor handled the case, nor belongs to a department that did."""
    checker = step.answers["checker"]
    if not checker.is_active or not checker.has_perm("cases.pass_check_case"):
        raise AnswersRefused({"checker": f"{checker.real_name}不能核查。请选择督查员或社区工作者。"})
    if step.case.is_petition and not checker.reach_of("cases.pass_check_case") & {"petitions", "community"}:
        raise AnswersRefused({"checker": f"{checker.real_name}看不到信访件，不能核查。请选择信访专员或社区工作者。"})
    try:
        _refuse_hands(step, checker, "核查")
    except MoveForbidden as refusal:
        raise AnswersRefused({"checker": str(refusal)}) from refusal


def actor_is_fresh(step: Any) -> None:
    """Whoever judges the result had no hand in it, in whatever role; a community worker only when named."""
    if step.case.checker_id != step.by.pk and not step.reach & {"all", "petitions"}:
        raise MoveForbidden("本案的核查人不是你。请由指定的核查人核查。")
    _refuse_hands(step, step.by, "核查")


def verifier_is_named(step: Any) -> None:
    """核实 goes to a community or to a person who can do it."""
    verifier = step.answers.get("verifier")
    if not verifier and not step.answers.get("community"):
        raise AnswersRefused({"community": "请选择核实社区或核实人，至少选一个。"})
    if verifier and not (verifier.is_active and verifier.has_perm("cases.answer_verification_case")):
        raise AnswersRefused({"verifier": f"{verifier.real_name}不能核实。请选择督查员或社区工作者。"})


def actor_is_verifier(step: Any) -> None:
    """The one asked to verify answers; an inspector may step in."""
    case, by = step.case, step.by
    named = case.verifier_id == by.pk or (
        not case.verifier_id and case.verifier_department_id and case.verifier_department_id == by.department_id
    )
    if not named and not step.reach & {"all", "petitions"}:
        raise MoveForbidden("本案没有派你核实。请由指定的社区或核实人反馈。")


def register_needs_grid(step: Any) -> None:
    """Everything but petitions is registered into a grid."""
    if not step.case.is_petition and not step.answers.get("grid") and not step.case.grid_id:
        raise AnswersRefused({"grid": "请填写网格。在地图上点选位置，或选择点位后自动带出。"})


def lead_can_take_it(step: Any) -> None:
    """Only a department in use, with the assisting ones different from it."""
    lead, assisting = step.answers["lead"], step.answers.get("assisting") or []
    if not lead.active or not lead.takes_cases:
        raise AnswersRefused({"lead": f"{lead.short_name}已停用或不承办案件。请选择其他单位。"})
    if lead in assisting:
        raise AnswersRefused({"assisting": f"{lead.short_name}已是主办，不能再作协办。请从协办中去掉。"})
    stopped = [one.short_name for one in assisting if not one.active or not one.takes_cases]
    if stopped:
        raise AnswersRefused({"assisting": f"{'、'.join(stopped)}已停用或不承办案件。请选择其他单位。"})


def chief_decides_after_returns(step: Any) -> None:
    """踢皮球: after two returns the 值班科长 dispatches."""
    if step.case.return_count >= RETURNS_BEFORE_CHIEF and not step.by.has_perm("cases.dispatch_after_returns"):
        raise MoveForbidden(f"本案已退回 {step.case.return_count} 次，须由值班科长派遣。")


def due_is_within_standard(step: Any) -> None:
    """A due beyond the standard or the document's own date is the chief's to give."""
    due = step.answers.get("due")
    if not due:
        return
    if due <= step.at:
        raise AnswersRefused({"due": "办理时限早于现在。请填写将来的时间。"})
    if due - step.at > FARTHEST:
        raise AnswersRefused({"due": "办理时限在一年以后。请核对年份。"})
    longest = deadlines.handling_limit_due(step.case, at=step.at, standards=step.standards)
    if longest and due > longest and not step.by.has_perm("cases.dispatch_beyond_standard"):
        latest = timezone.localtime(longest)
        raise AnswersRefused({"due": f"时限超过标准，最晚 {latest:%m-%d %H:%M}。如需更久，请值班科长派遣。"})


def blue_sky_has_leader(step: Any) -> None:
    """蓝天行动 cases go out under a 处级领导."""
    if not step.answers.get("duty_leader") and step.case.tags.filter(word="蓝天行动").exists():
        raise AnswersRefused({"duty_leader": f"“蓝天行动”案件须填带班处级领导：{step.case.number}。"})


def undone_in_time(step: Any) -> None:
    """The same person, within ten seconds, and nothing in between."""
    last = step.case.events.order_by("-seq").first()
    if last.move != "dispatch" or last.by_id != step.by.pk:
        raise MoveRefused("派遣后案件已有新的动作，不能撤销。请改用退回后重新派遣。")
    if step.at - last.happened_at > UNDO_SPAN:
        raise MoveRefused("派遣已超过 10 秒，不能撤销。请承办单位退回后重新派遣。")
    step.undone = last


def petition_is_returned_early(step: Any) -> None:
    """A department that says 不属本单位 returns a petition within five working days (北京市信访条例 35)."""
    if not step.case.is_petition or not step.case.dispatched_at:
        return
    limit = workdays.add_working_time(step.case.dispatched_at, PETITION_RETURN_WORKDAYS, Unit.WORK_DAY).due_at
    if step.at > limit:
        raise MoveRefused(f"信访件须在 5 个工作日内退回，已于 {timezone.localtime(limit):%m-%d %H:%M} 截止。")


def evidence_is_there(step: Any) -> None:
    """An after-photo where the category asks for it; petitions, hotline and transfers may prove by words."""
    case = step.case
    if not case.category or not case.category.evidence_required or case.source in NO_PHOTO_SOURCES:
        return
    if step.answers.get("photos"):
        return
    if not CasePhoto.objects.filter(case=case, kind=PhotoKind.AFTER, added_at__gte=case.dispatched_at).exists():
        raise AnswersRefused({"photos": f"“{case.category}”须附整改后照片。请在同一角度拍一张再提交。"})


def petition_has_outcome(step: Any) -> None:
    """A petition closes with 支持, 部分支持, 解释说明 or 不支持."""
    if step.case.is_petition and not step.answers.get("outcome"):
        raise AnswersRefused({"outcome": "信访件结案须选答复结论。"})


def _pending(case: Any, kind: str) -> Any:
    return case.requests.filter(kind=kind, granted__isnull=True).first()


def nothing_is_pending(step: Any) -> None:
    """A wish still undecided keeps the case open."""
    pending = step.case.requests.filter(granted__isnull=True).first()
    if pending:
        raise MoveRefused(f"还有{pending.get_kind_display()}申请没有审批，不能结案。请值班科长先审批。")


def nobody_is_owed(step: Any) -> None:
    """受理问题有反馈: each reporter that can be reached has a final answer on record."""
    owed = owing.owed_to(step.case)
    if owed:
        raise MoveRefused(f"还有 {owed} 位上报人或来文单位没有办结答复，不能结案。请先回复。")


def extension_is_askable(step: Any) -> None:
    """Before the due, one at a time, to a later moment within the limit."""
    clock, until = step.clocks.running(Clock.HANDLE), step.answers["until"]
    if _pending(step.case, "extension"):
        raise MoveRefused("已有一份延期申请待审批，请等待审批结果。")
    if step.case.requests.filter(kind="extension", granted=True, requested_at__gte=clock.started_at).exists():
        raise MoveRefused("本次处置已延期一次，不能再延。如确有困难，请申请挂账。")
    if step.at > clock.due_at:
        raise MoveRefused(f"处置时限已于 {timezone.localtime(clock.due_at):%m-%d %H:%M} 到期，不能再申请延期。")
    if until <= clock.due_at:
        raise AnswersRefused({"until": f"延至的时间应晚于现时限 {timezone.localtime(clock.due_at):%m-%d %H:%M}。"})
    latest = deadlines.extension_limit(clock, step.case)
    if until > latest:
        raise AnswersRefused({"until": f"最多延至 {timezone.localtime(latest):%m-%d %H:%M}。请改早。"})


def suspension_is_askable(step: Any) -> None:
    """One at a time, with a review date to come."""
    if _pending(step.case, "suspension"):
        raise MoveRefused("已有一份挂账申请待审批，请等待审批结果。")
    if step.answers["review_on"] <= timezone.localdate(step.at):
        raise AnswersRefused({"review_on": "复核日期应晚于今天。"})
    if step.answers["review_on"] - timezone.localdate(step.at) > FARTHEST:
        raise AnswersRefused({"review_on": "复核日期在一年以后。请核对年份。"})


def _decidable(step: Any, kind: str, label: str) -> None:
    step.request = _pending(step.case, kind)
    if not step.request:
        raise MoveRefused(f"没有待审批的{label}申请，可能已被他人审批。")
    if step.request.requested_by_id == step.by.pk:
        raise MoveForbidden(f"{label}申请是你本人提出的，须由另一位值班科长审批。")


def extension_is_pending(step: Any) -> None:
    """There is a wish to decide, and it is somebody else's."""
    _decidable(step, "extension", "延期")


def suspension_is_pending(step: Any) -> None:
    """There is a wish to decide, and it is somebody else's."""
    _decidable(step, "suspension", "挂账")


def master_fits(step: Any) -> None:
    """A case is not merged into itself, into an ended one, or across the petition wall."""
    master = step.answers["master"]
    if master.pk == step.case.pk:
        raise AnswersRefused({"master": "不能并入自己。请选择另一件。"})
    if not master.is_open or master.state == State.MERGED:
        raise AnswersRefused({"master": f"{master.number} 已结束，不能并入。请选择在办的案件。"})
    if master.is_petition != step.case.is_petition:
        raise AnswersRefused({"master": "信访件不能与其他案件合并，以免泄露信访人。"})


def parts_are_two(step: Any) -> None:
    """Splitting makes at least two."""
    if len([part for part in step.answers["parts"] if str(part).strip()]) < 2:
        raise AnswersRefused({"parts": "拆分至少要两项，每行写一项。"})


def void_is_allowed(step: Any) -> None:
    """Once dispatched, only the chief voids."""
    late = (State.DISPATCHED, State.IN_PROGRESS)
    if step.case.state in late and not step.by.has_perm("cases.void_dispatched_cases"):
        raise MoveForbidden("案件已派遣，作废须由值班科长办理。")


def reopen_is_allowed(step: Any) -> None:
    """A voided case comes back only by the chief."""
    if step.case.state == State.VOIDED and not step.by.has_perm("cases.reopen_voided_cases"):
        raise MoveForbidden("作废案件须由值班科长重开。")


def not_reminded_lately(step: Any) -> None:
    """At most one 催办 an hour."""
    since = step.at - REMIND_EVERY
    if step.case.events.filter(move="remind", happened_at__gt=since).exists():
        raise MoveRefused("一小时内已催办过。请稍后再催。")


def final_comes_last(step: Any) -> None:
    """A final answer is given when there is a result: 待结案 or 不予受理."""
    if step.answers.get("final") and step.case.state not in (State.CHECKED, State.REJECTED):
        raise MoveRefused("核查通过后才能作办结答复。现在可先作过程答复（不勾选办结答复）。")


def supervise_is_ahead(step: Any) -> None:
    """督办 gives time that has not passed."""
    if step.answers["due"] <= step.at:
        raise AnswersRefused({"due": "督办时限早于现在。请填写将来的时间。"})
    if step.answers["due"] - step.at > FARTHEST:
        raise AnswersRefused({"due": "督办时限在一年以后。请核对年份。"})


def thing_is_another(step: Any) -> None:
    """Naming the same component again, or none where there is none, changes nothing."""
    thing = step.answers.get("thing")
    if (thing.pk if thing else None) == step.case.thing_id:
        raise AnswersRefused({"thing": "部件没有变化。请填写另一个标识码，或取消。" if thing else "请填写部件标识码。"})


def thing_stands_here(step: Any) -> None:
    """Whoever names a component sees it in the register, and it stands where the case is."""
    thing, case = step.answers.get("thing"), step.case
    if thing and not Thing.objects.visible_to(step.by).filter(pk=thing.pk).exists():
        raise AnswersRefused({"thing": UNKNOWN.format(code=thing.code)})
    refusal = too_far(thing, case.lon, case.lat) if thing else ""
    if refusal:
        raise AnswersRefused({"thing": refusal})


def too_far(thing: Thing, lon: float | None, lat: float | None) -> str:
    """Why a component can hardly be meant at a WGS-84 position, or nothing."""
    metres = distance_to(thing, lon, lat)
    if metres is None or metres <= settings.THINGS_FAR_M:
        return ""
    where = f"登记在{thing.address or thing.grid}，离案件位置 {metres:,} 米"
    return f"{thing}{where}，可能不是这一个。请核对标识码和案件位置。"


def is_supervised(step: Any) -> None:
    """Only what is supervised can be lifted."""
    if not step.case.supervise_level:
        raise MoveRefused("本案没有督办，无需解除。")
