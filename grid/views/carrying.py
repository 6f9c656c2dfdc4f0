"""The registers carried away, as filtered: masked, or in clear with the right and a reason."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
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

EXPORTS, SEES_PEOPLE = "grid.export_registers", "grid.see_people"


@dataclass(frozen=True)
class Register:
    """One register as it is carried away: its columns, its filter, what the filter leaves for a person, in order."""

    target: Target
    form: type[forms.Form]
    rows: Callable[[Any, Any], QuerySet]  # the filter's form, the person
    needs: tuple[str, ...] = (EXPORTS,)
    order: tuple[str, ...] = ("code",)


def _residents(form: DwellingFilterForm, user: Any) -> QuerySet:
    """The people of the dwellings of the filter, those who left as well until they are forgotten."""
    return Resident.objects.visible_to(user).for_list().in_dwellings(form.dwellings(user))


PEOPLE = (EXPORTS, SEES_PEOPLE)
REGISTERS = {
    "things": Register(THINGS, ThingFilterForm, lambda form, user: form.things(user)),
    "organisations": Register(
        ORGANISATIONS, OrganisationFilterForm, lambda form, user: form.organisations(user).for_export()
    ),
    "places": Register(PLACES, SiteFilterForm, lambda form, user: form.sites().for_export()),
    "dwellings": Register(DWELLINGS, DwellingFilterForm, lambda form, user: form.dwellings(user), PEOPLE),
    "residents": Register(RESIDENTS, DwellingFilterForm, _residents, PEOPLE, ("dwelling__code", "pk")),
    "areas": Register(AREAS, forms.Form, lambda form, user: ResponsibilityGrid.objects.for_export()),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, register: str) -> HttpResponseBase:
    """A register; the names of the filters that are set are noted, never what was searched."""
    asked = REGISTERS[register]
    if not request.user.has_perms(asked.needs):
        raise PermissionDenied
    form = asked.form(request.GET)
    form.is_valid()  # a wrong value filters nothing away
    rows = asked.rows(form, request.user).order_by(*asked.order)
    words = [name for name, value in form.cleaned_data.items() if value]
    back = "?".join(filter(None, (asked.target.address, request.GET.urlencode())))
    return carry_away(request, asked.target, rows, words=words, back=back)
