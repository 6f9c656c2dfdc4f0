"""Fill a database with many believable cases: `python -m tests.bench.fill --cases 100000`.

For measurements only: rows are written past the workflow, which a demonstration must never do. Chains, clocks and
indexes are nevertheless as the workflow would leave them (`manage.py verify_chain` holds).
"""
import argparse
import os
import sys
import time
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from urllib.parse import urlsplit

YEARS = 5
BATCH = 4000


def fill(cases: int, *, now: datetime, seed: int = 2016, waiting: dict[str, int] | None = None,
         say=lambda text: None) -> None:  # fmt: skip
    """That many cases more, received in the five years before now; or as many as said of each `waiting` state."""
    from django.db import transaction

    from cases.models import Case, CaseCounter
    from tests.bench import rows
    from tests.bench.lives import make_lives, make_waiting, working_ticks
    from tests.bench.street import lay_ground
    from tests.bench.telling import DETAILS, KEYED, Teller

    rng, ground = Random(seed), lay_ground(at=now)
    ticks = working_ticks(now=now, years=YEARS)
    teller = Teller(ground, ticks, rng=rng, first_keys={model: rows.next_key(model) for model in KEYED})
    for counter in CaseCounter.objects.all():
        teller.serials[counter.source, counter.year] = counter.last
    began, done = time.monotonic(), 0
    lives = make_lives(cases, ticks=len(ticks), rng=rng) if waiting is None else make_waiting(waiting, len(ticks), rng)
    while batch := list(islice(lives, BATCH)):
        for life in batch:
            teller.tell(life)
        with transaction.atomic():
            written = teller.take_rows()
            for model in (*KEYED, *DETAILS):
                rows.write(model, written[model])
        done += len(batch)
        say(f"{done} / {cases}  {time.monotonic() - began:.0f} s")
    for (source, year), last in teller.serials.items():
        CaseCounter.objects.update_or_create(source=source, year=year, defaults={"last": last})
    rows.set_sequences(*KEYED)
    assert Case.objects.count() >= cases


def create_database(url: str, *, fresh: bool) -> None:
    """An own database on PostgreSQL; a fresh one loses what was there."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        path = url.removeprefix("sqlite:///")
        if fresh:
            for name in (path, f"{path}-wal", f"{path}-shm"):
                if os.path.exists(name):
                    os.remove(name)
        return
    import psycopg2

    name = parts.path.lstrip("/")
    connection = psycopg2.connect(url.replace(parts.path, "/postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        if fresh:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()


def prepare(cases: int, *, fresh: bool, say=print) -> None:
    """The database of DATABASE_URL, migrated and filled."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    from django.conf import settings

    create_database(os.environ.get("DATABASE_URL") or settings.DATABASES["default"]["NAME"], fresh=fresh)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from cases.models import Case

    if Case.objects.count() >= cases:
        say("filled already")
        return
    fill(cases - Case.objects.count(), now=timezone.localtime(timezone.now() - timedelta(minutes=20)), say=say)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--database", help="a database URL; the default is PostgreSQL's bench_street on this machine")
    parser.add_argument("--fresh", action="store_true", help="throw away what the database holds")
    chosen = parser.parse_args(arguments)
    url = chosen.database or os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/bench_street"
    os.environ["DATABASE_URL"] = url
    prepare(chosen.cases, fresh=chosen.fresh)


if __name__ == "__main__":
    main(sys.argv[1:])
