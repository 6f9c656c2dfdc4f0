"""A place's page: who answers for it, what stands there, what happened; and entering, changing, appointing."""
from copy import copy  # a form writes into its instance, the verb compares with what stands
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from grid import sites
from grid.forms.people import DepartureForm
from grid.forms.places import AliasFilterForm, OnForm, PlaceForm, PostFilterForm, PostForm
from grid.happenings import Ground
from grid.models import KeySite, Organisation, Post, ResponsibilityGrid, Thing, UnitGrid
from grid.posts import ROLES, appoint, column_of, end_post, may_appoint
from grid.telling import Told, what_happened
from grid.views.register import done, may_keep, number, saved

NEAR_METRES = 100.0
MOST_NEAR = 12
PAGE_SIZE = 50
YEARS = range(1900, 2200)  # beyond, no database holds the moment
GROUNDS = {"grid": (UnitGrid, "grid:grid"), "area": (ResponsibilityGrid, "grid:area"), "place": (KeySite, "grid:place")}


def _place(code: str) -> KeySite:
    rows = KeySite.objects.for_list().select_related("property_company")
    return get_object_or_404(rows, code=code)


def posts_of(ground: Any, request: HttpRequest) -> dict[str, Any]:
    """Who answered on the day that is asked for, and everybody before and after."""
    form = OnForm(request.GET)
    rows = list(Post.objects.on(ground, column=column_of(ground)))
    return {"on_form": form, "day": form.day, "holding": [row for row in rows if row.holds_on(form.day)],
            "posts": rows, "may_appoint": may_appoint(request.user)}  # fmt: skip


def before(request: HttpRequest) -> datetime:
    """From which moment backwards the timeline is read."""
    try:
        asked = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        asked = None
    known = asked is not None and timezone.is_aware(asked) and asked.year in YEARS
    return asked if known else timezone.now()


def story_of(ground: Ground, request: HttpRequest) -> Told:
    """What happened on a ground, from the moment and as whole as the address asks."""
    return what_happened(ground, request.user, before=before(request), whole="all" in request.GET)


@login_required
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place on one page: people in charge, what stands near, units, what happened."""
    found = _place(code)
    ground, user = Ground(site_id=found.pk, lon=found.lon, lat=found.lat), request.user
    near = {"metres": NEAR_METRES, "most": MOST_NEAR}
    context = {
        "site": found, "aliases": found.aliases.all(), "buildings": found.buildings.all(), "metres": int(NEAR_METRES),
        "things": sites.standing_near(found, Thing.objects.visible_to(user).for_list(), **near),
        "units": sites.standing_near(found, Organisation.objects.visible_to(user).active().for_list(), **near),
        "line": sites.line_of(found),
        "told": story_of(ground, request), **posts_of(found, request),
        "may_keep": KeySite.objects.kept_by(user).contains(found),
    }  # fmt: skip
    return render(request, "grid/place.html", context)


@login_required
def new_place(request: HttpRequest) -> HttpResponse:
    """Enter a place."""
    if not may_keep(request.user):
        raise PermissionDenied("你的角色不能登记地点。需要时请与台账专员联系。")
    form = PlaceForm(request.POST or None, initial=request.GET.dict(), plans=sites.may_plan(request.user))
    made = saved(form, request, lambda given: sites.record_place(**given))
    if made:
        messages.success(request, f"已登记{made}（{made.code}）")
        return redirect("grid:place", made.code)
    return render(request, "grid/place_form.html", {"form": form}, status=form.status)


@login_required
def edit_place(request: HttpRequest, code: str) -> HttpResponse:
    """Change a place."""
    found = _place(code)
    if not KeySite.objects.kept_by(request.user).contains(found):
        raise PermissionDenied("这个地点不归你登记。请与台账专员或所在社区联系。")
    version = number(request.POST.get("version")) or found.version
    form = PlaceForm(request.POST or None, instance=copy(found), plans=sites.may_plan(request.user))
    if saved(form, request, lambda given: sites.change_place(found, version=version, **given)):
        messages.success(request, "已保存")
        return redirect("grid:place", code)
    context = {"form": form, "site": found, "version": version}
    return render(request, "grid/place_form.html", context, status=form.status)


@login_required
@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """Who answers for what, of the whole street: today or on a day of the past."""
    form = PostFilterForm(request.GET)
    page = Paginator(form.posts(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page}
    return render(request, "grid/_post_table.html" if request.htmx else "grid/posts.html", context)


@login_required
@require_safe
def aliases(request: HttpRequest) -> HttpResponse:
    """The other names by which the street's places are found."""
    form = AliasFilterForm(request.GET)
    page = Paginator(form.aliases(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "may_name": request.user.has_perm("grid.change_placealias")}
    return render(request, "grid/_alias_table.html" if request.htmx else "grid/aliases.html", context)


def _ground(kind: str, code: str) -> tuple[Any, str]:
    if kind not in GROUNDS:
        raise Http404("没有这一类地方。")
    model, page = GROUNDS[kind]
    return get_object_or_404(model, code=code), page


@sensitive_post_parameters("phone")
@login_required
def new_post(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Appoint who answers for a grid, a responsibility grid or a place."""
    ground, page = _ground(kind, code)
    if not may_appoint(request.user):
        raise PermissionDenied("你的角色不能任命责任人。需要时请与台账专员或管理员联系。")
    form = PostForm(ROLES[column_of(ground)], request.POST or None)
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "at": timezone.now()}
        if done(form, lambda: appoint(ground, **form.cleaned_data, **how)):
            messages.success(request, "已任命")
            return redirect(page, code)
    context = {"form": form, "ground": ground, "page": page, "code": code}
    return render(request, "grid/post_form.html", context, status=422 if form.errors else 200)


@login_required
def leave_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves a post."""
    if not may_appoint(request.user):
        raise PermissionDenied("你的角色不能任命责任人。需要时请与台账专员或管理员联系。")
    post = get_object_or_404(Post.objects.for_list(), pk=pk)
    ground = post.ground
    page = next(name for model, name in GROUNDS.values() if isinstance(ground, model))
    if post.until:  # the second press of a button finds it done
        messages.info(request, f"{post.holder}已离任，{post.until:%Y-%m-%d} 止")
        return redirect(page, ground.code)
    form = DepartureForm(request.POST or None, initial={"left_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "at": timezone.now()}
        if done(form, lambda: end_post(post, until=form.cleaned_data["left_on"], **how)):
            messages.success(request, "已登记离任")
            return redirect(page, ground.code)
    context = {"form": form, "ground": ground, "page": page, "code": ground.code, "post": post}
    return render(request, "grid/post_form.html", context, status=422 if form.errors else 200)
