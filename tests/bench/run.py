"""Measure the product at two sizes and write the table: `python -m tests.bench.run --write docs/performance.md`.

Each size has a database of its own on PostgreSQL, filled when it is missing; the load is the same for the bare Django
floor and for the product. Takes about two minutes a size; the machine should have nothing else to do.
"""
import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measure import FLOOR_OF
from tests.bench.pages import kept_of

ROOT = Path(__file__).resolve().parents[2]
HOST = "postgres://postgres@127.0.0.1:5432"
GROWTH = 1.3
MEMORY_MB = 150
QUIET = 5.0


@dataclass(frozen=True)
class Bar:
    """What a piece of work must reach: answers a second, milliseconds (p95 with eight clients, p50 alone), queries."""

    rate: float | None = None
    p95: float | None = None
    p50: float | None = None
    queries: int | None = None

    def misses(self, row: dict[str, Any]) -> list[str]:
        """Which of them this row does not reach."""
        found = []
        if self.rate and row["rate"] < self.rate:
            found.append(f"{row['rate']:.0f}/s < {self.rate:.0f}/s")
        for name in ("p95", "p50", "queries"):
            limit = getattr(self, name)
            if limit and row.get(name, 0) > limit:
                found.append(f"{name} {row[name]:.0f} > {limit}")
        return found

    def __str__(self) -> str:
        words = [f"≥ {self.rate:.0f}/s" if self.rate else "", f"p95 ≤ {self.p95} ms" if self.p95 else "",
                 f"≤ {self.p50} ms" if self.p50 else "", f"≤ {self.queries} queries" if self.queries else ""]  # fmt: skip
        return ", ".join(word for word in words if word)


BARS = {
    "list of 50": Bar(rate=100, p95=120, queries=10),
    "filtered list": Bar(p50=40, queries=10),
    "detail": Bar(rate=120, queries=12),
    "move: note": Bar(rate=100, queries=12),
    "move: accept": Bar(rate=100, queries=12),
    "search, common word": Bar(p50=60),
    "search, two rare words": Bar(p50=60),
    "registration": Bar(rate=150, p95=100, queries=12),
    "report, three photos": Bar(rate=15),
}
# The floor on the machine for which the bars were set; the bars hold as shares of it where another machine, or a busy
# one, is measured.
FLOOR_THEN = {"floor: list": 180, "floor: detail": 423, "floor: two inserts": 684}


def share(row: dict[str, Any]) -> tuple[float, float] | None:
    """The rate as a share of the floor's in the same run, and the share that the bar means."""
    name, bar = FLOOR_OF.get(row["name"], ""), BARS.get(row["name"])
    if not row.get("floor_rate"):
        return None
    return row["rate"] / row["floor_rate"], (bar.rate / FLOOR_THEN[name] if bar and bar.rate else 0.0)


def measure(size: int, *, requests: int, wanted: str = "", database: str = "") -> dict[str, Any]:
    """The figures of one size, its database filled first if need be; in processes of their own."""
    database = database or f"{HOST}/bench_street_{size // 1000}k"
    environment = {**os.environ, "DATABASE_URL": database, "BENCH_REQUESTS": str(requests)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    fill = [sys.executable, "-m", "tests.bench.fill", "--cases", str(size), "--database", database]
    subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    command = [sys.executable, "-m", "tests.bench.measure", wanted]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def write(runs: list[dict[str, Any]]) -> str:
    """The page docs/performance.md."""
    machine, last = runs[-1]["machine"], runs[-1]
    lines = [
        "# Measured performance", "",
        "Written by `python -m tests.bench.run --write docs/performance.md`; not edited by hand.", "",
        f"{machine['date']} (Beijing), {machine['processor']}, {machine['memory']} memory, load at the end of the run "
        f"{machine['load']}. {machine['database']}, Python {machine['python']}, Django {machine['django']}, gunicorn "
        f"{machine['gunicorn']} with 2 workers of 8 threads. The load generator and the database share the two "
        "processors with the server. Eight clients over keep-alive HTTP, each logged in, production settings; the "
        "floor is bare Django pages by the same server on the same tables.", "",
        *_warning(runs),
        "Rates and times are what the clock said while other work ran on the same two processors, so they are read as "
        "shares of the floor, which took turns with them; the bars, as shares of the floor on the machine for which they were set "
        f"({', '.join(f'{name[7:]} {rate}/s' for name, rate in FLOOR_THEN.items())}), stand in brackets.", "",
        "`cpu` is the processor time of the web workers per answer: unlike rates it hardly depends on what else the "
        "machine does. `alone` is the best of seven single requests inside one process, by which growth is judged.", "",
        _table(runs), "",
        f"Memory of a web worker after the run: {', '.join(f'{mb} MB' for mb in last['memory_mb'])} "
        f"(bar: ≤ {MEMORY_MB} MB{'' if max(last['memory_mb']) <= MEMORY_MB else ', **missed**'}).", "",
        _race(last), "", "## Misses and where their time goes", "", _misses(runs), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _warning(runs: list[dict[str, Any]]) -> list[str]:
    """Eight clients alone bring a load of two or three; more is other people's work."""
    busy = max(float(run["machine"]["load"]) for run in runs)
    if busy <= QUIET:
        return []
    return [f"**The machine was busy with other work (load up to {busy:.0f}): nothing here proves or disproves a bar "
            "that is a rate or a time. Query counts, processor time and the race hold; take the rest again when it is "
            "quiet.**", ""]  # fmt: skip


def _table(runs: list[dict[str, Any]]) -> str:
    sizes = [f"{run['cases']:,} cases" for run in runs]
    head = ["work", "clients", "bar", *sizes, "queries", "share of the floor's rate", "× floor's cpu", "growth"]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in runs[-1]["rows"]:
        if "rate" not in row:
            continue
        name = row["name"]
        each = [_named(run, name) for run in runs]
        floor = _named(runs[-1], FLOOR_OF.get(name, ""))
        ratio = f"{row['cpu_ms'] / floor['cpu_ms']:.1f}" if floor and floor["cpu_ms"] else ""
        cells = [name, str(row["clients"]), str(BARS.get(name, "")), *map(_figures, each), str(row.get("queries", "")),
                 _share(row), ratio, _growth(each)]  # fmt: skip
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _named(run: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((row for row in run["rows"] if row["name"] == name and "rate" in row), None)


def _figures(row: dict[str, Any] | None) -> str:
    if not row:
        return "–"
    alone = f", alone {row['inside_ms']:.0f} ms" if "inside_ms" in row and row["status"] != 302 else ""
    return f"{row['rate']:.0f}/s, p50 {row['p50']:.0f}, p95 {row['p95']:.0f} ms, cpu {row['cpu_ms']:.0f} ms{alone}"


def _share(row: dict[str, Any]) -> str:
    found = share(row)
    if not found:
        return ""
    reached, needed = found
    return f"{reached:.2f}" + (f" (bar {needed:.2f}{'' if reached >= needed else ', **missed**'})" if needed else "")


def _growth(each: list[dict[str, Any] | None]) -> str:
    """From the smallest to the largest size, by the best of seven single requests."""
    if len(each) < 2 or any(not one or "inside_ms" not in one or one["status"] == 302 for one in (each[0], each[-1])):
        return ""
    ratio = each[-1]["inside_ms"] / each[0]["inside_ms"]
    return f"×{ratio:.2f}" + ("" if ratio <= GROWTH else " **missed**")


def _race(run: dict[str, Any]) -> str:
    race = next((row for row in run["rows"] if row["name"] == "8 clients, the same case"), None)
    if not race or "outcomes" not in race:
        return "Eight clients moving the same case: not measured in this run."
    told = "; ".join(f"{times} cases with answers {outcome}" for outcome, times in race["outcomes"].items())
    return (
        f"Eight clients make the same move on the same case at the same moment ({race['cases']} cases): {told}. "
        "302 is the winner, 409 the sentence that somebody was faster; there was no other answer."
    )


def _misses(runs: list[dict[str, Any]]) -> str:
    lines = []
    for row in runs[-1]["rows"]:
        if "fault" in row:
            lines.append(f"- **{row['name']}**: could not be measured: {row['fault']}")
            continue
        each = [_named(run, row["name"]) for run in runs]
        missed = BARS[row["name"]].misses(row) if row["name"] in BARS and "rate" in row else []
        if "missed" in _growth(each):
            missed.append(f"growth {_growth(each).split()[0]} > ×{GROWTH}")
        if missed:
            lines.append(f"- **{row['name']}**: {'; '.join(missed)}. {_profile(row)}")
    return "\n".join(lines) or "None."


def _profile(row: dict[str, Any]) -> str:
    if "inside_ms" not in row:
        return f"Processor {row['cpu_ms']} ms an answer."
    slow = "; ".join(f"`{one}`" for one in row["slowest"][:2])
    return (
        f"One request inside one process: {row['inside_ms']} ms, of which {row['sql_ms']} ms in {row['queries']} "
        f"queries; processor of the worker {row['cpu_ms']} ms an answer. Slowest: {slow}."
    )


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--requests", type=int, default=40, help="for each client and piece of work")
    parser.add_argument("--only", default="", help="a word of the work's name")
    parser.add_argument("--database", default="", help="a database URL, for one size")
    parser.add_argument("--write", type=Path, help="where the table goes; else to the screen")
    chosen = parser.parse_args(arguments)
    how = {"requests": chosen.requests, "wanted": chosen.only, "database": chosen.database}
    page = write([measure(int(size), **how) for size in chosen.sizes.split(",")])
    if chosen.write:
        kept = kept_of(chosen.write.read_text(encoding="utf-8")) if chosen.write.exists() else ""
        chosen.write.write_text(f"{page}\n{kept}\n" if kept else page, encoding="utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main(sys.argv[1:])
