"""One household: its page, a step, an amendment, a look behind the mask, pictures, a meter reading."""
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coal_to_electric import electricity, progress, revealing
from coal_to_electric import ledger as book
from coal_to_electric.forms.household import EditHouseholdForm
from coal_to_electric.forms.steps import PhotoForm, ReadingForm, ReasonForm, StepForm
from coal_to_electric.models import Household
from coal_to_electric.progress import STEPS
from coal_to_electric.views.access import attempt, find_household, has_hands, needs, private, sees_ledger
from coal_to_electric.views.shown import shown_household
from grid.photos import PhotoNotReady, photo_response


@sees_ledger
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """What is known of a household and what can be done next."""
    household = find_household(request.user, number)
    return _page(request, household)


def _page(request: HttpRequest, household: Household, *, status: int = 200, **forms: Any) -> HttpResponse:
    first = {"season": household.programme.season, "on": timezone.localdate()}
    context = {
        "shown": shown_household(household, request.user), "household": household,
        "photo_form": PhotoForm(), "reading_form": ReadingForm(initial=first), **forms,
    }  # fmt: skip
    return render(request, "coal_to_electric/household.html", context, status=status)


@sees_ledger
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Ask what a step asks, and take it."""
    household, row = find_household(request.user, number), STEPS[step]
    has_hands(household, request.user, row.needs)
    form, status = StepForm(row, household, request.POST or None), 200
    if request.method == "POST":
        status, made = attempt(form, lambda: _take(request, household, step, form))
        if made:
            messages.success(request, f"{household.number}：已登记{row.button}")
            return redirect(household)
    template = "coal_to_electric/_step_dialog.html" if request.htmx else "coal_to_electric/step.html"
    return render(request, template, {"household": household, "step": row, "form": form}, status=status)


def _take(request: HttpRequest, household: Household, step: str, form: StepForm) -> Any:
    return progress.take(step, household, by=request.user, at=timezone.now(), **form.answers)


@private
@never_cache
@needs("keep_households")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Mend what the ledger says; personal fields that stay empty stay as they are."""
    household, status = find_household(request.user, number), 200
    form = EditHouseholdForm(household, request.POST or None)
    if request.method == "POST":
        status, changed = attempt(form, lambda: _amend(request, household, form))
        if changed is not None:
            messages.success(request, f"{household.number}：已修改" if changed else f"{household.number}：没有改动")
            return redirect(household)
    return render(request, "coal_to_electric/edit.html", {"household": household, "form": form}, status=status)


def _amend(request: HttpRequest, household: Household, form: EditHouseholdForm) -> list[str]:
    version = form.cleaned_data["version"]
    return book.amend(household, by=request.user, at=timezone.now(), version=version, **form.values)


@never_cache
@needs("reveal_household")
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Name, phone and ID number, once, for a reason."""
    household, form, householder, status = find_household(request.user, number), ReasonForm(), None, 200
    if request.method == "POST":
        form = ReasonForm(request.POST)
        status, householder = attempt(form, lambda: _reveal(request, household, form))
    context = {"household": household, "form": form, "householder": householder}
    return render(request, "coal_to_electric/reveal.html", context, status=status)


def _reveal(request: HttpRequest, household: Household, form: ReasonForm) -> revealing.Householder:
    return revealing.reveal_household(
        household, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now(),
        ip=request.META.get("REMOTE_ADDR", ""),
    )  # fmt: skip


@needs("keep_households")
@require_POST
def reading(request: HttpRequest, number: str) -> HttpResponse:
    """The season's off-peak electricity."""
    household, form = find_household(request.user, number), ReadingForm(request.POST)
    status, made = attempt(form, lambda: _read(request, household, form))
    if made:
        messages.success(request, f"{household.number}：已登记 {made.season} 采暖季谷段电量")
        return redirect(household)
    return _page(request, household, status=status, reading_form=form)


def _read(request: HttpRequest, household: Household, form: ReadingForm) -> Any:
    return electricity.enter_reading(household, by=request.user, at=timezone.now(), **form.cleaned_data)


@needs("visit_households")
@require_POST
def add_photo(request: HttpRequest, number: str) -> HttpResponse:
    """A picture from before or after the change."""
    household, form = find_household(request.user, number), PhotoForm(request.POST, request.FILES)
    status, made = attempt(form, lambda: _hang(request, household, form))
    if made:
        messages.success(request, f"{household.number}：照片已收下，处理后显示")
        return redirect(household)
    return _page(request, household, status=status, photo_form=form)


def _hang(request: HttpRequest, household: Household, form: PhotoForm) -> Any:
    told = form.cleaned_data
    return book.add_photo(household, told["file"], moment=told["moment"], by=request.user, at=timezone.now())


@sees_ledger
@require_safe
def photo(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponseBase:
    """A picture of a household that the person sees."""
    if size not in ("image", "thumb"):
        raise Http404
    household = find_household(request.user, number)
    hung = get_object_or_404(household.photos.select_related("photo"), pk=pk)
    try:
        return photo_response(hung.photo, size)
    except PhotoNotReady as waiting:
        raise Http404(str(waiting)) from waiting
