"""The ledgers of campaigns carried away, as filtered."""
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.agreement_parties import party_rows
from campaigns.agreements_sheet import board_target
from campaigns.filters import Narrowed, entries_of, structures_of
from campaigns.importing import STRUCTURES, entry_target
from campaigns.models import EntryKind
from campaigns.views.agreement_shown import narrowed
from campaigns.views.agreements import find_template
from sheets.carrying import carry_away
from sheets.targets import Target

exports = permission_required("campaigns.export_ledgers", raise_exception=True)
MOST_PICKED = 500
BOARD_WORDS = {"stage": "stage", "kind": "kind", "text": "q"}
FORM = ["GET", "HEAD", "POST"]


@login_required
@exports
@require_http_methods(FORM)
def structures(request: HttpRequest) -> HttpResponseBase:
    """The structures of the filter: masked, or in clear with the right and a reason."""
    narrowed, rows = structures_of(request.GET)
    if picked := request.GET.getlist("n"):
        rows = rows.numbered(picked[:MOST_PICKED])
    return _carry_away(request, STRUCTURES, rows.for_page(), narrowed)


@login_required
@exports
@require_http_methods(FORM)
def entries(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The entries of one kind and the filter; there is nobody's name in them."""
    kind = get_object_or_404(EntryKind, slug=slug)
    narrowed, rows = entries_of(kind, request.GET)
    return _carry_away(request, entry_target(kind), rows.for_list(), narrowed)


@login_required
@exports
@require_http_methods(FORM)
def agreements(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signing board of a text and the filter; nobody's signature is in it."""
    template = find_template(request.user, pk)
    asked = {name: request.GET.get(key, "") for name, key in BOARD_WORDS.items()}
    rows = narrowed(party_rows(template).with_tasks(today=timezone.localdate()), **asked)
    target = board_target(template)
    words = [name for name, value in asked.items() if value.strip()]
    back = f"{target.address}?{request.GET.urlencode()}"
    return carry_away(request, target, rows, words=words, back=back)


def _carry_away(request: HttpRequest, target: Target, rows: QuerySet, narrowed: Narrowed) -> HttpResponseBase:
    back = f"{target.address}{narrowed.link()}"
    return carry_away(request, target, rows.order_by("number"), words=narrowed.used, back=back)
