"""The import of a hotline's table: paste or upload, name the columns, see every row checked, take it in."""
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases.forms.importing import ImportForm
from cases.importing import import_rows, preview

FINE_SHOWN = 20  # of the rows that are in order so many are shown


@never_cache
@sensitive_post_parameters("pasted", "table")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_table(request: HttpRequest) -> HttpResponse:
    """One address for all steps; only the button 登记 … 件 writes anything."""
    if not request.user.has_perm("cases.import_cases"):
        raise PermissionDenied("你的角色不能导入案件。需要时请与指挥席联系。")
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return render(request, "cases/import.html", {"form": form}, status=422 if form.errors else 200)
    at, kind = timezone.now(), form.cleaned_data["kind"]
    seen = preview(form.cells, form.mapping, kind=kind, at=at)
    if "commit" in request.POST and not seen.missing:
        done = import_rows(seen.rows, kind=kind, by=request.user, at=at)
        return render(request, "cases/imported.html", {"done": done, "kind": kind})
    return render(request, "cases/import_preview.html", _context(form, seen))


def _context(form: ImportForm, seen: Any) -> dict[str, Any]:
    return {"form": form, "seen": seen, "fine": seen.fit[:FINE_SHOWN], "more": max(0, len(seen.fit) - FINE_SHOWN)}
