"""冬季回访: who is due, and how it went."""
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coal_to_electric import progress
from coal_to_electric import revisits as visits
from coal_to_electric.forms.steps import RevisitForm
from coal_to_electric.models import Household
from coal_to_electric.views.access import attempt, find_household, needs, sees_ledger

PAGE_SIZE = 30


@sees_ledger
@require_safe
def revisits(request: HttpRequest) -> HttpResponse:
    """Who is due by today, earliest first, over all open seasons."""
    today = timezone.localdate()
    found = Household.objects.visible_to(request.user).to_revisit(on=today).for_list()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(one, (today - one.revisit_due_on).days) for one in page.object_list]
    may_visit = request.user.has_perm(progress.VISIT)
    context = {"page_obj": page, "rows": rows, "may_visit": may_visit}
    return render(request, "coal_to_electric/revisits.html", context)


@needs("visit_households")
@require_http_methods(["GET", "HEAD", "POST"])
def revisit(request: HttpRequest, number: str) -> HttpResponse:
    """Write down one visit or call."""
    household, status = find_household(request.user, number), 200
    form = RevisitForm(household, request.POST or None)
    if request.method == "POST":
        status, made = attempt(form, lambda: _revisit(request, household, form))
        if made:
            messages.success(request, f"{household.number}：回访已记录")
            return redirect("coal:revisits")
    return render(request, "coal_to_electric/revisit.html", {"household": household, "form": form}, status=status)


def _revisit(request: HttpRequest, household: Household, form: RevisitForm) -> Any:
    return visits.revisit(household, by=request.user, at=timezone.now(), **form.cleaned_data)
