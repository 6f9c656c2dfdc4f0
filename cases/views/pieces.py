"""What cases put on the pages of the grid: the cases of a component, and how often a place sees the same again."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from cases.happenings import RECURRENCE, counted_again, with_earlier
from cases.models import Case
from grid.happenings import Ground

PAGE_SIZE = 20


def thing_main(request: HttpRequest, thing: Any) -> SafeString:
    """On the page of a component: its cases, newest first, each with which time it was within 90 days."""
    cases = Case.objects.visible_to(request.user).placed_for(request.user)
    mine = cases.about(thing).order_by("-received_at", "-pk")
    lately = mine.filter(received_at__gt=timezone.now() - RECURRENCE).count()
    page = Paginator(with_earlier(mine.for_rows(), among=cases), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "lately": lately, "days": RECURRENCE.days}
    return render_to_string("cases/_thing_cases.html", context, request=request)


def place_side(request: HttpRequest, site: Any) -> SafeString:
    """On the page of a place: the classes that came more than once within the last 90 days, and how often."""
    ground = Ground(site_id=site.pk, lon=site.lon, lat=site.lat)
    counts = counted_again(ground, request.user, at=timezone.now())
    if not counts:
        return SafeString("")
    context = {"counts": counts, "days": RECURRENCE.days}
    return render_to_string("cases/_place_again.html", context, request=request)
