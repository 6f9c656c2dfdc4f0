"""Cases follow a moved boundary from its day on; what came in before keeps the grid that it had."""
from datetime import datetime

from django.utils import timezone

from cases import search, workflow
from cases.models import Case
from grid.locate import locate
from grid.models import UnitGrid


def relocate_cases(grids: list[int], start: datetime, at: datetime) -> int:
    """Locate again the cases of changed grids that were received since a moment; each story says so."""
    names = dict(UnitGrid.objects.values_list("pk", "name"))
    rows = Case.objects.filter(grid__in=grids, received_at__gte=start, lon__isnull=False).order_by("pk")
    moved = 0
    for case in rows:
        place = locate(case.lon, case.lat)
        if place is None or place.grid_id == case.grid_id:
            continue
        day = f"{timezone.localdate(start):%Y-%m-%d}"
        words = f"网格边界自 {day} 起调整，所在网格由{names[case.grid_id]}改为{place.grid_name}。"
        Case.objects.filter(pk=case.pk).update(grid=place.grid_id, community=place.community_id)
        case.refresh_from_db(fields=["grid", "community"])
        workflow.make("note", case, by=None, at=at, words=words)
        search.index_case(case)
        moved += 1
    return moved
