"""Coal-to-electric as a layer of the one map: how many households a grid has, and nobody's home as a point."""
from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from coal_to_electric.models import Household
from coal_to_electric.querysets import COMPLETED
from grid.layers import Spot, SpotLayer
from grid.own_layers import Middle, middles

SEEING = ("coal_to_electric.see_households", "coal_to_electric.see_community_households")


def _households(user: Any) -> Iterable[Spot]:
    """The households of the ledger that this person may know, counted by grid; those in no grid, by community."""
    rows = Household.objects.visible_to(user).staying().order_by()
    counts = rows.values("grid", "community", "community__code").annotate(
        n=Count("pk"), done=Count("pk", filter=COMPLETED)
    )
    areas, told = middles(), []
    for row in counts:
        at: Middle = areas.grids[row["grid"]] if row["grid"] else areas.communities[row["community"]]
        url = f"/ledgers/households/?community={row['community__code']}"
        told.append(Spot(at.lon, at.lat, at.name, f"煤改电 {row['n']} 户，已完成 {row['done']} 户", url, n=row["n"]))
    return told


HOUSEHOLDS = SpotLayer("households", "煤改电", "户", "bolt", needs=SEEING, spots=_households)
