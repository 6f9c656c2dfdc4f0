"""The to-do list of the registers (核对): what contradicts itself, checking now, setting aside what is right."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from grid import sweeping
from grid.forms.todo import AsideForm, FindingFilterForm
from grid.models import Finding, Sweep
from grid.registering import NotYours
from grid.views.register import done, number

PAGE_SIZE = 50
SEEING = ("grid.see_registers", "grid.see_community_registers")


def _check_sight(user: Any) -> None:
    if not any(map(user.has_perm, SEEING)):
        raise PermissionDenied("你的角色不能查看台账核对。需要时请与台账专员或所在社区联系。")


@login_required
@require_safe
def todo(request: HttpRequest) -> HttpResponse:
    """What is to be put right, by kind and community."""
    _check_sight(request.user)
    form = FindingFilterForm(request.GET, user=request.user)
    rows = form.findings(at=timezone.now())
    kinds = list(sweeping.counts_by_kind(rows, request.user))
    shown = rows.of_kinds([form.chosen]) if form.chosen else rows
    in_order = shown.in_order_of(check.kind for check, _ in kinds)
    page = Paginator(in_order, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form, "kinds": kinds, "total": sum(count for _, count in kinds), "page_obj": page,
        "groups": _grouped(page, {check.kind: (check, count) for check, count in kinds}),
        "swept_at": Sweep.objects.last_at(), "may_sweep": sweeping.may_sweep(request.user),
    }  # fmt: skip
    return render(request, "grid/_todo.html" if request.htmx else "grid/todo.html", context)


def _grouped(page: Any, kinds: dict[str, Any]) -> list[tuple[Any, int, list[Finding]]]:
    """The rows of a page under their kinds: kind, how many there are on all pages, rows."""
    groups: dict[str, list[Finding]] = {}
    for row in page:
        groups.setdefault(row.kind, []).append(row)
    return [(*kinds[kind], rows) for kind, rows in groups.items()]


@login_required
@require_POST
def sweep(request: HttpRequest) -> HttpResponse:
    """Check now."""
    try:
        swept = sweeping.sweep(by=request.user, at=timezone.now())
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    # the counts are of the whole street: not for who may know of the own community alone
    counts = f"：新发现 {swept.fresh:,} 项，改正 {swept.resolved:,} 项" if request.user.has_perm(SEEING[0]) else ""
    messages.success(request, f"已核对{counts}")
    return redirect("grid:todo")


@login_required
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Set one aside for a reason, or take it up again."""
    _check_sight(request.user)
    rows = sweeping.seen_by(request.user).unresolved().for_list()
    found = get_object_or_404(rows, pk=pk)
    try:
        sweeping.check_hands(found, request.user)
    except NotYours as refused:
        raise PermissionDenied(str(refused)) from refused
    form = AsideForm(request.POST or None)
    version = number(request.POST.get("version")) if request.method == "POST" else found.version
    if request.method == "POST" and form.is_valid():
        how = {"version": version, "by": request.user, "at": timezone.now()}
        if done(form, lambda: _decide(found, form, how)):
            messages.success(request, "已恢复为待办" if found.set_aside_at is None else "已搁置")
            return redirect("grid:todo")
    check = next(check for check in sweeping.checks_for(request.user) if check.kind == found.kind)
    context = {"form": form, "finding": found, "check": check, "version": version}
    return render(request, "grid/finding_aside.html", context, status=422 if form.errors else 200)


def _decide(found: Finding, form: AsideForm, how: dict[str, Any]) -> Finding:
    if found.set_aside_at:
        return sweeping.take_up(found, **how)
    return sweeping.set_aside(found, reason=form.cleaned_data["reason"], **how)
