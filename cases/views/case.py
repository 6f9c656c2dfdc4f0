"""The whole page of a case, its trail, its pictures, and who stands behind it."""
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_http_methods, require_safe

from cases import revealing
from cases import trail as chain
from cases.errors import AnswersRefused, MoveForbidden
from cases.models import Case, CasePhoto
from cases.papers import papers_for
from cases.views.related import beside, merge_partner, neighbours_in_list, pins_of
from cases.views.shown import Shown, reads_text, shown_event
from grid.photos import PhotoNotReady, photo_response

SHOWS = ("flow", "notes")


def find_case(user: Any, number: str) -> Case:
    """The case with all that its page shows; not yours is not there."""
    return get_object_or_404(Case.objects.visible_to(user).for_page(number), number=number)


@login_required
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The case on a page of its own: for print, for a second look, for a link."""
    case, now = find_case(request.user, number), timezone.now()
    prefetch_related_objects([case], "tags")  # the pieces of upper apps look at them too
    show = request.GET.get("show", "")
    shown = Shown(case, request.user, at=now, show=show if show in SHOWS else "")
    near = beside(case, request.user, at=now)
    related = near.related
    context = {
        "shown": shown, "related": related, "merge_with": merge_partner(shown, related),
        "pins": pins_of(related, shown.ground),
        "tags": [] if shown.secret else [tag.word for tag in case.tags.all()],
        "around": neighbours_in_list(case, request.user, listed=request.GET.get("list", ""), at=now),
        "all_photos": request.GET.get("photos") == "all",
        "papers": [(one.key, one.word) for one in papers_for(case, request.user) if one.key != "order"],
        "may_reveal": revealing.may_reveal(case, request.user),
        "came_back": near.came_back,
    }  # fmt: skip
    return render(request, "cases/page.html", context)


@login_required
@require_safe
def trail(request: HttpRequest, number: str) -> HttpResponse:
    """Every event with its fingerprint; for auditors, who see no case, and for whoever sees this one."""
    may_all = request.user.has_perm("cases.see_trail")
    cases = Case.objects.all() if may_all else Case.objects.visible_to(request.user)
    case = get_object_or_404(cases.select_related("petition"), number=number)
    secret = not reads_text(case, request.user)
    rows = list(case.events.for_timeline())
    context = {
        "case": case, "rows": [(row, shown_event(row, secret=secret)) for row in rows],
        "broken": chain.first_break(case) if request.user.has_perm("cases.check_chain") else None,
    }  # fmt: skip
    return render(request, "cases/trail.html", context)


def _photo_tag(request: HttpRequest, number: str, pk: int, size: str) -> str | None:
    """A developed picture never changes."""
    return f'"{pk}-{size}"' if request.user.is_authenticated and _seen_photo(request, number, pk) else None


def _seen_photo(request: HttpRequest, number: str, pk: int) -> CasePhoto | None:
    """The picture, if this person sees the case and may read it; asked for once a request."""
    if not hasattr(request, "seen_photo"):
        case = Case.objects.visible_to(request.user).filter(number=number).first()
        seen = case is not None and reads_text(case, request.user)
        request.seen_photo = case.photos.select_related("photo").filter(pk=pk).first() if seen else None
    return request.seen_photo


@login_required
@require_safe
@condition(etag_func=_photo_tag)
def photo(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponse:
    """A picture of the case, only for those who see the case."""
    found = _seen_photo(request, number, pk)
    if not found or size not in ("thumb", "image"):
        raise Http404("没有这张照片，或者你看不到这个案件。")
    try:
        return photo_response(found.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason


class ReasonForm(forms.Form):
    """Why somebody must know who it is."""

    reason = forms.CharField(
        label="查看理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": revealing.REASON_WANTED}, help_text="写明为什么要知道身份。理由和时间会记入审计。",
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a reason, then show the identity once, in the answer to the POST and nowhere else."""
    case = find_case(request.user, number)
    if not revealing.may_reveal(case, request.user):
        raise PermissionDenied("你的角色不能查看身份。需要时请与信访专员或值班科长联系。")
    form, identity = ReasonForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        identity = _revealed(request, case, form)
    context = {"case": case, "form": form, "identity": identity, "reporter": _whom(request)}
    return render(request, "cases/reveal.html", context, status=422 if form.errors else 200)


def _whom(request: HttpRequest) -> str:
    asked = request.POST.get("reporter") or request.GET.get("reporter") or ""
    return asked if asked.isdecimal() and len(asked) < 12 else ""


def _revealed(request: HttpRequest, case: Case, form: ReasonForm) -> revealing.Identity | None:
    """The identity, or none with the refusal in the form."""
    how = {"by": request.user, "reason": form.cleaned_data["reason"], "at": timezone.now()}
    how["ip"] = request.META.get("REMOTE_ADDR", "")
    try:
        if case.is_petition:
            return revealing.reveal_petitioner(case, **how)
        reporter = get_object_or_404(case.reporters, pk=_whom(request) or 0)
        return revealing.reveal_reporter(case, reporter, **how)
    except AnswersRefused as refusal:
        form.add_error("reason", refusal.errors["reason"])
    except MoveForbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return None
