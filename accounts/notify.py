"""Tell a person something, inside the system or by a channel to the outside.

What is told is told once per person and slot, however often a task repeats itself.
"""
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from accounts.models import Notification, User, WeChatBinding

# The ways out of the house: channel → the verb that puts a message into its outbox. An upper app that owns a channel
# adds itself when it starts, since this app imports nothing.
OUTWARD: dict[str, Callable[..., Any]] = {}


def tell(
    user: User,
    *,
    text: str,
    at: datetime,
    url: str = "",
    kind: str = "info",
    case_number: str = "",
    slot: str = "",
) -> int:
    """Leave one notice for one person; 1 if it is new, 0 if the slot was told already or the person left."""
    return tell_many([user], text=text, at=at, url=url, kind=kind, case_number=case_number, slot=slot)


def tell_many(
    users: Iterable[User],
    *,
    text: str,
    at: datetime,
    url: str = "",
    kind: str = "info",
    case_number: str = "",
    slot: str = "",
    outside: str = "",
) -> int:
    """Leave the same notice for several people in two queries; returns how many are new.

    `slot` names the occasion (such as "event:812"); an empty slot is told every time. `url` stays inside the site.
    `outside` is what cannot wait: these words also go to the WeChat of those who bound theirs, so they name no person
    and no matter, only the number; it needs a slot.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("A notice links to a page of this site only.")
    people = {user.pk: user for user in users if user is not None and user.is_active}
    told = Notification.objects.filter(user__in=people, slot=slot).values_list("user_id", flat=True) if slot else ()
    fresh = [pk for pk in people if pk not in set(told)]
    notices = [
        Notification(user_id=pk, at=at, kind=kind, text=text[:200], url=url, case_number=case_number, slot=slot)
        for pk in fresh
    ]
    # Two workers may tell at once: the unique constraint keeps one, and neither fails.
    Notification.objects.bulk_create(notices, ignore_conflicts=True)
    if outside and fresh:
        _tell_bound(fresh, text=outside, at=at, slot=slot)
    return len(fresh)


def _tell_bound(people: Iterable[int], *, text: str, at: datetime, slot: str) -> None:
    """To the outbox of the official account, once per person and occasion."""
    if not slot:
        raise ValueError("What goes out of the house needs a slot, so that it goes once.")
    for row in WeChatBinding.objects.bound().filter(user__in=people).order_by("pk"):
        tell_outside("wechat", address=row.openid, text=text, at=at, slot=f"notice:{row.pk}:{slot}")


def tell_outside(channel: str, *, address: str, text: str, at: datetime, slot: str, **about: Any) -> Any:
    """Put a message to somebody outside the house into a channel's outbox; once per slot, and nothing is sent here.

    `about` is what the channel keeps beside it (a case, a reply). The demonstration keeps it and never sends it.
    """
    return OUTWARD[channel](address=address, text=text, at=at, slot=slot, **about)


def mark_read(user: User, *, at: datetime, pk: int | None = None) -> int:
    """Mark one of a person's notices, or all of them, as read; returns how many changed."""
    mine = Notification.objects.for_user(user).unread()
    return (mine if pk is None else mine.filter(pk=pk)).update(read_at=at)
