"""The registers carried away, as filtered: masked, or in clear with the right and a reason."""
from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from grid.area_sheets import AREAS
from grid.forms.ground import SiteFilterForm
from grid.forms.organisations import OrganisationFilterForm
from grid.forms.people import DwellingFilterForm
from grid.forms.things import ThingFilterForm
from grid.models import Resident, ResponsibilityGrid
from grid.organisation_sheets import ORGANISATIONS
from grid.people_sheets import DWELLINGS, RESIDENTS
from grid.register_sheets import PLACES, THINGS
from sheets.carrying import carry_away
from sheets.targets import Target

sees_people = permission_required("grid.see_people", raise_exception=True)
exports = permission_required("grid.export_registers", raise_exception=True)
FORM = ["GET", "HEAD", "POST"]


@login_required
@exports
@require_http_methods(FORM)
def things(request: HttpRequest) -> HttpResponseBase:
    """The components of the filter."""
    form = ThingFilterForm(request.GET)
    return _carry_away(request, THINGS, form.things(request.user), form)


@login_required
@exports
@require_http_methods(FORM)
def organisations(request: HttpRequest) -> HttpResponseBase:
    """The organisations of the filter."""
    form = OrganisationFilterForm(request.GET)
    return _carry_away(request, ORGANISATIONS, form.organisations(request.user).for_export(), form)


@login_required
@exports
@require_http_methods(FORM)
def places(request: HttpRequest) -> HttpResponseBase:
    """The places of the filter."""
    form = SiteFilterForm(request.GET)
    return _carry_away(request, PLACES, form.sites().for_export(), form)


@login_required
@exports
@sees_people
@require_http_methods(FORM)
def dwellings(request: HttpRequest) -> HttpResponseBase:
    """The dwellings of the filter."""
    form = DwellingFilterForm(request.GET)
    return _carry_away(request, DWELLINGS, form.dwellings(request.user), form)


@login_required
@exports
@sees_people
@require_http_methods(FORM)
def residents(request: HttpRequest) -> HttpResponseBase:
    """The people of the dwellings of the filter, those who left as well until they are forgotten."""
    form = DwellingFilterForm(request.GET)
    rows = Resident.objects.visible_to(request.user).for_list().in_dwellings(form.dwellings(request.user))
    return _carry_away(request, RESIDENTS, rows, form, order=("dwelling__code", "pk"))


@login_required
@exports
@require_http_methods(FORM)
def areas(request: HttpRequest) -> HttpResponseBase:
    """All responsibility grids."""
    return carry_away(request, AREAS, ResponsibilityGrid.objects.for_export(), words=(), back=AREAS.address)


def _carry_away(
    request: HttpRequest, target: Target, rows: QuerySet, narrowed: forms.Form, *, order: tuple[str, ...] = ("code",)
) -> HttpResponseBase:
    """The names of the filters that are set are noted, never what was searched."""
    words = [name for name, value in narrowed.cleaned_data.items() if value]
    back = f"{target.address}?{request.GET.urlencode()}"
    return carry_away(request, target, rows.order_by(*order), words=words, back=back)
