"""The floor: bare Django pages that no Django product can beat, served by the same server on the same tables.

One query and fifty rows; one query and one row; two inserts. No session, no user, no middleware.
"""
import secrets

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from cases.models import Case, TaskSlot

LIST = """<!doctype html><title>floor</title><table>{% for case in cases %}<tr><td>{{ case.number }}</td>
<td>{{ case.title }}</td><td>{{ case.address }}</td><td>{{ case.state }}</td><td>{{ case.due_at }}</td></tr>
{% endfor %}</table>"""
DETAIL = """<!doctype html><title>floor</title><h1>{{ case.number }}</h1><p>{{ case.title }}</p><p>{{ case.address }}</p>
<p>{{ case.description }}</p><p>{{ case.state }} {{ case.received_at }} {{ case.due_at }}</p>"""


def _template(text: str):
    return engines["django"].from_string(text)


_LIST, _DETAIL = _template(LIST), _template(DETAIL)


def listing(request: HttpRequest) -> HttpResponse:
    """One query, fifty rows."""
    cases = Case.objects.order_by("-received_at", "-id")[:50]
    return HttpResponse(_LIST.render({"cases": cases}, request))


def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One query, one row."""
    return HttpResponse(_DETAIL.render({"case": Case.objects.get(number=number)}, request))


def insert(request: HttpRequest) -> HttpResponse:
    """Two inserts in one transaction, into a table that only holds marks."""
    with transaction.atomic():
        for task in ("floor one", "floor two"):
            TaskSlot.objects.create(task=task, slot=secrets.token_hex(12), claimed_at=timezone.now())
    return HttpResponse("done", status=201)


urlpatterns = [
    path("floor/list/", listing),
    path("floor/insert/", insert),
    path("floor/<str:number>/", detail),
]
