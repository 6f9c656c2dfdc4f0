"""The leaders' page over many cases, looked at from inside: `python -m tests.bench.figures --database URL`.

`--write docs/performance.md` puts what was measured into its part of the page.

Wants a database that tests.bench.fill filled; counts its facts first when nobody has. With `--dense YEARS` any database
with the street's ground will do: its sums become as many as cases without end could make them. By hand, not in CI.
"""
import argparse
import os
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.pages import FIGURES

BAR_MS, BAR_QUERIES = 100, 15
LEADER = "bench-leader"
OPEN_DAYS = 180  # longer than that hardly any case stays open


def count() -> date:
    """Facts rolled up, said how long it took; returns the newest month that has any cases."""
    from django.db.models import Max
    from django.utils import timezone

    from accounts.models import RoleGrant, User
    from cases.models import Case
    from reports import facts
    from reports.models import MonthlyFact

    leader, made = User.objects.get_or_create(username=LEADER, defaults={"real_name": "领导"})
    if made:
        RoleGrant.objects.create(user=leader, role="leader")
    began = time.monotonic()
    changed = facts.roll_up(at=timezone.now())
    print(f"{Case.objects.count():,} cases; {changed:,} counted in {time.monotonic() - began:.0f} s")
    return MonthlyFact.objects.filter(dimension="all", accepted__gt=0).aggregate(last=Max("day"))["last"]


def pages(day: date) -> list[tuple[str, str]]:
    """What is measured: (words, address)."""
    from reports.periods import Span, period_of

    found = []
    for span in (Span.MONTH, Span.QUARTER, Span.YEAR):
        now = period_of(span, day)
        found += [(f"dashboard, the running {span}", f"/dashboard/?period={now.key}"),
                  (f"dashboard, the {span} before", f"/dashboard/?period={now.previous().key}")]  # fmt: skip
    return [
        *found, ("wall", "/wall/"), ("ranking of a year", f"/rankings/?period={day:%Y}"),
        ("all figures of a year", f"/figures/?period={day:%Y}"),
        ("one figure by grid, a year", f"/figures/?figure=closing_rate&by=grid&period={day:%Y}"),
        ("rows of a year's closings", f"/figures/closed/?period={day:%Y}"),
    ]  # fmt: skip


def table(day: date) -> tuple[list[str], int]:
    """A line for each page, and how many of the dashboards miss a bar."""
    from tests.bench.inside import look_inside

    lines = ["| page | queries | ms on the server | of it SQL | processor ms of the web |", "|" + "---|" * 5]
    missed = 0
    for words, path in pages(day):
        found = look_inside("GET", path, username=LEADER)
        assert found["status"] == 200, path
        barred = path.startswith("/dashboard/")
        slow, many = barred and found["inside_ms"] > BAR_MS, barred and found["queries"] > BAR_QUERIES
        missed += slow or many
        lines.append(f"| {words} | {found['queries']}{' **over**' * many} | {found['inside_ms']:.0f}{' **over**' * slow} | "
                     f"{found['sql_ms']:.0f} | {found['cpu_ms']:.0f} |")  # fmt: skip
    return lines, missed


def measured(about: str) -> tuple[str, int]:
    """What this database says, with the machine honestly described; and how many bars were missed."""
    from cases.models import Case
    from reports.models import DailyFact, MonthlyFact
    from tests.bench.measure import machine

    day = count()
    told, (lines, missed) = machine(), table(day)
    load = os.getloadavg()[0]
    return "\n".join([
        f"{told['date']} (Beijing), {told['processor']}, {told['memory']} memory, load {load:.1f} from other work on the "
        f"same processors; {told['database']}. {about or f'{Case.objects.count():,} cases'}: "
        f"{DailyFact.objects.count():,} sums of days, {MonthlyFact.objects.count():,} of months. Bars of the dashboard: "
        f"≤ {BAR_MS} ms on the server, ≤ {BAR_QUERIES} queries.", "", *lines,
    ]), missed  # fmt: skip


def make_dense(years: int) -> None:
    """A sum for every key of every day and month of so many years until today: no number of cases makes more.

    超期未办 alone is only what still stands open, so older days than `OPEN_DAYS` have none.
    """
    from django.utils import timezone

    from reports.models import DailyFact, Dimension, Measure, MonthlyFact
    from reports.scopes import names_of

    today, rng = timezone.localdate(), Random(2016)
    keys = [(dimension, key) for dimension in Dimension for key in names_of(dimension)]
    days = [today - timedelta(days=back) for back in range(365 * years)]
    if DailyFact.objects.count() > 0.99 * len(days) * len(keys):
        return  # dense already
    for model, spans in ((DailyFact, days), (MonthlyFact, sorted({day.replace(day=1) for day in days}))):
        model.objects.all().delete()
        for day in spans:
            sums = {measure.value: rng.randint(1, 300) for measure in Measure}
            if (today - day).days > OPEN_DAYS:
                sums["handle_overdue"] = 0
            model.objects.bulk_create(model(day=day, dimension=dimension, key=key, **sums) for dimension, key in keys)
        print(f"{model._meta.verbose_name}: {model.objects.count():,}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a database URL; the default is DATABASE_URL")
    parser.add_argument("--write", type=Path, help="the page whose part on the figures is added to or begun anew")
    parser.add_argument("--begin", action="store_true", help="begin the part anew instead of adding to it")
    parser.add_argument("--dense", type=int, default=0, metavar="YEARS", help="replace all sums first by every possible one")
    chosen = parser.parse_args()
    if chosen.database:
        os.environ["DATABASE_URL"] = chosen.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    if chosen.dense:
        make_dense(chosen.dense)
    about = f"Sums for every key of every day of {chosen.dense} years" if chosen.dense else ""
    told, missed = measured(about)
    print(told)
    if chosen.write:
        page = FIGURES.put(chosen.write.read_text(encoding="utf-8"), told, begin=chosen.begin)
        chosen.write.write_text(page, encoding="utf-8")
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
