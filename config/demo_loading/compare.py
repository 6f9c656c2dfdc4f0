"""Does the played year agree with the file? What clocks, counters and places say is held against its columns."""
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases import trail
from cases.models import Case, CaseClock
from cases.states import Clock, State
from config.demo_loading.files import Row, in_order_of_receipt, moment, rows, said
from config.demo_loading.replay import BATCH, SOURCES, key_of
from grid.locate import locate

LEAST_EVENTS = 7
COLUMNS = {
    "received_at": "收件", "accepted_at": "受理", "dispatched_at": "派遣", "handled_at": "处置", "verified_at": "核查",
    "closed_at": "结案", "deadline_at": "时限",
}  # fmt: skip
FIELDS = {"verified_at": "checked_at", "deadline_at": "required_at"}


def differences(folder: Path) -> Iterator[str]:
    """One sentence for everything that the played cases say otherwise than the file."""
    cases = {case.idempotency_key: case for case in _played()}
    serials: dict[str, int] = {}
    for row in in_order_of_receipt(rows(folder, "cases")):
        source = SOURCES[row["source"]]
        serials[source] = serials.get(source, 0) + 1
        case = cases.get(key_of(row))
        if case is None:
            yield f"{row['case_no']}：没有载入。"
            continue
        wanted = f"{source}-2016-{serials[source]:03d}"
        for what, ours, theirs in (("案号", case.number, wanted), *_pairs(case, row)):
            if ours != theirs:
                yield f"{case.number}（{row['case_no']}）：{what}为 {said(ours)}，原表为 {said(theirs)}。"
    yield from trail.broken_chains(Case.objects.filter(demo_batch=BATCH).order_by("pk"))


def _played() -> Any:
    cases = Case.objects.filter(demo_batch=BATCH).select_related("community", "grid", "lead")
    return cases.defer("community__shape", "grid__shape").prefetch_related("clocks")


def _pairs(case: Case, row: Row) -> Iterator[tuple[str, Any, Any]]:
    """(what, ours, the file's)."""
    handle = final_handling(case)
    place = locate(case.lon, case.lat)
    for column, what in COLUMNS.items():
        yield f"{what}时间", getattr(case, FIELDS.get(column, column)), moment(row[column])
    yield "处置时限", handle.due_at, moment(row["deadline_at"])
    yield "是否超期", is_overdue(handle), row["is_overdue"] == "1"
    yield "返工次数", case.rework_count, int(row["rework_count"])
    yield "网格", case.grid.code, row["grid_code"]
    yield "位置所在网格", place.grid_code if place else "", row["grid_code"]
    yield "社区", case.community.code, row["community_code"]
    yield "主办", case.lead.code, row["lead_dept_code"]
    yield "状态", case.get_state_display(), State.CLOSED.label
    yield "登记照片数", case.photo_count, int(row["photo_count"])
    yield f"至少 {LEAST_EVENTS} 条记录", case.event_count >= LEAST_EVENTS, True


def final_handling(case: Case) -> CaseClock:
    """The 处置 clock that judges the case: the last one."""
    return [clock for clock in case.clocks.all() if clock.kind == Clock.HANDLE][-1]


def is_overdue(clock: CaseClock) -> bool:
    """Handed in for good after the due."""
    return bool(clock.stopped_at and clock.stopped_at > clock.due_at)
