"""点位检查 on the phone: today's route, and the check of one place, by the phone's queue or by a plain form."""
import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.field_door import ANOTHER, LOGIN_GONE, field_door, wants_json
from cases.check_route import route_of
from cases.checking import case_of, take_check
from cases.errors import AnswersRefused, MoveForbidden
from cases.forms.checks import CheckForm
from cases.sent_once import delivery_key
from grid.checks import rule_in_force
from grid.models import KeySite, SiteCheck

NOT_YOURS = "重点点位由所在社区的工作人员检查。需要时请与社区联系。"
GONE = "这个点位已不归你检查，可能已划到别的社区，没有收下。内容仍在本机，请与所在社区联系，不再需要的可以删去。"
ROUTE = "/m/checks/"


@field_door
def on_round(user: Any) -> str:
    """For who checks places."""
    return "" if user.has_perm("grid.check_places") and user.department_id else NOT_YOURS


def _milliseconds(moment: datetime) -> int:
    """As a browser's clock counts."""
    return int(moment.timestamp() * 1000)


@on_round
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Today's route: what is to be checked now, later, and what is done."""
    now = timezone.now()
    context = {"route": route_of(request.user, at=now), "now_ms": _milliseconds(now), "now": now}
    return render(request, "mobile/checks.html", context)


@on_round
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Check one place; a POST keeps the check, and opens the case of its problem."""
    try:
        site = get_object_or_404(KeySite.objects.checked_by(request.user).for_list(), code=code)
    except Http404:
        if wants_json(request):  # a page without a sentence would hold up what waits behind it
            return _gone(request, code)
        raise
    if request.method != "POST":
        return _page(request, site, CheckForm(initial={"key": secrets.token_hex(16), "who": request.user.pk}))
    form = CheckForm(request.POST, request.FILES)
    if request.POST.get("who", "") not in ("", str(request.user.pk)):
        json = wants_json(request)
        return _refused(request, site, form, 401 if json else 409, LOGIN_GONE if json else ANOTHER)
    if not form.is_valid():
        return _refused(request, site, form, 422)
    return _taken(request, site, form)


def _taken(request: HttpRequest, site: KeySite, form: CheckForm) -> HttpResponse:
    try:
        visit = form.visit(site, key=delivery_key(form, queued=wants_json(request)))
        made = take_check(visit, by=request.user, at=timezone.now())
    except AnswersRefused as wrong:
        for name, sentence in wrong.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return _refused(request, site, form, 422)
    except MoveForbidden as refusal:
        return _refused(request, site, form, 403, str(refusal))
    if wants_json(request):
        return _received(made)
    messages.success(request, _told(made)["sentence"])
    return redirect(ROUTE)


def _gone(request: HttpRequest, code: str) -> HttpResponse:
    """To the queue: what an earlier delivery made before the place went elsewhere, or that nothing is taken."""
    form = CheckForm(request.POST, request.FILES)
    form.is_valid()
    mine = SiteCheck.objects.filter(by=request.user, site__code=code).select_related("site")
    made = mine.filter(key=form.cleaned_data.get("key", "")).first()
    return _received(made) if made else JsonResponse({"ok": False, "sentence": GONE}, status=404)


def _received(made: SiteCheck) -> HttpResponse:
    return JsonResponse({"ok": True, "url": ROUTE, **_told(made)})


def _told(made: SiteCheck) -> dict[str, Any]:
    """What the phone keeps of an answer."""
    case = case_of(made)
    far = f"，离点位 {made.distance_m} 米" if made.is_far else ""
    outcome = f"有问题，已转案件 {case.number}" if case else made.get_verdict_display()
    return {
        "site": made.site.code, "sentence": f"{made.site.name}：{outcome}{far}", "number": case.number if case else "",
        "received": _milliseconds(made.received_at),
    }  # fmt: skip


def _refused(request: HttpRequest, site: KeySite, form: CheckForm, status: int, sentence: str = "") -> HttpResponse:
    if wants_json(request):
        said = sentence or form.sentence()
        return JsonResponse({"ok": False, "sentence": said, "errors": form.errors}, status=status)
    if sentence:
        form.add_error(None, sentence)
    return _page(request, site, form, status=status)


def _page(request: HttpRequest, site: KeySite, form: CheckForm, *, status: int = 200) -> HttpResponse:
    context = {"site": site, "form": form, "far_m": rule_in_force().far_m, "who": request.user.pk}
    return render(request, "mobile/check.html", context, status=status)
