"""The chained story: how an event is sealed, appended and verified (痕迹化管理)."""
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from cases.models import Case, CaseEvent

UNDO_SPAN = timedelta(seconds=10)  # the screen offers six seconds, the server keeps its promise for ten


def _moment(value: datetime) -> str:
    """One spelling of a moment for every database."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def seal(event: CaseEvent) -> str:
    """SHA-256 over everything the event says and over the event before it; the outbox mark is left out."""
    told = {
        "case": event.case_id, "seq": event.seq, "move": event.move, "from": event.from_state, "to": event.to_state,
        "by": event.by_id, "by_name": event.by_name, "department": event.department_id, "words": event.words,
        "facts": event.facts, "happened": _moment(event.happened_at), "recorded": _moment(event.recorded_at),
        "derived": event.derived, "previous": event.previous_hash,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def compose(
    case: Case, *, move: str, from_state: str, to_state: str, by: Any, at: datetime, words: str = "",
    facts: dict | None = None, derived: bool = False, quiet: bool = False, department: Any = None,
) -> CaseEvent:  # fmt: skip
    """The next event of a case, sealed but not saved. A quiet one counts as announced: nobody is to be told."""
    recorded_at = timezone.now()
    event = CaseEvent(
        case=case, seq=case.event_count + 1, move=move, from_state=from_state, to_state=to_state, by=by,
        by_name=by.real_name if by else "", department=department or (by.department if by else None), words=words,
        facts=facts or {}, happened_at=at, recorded_at=recorded_at, derived=derived, previous_hash=case.last_hash,
        announce_after=max(at, recorded_at) + UNDO_SPAN if move == "dispatch" else recorded_at,
        announced_at=recorded_at if quiet else None,
    )  # fmt: skip
    event.hash = seal(event)
    return event


def append(case: Case, **story: Any) -> CaseEvent:
    """Add an event to a case whose state does not change, inside the caller's transaction."""
    event = compose(case, from_state=case.state, to_state=case.state, **story)
    event.save()
    case.event_count, case.last_hash, case.last_event_at = event.seq, event.hash, event.happened_at
    Case.objects.filter(pk=case.pk).update(
        event_count=event.seq, last_hash=event.hash, last_event_at=event.happened_at, version=F("version") + 1
    )
    case.version += 1
    return event


def first_break(case: Case) -> str:
    """The sentence that names the first broken row of a case's chain, or nothing when it holds."""
    previous, seq = "", 0
    for event in case.events.order_by("seq"):
        seq += 1
        if event.seq != seq:
            return f"{case.number}：缺第 {seq} 条记录。"
        if event.previous_hash != previous:
            return f"{case.number}：第 {seq} 条记录与前一条不相接。"
        if event.hash != seal(event):
            return f"{case.number}：第 {seq} 条记录（{event.move}）内容被改动。"
        previous = event.hash
    if seq != case.event_count or previous != case.last_hash:
        return f"{case.number}：末尾记录缺失，应有 {case.event_count} 条，现有 {seq} 条。"
    return ""


def broken_chains(cases: Any = None) -> Iterator[str]:
    """A sentence for each case whose chain does not hold."""
    for case in (cases if cases is not None else Case.objects.order_by("pk")).iterator(chunk_size=500):
        sentence = first_break(case)
        if sentence:
            yield sentence
