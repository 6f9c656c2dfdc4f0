"""The desk: list and case side by side, the choices of a filter, the views kept under a name, what has changed."""
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from cases import desk as words
from cases import views_kept
from cases.errors import AnswersRefused
from cases.filters import AGAIN, CLOCKS, RECEIVED, SORTS, STAGES, tidy
from cases.forms.choices import departments
from cases.models import CaseTag, Category
from cases.views.listing import Listing
from grid.calendar import calendar_warning
from grid.models import Community

DESK_RIGHTS = ("cases.use_desk", "cases.see_all_cases", "cases.see_community_cases")
CHANGES_BACK = timedelta(hours=12)


def may_open_desk(user: Any) -> None:
    """Those who see cases at all."""
    if not any(user.has_perm(right) for right in DESK_RIGHTS):
        raise PermissionDenied("指挥席由受理派遣、督查、承办等岗位使用。需要时请向系统管理员申请。")


@login_required
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def desk(request: HttpRequest) -> HttpResponse:
    """List and case side by side; only the list when htmx asks for it."""
    may_open_desk(request.user)
    listing = Listing(request.user, request.GET)
    only_list = request.htmx and request.htmx.target == "list" and not request.htmx.history_restore_request
    template = "cases/_list.html" if only_list else "cases/desk.html"
    context = {"listing": listing}
    if not only_list:
        context |= {"nav_counts": listing.nav_counts, "calendar_warning": _calendar_warning(request.user)}
    return render(request, template, context)


def _calendar_warning(user: Any) -> str:
    """For whoever moves deadlines: next year's holidays are not entered, what reaches into it may move."""
    return calendar_warning(timezone.localdate()) if user.has_perm("cases.grant_extension_case") else ""


@login_required
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The list alone, as a move or 刷新 asks for it."""
    may_open_desk(request.user)
    if not request.htmx:
        return HttpResponseRedirect(f"/desk/?{request.GET.urlencode()}")
    return render(request, "cases/_list.html", {"listing": Listing(request.user, request.GET)})


# --- the choices of one filter --------------------------------------------------------------------------------


def _communities(listing: Listing) -> list[tuple[str, str]]:
    """All of them for who sees the whole street; for others those in which a case lies that they see."""
    rows = Community.objects.order_by("code")
    if not listing.user.has_perm("cases.see_all_cases"):
        rows = rows.filter(pk__in=listing.visible.placed_for(listing.user).order_by().values("community"))
    return list(rows.values_list("code", "short_name"))


def _departments(listing: Listing) -> list[tuple[str, str]]:
    return list(departments().values_list("code", "short_name"))


def _categories(listing: Listing) -> list[tuple[str, str]]:
    rows = Category.objects.filter(active=True).order_by("kind", "code").values_list("code", "major", "name")
    return [(code, f"{name} · {major}") for code, major, name in rows]


def _tags(listing: Listing) -> list[tuple[str, str]]:
    words = CaseTag.objects.order_by("word").values_list("word", flat=True).distinct()
    return [(word, word) for word in words]


CHOICES = {
    "stage": ("阶段", lambda _: list(STAGES)), "clock": ("时限", lambda _: list(CLOCKS)),
    "received": ("收件时间", lambda _: [row[:2] for row in RECEIVED]), "sort": ("排序", lambda _: list(SORTS)),
    "community": ("社区", _communities), "lead": ("承办单位", _departments), "category": ("类别", _categories),
    "tag": ("标签", _tags), "again": ("反复", lambda _: list(AGAIN)),
}  # fmt: skip


@login_required
@require_safe
def choices(request: HttpRequest, name: str) -> HttpResponse:
    """The links of one filter: a menu for htmx, else a page."""
    may_open_desk(request.user)
    if name not in CHOICES:
        raise Http404("没有这个筛选条件。")
    label, read = CHOICES[name]
    listing = Listing(request.user, request.GET)
    chosen = request.GET.get(name, "")
    instead = {"state": ""} if name == "stage" else {}  # a stage takes the place of a single state
    links = [(word, listing.link(**{name: value, **instead}), value == chosen) for value, word in read(listing)]
    context = {"name": name, "label": label, "links": links, "listing": listing, "clear": listing.link(**{name: ""})}
    return render(request, "cases/_choices.html" if request.htmx else "cases/choices.html", context)


# --- views kept under a name ----------------------------------------------------------------------------------


class ViewForm(forms.Form):
    """A name for the filters of the address bar."""

    name = forms.CharField(label="视图名称", max_length=12, error_messages={
        "required": "请填写视图名称。", "max_length": "视图名称最多 12 个字。请缩短后再保存。"})  # fmt: skip
    query = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """Only what is a filter."""
        return tidy(self.cleaned_data["query"])


@login_required
def views(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name (POST), or ask for the name (GET)."""
    may_open_desk(request.user)
    form = ViewForm(request.POST or None, initial={"query": tidy(request.GET.get("query", ""))})
    if request.method == "POST" and form.is_valid():
        try:
            views_kept.keep(request.user, **form.cleaned_data)
        except AnswersRefused as refusal:
            form.add_error("name", refusal.errors["name"])
        else:
            messages.success(request, f"已保存视图“{form.cleaned_data['name']}”")
            return _go(request, f"/desk/?{form.cleaned_data['query']}")
    template = "cases/_view_dialog.html" if request.htmx else "cases/view.html"
    context = {"form": form, "own": request.user.saved_views.all()}
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@require_POST
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a view of one's own."""
    name = views_kept.forget(request.user, pk)
    if name is None:
        raise Http404("没有这个视图，可能已删除。")
    messages.success(request, f"已删除视图“{name}”")
    return _go(request, "/desk/")


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """There by redirect; from a dialog by the browser's own navigation."""
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


# --- what has changed -----------------------------------------------------------------------------------------


@login_required
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """有 3 条更新，刷新: how many cases of this list others have moved since it was drawn."""
    may_open_desk(request.user)
    now = timezone.now()
    since = max(_since(request.GET.get("since", ""), now), now - CHANGES_BACK)
    listing = Listing(request.user, request.GET, at=now)
    here = listing.filter.condition(without="stage")
    count = words.changed_by_others(listing.visible, here, user=request.user, since=since)
    return render(request, "cases/_changes.html", {"count": count, "listing": listing, "since": since})


def _since(text: str, now: datetime) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment and timezone.is_aware(moment) else now
