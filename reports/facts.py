"""Daily facts: rolled up from the cases' stories, so that a dashboard over ten years costs what one month costs.

A case that has more events than were counted is counted again as a whole, and every day that it touched before or
touches now is summed again from its lines: doing so twice changes nothing. The mark's row is held meanwhile, so that
two workers never sum the same day at once. Nothing is ever added to a sum or taken from it.
"""
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Sum
from django.utils import timezone

from cases.models import Case, CaseClock, CaseEvent, HotlineDetail
from grid.check_weeks import mondays, sunday_of
from reports import check_facts
from reports.counting import JUDGING, Line, lines_of
from reports.models import CHECK_COLUMNS, CaseFact, CountedCase, DailyFact, Dimension, FactMark, Measure, MonthlyFact

# An event is written before its transaction ends; an import may take minutes. What lies within this span before the
# newest event that was seen is looked at again, and found counted.
OVERLAP = timedelta(hours=1)
BATCH = 200
LATE = timedelta(minutes=15)  # the worker counts every minute; a long import may hold it up
COLUMNS = (*(measure.value for measure in Measure), "handled_minutes", *CHECK_COLUMNS)
CASE_KEYS = (
    "case__source", "case__category__kind", "case__category__major_code", "case__category_id", "case__community_id",
    "case__grid_id",
)  # fmt: skip


def hold() -> FactMark:
    """The mark, held until the transaction ends (SQLite holds the whole file)."""
    FactMark.objects.get_or_create(pk=1)
    return FactMark.objects.select_for_update().get(pk=1)


def standing(*, at: datetime) -> dict[str, Any]:
    """When the facts were counted last, and whether that is longer ago than the worker ever lets it be."""
    counted_at = FactMark.objects.filter(pk=1).values_list("rolled_at", flat=True).first()
    return {"counted_at": counted_at, "is_late": counted_at is None or at - counted_at > LATE}


def uncounted() -> QuerySet[Case]:
    """Cases with more events than were counted."""
    counted = CountedCase.objects.filter(case=OuterRef("pk"), event_count=OuterRef("event_count"))
    return Case.objects.filter(~Exists(counted))


def roll_up(*, at: datetime) -> int:
    """Count what changed since the last time; returns how many cases. Interrupted, it goes on where it stood."""
    _count_checks(at=at)
    newest = CaseEvent.objects.aggregate(newest=Max("recorded_at"))["newest"]
    if newest is None:
        FactMark.objects.update_or_create(pk=1, defaults={"rolled_at": at})
        return 0
    seen = FactMark.objects.filter(pk=1).values_list("seen_until", flat=True).first()
    changed = uncounted()
    if seen:
        changed = changed.filter(pk__in=CaseEvent.objects.filter(recorded_at__gte=seen - OVERLAP).values("case"))
    keys = list(changed.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        recount(keys[start : start + BATCH])
    FactMark.objects.update_or_create(pk=1, defaults={"seen_until": newest, "rolled_at": at})
    return len(keys)


@transaction.atomic
def _count_checks(*, at: datetime) -> None:
    """Let the weeks of checks that are over count, and those that changed since count anew."""
    if check_facts.first_sunday() is None:
        return
    since = hold().checks_until
    until = _let_checks_count(at=at)
    sum_days(check_facts.changed_days(since, until))


def _let_checks_count(*, at: datetime) -> date:
    """From now on the weeks count that are over at a moment; those that counted before still do."""
    mark = hold()
    until = max(check_facts.last_week_over(timezone.localdate(at)), mark.checks_until or date.min)
    FactMark.objects.filter(pk=mark.pk).update(checks_until=until)
    return until


@transaction.atomic
def recount(keys: list[int]) -> None:
    """Tell these cases' lines anew and sum the days they touched or touch."""
    hold()
    old = CaseFact.objects.filter(case__in=keys)
    days = set(old.values_list("day", flat=True).distinct())
    old.delete()
    sum_days(days | _write_lines(keys))


@transaction.atomic
def forget(case: Case) -> None:
    """Before a case leaves the database: its days are summed without it."""
    hold()
    lines = CaseFact.objects.filter(case=case)
    days = set(lines.values_list("day", flat=True).distinct())
    lines.delete()
    CountedCase.objects.filter(case=case).delete()
    sum_days(days)


@transaction.atomic
def rebuild(*, at: datetime) -> str:
    """Throw all facts away and count every case again; returns the fingerprint of what came out."""
    hold()
    for model in (CaseFact, CountedCase, DailyFact, MonthlyFact):
        model.objects.all().delete()
    until, first = _let_checks_count(at=at), check_facts.first_sunday()
    sundays = [sunday_of(week) for week in mondays(first, until)] if first else []
    newest = CaseEvent.objects.aggregate(newest=Max("recorded_at"))["newest"]
    keys = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    months = {day.replace(day=1) for day in sundays}
    for start in range(0, len(keys), BATCH):
        months |= {day.replace(day=1) for day in _write_lines(keys[start : start + BATCH])}
    for month in sorted(months):
        lines = CaseFact.objects.filter(day__gte=month, day__lt=next_month(month))
        _write_daily(lines, [day for day in sundays if day.replace(day=1) == month])
    _sum_months(months)
    FactMark.objects.update_or_create(pk=1, defaults={"seen_until": newest, "rolled_at": at})
    return fingerprint()


def fingerprint() -> str:
    """SHA-256 over every sum, in one order: two databases with the same facts say the same."""
    total = hashlib.sha256()
    for model in (DailyFact, MonthlyFact):
        rows = model.objects.order_by("dimension", "day", "key").values_list("dimension", "day", "key", *COLUMNS)
        for row in rows.iterator(chunk_size=2000):
            total.update(repr(row).encode())
    return total.hexdigest()


# --- lines ---------------------------------------------------------------------------------------------------------


def _write_lines(keys: list[int]) -> set[date]:
    """The lines of these cases, which have none; returns the days that they lie on."""
    made: list[CaseFact] = []
    counted: list[CountedCase] = []
    for case, lines in _told(keys):
        made += _numbered(case, lines)
        counted.append(CountedCase(case=case, event_count=case.event_count))
    CaseFact.objects.bulk_create(made, batch_size=1000)
    CountedCase.objects.bulk_create(
        counted, update_conflicts=True, unique_fields=["case"], update_fields=["event_count"]
    )
    return {line.day for line in made}


def _numbered(case: Case, lines: list[Line]) -> Iterator[CaseFact]:
    """Rows of the lines, the first, second … of each measure."""
    seen: dict[str, int] = defaultdict(int)
    for line in lines:
        seen[line.measure] += 1
        yield CaseFact(
            case=case, measure=line.measure, nth=seen[line.measure], day=line.day, minutes=line.minutes,
            department_id=line.department_id,
        )  # fmt: skip


def _told(keys: list[int]) -> Iterator[tuple[Case, list[Line]]]:
    """Each case with its lines, in four queries. The number of events is read first: newer ones are counted again."""
    cases = list(Case.objects.filter(pk__in=keys).only("source", "event_count").order_by("pk"))
    events = _by_case(
        CaseEvent.objects.filter(case__in=keys)
        .only("case_id", "move", "from_state", "to_state", "happened_at", "derived", "department_id", "facts")
        .order_by("case", "seq")
    )
    clocks = _by_case(CaseClock.objects.filter(case__in=keys, kind__in=JUDGING).order_by("started_at", "pk"))
    hotlines = HotlineDetail.objects.in_bulk(keys)
    for case in cases:
        yield case, lines_of(case, events=events[case.pk], clocks=clocks[case.pk], hotline=hotlines.get(case.pk))


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


# --- sums ----------------------------------------------------------------------------------------------------------


def sum_days(days: Iterable[date]) -> None:
    """Sum these days anew from their lines, and the months they lie in from their days."""
    days = sorted(days)
    DailyFact.objects.filter(day__in=days).delete()
    _write_daily(CaseFact.objects.filter(day__in=days), days)
    _sum_months({day.replace(day=1) for day in days})


def _write_daily(lines: QuerySet[CaseFact], days: Iterable[date]) -> None:
    """The sums of these lines' days, each line once in every dimension; and of the checks of weeks that end on days."""
    sums: dict[tuple[date, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place, checks in check_facts.sums_of(days).items():
        sums[place].update(checks)
    rows = lines.order_by().values_list("day", "measure", "minutes", "department_id", *CASE_KEYS)
    for day, measure, minutes, department, *case_keys in rows.iterator(chunk_size=2000):
        for dimension, key in _keys(department, *case_keys):
            found = sums[day, dimension, key]
            found[measure] += 1
            if minutes:
                found["handled_minutes"] += minutes
    DailyFact.objects.bulk_create(
        (DailyFact(day=day, dimension=dimension, key=key, **found) for (day, dimension, key), found in sums.items()),
        batch_size=500,
    )


def _keys(department: int | None, source: str, kind: str | None, major: str | None, *places: int | None
          ) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Under which keys a line is summed; nothing known has the empty key, so that the parts add up to the whole."""
    category, community, grid = (str(place or "") for place in places)
    yield Dimension.ALL, ""
    yield Dimension.SOURCE, source
    yield Dimension.MAJOR, f"{kind}:{major}" if major else ""
    yield Dimension.CATEGORY, category
    yield Dimension.COMMUNITY, community
    yield Dimension.GRID, grid
    yield Dimension.DEPARTMENT, str(department or "")


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _sum_months(months: Iterable[date]) -> None:
    """Sum these months anew from their days."""
    sums = {f"sum_{name}": Sum(name) for name in COLUMNS}  # an annotation must not shadow a column
    for month in sorted(months):
        MonthlyFact.objects.filter(day=month).delete()
        days = DailyFact.objects.filter(day__gte=month, day__lt=next_month(month))
        rows = days.order_by().values("dimension", "key").annotate(**sums)
        MonthlyFact.objects.bulk_create(_month_of(month, row) for row in rows)


def _month_of(month: date, row: dict[str, Any]) -> MonthlyFact:
    columns = {name: row[f"sum_{name}"] for name in COLUMNS}
    return MonthlyFact(day=month, dimension=row["dimension"], key=row["key"], **columns)
