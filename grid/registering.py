"""What the registers share: whose ground a position is, how they say no, and how a row is numbered and written."""
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from accounts.audit import record
from accounts.encryption import EncryptedText
from grid.locate import OUTSIDE_SENTENCE, Place, locate

FORM_IS_USED = "这张表已经登记为{row}，这次填的没有保存。要改它请打开它编辑；要再登记一个，请重新打开登记页。"
TRIES = 5  # for a number that others take at the same time


class RegisterRefused(Exception):
    """Not written; `errors` says by field what is wrong and what to do, one Chinese sentence each."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class NotYours(Exception):
    """The row or the place belongs to somebody else; the text says to whom to turn."""


class RegisterConflict(Exception):
    """Somebody else was first; nothing was overwritten."""


def place_for(lon: float, lat: float, by: Any) -> Place:
    """The grid at a position (WGS-84) where this person keeps the registers; a worker's is the own community.

    Raises RegisterRefused outside the street and NotYours on another community's ground.
    """
    place = locate(lon, lat)
    if place is None:
        raise RegisterRefused({"lon": OUTSIDE_SENTENCE})
    own = by.has_perm("grid.keep_community_registers") and place.department_id == by.department_id
    if not own and not by.has_perm("grid.keep_registers"):
        raise NotYours(f"这个位置在{place.community_name}，不归你登记。请移到本社区内，或与台账专员联系。")
    return place


# --- writing ------------------------------------------------------------------------------------------------------


def next_code(rows: QuerySet, start: str, *, digits: int) -> str:
    """The next number after the last that begins so, as wide as that one: S0001, S0002; the first has `digits`."""

    def last(serial: str) -> str | None:
        like = rows.filter(code__startswith=start, code__regex=rf"^{start}{serial}$")
        return like.order_by("-code").values_list("code", flat=True).first()  # the last by the index, no scan

    found = last(r"\d+")
    while found and not found[len(start) :].strip("9"):  # S999 stands behind S1000 in the order of texts
        wider = last(rf"\d{{{len(found) - len(start) + 1}}}")
        if wider is None:
            break
        found = wider
    if found is None:
        return f"{start}{1:0{digits}d}"
    return f"{start}{int(found[len(start) :]) + 1:0{len(found) - len(start)}d}"


def entered_before(rows: QuerySet, columns: Mapping[str, Any]) -> Any:
    """The row that the same form entered when it was sent before, by the form's `entry_key`; None for a first time.

    Raises RegisterConflict when the form was gone back to and filled with something else.
    """
    if not columns.get("entry_key"):
        return None
    row = rows.filter(entry_key=columns["entry_key"]).first()
    if row and any((getattr(row, name) or None) != (value or None) for name, value in columns.items()):
        raise RegisterConflict(FORM_IS_USED.format(row=row))
    return row


def numbered(
    make: Callable[[], Any], *, busy: str, clash: Callable[[], None] = lambda: None,
    before: Callable[[], Any] = lambda: None,
) -> Any:  # fmt: skip
    """What `make` enters under the next number; somebody else may take the same one meanwhile, so it tries again.

    `before` finds what the same form has entered, which is then the answer, also for the loser of two at once.
    `clash` raises when the row itself is refused by the database, not its number. Raises RegisterConflict (`busy`).
    """
    if row := before():
        return row
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return make()
        except IntegrityError:
            if row := before():
                return row
            clash()
    raise RegisterConflict(busy)


def claim(row: Model, version: int, *, stale: str) -> None:
    """Take the row's next version inside a transaction. Raises RegisterConflict (`stale`) when somebody was first."""
    if not type(row).objects.filter(pk=row.pk, version=version).update(version=version + 1):
        raise RegisterConflict(stale)
    row.version = version + 1


@transaction.atomic
def write(
    row: Model, columns: dict[str, Any], *, version: int, stale: str, action: str, by: Any, at: datetime,
    beside: Mapping[str, Callable[[], Any]] = MappingProxyType({}),
) -> bool:  # fmt: skip
    """Write what differs, if nobody wrote since; returns whether there was anything to write.

    `beside` is what else changes with the row: a word for the trail and what writes it. Values never reach the trail,
    only the columns' names, and which of the encrypted ones were emptied. Raises RegisterConflict (`stale`).
    """
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    if not changed and not beside:
        return False
    cleared = [name for name in changed if not columns[name] and _is_sealed(row, name)]
    claim(row, version, stale=stale)
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=[*changed, "version"])
    for write_along in beside.values():
        write_along()
    shown = [name for name in (*changed, *beside) if not name.endswith("_index")]
    detail = {"fields": "、".join(shown), **({"cleared": "、".join(cleared)} if cleared else {})}
    record(action, actor=by, subject=row, detail=detail, at=at)
    return True


def _is_sealed(row: Model, name: str) -> bool:
    return name in {field.name for field in row._meta.fields if isinstance(field, EncryptedText)}
