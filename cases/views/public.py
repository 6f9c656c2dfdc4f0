"""查询办理进度: the code, how far it is, and what the reporter says of it. No login; the code is the key."""
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import echo, limits
from cases.adding import add_more
from cases.echo import Asked, UnknownCode
from cases.errors import AnswersRefused, MoveRefused
from cases.forms.echo import CodeForm, MoreForm, OpinionForm
from cases.limits import TooMany
from cases.progress import Progress
from cases.views.device import mark_device, visitor_of
from grid.photos import PhotoNotReady, photo_response


def kept_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Neither an index nor the address bar of another site learns a code."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return mark_device(request, response)


def refused(request: HttpRequest, text: str, why: Exception) -> HttpResponse:
    """The form again: no such code (404), or too many tries (429)."""
    context = {"form": CodeForm(initial={"code": echo.tidy_code(text)}), "why": str(why)}
    response = render(request, "public/ask.html", context, status=429 if isinstance(why, TooMany) else 404)
    if isinstance(why, TooMany):
        response["Retry-After"] = str(why.seconds(timezone.now()))
    return kept_private(request, response)


def by_code(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view with whose code it is, instead of the code; a wrong one ends here."""

    @wraps(view)
    def found(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        try:
            asked = echo.look_up(code, **visitor_of(request))
        except (UnknownCode, TooMany) as why:
            return refused(request, code, why)
        return kept_private(request, view(request, asked, **more))

    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The field for the code."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return kept_private(request, render(request, "public/ask.html", {"form": form}, status=status))
    try:
        asked = echo.look_up(form.cleaned_data["code"], **visitor_of(request))
    except (UnknownCode, TooMany) as why:
        return refused(request, form.cleaned_data["code"], why)
    return kept_private(request, HttpResponseRedirect(reverse("cases:progress", args=[asked.code])))


def page(request: HttpRequest, asked: Asked, *, status: int = 200, **forms: Any) -> HttpResponse:
    """How far it is, with the forms as they stand."""
    shown = Progress(asked, at=timezone.now())
    context = {"asked": asked, "shown": shown, "form": CodeForm(initial={"code": asked.spelled})}
    blank = {"opinion_form": OpinionForm(), "more_form": MoreForm()}
    return render(request, "public/progress.html", context | blank | forms, status=status)


@never_cache
@require_safe
@by_code
def progress(request: HttpRequest, asked: Asked) -> HttpResponse:
    """How far it is."""
    return page(request, asked)


def _said(request: HttpRequest, asked: Asked, name: str, form: Any, say: Callable[..., Any]) -> HttpResponse:
    """What the reporter said, kept; or the page with the form and what must be changed."""
    status, wait = 422, None
    if form.is_valid():
        try:
            limits.take_place("opinion", **visitor_of(request))
            limits.take_upload(form.cleaned_data.get("photos", ()), **visitor_of(request))
            say(asked, **form.cleaned_data, at=timezone.now())
            return HttpResponseRedirect(reverse("cases:progress", args=[asked.code]) + "#said")
        except AnswersRefused as wrong:
            for field, sentence in wrong.errors.items():
                form.add_error(field, sentence)
        except MoveRefused as why:
            form.add_error(None, str(why))
            status = 409
        except TooMany as why:
            form.add_error(None, str(why))
            status, wait = 429, why.seconds(timezone.now())
    response = page(request, asked, status=status, **{name: form})
    if wait:
        response["Retry-After"] = str(wait)
    return response


@never_cache
@sensitive_post_parameters("words")
@require_POST
@by_code
def opinion(request: HttpRequest, asked: Asked) -> HttpResponse:
    """满意或不满意."""
    return _said(request, asked, "opinion_form", OpinionForm(request.POST), echo.judge)


@never_cache
@sensitive_post_parameters("words")
@require_POST
@by_code
def more(request: HttpRequest, asked: Asked) -> HttpResponse:
    """补充情况, in words and pictures."""
    return _said(request, asked, "more_form", MoreForm(request.POST, request.FILES), add_more)


@never_cache
@require_safe
@by_code
def photo(request: HttpRequest, asked: Asked, which: str, size: str) -> HttpResponse:
    """The reporter's own picture, or the one after the work."""
    known = which in ("before", "after") and size in ("thumb", "image")
    found = getattr(echo.Pictures(asked), which) if known else None
    if found is None:
        raise Http404("没有这张照片。")
    try:
        return photo_response(found.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason
