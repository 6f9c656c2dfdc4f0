"""巡查日志 at the desk: alerts, the roster board, the logs of a period with their totals, one log, corrections."""
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import patrols, patrols_roster
from campaigns.alert_reports import may_be_reported, unreported
from campaigns.errors import AnswersRefused, StepRefused
from campaigns.forms.patrols_desk import AlertForm, CorrectForm, DutyForm, PatrolFilter
from campaigns.models import PatrolLog, PatrolPhoto, PollutionAlert, Shift
from campaigns.patrols_sheet import TARGET
from campaigns.views.patrols_shown import LogPage, figures
from grid.calendar import begin_of
from grid.photos import PhotoNotReady, photo_response
from sheets.exporting import answer

PAGE_SIZE = 50
ALERTS_SHOWN = 20
YEARS = range(2000, 2100)
NOT_SEEN = "巡查日志由督查员、值班科长、台账专员和街道领导查看。需要时请向系统管理员申请。"
NOT_ROSTERED = "预警和带班由督查员安排。需要时请与督查员联系。"


def seen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For who sees the patrols of the whole street."""

    def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        if not request.user.has_perm("campaigns.see_patrols"):
            raise PermissionDenied(NOT_SEEN)
        return view(request, *args, **given)

    return login_required(guarded)


def _needs_roster(request: HttpRequest) -> None:
    if not request.user.has_perm("campaigns.roster_patrols"):
        raise PermissionDenied(NOT_ROSTERED)


@seen
@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """The alert in force, the next seven days, and the logs of a period with their totals."""
    now = timezone.now()
    asked = PatrolFilter(request.GET)
    found = asked.logs()
    page = Paginator(found.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": asked, "page_obj": page, "figures": figures(found.totals()),
        "board": patrols_roster.board(timezone.localdate(now)), "today": timezone.localdate(now),
        "alerts": PollutionAlert.objects.not_over(now).reverse(), "unreported": unreported(at=now),
        "may_roster": request.user.has_perm("campaigns.roster_patrols"),
        "may_export": request.user.has_perm(TARGET.export_right),
    }  # fmt: skip
    return render(request, "campaigns/patrols.html", context)


@seen
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The logs as filtered (by the address), as a file."""
    asked = PatrolFilter(request.GET)
    kind = "csv" if request.POST.get("format") == "csv" else "xlsx"
    found = asked.logs().for_list().prefetch_related("findings__case")
    return answer(
        TARGET, found, kind=kind, by=request.user, at=timezone.now(), words=asked.chosen(), request=request
    )  # fmt: skip


# --- one log ---------------------------------------------------------------------------------------------------------


@seen
@require_safe
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """One outing: its figures, pictures, findings with what became of them, and corrections."""
    found = get_object_or_404(PatrolLog.objects.for_list().select_related("ended_by"), pk=pk)
    return render(request, "campaigns/patrol.html", {"page": LogPage(found, request.user)})


@seen
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put counters of a log right that was handed in."""
    _needs_roster(request)
    found = get_object_or_404(PatrolLog.objects.for_list(), pk=pk)
    form = CorrectForm(request.POST or None, log=found)
    status = _corrected(request, found, form) if request.method == "POST" else 200
    if status != 302:
        return render(request, "campaigns/patrol_correct.html", {"log": found, "form": form}, status=status)
    messages.success(request, f"{found.number} 已更正")
    return redirect("campaigns:patrol", found.pk)


def _corrected(request: HttpRequest, found: PatrolLog, form: CorrectForm) -> int:
    """302 when it was put right, else 409 or 422 with the sentence in the form."""
    if not form.is_valid():
        return 422
    told = form.cleaned_data
    try:
        patrols.correct_patrol(
            found, values=form.values(), reason=told["reason"], turn=told["turn"], by=request.user, at=timezone.now()
        )
    except StepRefused as refusal:
        _take(form, refusal)
        return _status(refusal)
    return 302


def _take(form: Any, refusal: StepRefused) -> None:
    """Show a refusal at the field it names, else above the form."""
    errors = refusal.errors if isinstance(refusal, AnswersRefused) else {"": str(refusal)}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, sentence)


def _status(refusal: StepRefused) -> int:
    return 422 if isinstance(refusal, AnswersRefused) else 409


@seen
@require_safe
def picture(request: HttpRequest, pk: int, photo: int, size: str) -> HttpResponse:
    """A picture of a log."""
    found = get_object_or_404(PatrolPhoto.objects.select_related("photo"), pk=photo, log=pk)
    try:
        if size in ("thumb", "image"):
            return photo_response(found.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason
    raise Http404("没有这张照片。")


# --- the roster ------------------------------------------------------------------------------------------------------


def _known_day(text: str) -> date:
    try:
        known = date.fromisoformat(text)
    except ValueError as error:
        raise Http404("没有这一天。") from error
    if known.year not in YEARS:  # beyond, a day has no midnight that a database holds
        raise Http404("没有这一天。")
    return known


@seen
@require_safe
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One date: the alert, who leads day and night, the outings."""
    return _day_page(request, _known_day(day))


def _day_page(request: HttpRequest, which: date, *, shift: str = "", form: DutyForm | None = None,
              status: int = 200) -> HttpResponse:  # fmt: skip
    shown = patrols_roster.board(which, days=1)[0]
    rows = [(slot, form if form and slot.shift == shift else _duty_form(slot)) for slot in shown.slots]
    start = begin_of(which)
    context = {
        "day": shown, "rows": rows, "logs": PatrolLog.objects.between(which, which).for_list(),
        "alerts": PollutionAlert.objects.touching(start, start + timedelta(days=1)),
        "leaders": patrols_roster.known_leaders(), "may_roster": request.user.has_perm("campaigns.roster_patrols"),
    }  # fmt: skip
    return render(request, "campaigns/patrol_day.html", context, status=status)


def _duty_form(slot: patrols_roster.Slot) -> DutyForm:
    name = slot.duty.leader_name if slot.duty else ""
    return DutyForm(initial={"leader_name": name, "instead_of": name}, auto_id=f"id_{slot.shift}_%s")


@seen
@require_POST
def assign(request: HttpRequest, day: str, shift: str) -> HttpResponse:
    """Name who leads a shift, change it, or with an empty name take the leader off."""
    _needs_roster(request)
    which = _known_day(day)
    if shift not in Shift.values:
        raise Http404("没有这个班次。")
    form = DutyForm(request.POST, auto_id=f"id_{shift}_%s")
    if not form.is_valid():
        return _day_page(request, which, shift=shift, form=form, status=422)
    try:
        said = _assign(request, which, shift, form.cleaned_data)
    except StepRefused as refusal:
        _take(form, refusal)
        return _day_page(request, which, shift=shift, form=form, status=_status(refusal))
    messages.success(request, said)
    return redirect("campaigns:patrol_day", day)


def _assign(request: HttpRequest, which: date, shift: str, told: dict[str, Any]) -> str:
    about = {"day": which, "shift": shift, "instead_of": told["instead_of"], "by": request.user, "at": timezone.now()}
    if told["instead_of"] and not told["leader_name"].strip():
        patrols_roster.clear_leader(**about)
        return f"{which:%m-%d} {Shift(shift).label}：已撤下带班"
    duty = patrols_roster.assign_leader(leader_name=told["leader_name"], **about)
    return f"{which:%m-%d} {Shift(shift).label}：{duty.leader_name}带队"


# --- alerts ----------------------------------------------------------------------------------------------------------


@seen
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """The latest alerts, and a form to issue one."""
    if request.method != "POST":
        return _alerts_page(request, AlertForm())
    _needs_roster(request)
    form = AlertForm(request.POST)
    if not form.is_valid():
        return _alerts_page(request, form, status=422)
    try:
        alert = patrols_roster.declare_alert(**form.cleaned_data, by=request.user, at=timezone.now())
    except StepRefused as refusal:
        _take(form, refusal)
        return _alerts_page(request, form, status=_status(refusal))
    messages.success(request, f"{alert}已发布，已转告各社区")
    return redirect("campaigns:patrol_alerts")


def _alerts_page(request: HttpRequest, form: AlertForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    page = Paginator(PollutionAlert.objects.select_related("issued_by", "lifted_by", "report"), ALERTS_SHOWN).get_page(
        request.GET.get("page")
    )
    relays = patrols_roster.relays_of(page.object_list)
    context = {
        "form": form, "page_obj": page, "lines": [(alert, relays.get(alert.pk)) for alert in page], "now": now,
        "may_roster": request.user.has_perm("campaigns.roster_patrols"),
    }  # fmt: skip
    return render(request, "campaigns/patrol_alerts.html", context, status=status)


@seen
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """解除: end an alert now."""
    _needs_roster(request)
    alert = get_object_or_404(PollutionAlert, pk=pk)
    try:
        patrols_roster.lift_alert(alert, by=request.user, at=timezone.now())
    except StepRefused as refusal:
        about = {"sentence": str(refusal), "back": reverse("campaigns:patrol_alerts")}
        return render(request, "409.html", about, status=409)
    messages.success(request, f"{alert}已解除")
    if may_be_reported(alert, at=alert.lifted_at):
        return redirect("campaigns:patrol_alert_report", alert.pk)
    return redirect("campaigns:patrol_alerts")
