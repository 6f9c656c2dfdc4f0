"""The register of organisations (组织): list, page, entering and changing, their papers, who answers for them."""
from copy import copy  # a form writes into its instance, the verb compares with what stands
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

from grid import organisations as register
from grid.forms.organisations import LicenceForm, OrganisationFilterForm, OrganisationForm
from grid.forms.people import ReasonForm
from grid.happenings import Ground
from grid.models import Organisation
from grid.registering import NotYours
from grid.views.places import story_of
from grid.views.register import carried_by, done, may_keep, number, saved

PAGE_SIZE = 50
SEEING = ("grid.see_registers", "grid.see_community_registers")


def _check_sight(user: Any) -> None:
    if not any(user.has_perm(right) for right in SEEING):
        raise PermissionDenied("你的角色不能查看单位台账。需要时请与台账专员联系。")


def _found(request: HttpRequest, code: str) -> Organisation:
    _check_sight(request.user)
    return get_object_or_404(Organisation.objects.visible_to(request.user).for_list(), code=code)


def _kept(request: HttpRequest, organisation: Organisation) -> Organisation:
    try:
        register.check_hands(organisation, request.user)
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    return organisation


@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations that a person sees, by kind, papers, community or words."""
    _check_sight(request.user)
    form = OrganisationFilterForm(request.GET)
    page = Paginator(form.organisations(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, **carried_by(request.user)}
    return render(request, "grid/_organisations.html" if request.htmx else "grid/organisations.html", context)


@login_required
@require_safe
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation: its facts and papers, what happened on its ground, and what upper apps know of it."""
    found, today = _found(request, code), timezone.localdate()
    compounds = tuple(found.compounds.values_list("pk", flat=True))
    ground = Ground(organisation_id=found.pk, site_ids=compounds, lon=found.lon, lat=found.lat)
    context = {
        "organisation": found, "may_keep": Organisation.objects.kept_by(request.user).contains(found),
        "papers": [(paper, paper.is_expired(today)) for paper in found.licences.all()],
        "may_reveal": found.names_somebody and request.user.has_perm("grid.reveal_person"),
        "licence_form": LicenceForm(),
        "told": story_of(ground, request),
    }  # fmt: skip
    return render(request, "grid/organisation.html", context)


@sensitive_post_parameters(*register.PERSONAL)
@login_required
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation."""
    if not may_keep(request.user):
        raise PermissionDenied("你的角色不能登记单位。需要时请与台账专员联系。")
    form = OrganisationForm(request.POST or None, initial=request.GET.dict())
    made = saved(form, request, lambda given: register.record_organisation(**given))
    if made:
        messages.success(request, f"已登记{made}（{made.code}）")
        return redirect("grid:organisation", made.code)
    return render(request, "grid/organisation_form.html", {"form": form}, status=form.status)


@sensitive_post_parameters(*register.PERSONAL)
@login_required
def edit_organisation(request: HttpRequest, code: str) -> HttpResponse:
    """Change an organisation."""
    found = _kept(request, _found(request, code))
    version = number(request.POST.get("version")) or found.version
    form = OrganisationForm(request.POST or None, instance=copy(found))
    if saved(form, request, lambda given: register.change_organisation(found, version=version, **given)):
        messages.success(request, "已保存")
        return redirect("grid:organisation", code)
    context = {"form": form, "organisation": found, "version": version}
    return render(request, "grid/organisation_form.html", context, status=form.status)


@login_required
def licence(request: HttpRequest, code: str) -> HttpResponse:
    """Write down a paper, had or lacking."""
    found = _kept(request, _found(request, code))
    version = number(request.POST.get("version")) or found.version
    form = LicenceForm(request.POST or None)
    if saved(form, request, lambda given: register.keep_licence(found, version=version, **given)):
        messages.success(request, "已记下证照")
        return redirect("grid:organisation", code)
    context = {"form": form, "organisation": found, "version": version}
    return render(request, "grid/licence_form.html", context, status=form.status)


@never_cache
@login_required
def reveal_responsible(request: HttpRequest, code: str) -> HttpResponse:
    """Show who answers for an organisation, once, for a written reason."""
    found, form, identity = _found(request, code), ReasonForm(request.POST or None), None
    if not request.user.has_perm("grid.reveal_person"):
        raise PermissionDenied("你的角色不能查看负责人。需要时请与台账专员联系。")
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "at": timezone.now(), "ip": request.META.get("REMOTE_ADDR", "")}
        identity = done(form, lambda: register.reveal_responsible(found, reason=form.cleaned_data["reason"], **how))
    context = {"form": form, "organisation": found, "identity": identity}
    return render(request, "grid/responsible.html", context, status=422 if form.errors else 200)
