"""对应列名: which column of the file is which of the ledger; another sheet, another row of headings."""
import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sheets.batches import look_elsewhere, name_columns, sheet_of, sheets_of, target_of
from sheets.errors import AnswerRefused
from sheets.forms import ElsewhereForm, chosen_mapping, column_questions
from sheets.models import ImportBatch, Stage
from sheets.targets import Target
from sheets.views.refusing import refusals, seen_batch
from sheets.views.working import set_to_work

SAMPLES = 3
LOOKED_AT = 200  # rows in which samples are sought
LONG_NUMBER = re.compile(r"\d{8,}")  # of a phone or an identity


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the columns and have the rows judged; with `look` look into another sheet or row of headings."""
    batch, error = seen_batch(request, pk), ""
    now = {"heading_rows": batch.heading_rows}
    elsewhere = ElsewhereForm(request.POST if "look" in request.POST else None, initial=now)
    try:
        if request.method == "POST" and (not elsewhere.is_bound or elsewhere.is_valid()):
            return _go_on(request, batch, elsewhere)
    except AnswerRefused as refusal:
        error = str(refusal)
    if batch.stage not in (Stage.MAPPING, Stage.READY):
        return redirect(f"/imports/{pk}/")
    context = _questions(request, batch) | {"elsewhere": elsewhere, "error": error}
    return render(request, "sheets/columns.html", context, status=422 if error or elsewhere.errors else 200)


def _go_on(request: HttpRequest, batch: ImportBatch, elsewhere: ElsewhereForm) -> HttpResponse:
    at = timezone.now()
    if elsewhere.is_bound:
        look_elsewhere(batch, by=request.user, at=at, **elsewhere.answers)
        return redirect(f"/imports/{batch.pk}/columns/")
    name_columns(batch, mapping=chosen_mapping(request.POST, len(batch.headings)), by=request.user, at=at)
    set_to_work(batch, at=at)
    return redirect(f"/imports/{batch.pk}/")


def _questions(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    target = target_of(batch)
    posted = request.method == "POST" and "look" not in request.POST
    kept = {int(place): name for place, name in batch.mapping.items()}
    chosen = chosen_mapping(request.POST, len(batch.headings)) if posted else kept
    names = set(chosen.values())
    missing = [one.title for one in target.ways_in if one.needed and one.name not in names]
    return {
        "batch": batch, "target": target, "sheets": [other.name for other in sheets_of(batch)],
        "questions": column_questions(batch, target, _samples(batch, target, chosen), chosen),
        "missing": missing if target.number not in names else [],
    }  # fmt: skip


def _samples(batch: ImportBatch, target: Target, chosen: dict[int, str]) -> dict[int, list[str]]:
    """A few different cells of each column, masked where they are personal or look like a phone or an identity."""
    sheet, heading = sheet_of(batch)
    below = [row for row in sheet.rows[heading.last + 1 : heading.last + LOOKED_AT] if any(row)]
    names = {column.name: column for column in target.ways_in}
    found = {}
    for place in range(len(batch.headings)):
        texts = list(dict.fromkeys(row[place] for row in below if row[place]))[:SAMPLES]
        column = names.get(chosen.get(place, ""))
        found[place] = [_masked(text, column) for text in texts]
    return found


def _masked(text: str, column: Any) -> str:
    masked = column.masked(text) if column else text
    return LONG_NUMBER.sub(lambda number: f"{number[0][:3]}****", masked)
