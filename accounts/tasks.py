"""House-keeping about people."""
from celery import shared_task
from django.utils import timezone

from accounts.guard import forget_stale


@shared_task
def forget_stale_guards() -> int:
    """Remove password counters that no longer count."""
    return forget_stale(at=timezone.now())
