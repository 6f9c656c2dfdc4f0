"""/healthz: is the database there, is its shape the code's, did the timetable run, is there room for photos."""
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.storage import storage_state
from config.tasks import BEAT_KEY

BEAT_SILENCE = timedelta(minutes=5)


def beat_state(*, at: datetime) -> str:
    """'ok', 'late' or 'unknown' (nothing seen since the cache was emptied)."""
    seen = cache.get(BEAT_KEY)
    if seen is None:
        return "unknown"
    return "ok" if at - datetime.fromisoformat(seen) <= BEAT_SILENCE else "late"


_fitting: list[bool] = []  # filled once: a shape that fits this process's code goes on fitting it


def migrations_pending() -> bool:
    """True while the database's shape is older than the code; once it fits, only one small query remains.

    Anybody may ask, so that reading all migration files at each question would be a way to keep the server busy.
    """
    if _fitting:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False
    executor = MigrationExecutor(connection)
    pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not pending:
        _fitting.append(True)
    return pending


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when a request can be served; a late timetable or a full disk is told, but does not take the web down."""
    try:
        pending = migrations_pending()
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    if pending:
        return JsonResponse({"database": "pending migrations"}, status=503)
    now = timezone.now()
    return JsonResponse({"database": "ok", "beat": beat_state(at=now), "storage": storage_state(at=now)})
