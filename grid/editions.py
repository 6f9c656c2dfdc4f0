"""Reference data kept in the memory of a process, dropped when another edition is published.

The token in the database is asked for at most every `CHECK_SECONDS`. Asking at each use would cost one query for
every point located and every deadline counted (fifty on one list); dropping by a signal would reach only the process
that edits. A calendar or a boundary that is five seconds old harms nobody.
"""
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from grid.models import Edition

CHECK_SECONDS = 5.0

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """One body of reference data as this process keeps it."""

    everything: list["Kept"] = []

    def __init__(self, subject: str, read: Callable[[], Value]) -> None:
        self.subject = subject
        self._read = read
        self._held: tuple[str, Value] | None = None
        self._checked_at = 0.0
        self._lock = threading.Lock()
        Kept.everything.append(self)

    def get(self) -> Value:
        """The data in force, at most `CHECK_SECONDS` old."""
        held, now = self._held, time.monotonic()
        if held is not None and now - self._checked_at < CHECK_SECONDS:
            return held[1]
        with self._lock:
            # The token is read before the data: data newer than its token is only read once more than needed.
            token = Edition.objects.token_of(self.subject)
            if self._held is None or self._held[0] != token:
                self._held = (token, self._read())
            self._checked_at = now
            return self._held[1]

    def forget(self) -> None:
        """Read afresh at the next use."""
        self._held = None


def publish(subject: str) -> None:
    """Announce a change of reference data; the caller's transaction makes it visible to the others."""
    Edition.objects.publish(subject)
    for kept in Kept.everything:
        if kept.subject == subject:
            kept.forget()


def forget_everything() -> None:
    """Drop all that this process keeps; for tests, whose databases are rolled back behind its back."""
    for kept in Kept.everything:
        kept.forget()
