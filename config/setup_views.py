"""The guided first set-up: admin, departments, working calendar, territory; gone once it is completed."""
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.departments import add_departments
from accounts.login import begin_session
from accounts.models import Department
from config import setup
from config.setup_forms import DepartmentsForm, FirstAdminForm, TerritoryForm
from grid.calendar import calendar_warning, seed_calendar
from grid.importing import ImportRefused, load_territory
from grid.models import CalendarDay, Community, UnitGrid

PROBLEMS_SHOWN = 20
View = Callable[[HttpRequest], HttpResponse]
STEPS = (
    ("admin", "管理员"),
    ("departments", "部门"),
    ("calendar", "工作日历"),
    ("territory", "辖区底图"),
    ("done", "完成"),
)


def _step(view: View) -> View:
    """A step after the first: for an admin, while the set-up is under way."""

    @wraps(view)
    @login_required
    @permission_required("accounts.manage_users", raise_exception=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    def guarded(request: HttpRequest) -> HttpResponse:
        if not setup.is_under_way():
            raise Http404
        return view(request)

    return guarded


def _page(request: HttpRequest, step: str, status: int = 200, **context: object) -> HttpResponse:
    """The page of a step, with the way that is behind and ahead."""
    names = [name for name, _word in STEPS]
    steps = [(name, word, names.index(name) < names.index(step)) for name, word in STEPS]
    return render(request, f"setup/{step}.html", {"steps": steps, "step": step, **context}, status=status)


@never_cache
@sensitive_post_parameters("password", "again")
def admin(request: HttpRequest) -> HttpResponse:
    """The first admin's account; only with the one-time token, only while nobody is there."""
    token = request.POST.get("token") or request.GET.get("token", "")
    if not setup.waits_for_admin(token):
        raise Http404
    form = FirstAdminForm(request.POST or None, initial={"token": token})
    if form.is_bound and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("username", "real_name", "password")}
        try:
            person = setup.create_first_admin(**answers, at=timezone.now(), request=request)
        except setup.SetupRefused as refusal:
            form.add_error(None, str(refusal))
            return _page(request, "admin", form=form, status=409)
        begin_session(request, person, remember=False, at=timezone.now())
        return redirect("setup:departments")
    return _page(request, "admin", form=form, status=422 if form.is_bound else 200)


@_step
def departments(request: HttpRequest) -> HttpResponse:
    """Paste the departments, or take the usual ones."""
    form = DepartmentsForm(request.POST or None)
    if form.is_bound and form.is_valid():
        count = add_departments(form.cleaned_data["lines"], by=request.user, at=timezone.now(), request=request)
        messages.success(request, f"已建立 {count} 个部门")
        return redirect("setup:calendar")
    present = Department.objects.active().count()
    return _page(request, "departments", form=form, present=present, status=422 if form.is_bound else 200)


@_step
def calendar(request: HttpRequest) -> HttpResponse:
    """Enter the published holidays and make-up days."""
    if request.method == "POST":
        count = seed_calendar()
        messages.success(request, f"已录入 {count} 个节假日和调休日" if count else "工作日历已经录入，没有重复操作")
        return redirect("setup:territory")
    warning = calendar_warning(timezone.localdate())
    return _page(request, "calendar", days=CalendarDay.objects.count(), warning=warning)


@_step
def territory(request: HttpRequest) -> HttpResponse:
    """Upload the street's outline, its communities and its unit grids."""
    form = TerritoryForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            load_territory(**form.cleaned_data, by=request.user, at=timezone.now())
        except ImportRefused as refusal:
            form.add_error(None, refusal.problems[:PROBLEMS_SHOWN])
        else:
            messages.success(request, f"已载入 {Community.objects.count()} 个社区、{UnitGrid.objects.count()} 个网格")
            return redirect("setup:done")
    loaded = Community.objects.count()
    return _page(request, "territory", form=form, loaded=loaded, status=422 if form.is_bound else 200)


@_step
def done(request: HttpRequest) -> HttpResponse:
    """What is there now, and closing the set-up."""
    if request.method == "POST":
        try:
            setup.complete(by=request.user, at=timezone.now(), request=request)
        except setup.SetupRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("setup:departments")
        return redirect("accounts:home")
    counts = (Department.objects.active().count(), CalendarDay.objects.count(), UnitGrid.objects.count())
    return _page(request, "done", counts=counts)
