"""Registration (登记): the form of each source, the place by name, and what is likely the same matter."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import intake, registering
from cases.errors import AnswersRefused, MoveForbidden
from cases.forms.register import RegisterForm, register_form
from cases.models import Case
from cases.querysets import kinds_seen
from cases.states import Source
from cases.views.likely import Likely
from cases.views.thing_offer import offer_of
from grid.places import find_places

NOT_ALLOWED = "你的角色不能登记案件。需要时请与指挥席联系。"
OFFERED_BY = ("thing", "category", "lon", "lat", "address")
PERSONAL = ("name", "phone", "id_number", "home", "title", "description")


def _wanted(request: HttpRequest) -> tuple[str, bool]:
    """The source and whether it was put right at once; the first of one's own sources by default."""
    allowed = registering.sources_for(request.user)
    if not allowed:
        raise PermissionDenied(NOT_ALLOWED)
    asked = request.POST.get("source") or request.GET.get("source") or allowed[0]
    if asked not in allowed:
        label = dict(Source.choices).get(asked, "这类案件")
        raise PermissionDenied(f"你的角色不能登记{label}。需要时请与指挥席或信访专员联系。")
    fixed = "fixed" in request.GET and asked == Source.GRID and request.user.has_perm("cases.fix_on_spot_case")
    return asked, fixed


@never_cache
@sensitive_post_parameters(*PERSONAL)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a case; a plain form that works without any script."""
    source, fixed = _wanted(request)
    bound = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = register_form(source, request.user, at=timezone.now(), fixed=fixed, **bound)
    if request.method == "POST" and "find" not in request.POST:
        case = _registered(request, form)
        if case:
            return _to(request, case)
    elif request.method == "POST":
        form = register_form(source, request.user, at=timezone.now(), fixed=fixed, initial=_typed(request))
    return render(request, "cases/register.html", _context(request, form, source, fixed), status=_status(form))


def _registered(request: HttpRequest, form: RegisterForm) -> Case | None:
    """The case, or none with the reason in the form; a likely duplicate is shown first."""
    if not form.is_valid():
        return None
    try:
        answers = form.answers
        form.likely = Likely(answers, request.user, at=form.at)
        if "sure" not in request.POST and form.likely.doubtful:  # a form sent again is most like its own case
            return intake.opened_before(answers["idempotency_key"])
        return registering.register_case(by=request.user, at=form.at, **answers)
    except AnswersRefused as refusal:
        form.take_refusals(refusal.errors)
    except MoveForbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return None


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed so far, for a form that only finds a place or a component. A chosen one is filled in."""
    typed = {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "find")}
    wanted = request.POST["find"]
    if wanted.startswith("thing:"):
        return typed | {"thing": wanted.removeprefix("thing:")}
    lon, comma, lat = wanted.partition(",")
    return typed | ({"lon": lon, "lat": lat} if comma else {})


def _status(form: RegisterForm) -> int:
    if not form.is_bound:
        return 200
    return 422 if form.errors else 409


def _to(request: HttpRequest, case: Case) -> HttpResponse:
    """To the new case, or back to an empty form for those who do not follow it."""
    messages.success(request, f"已登记 {case.number}，查询码 {case.public_code}")
    every_case, every_petition = kinds_seen(request.user)
    sees_kind = every_petition if case.is_petition else every_case
    if sees_kind or Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect(case)
    return redirect("cases:new")


def _context(request: HttpRequest, form: RegisterForm, source: str, fixed: bool) -> dict[str, Any]:
    address = str(form["address"].value() or "")
    looked = "find" in request.POST and not request.POST["find"].startswith("thing")
    return {
        "form": form, "source": Source(source), "fixed": fixed, "sources": registering.sources_for(request.user),
        "may_fix": request.user.has_perm("cases.fix_on_spot_case"), "likely": getattr(form, "likely", None),
        "places": find_places(address) if looked else [], "looked": looked,
        "offer": offer_of({name: form[name].value() for name in OFFERED_BY if name in form.fields}, request.user),
        "may_import": request.user.has_perm("cases.import_cases"),
    }  # fmt: skip


@login_required
@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """Known places by the words of an address."""
    found = find_places(request.GET.get("address", "")[:100])
    return render(request, "cases/_places.html", {"places": found, "looked": True})


@sensitive_post_parameters(*PERSONAL)
@login_required
@require_POST
def likely(request: HttpRequest) -> HttpResponse:
    """While somebody types: likely classes and cases that may be the same. A POST, since addresses are logged."""
    source, _ = _wanted(request)
    answers = {name: request.POST.get(name, "")[:2000] for name in ("title", "description")} | {"source": source}
    seen = Likely.from_typed(answers, request.POST.get("lon", ""), request.POST.get("lat", ""), request)
    return render(request, "cases/_likely.html", {"likely": seen})
