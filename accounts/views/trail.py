"""The trail, for the auditor's eyes."""
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.audit import action_name, detail_words, subjects_in_words
from accounts.forms import AuditFilterForm
from accounts.models import AuditEntry

PAGE_SIZE = 50


@login_required
@permission_required("accounts.read_audit", raise_exception=True)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Who did what when, newest first, by act, person and day."""
    form = AuditFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_entries(wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    about = subjects_in_words(page)
    lines = [(row, action_name(row.action), about.get(row.pk), detail_words(row.detail)) for row in page]
    context = {"form": form, "page_obj": page, "lines": lines}
    return render(request, "accounts/trail.html", context, status=200 if form.is_valid() else 422)


def _entries(wanted: dict) -> "AuditEntry.objects":
    """The entries that the filter asks for; all of them while it is empty or wrong."""
    entries = AuditEntry.objects.between(wanted.get("first"), wanted.get("last"))
    if wanted.get("action"):
        entries = entries.of_action(wanted["action"])
    if wanted.get("actor"):
        entries = entries.by_name(wanted["actor"])
    return entries
