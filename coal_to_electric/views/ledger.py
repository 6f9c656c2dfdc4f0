"""The ledger as a list, its funnel, who is stuck, and the entry of a household."""
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coal_to_electric import finding, importing, summary
from coal_to_electric import ledger as book
from coal_to_electric.forms.household import NewHouseholdForm
from coal_to_electric.models import Household
from coal_to_electric.states import ORDER
from coal_to_electric.views.access import attempt, needs, private, sees_ledger
from coal_to_electric.views.listing import Listing, row_of
from sheets.carrying import carry_away

STUCK_SIZE = 50
HOME = "/ledgers/households/"


@sees_ledger
@require_safe
def households(request: HttpRequest) -> HttpResponse:
    """The list: figures, filters as links, one page of rows."""
    return render(request, "coal_to_electric/list.html", {"listing": Listing(request.user, request.GET)})


@private
@sees_ledger
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Look for words; a name, a phone or an ID number never comes into an address."""
    listing = Listing(request.user, request.GET)
    words = request.POST.get("words", "").replace("\0", "").strip()[:60]
    season = {"season": listing.programme.season} if listing.programme else {}
    numbers = finding.find_person(listing.households, words, by=request.user, at=timezone.now())
    if numbers:
        return redirect(f"{HOME}?{urlencode({**season, 'n': ','.join(numbers)})}")
    if not words or finding.is_place(listing.households, words):
        return redirect(f"{HOME}?{urlencode({**season, 'q': words} if words else season)}")
    return render(request, "coal_to_electric/list.html", {"listing": listing, "not_found": True}, status=404)


@private
@never_cache
@needs("keep_households")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a household; who else lives at the address is said first."""
    programme = summary.chosen_programme(request.user, request.GET.get("season", ""))
    form, beside, status = NewHouseholdForm(), [], 200
    if request.method == "POST" and programme:
        form = NewHouseholdForm(request.POST)
        beside = _neighbours(programme, form)
        status, made = (409, None) if beside else attempt(form, lambda: _enter(request, programme, form))
        if made:
            messages.success(request, f"已登记 {made.number}")
            return redirect(made)
    context = {"form": form, "programme": programme, "beside": beside}
    return render(request, "coal_to_electric/new.html", context, status=status)


def _neighbours(programme: Any, form: NewHouseholdForm) -> list[str]:
    """Who else is at the address, until somebody said that it is another household."""
    if not form.is_valid() or form.cleaned_data["sure"]:
        return []
    return book.neighbours(programme, form.cleaned_data["address"])


def _enter(request: HttpRequest, programme: Any, form: NewHouseholdForm) -> Household:
    return book.enter_household(programme, by=request.user, at=timezone.now(), **form.values)


@sees_ledger
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """How many came to each stage, by community."""
    listing = Listing(request.user, request.GET)
    whole, lines = summary.funnel(listing.households)
    context = {"listing": listing, "whole": whole, "lines": lines, "stages": ORDER}
    return render(request, "coal_to_electric/funnel.html", context)


@sees_ledger
@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    """Who waits longer than the limit of the next stage, longest first, over all open seasons."""
    limits, today = summary.limits(), timezone.localdate()
    found = Household.objects.visible_to(request.user).stuck(limits, on=today).for_list()
    page = Paginator(found, STUCK_SIZE).get_page(request.GET.get("page"))
    rows = [row_of(one, on=today, limits=limits) for one in page.object_list]
    return render(request, "coal_to_electric/stuck.html", {"page_obj": page, "rows": rows})


@needs("export_households")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, carried away: masked, or in clear with the right and a reason."""
    narrowing = Listing(request.user, request.GET).narrowing
    rows = importing.rows_out(narrowing.rows)
    return carry_away(request, importing.TARGET, rows, words=narrowing.used, back=narrowing.link())
