"""The guard against password guessing: a try is counted before the password is looked at.

django-axes counts after the check, so fifty parallel guesses all pass before the first is counted. Here a try takes
one of N places by a conditional UPDATE; without a place the password is not evaluated. A right password gives the
places back. Only failures remain counted (per account and address strictly, per address generously).
"""
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When

from accounts.encryption import blind_index
from accounts.models import LoginGuard


@dataclass(frozen=True)
class Place:
    """A try that was let through: the counters it took a place in, and what is left afterwards."""

    account_key: str
    address_key: str
    left: int


class Locked(Exception):
    """No place is left; `until` says when there will be."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def minutes(self, at: datetime) -> int:
        """Minutes to wait, rounded up, at least one."""
        return max(1, math.ceil((self.until - at).total_seconds() / 60))


def take_place(username: str, *, ip: str, at: datetime) -> Place:
    """Count a try for this account at this address and for the address; Locked when either is full."""
    account_key = blind_index(f"{username.strip().casefold()}|{ip}", purpose="login account and address")
    address_key = blind_index(ip, purpose="login address")
    rows = [LoginGuard(key=key, last_at=at) for key in (account_key, address_key)]
    LoginGuard.objects.bulk_create(rows, ignore_conflicts=True)
    _take(address_key, limit=settings.LOGIN_ADDRESS_LIMIT, at=at)
    try:
        left = _take(account_key, limit=settings.LOGIN_FAILURE_LIMIT, at=at)
    except Locked:
        _give_back(address_key)
        raise
    return Place(account_key, address_key, left)


def give_back(place: Place) -> None:
    """The password was right: nothing is held against the account here, and the address loses this one try."""
    LoginGuard.objects.filter(key=place.account_key).update(failures=0, locked_until=None)
    _give_back(place.address_key)


def forget_stale(*, at: datetime) -> int:
    """Remove counters that no longer count, so that the table does not grow; for a nightly task."""
    window = timedelta(minutes=settings.LOGIN_LOCK_MINUTES)
    return LoginGuard.objects.filter(last_at__lt=at - 2 * window).delete()[0]


@transaction.atomic
def _take(key: str, *, limit: int, at: datetime) -> int:
    """Take one of `limit` places and return how many are left; the last one taken starts the lock.

    The update's row count, not an earlier read, decides who gets a place; the transaction keeps the row until it is
    read back, so that each number left is told once.
    """
    window = timedelta(minutes=settings.LOGIN_LOCK_MINUTES)
    row = LoginGuard.objects.filter(key=key)
    over = Q(locked_until__lte=at) | Q(locked_until__isnull=True, last_at__lte=at - window)
    row.filter(over).update(failures=0, locked_until=None, last_at=at)
    last_place = When(failures__gte=limit - 1, then=Value(at + window, output_field=DateTimeField()))
    taken = row.filter(failures__lt=limit).update(
        failures=F("failures") + 1, last_at=at, locked_until=Case(last_place, default=F("locked_until"))
    )
    failures, locked_until = row.values_list("failures", "locked_until")[0]
    if not taken:
        raise Locked(locked_until or at + window)
    return max(0, limit - failures)


def _give_back(key: str) -> None:
    """Undo one counted try; an address that had taken its last place is open again."""
    LoginGuard.objects.filter(key=key, failures__gt=0).update(failures=F("failures") - 1, locked_until=None)
