"""The register of people (人、户): masked lists, a dwelling's page, entering, leaving, showing, forgetting."""
from copy import copy  # a form writes into its instance, the verb compares with what stands
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from grid import people
from grid.forms.people import DwellingFilterForm, DwellingForm, FindForm, LeavingForm, ReasonForm, ResidentForm
from grid.models import Dwelling, Resident
from grid.registering import NotYours
from grid.views.register import carried_by, done, may_keep, number, saved

PAGE_SIZE = 50
SEEING = ("grid.see_people", "grid.see_community_people")
PERSONAL = ("name", "id_number", "phone", "door", "text")


def _check_sight(user: Any) -> None:
    if not any(user.has_perm(right) for right in SEEING):
        raise PermissionDenied("你的角色不能查看人户台账。需要时请与台账专员或所在社区联系。")


def _dwelling(request: HttpRequest, code: str) -> Dwelling:
    """A dwelling whose people this person reads; not yours is not there."""
    _check_sight(request.user)
    return get_object_or_404(Dwelling.objects.people_visible_to(request.user).for_list(), code=code)


def _resident(request: HttpRequest, pk: int) -> Resident:
    _check_sight(request.user)
    rows = Resident.objects.visible_to(request.user).select_related("dwelling__community")
    return get_object_or_404(rows.defer("dwelling__community__shape"), pk=pk)


def _kept(request: HttpRequest, dwelling: Dwelling) -> Dwelling:
    """The same dwelling for those who may change it; the others are told to whom to turn."""
    try:
        people.check_hands(dwelling, request.user)
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    return dwelling


@login_required
@require_safe
def dwellings(request: HttpRequest) -> HttpResponse:
    """The dwellings whose people this person reads, by use, community or building."""
    _check_sight(request.user)
    form = DwellingFilterForm(request.GET)
    page = Paginator(form.dwellings(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, **carried_by(request.user)}
    return render(request, "grid/_dwellings.html" if request.htmx else "grid/dwellings.html", context)


@login_required
@require_safe
def dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """One dwelling and its people, masked; those who left stand below."""
    found = _dwelling(request, code)
    rows = list(found.residents.order_by("left_on", "-is_head", "pk"))
    context = {
        "dwelling": found, "living": [row for row in rows if not row.left_on],
        "left": [row for row in rows if row.left_on], "may_reveal": request.user.has_perm("grid.reveal_person"),
        "may_keep": Dwelling.objects.kept_by(request.user).contains(found),
    }  # fmt: skip
    return render(request, "grid/dwelling.html", context)


@sensitive_post_parameters(*PERSONAL)
@login_required
def new_dwelling(request: HttpRequest) -> HttpResponse:
    """Enter a dwelling."""
    if not may_keep(request.user):
        raise PermissionDenied("你的角色不能登记住户。需要时请与台账专员或所在社区联系。")
    form = DwellingForm(request.POST or None)
    made = saved(form, request, lambda given: people.record_dwelling(**given))
    if made:
        messages.success(request, f"已登记 {made.code}，请继续登记住在这里的人")
        return redirect("grid:dwelling", made.code)
    return render(request, "grid/dwelling_form.html", {"form": form}, status=form.status)


@sensitive_post_parameters(*PERSONAL)
@login_required
def edit_dwelling(request: HttpRequest, code: str) -> HttpResponse:
    """Change a dwelling."""
    found = _kept(request, _dwelling(request, code))
    version = number(request.POST.get("version")) or found.version
    form = DwellingForm(request.POST or None, instance=copy(found))
    if saved(form, request, lambda given: people.change_dwelling(found, version=version, **given)):
        messages.success(request, "已保存")
        return redirect("grid:dwelling", code)
    context = {"form": form, "dwelling": found, "version": version}
    return render(request, "grid/dwelling_form.html", context, status=form.status)


@sensitive_post_parameters(*PERSONAL)
@login_required
def new_resident(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a person into a dwelling."""
    found = _kept(request, _dwelling(request, code))
    form = ResidentForm(request.POST or None)
    if saved(form, request, lambda given: people.record_resident(dwelling=found, **given)):
        messages.success(request, "已登记")
        return redirect("grid:dwelling", code)
    return render(request, "grid/resident_form.html", {"form": form, "dwelling": found}, status=form.status)


@sensitive_post_parameters(*PERSONAL)
@login_required
def edit_resident(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    found = _resident(request, pk)
    _kept(request, found.dwelling)
    version = number(request.POST.get("version")) or found.version
    form = ResidentForm(request.POST or None, instance=copy(found))
    if saved(form, request, lambda given: people.change_resident(found, version=version, **given)):
        messages.success(request, "已保存")
        return redirect("grid:dwelling", found.dwelling.code)
    context = {"form": form, "dwelling": found.dwelling, "resident": found, "version": version}
    return render(request, "grid/resident_form.html", context, status=form.status)


@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has left; the page says on which day the register forgets them."""
    found, today = _resident(request, pk), timezone.localdate()
    _kept(request, found.dwelling)
    if request.htmx and request.method == "GET":
        return render(request, "grid/_erased_on.html", _erasure(LeavingForm(request.GET), today))
    form = LeavingForm(request.POST or None, initial={"left_on": today})
    version = number(request.POST.get("version")) or found.version
    if request.method == "POST" and form.is_valid():
        how = {"version": version, "by": request.user, "at": timezone.now()}
        if done(form, lambda: people.record_departure(found, **form.cleaned_data, **how)):
            messages.success(request, f"已登记离开，{people.erased_on(found.left_on):%Y-%m-%d} 凌晨自动删除信息")
            return redirect("grid:dwelling", found.dwelling.code)
    context = {"form": form, "resident": found, "version": version, "act": "leave", **_erasure(form, today)}
    return render(request, "grid/resident_act.html", context, status=422 if form.errors else 200)


def _erasure(form: LeavingForm, today: date) -> dict[str, Any]:
    """The day on which somebody who left on the form's day is forgotten; of a day to come nothing is said."""
    form.is_valid()
    given = form.cleaned_data.get("left_on") if form.is_bound else form["left_on"].initial
    left_on = given if given and given <= today else None
    day = people.erased_on(left_on) if left_on else None
    return {"erased_on": day, "months": people.months_kept(), "is_past": bool(day and day <= today)}


@never_cache
@login_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who it is, once, for a written reason."""
    found, form, identity = _resident(request, pk), ReasonForm(request.POST or None), None
    if not request.user.has_perm("grid.reveal_person"):
        raise PermissionDenied("你的角色不能查看居民身份。需要时请与台账专员联系。")
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "at": timezone.now(), "ip": request.META.get("REMOTE_ADDR", "")}
        identity = done(form, lambda: people.reveal_resident(found, reason=form.cleaned_data["reason"], **how))
    context = {"form": form, "resident": found, "identity": identity, "act": "reveal"}
    return render(request, "grid/resident_act.html", context, status=422 if form.errors else 200)


@login_required
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a person."""
    found, form = _resident(request, pk), ReasonForm(request.POST or None)
    _kept(request, found.dwelling)
    if request.method == "POST" and form.is_valid():
        how = {"reason": form.cleaned_data["reason"], "by": request.user, "at": timezone.now()}
        if done(form, lambda: people.erase_resident(found, **how) or True):
            messages.success(request, "已删除，不能恢复")
            return redirect("grid:dwelling", found.dwelling.code)
    context = {"form": form, "resident": found, "act": "erase"}
    return render(request, "grid/resident_act.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters(*PERSONAL)
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Find a person by the whole ID number or phone."""
    _check_sight(request.user)
    form, found = FindForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        found = people.find_residents(form.cleaned_data["text"], by=request.user, at=timezone.now())
    return render(request, "grid/find.html", {"form": form, "found": found}, status=422 if form.errors else 200)
