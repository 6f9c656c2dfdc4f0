"""The ledgers of campaign entries, one for each kind; and the kinds, which an admin defines."""
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import entries
from campaigns.filters import entries_of
from campaigns.forms.campaigns import EntryForm, KindForm, VoidForm
from campaigns.models import Entry, EntryKind, EntryPhoto
from campaigns.progress import plain
from campaigns.views.campaigns import keeps, sees
from campaigns.views.structures import attempt
from grid.models import PhotoState
from grid.photos import PhotoNotReady, photo_response

PAGE = 30
FORM = ["GET", "HEAD", "POST"]
defines = permission_required(entries.DEFINE, raise_exception=True)


class EntryListing:
    """What one address of a kind's ledger shows to one person."""

    def __init__(self, kind: EntryKind, user: Any, query: QueryDict) -> None:
        self.kind, self.query = kind, query
        self.filter, self.wanted = entries_of(kind, query)
        self.may_keep = user.has_perm(entries.KEEP)
        self.may_import = user.has_perm("campaigns.import_ledgers")
        self.may_export = user.has_perm("campaigns.export_ledgers")
        self.kinds = EntryKind.objects.filter(active=True)

    @cached_property
    def total(self) -> Any:
        """The quantity of what the filter keeps, without zeros that nobody measured."""
        return plain(self.wanted.total())

    @cached_property
    def page(self) -> Page:
        """One page of the rows."""
        return Paginator(self.wanted.for_list(), PAGE).get_page(self.query.get("page"))

    @cached_property
    def rows(self) -> list[Any]:
        """The lines of the page: entry, quantity as shown, the further columns, its pictures."""
        return [
            {"entry": row, "quantity": f"{'约 ' if row.approximate else ''}{plain(row.quantity):,}",
             "extras": row.extras, "photos": [one for one in row.photos.all() if one.photo.state == PhotoState.READY]}
            for row in self.page.object_list
        ]  # fmt: skip

    @property
    def is_demo(self) -> bool:
        """Whether any line is invented."""
        return any(row["entry"].is_demo for row in self.rows)


@login_required
@sees
@require_safe
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """The entries of one kind with their sum."""
    listing = EntryListing(get_object_or_404(EntryKind, slug=slug), request.user, request.GET)
    return render(request, "campaigns/entries/index.html", {"listing": listing})


@login_required
@sees
@require_safe
def entry(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One entry."""
    found = get_object_or_404(Entry.objects.for_list().of_kind(slug), number=number)
    context = {"entry": found, "quantity": plain(found.quantity), "may_keep": request.user.has_perm(entries.KEEP)}
    return render(request, "campaigns/entries/page.html", context)


@login_required
@sees
@require_safe
def photo(request: HttpRequest, slug: str, number: str, pk: int, size: str) -> HttpResponse:
    """A picture, for those who see the ledger."""
    rows = EntryPhoto.objects.select_related("photo").filter(entry__number=number, entry__kind__slug=slug, pk=pk)
    hung = rows.first()
    if not hung or size not in ("thumb", "image"):
        raise Http404("没有这张照片。")
    try:
        return photo_response(hung.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason


@login_required
@keeps
@require_http_methods(FORM)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Record what was done."""
    kind, now, status = get_object_or_404(EntryKind, slug=slug), timezone.now(), 200
    form = EntryForm(kind, request.POST or None, request.FILES or None, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, entries.record_entry, kind=kind, by=request.user, at=now)
        if made:
            messages.success(request, f"已登记 {made.number}")
            return redirect("campaigns:entries", slug=slug)
    return render(request, "campaigns/entries/form.html", {"form": form, "kind": kind}, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def edit(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Change an entry."""
    found = get_object_or_404(Entry.objects.select_related("kind").of_kind(slug), number=number)
    now, status = timezone.now(), 200
    form = EntryForm(found.kind, request.POST or None, request.FILES or None, entry=found, user=request.user, at=now)
    if request.method == "POST":
        done, status = attempt(form, entries.amend_entry, entry=found, by=request.user, at=now)
        if status == 200:
            messages.success(request, f"{number} 已修改" if done else f"{number} 没有改动")
            return redirect(found)
    context = {"form": form, "kind": found.kind, "entry": found}
    return render(request, "campaigns/entries/form.html", context, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def void(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Take an entry out of every sum."""
    found = get_object_or_404(Entry.objects.select_related("kind").of_kind(slug), number=number)
    now, status = timezone.now(), 200
    form = VoidForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        _, status = attempt(form, entries.void_entry, entry=found, by=request.user, at=now)
        if status == 200:
            messages.success(request, f"{number} 已作废，不再计入合计")
            return redirect("campaigns:entries", slug=slug)
    return render(request, "campaigns/entries/void.html", {"form": form, "entry": found}, status=status)


@login_required
@defines
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of entries."""
    return render(request, "campaigns/entries/kinds.html", {"kinds": EntryKind.objects.all()})


@login_required
@defines
@require_http_methods(FORM)
def kind(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Define a kind, or change one."""
    found = get_object_or_404(EntryKind, slug=slug) if slug else None
    now, status = timezone.now(), 200
    form = KindForm(request.POST or None, kind=found, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, entries.define_kind, kind=found, by=request.user, at=now)
        if made:
            messages.success(request, f"“{made}”已保存")
            return redirect("campaigns:entry_kinds")
    return render(request, "campaigns/entries/kind.html", {"form": form, "kind": found}, status=status)
