"""Registering what came in at the desk or was found on the way (登记): who may register what, and where it lies."""
from datetime import datetime
from typing import Any

from cases import intake
from cases.errors import AnswersRefused, MoveForbidden
from cases.models import Case, ReporterKind
from cases.states import Source
from grid.addresses import place_of
from grid.locate import OUTSIDE_SENTENCE, locate
from grid.models import Community, Thing, UnitGrid

DESK_SOURCES = (Source.NOTICE, Source.HOTLINE, Source.TRANSFER, Source.SNAP, Source.GRID)


def sources_for(user: Any) -> tuple[Source, ...]:
    """The doors at which this person registers: the petition officer petitions, the desk all else, the field WG."""
    if not user.has_perm("cases.report_case"):
        return ()
    reach = user.reach_of("cases.report_case")
    found: list[Source] = list(DESK_SOURCES) if "all" in reach else []
    if reach & {"lead", "community"} and Source.GRID not in found:
        found.append(Source.GRID)
    if user.has_perm("cases.keep_petition_register"):
        found.append(Source.PETITION)
    return tuple(found)


def place_columns(
    lon: float | None, lat: float | None, grid: UnitGrid | None, *, thing: Thing | None = None, address: str = ""
) -> dict[str, Any]:
    """Where it lies, WGS-84: the position decides the grid, else the component's own; outside is refused.

    Without either the chosen grid stands, and without that one the place whose name stands in the address.
    """
    if lon is None and thing:
        lon, lat = thing.lon, thing.lat
    if lon is not None and lat is not None:
        place = locate(lon, lat)
        if not place:
            raise AnswersRefused({"address": OUTSIDE_SENTENCE})
        return {"lon": lon, "lat": lat, "grid_id": place.grid_id, "community_id": place.community_id}
    return {"grid": grid, "community_id": grid.community_id} if grid else named_place(address)


def named_place(words: str) -> dict[str, Any]:
    """Where a typed address lies by the street's own address book: of a place its position, too; else grid, community.

    The middle of a community or of a grid is no position: nobody said that it happened there.
    """
    named = place_of(words)
    if named is None:
        return {}
    where = {"community_id": named.community_id, "grid_id": named.grid_id}
    return {**where, "lon": named.lon, "lat": named.lat, "site_id": named.site_id} if named.site_id else where


def own_community(user: Any) -> Community | None:
    """The community a worker belongs to."""
    if not user.department_id:
        return None
    return Community.objects.without_shapes().filter(department=user.department_id).first()


def register_case(
    *, source: str, by: Any, at: datetime, title: str, place: dict[str, Any], detail: dict[str, Any],
    reporter: dict[str, Any], photos: tuple = (), idempotency_key: str = "", fixed: dict[str, Any] | None = None,
    received_at: datetime | None = None, **columns: Any,
) -> Case:  # fmt: skip
    """Register a case; `fixed` are the answers of 立查立改. Raises MoveForbidden, AnswersRefused."""
    if source not in sources_for(by):
        raise MoveForbidden(f"你的角色不能登记{Source(source).label}。需要时请与指挥席或信访专员联系。")
    if fixed and source != Source.GRID:
        raise AnswersRefused({"": "立查立改只用于网格事件。"})
    if source == Source.GRID:
        detail = {"worker": by, **detail}
    return intake.open_case(
        source=source, title=title, by=by, at=at, received_at=received_at, detail=detail, reporter=reporter,
        photos=photos, idempotency_key=idempotency_key, move="fix_on_spot" if fixed else "report", answers=fixed,
        **place, **{name: value for name, value in columns.items() if value not in (None, "")},
    )  # fmt: skip


def issuing_unit(name: str) -> dict[str, Any]:
    """The sender of a document is owed an answer."""
    return {"kind": ReporterKind.UNIT, "name": name}
