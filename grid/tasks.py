"""What the worker does for the ground: photos developed or swept, a missing holiday table told."""
import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from grid import boundaries, people, photos, sweeping
from grid.calendar import tell_of_missing_years
from grid.models import Photo
from grid.photos import develop_photo

AT_ONCE = 50
log = logging.getLogger(__name__)


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=5)
def develop(photo_id: int) -> None:
    """Develop one photo; the storage being away is tried again."""
    develop_photo(photo_id)


@shared_task
def develop_waiting_photos() -> None:
    """Develop what still waits: the row is the order, so a broker that lost a message loses no photo."""
    waiting = Photo.objects.waiting_since(timezone.now() - timedelta(seconds=2))
    for photo_id in waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        try:
            develop_photo(photo_id)
        except OSError:  # one file that is away must not hold up those behind it; it stays pending
            log.exception("photo %s: its original cannot be read", photo_id)


@shared_task
def sweep_abandoned_photos() -> int:
    """Take away what was uploaded two days ago or earlier and hangs on nothing."""
    return photos.sweep_abandoned_photos(at=timezone.now())


@shared_task
def bring_boundaries_into_force() -> int:
    """Boundaries whose day has come."""
    return boundaries.bring_into_force(at=timezone.now())


@shared_task
def erase_departed_residents() -> int:
    """Forget those who left longer ago than the retention."""
    return people.erase_departed(at=timezone.now())


@shared_task
def sweep_registers() -> int:
    """Ask every cross-check what contradicts itself."""
    return sweeping.sweep(by=None, at=timezone.now()).found


@shared_task
def warn_of_missing_calendar() -> int:
    """From November on: next year's holidays are wanted."""
    return tell_of_missing_years(at=timezone.now())
