"""Coming in, going out, and the way to each person's first page."""
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import LoginForm
from accounts.landing import first_page
from accounts.login import LoginLocked, begin_session, end_session


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the page where this person's work begins."""
    return redirect(first_page(request.user))


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The login page."""
    if request.user.is_authenticated:
        return redirect(_wanted(request, request.GET.get("next", "")))
    form = LoginForm(request.POST or None, request=request, initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        begin_session(request, form.user, remember=form.cleaned_data["remember"], at=timezone.now())
        return redirect(_wanted(request, form.cleaned_data["next"]))
    refusal = getattr(request, "login_refusal", None)
    if isinstance(refusal, LoginLocked):
        return render(request, "lockout.html", {"sentence": str(refusal)}, status=429)
    return render(request, "accounts/login.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    end_session(request, at=timezone.now())
    return redirect("/login/")


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Who to ask for a new password."""
    return render(request, "accounts/forgotten.html")


def _wanted(request: HttpRequest, address: str) -> str:
    """The page asked for before the login, if it is one of ours; else the first page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else first_page(request.user)
