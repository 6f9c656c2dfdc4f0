"""Where the cases of a period lie, as pins: without petitions, whose place may give the petitioner away."""
from typing import Any

from cases.models import Case
from cases.states import ENDED, Source
from reports.models import CaseFact, Measure
from reports.periods import Period

MOST_PINS = 500


def points_of(period: Period, user: Any) -> list[dict[str, Any]]:
    """The newest accepted cases with a position that this person may know of."""
    lines = CaseFact.objects.of(Measure.ACCEPTED).between(period.first, period.last)
    cases = Case.objects.visible_to(user).filter(pk__in=lines.values("case"), lon__isnull=False)
    rows = cases.exclude(source=Source.PETITION).order_by("-received_at", "-pk")[:MOST_PINS]
    return [
        {"lon": lon, "lat": lat, "kind": "ok" if state in ENDED else "due", "text": f"{number} {title}",
         "url": f"/cases/{number}/"}
        for lon, lat, state, number, title in rows.values_list("lon", "lat", "state", "number", "title")
    ]  # fmt: skip
