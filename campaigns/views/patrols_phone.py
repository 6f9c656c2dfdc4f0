"""巡查日志 on the phone: counters, pictures, findings, handing in; each by the phone's queue or by a plain form."""
import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.field_door import ANOTHER, LOGIN_GONE, field_door, wants_json
from campaigns.errors import AnswersRefused, StepRefused
from campaigns.forms.patrols import CloseForm, CountForm, FindingForm, OutingForm, ShotForm
from campaigns.models import PatrolLog, PatrolPhoto
from campaigns.patrols import add_photo, close_patrol, count_patrol, take_finding
from campaigns.views.patrols_shown import PhonePage
from cases import errors as case_errors
from cases.sent_once import delivery_key
from grid.photos import PhotoNotReady, photo_response

PAGE_SIZE = 20
NOT_YOURS = "巡查日志由社区工作者和督查员记录。需要时请向系统管理员申请。"
NO_TEAM = "你的账号没有所属单位，不知道记到哪一队。请向系统管理员申请。"
SURE = "上报后数字不能再改。确认无误，请再按一次上报。"
PHONE_FIELDS = {"place": "community"}  # what cases calls a place is the community box on the page


@field_door
def on_patrol(user: Any) -> str:
    """For who goes on patrol in a team."""
    if not user.has_perm("campaigns.log_patrol"):
        return NOT_YOURS
    return "" if user.department_id else NO_TEAM


def _received(request: HttpRequest, form: OutingForm, act: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Let a verb act on a form: 200 and what it made, or 401, 403, 409 or 422 with the sentence."""
    who = form.data.get("who", "")
    if who not in ("", str(request.user.pk)):
        json = wants_json(request)
        return _refused(request, form, 401 if json else 409, LOGIN_GONE if json else ANOTHER)
    if not form.is_valid():
        return _refused(request, form, 422)
    try:
        told = act()
    except (AnswersRefused, case_errors.AnswersRefused) as wrong:
        form.take_refusals({PHONE_FIELDS.get(name, name): said for name, said in wrong.errors.items()})
        return _refused(request, form, 422)
    except (StepRefused, case_errors.MoveRefused) as refusal:
        return _refused(request, form, 403 if isinstance(refusal, case_errors.MoveForbidden) else 409, str(refusal))
    if wants_json(request):
        return JsonResponse({"ok": True, "url": "/m/patrol/", **told})
    messages.success(request, told["sentence"])
    return redirect(f"/m/patrol/?shift={form.cleaned_data['shift']}")


def _refused(request: HttpRequest, form: OutingForm, status: int, sentence: str = "") -> HttpResponse:
    if wants_json(request):
        said = sentence or form.sentence()
        return JsonResponse({"ok": False, "sentence": said, "errors": form.errors}, status=status)
    if sentence:
        form.add_error(None, sentence)
    if isinstance(form, FindingForm):
        return _finding_page(request, form, status=status)
    return _page(request, form, status=status)


def _page(request: HttpRequest, form: OutingForm | None = None, *, status: int = 200) -> HttpResponse:
    page = PhonePage(request.user, request.POST or request.GET, at=timezone.now(), form=form)
    return render(request, "mobile/patrol.html", {"page": page}, status=status)


def _told(log: PatrolLog, sentence: str) -> dict[str, Any]:
    """What the phone keeps of an answer: the counters as they stand, and their turn, so that the newest is known."""
    shown = {"day": f"{log.date:%Y-%m-%d}", "shift": log.shift, "turn": log.turn, "counters": log.counters()}
    return {**shown, "closed": not log.is_open, "number": log.number, "sentence": sentence}


@on_patrol
@require_http_methods(["GET", "HEAD", "POST"])
def patrol(request: HttpRequest) -> HttpResponse:
    """The own team's shift with its counters; a POST adds to them."""
    if request.method != "POST":
        return _page(request)
    form = CountForm(request.POST)
    return _received(request, form, lambda: _told(_count(request, form), "已保存"))


def _count(request: HttpRequest, form: CountForm) -> PatrolLog:
    told = {"key": form.cleaned_data["key"], "added": form.added(), "began_at": form.pressed_at()}
    return count_patrol(
        form.outing(request.user.department), by=request.user, at=timezone.now(), **told
    ).log  # fmt: skip


@on_patrol
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Hand the log in; what a plain form has typed is counted first."""
    form = CloseForm(request.POST)
    return _received(request, form, lambda: _close(request, form))


def _close(request: HttpRequest, form: CloseForm) -> dict[str, Any]:
    told = form.cleaned_data
    if not told["sure"]:
        raise AnswersRefused({"sure": SURE})
    if form.added():
        _count(request, form)
    log = close_patrol(
        form.outing(request.user.department), key=told["key"], area=told["area"], note=told["note"], by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    return _told(log, f"{log.number} 已上报")


@on_patrol
@require_POST
def shot(request: HttpRequest) -> HttpResponse:
    """Keep a picture taken on the way (留痕)."""
    form = ShotForm(request.POST, request.FILES)
    return _received(request, form, lambda: _shot(request, form))


def _shot(request: HttpRequest, form: ShotForm) -> dict[str, Any]:
    told = form.cleaned_data
    kept = add_photo(
        form.outing(request.user.department), key=told["key"], file=told["photo"], by=request.user, at=timezone.now()
    )
    shown = {"day": f"{kept.log.date:%Y-%m-%d}", "shift": kept.log.shift, "photo": f"/m/patrol/photos/{kept.pk}/thumb/"}
    return {**shown, "sentence": "照片已留存"}


@on_patrol
@require_safe
def picture(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """A picture of the own team's log."""
    own = PatrolPhoto.objects.filter(log__team=request.user.department_id).select_related("photo")
    found = get_object_or_404(own, pk=pk)
    try:
        if size in ("thumb", "image"):
            return photo_response(found.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason
    raise Http404("没有这张照片。")


@on_patrol
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest) -> HttpResponse:
    """What was found on the way becomes a case: 立查立改 or 转案件."""
    if not request.user.has_perm("cases.report_case"):
        raise PermissionDenied("发现问题由社区工作者登记。请告诉同行的社区工作者，或与指挥席联系。")
    if request.method != "POST":
        return _finding_page(request)
    form = FindingForm(request.POST, request.FILES)
    return _received(request, form, lambda: _finding(request, form))


def _finding(request: HttpRequest, form: FindingForm) -> dict[str, Any]:
    outing, now = form.outing(request.user.department), timezone.now()
    found = form.found(key=delivery_key(form, queued=wants_json(request)))
    made = take_finding(outing, found, by=request.user, at=now)
    done = "已转核查" if made.kind == "fixed" else "已转案件"
    told = _told(made.log, f"{made.case.number}：{made.get_kind_display()}，{done}")
    return {**told, "number": made.case.number}


def _finding_page(request: HttpRequest, form: FindingForm | None = None, *, status: int = 200) -> HttpResponse:
    page = PhonePage(request.user, request.POST or request.GET, at=timezone.now(), form=form)
    form = form or FindingForm(initial={"key": secrets.token_hex(16)})
    return render(request, "mobile/patrol_finding.html", {"page": page, "form": form}, status=status)


@on_patrol
@require_safe
def past(request: HttpRequest) -> HttpResponse:
    """往日: the own team's earlier logs, newest first."""
    logs = PatrolLog.objects.of_team(request.user.department).for_list()
    page = Paginator(logs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "mobile/patrol_past.html", {"page_obj": page})
