"""One request looked at from inside: its queries, the time they take, the slowest of them."""
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def browser(username: str = "dispatcher1") -> Client:
    """A client that is logged in."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def look_inside(method: str, path: str, form: dict | None = None, *, htmx: str = "", username: str = "dispatcher1"
                ) -> dict[str, Any]:  # fmt: skip
    """Queries, their time and the whole time (ms): the best of seven reads, which other work on the machine disturbs
    least, or one write."""
    client = browser(username)
    headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
    if method == "POST":
        return _look(lambda: client.post(path, form))
    client.get(path, headers=headers)
    return min((_look(lambda: client.get(path, headers=headers)) for _ in range(7)), key=lambda one: one["inside_ms"])


def _look(ask: Callable[[], Any]) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as captured:
        began, worked = time.perf_counter(), time.process_time()
        answer = ask()
        whole, work = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
    queries = [one for one in captured.captured_queries if not one["sql"].startswith(CONTROL)]
    slow = sorted(queries, key=lambda one: -float(one["time"]))[:3]
    return {
        "status": answer.status_code, "queries": len(queries), "inside_ms": round(whole, 1),
        "cpu_ms": round(work, 1),
        "sql_ms": round(sum(float(one["time"]) for one in queries) * 1000, 1),
        "slowest": [f"{float(one['time']) * 1000:.0f} ms {one['sql'][:200]}" for one in slow],
    }  # fmt: skip
