"""House-keeping jobs that belong to no app."""
from celery import shared_task
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

BEAT_KEY = "beat-seen-at"


@shared_task
def note_beat() -> None:
    """Leave the time of the last beat for /healthz: a worker that stopped would otherwise be silent."""
    cache.set(BEAT_KEY, timezone.now().isoformat(), timeout=None)


@shared_task
def clear_sessions() -> None:
    """Delete sessions that ran out."""
    call_command("clearsessions")
