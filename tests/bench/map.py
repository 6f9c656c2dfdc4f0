"""The one map over many rows: `python -m tests.bench.map --database URL --write docs/performance.md`.

Wants a database that tests.bench.fill filled; adds components until there are as many as cases. Each view is asked as
the map asks it; milliseconds are of the whole request inside one process (the best and the median of eleven), the
size is of the answer before it is packed. The part of the page between its marks is replaced. By hand, not in CI.
"""
import argparse
import os
import statistics
import time
from pathlib import Path
from random import Random

from tests.bench.pages import MAP

BAR_MS, BAR_KB = 100, 60
TURNS = 11
VIEWS = (
    ("the whole street", "116.150,39.890,116.230,39.970", 14),
    ("a community", "116.180,39.922,116.200,39.936", 16),
    ("a few houses", "116.1890,39.9285,116.1935,39.9310", 18),
    ("the whole street, asked as if near", "116.150,39.890,116.230,39.970", 19),
    ("the whole earth", "-180,-90,180,90", 2),
)
WHO = {"cases": "dispatcher1", "things": "dispatcher1", "sites": "dispatcher1", "petitions' officer, cases": "petition1",
       "community worker, cases": "worker-110107005008-1"}  # fmt: skip


def lay_things(count: int) -> None:
    """Components of one class, strewn over the grids of the street."""
    import shapely

    from grid.models import CodeStandard, Thing, ThingClass, UnitGrid
    from tests.bench import rows

    have = Thing.objects.count()
    if have >= count:
        return
    rng = Random(2016)
    shown, _ = ThingClass.objects.get_or_create(
        standard=CodeStandard.OLD, code="0101", defaults={"major": "公用设施", "name": "上水井盖"}
    )
    boxes = [(one.pk, one.community_id, shapely.from_wkb(bytes(one.shape)).bounds) for one in UnitGrid.objects.all()]
    first, made = rows.next_key(Thing), []
    for n in range(have, count):
        grid, community, (west, south, east, north) = rng.choice(boxes)
        state = "damaged" if rng.random() < 0.05 else "intact"
        made.append(Thing(
            pk=first + n - have, code=f"11010701{n:08d}", thing_class=shown, state=state, grid_id=grid,
            community_id=community, lon=rng.uniform(west, east), lat=rng.uniform(south, north),
        ))  # fmt: skip
    rows.write(Thing, made)
    rows.set_sequences(Thing)


def open_all() -> None:
    """Every case with a position stands open: no street has that, but the bar speaks of 100,000 cases on the map."""
    from cases.models import Case
    from cases.states import ENDED, State

    Case.objects.filter(state__in=ENDED, master=None).exclude(state=State.MERGED).update(state=State.IN_PROGRESS)


def ask(username: str, layer: str, bbox: str, zoom: int) -> dict[str, float]:
    """Queries, milliseconds and kilobytes of one view."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.bench.inside import browser

    client, path = browser(username), f"/grid/layer/{layer}.json?bbox={bbox}&zoom={zoom}"
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        asked = len(captured.captured_queries)
    assert answer.status_code == 200, answer.content
    took, worked = [], []
    for _ in range(TURNS):
        began, work = time.perf_counter(), time.process_time()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - work) * 1000)
    told = answer.json()
    return {"queries": asked, "best": min(took), "median": statistics.median(took), "cpu": min(worked),
            "kb": len(answer.content) / 1024, "total": told["total"], "clusters": len(told["clusters"]),
            "points": len(told["points"])}  # fmt: skip


def table() -> list[str]:
    """One row a layer and view."""
    lines = ["| layer | view | in it | clusters, points | queries | best ms | median ms | processor ms of the web | KB |",
             "|" + "---|" * 9]
    for words, username in WHO.items():
        for view, bbox, zoom in VIEWS:
            row = ask(username, words.split()[-1], bbox, zoom)
            over = " **over**" if row["best"] > BAR_MS or row["kb"] > BAR_KB else ""
            lines.append(f"| {words} | {view} | {row['total']:,} | {row['clusters']}, {row['points']} | {row['queries']} | "
                         f"{row['best']:.0f}{over} | {row['median']:.0f} | {row['cpu']:.0f} | {row['kb']:.1f} |")  # fmt: skip
    return lines


def measured() -> str:
    """What this database says, with the machine honestly described."""
    from cases.models import Case
    from grid.models import Thing
    from tests.bench.measure import machine

    told, lines = machine(), table()
    load = os.getloadavg()[0]
    return "\n".join([
        f"{told['date']} (Beijing), {told['processor']}, {told['memory']} memory, load {load:.1f} from other work on the "
        f"same processors; {told['database']}. {Case.objects.count():,} cases, {Case.objects.open().count():,} of them "
        f"open, {Thing.objects.count():,} components. Bars: ≤ {BAR_MS} ms on the server, ≤ {BAR_KB} KB.", "", *lines,
    ])  # fmt: skip


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a database URL; the default is DATABASE_URL")
    parser.add_argument("--things", type=int, default=100_000)
    parser.add_argument("--all-open", action="store_true", help="stand every case open first; changes the database")
    parser.add_argument("--write", type=Path, help="the page whose part on the map is added to or begun anew")
    parser.add_argument("--begin", action="store_true", help="begin the part anew instead of adding to it")
    chosen = parser.parse_args()
    if chosen.database:
        os.environ["DATABASE_URL"] = chosen.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    import django

    django.setup()
    from django.db import connection

    lay_things(chosen.things)
    if chosen.all_open:
        open_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = measured()
    print(told)
    if chosen.write:
        page = MAP.put(chosen.write.read_text(encoding="utf-8"), told, begin=chosen.begin)
        chosen.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
