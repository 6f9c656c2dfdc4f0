"""Reading the folder of the demonstration: rows as they stand, moments of Beijing, and the folder's fingerprint."""
import csv
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

BEIJING = ZoneInfo(settings.TIME_ZONE)
NEEDED = (
    "outline.geojson", "communities.geojson", "grids.geojson", "key_sites.csv", "aliases.csv",
    "departments.csv", "agreements.csv", "categories.csv", "cases.csv", "patrols.csv", "households.csv",
    "structures.csv", "garbage.csv", "agreement_tasks.csv",
    "units.csv", "received.csv", "honours.csv", "reported.csv", "bulletins.csv", "photos",
)  # fmt: skip

Row = dict[str, str]


def missing(folder: Path) -> list[str]:
    """The files that the folder should have and has not."""
    return [name for name in NEEDED if not (folder / name).exists()]


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of a CSV file (UTF-8, header row)."""
    with open(folder / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def text(folder: Path, name: str) -> str:
    """The text of a file."""
    return (folder / name).read_text(encoding="utf-8")


def moment(words: str) -> datetime | None:
    """A Beijing moment as the files write it, 2016-12-21 14:20; nothing for an empty field."""
    return datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING) if words else None


def fingerprint(folder: Path, *names: str) -> str:
    """SHA-256 over the named files: what a load remembers to have loaded."""
    total = hashlib.sha256()
    for name in names:
        total.update(name.encode())
        total.update((folder / name).read_bytes())
    return total.hexdigest()[:16]


def in_order_of_receipt(cases: list[Row]) -> list[Row]:
    """Cases as they came in: by (received_at, case_no), the order in which they took their numbers."""
    return sorted(cases, key=lambda row: (row["received_at"], row["case_no"]))


def codes(words: str) -> list[str]:
    """A list of codes parted by semicolons."""
    return [code for code in words.split(";") if code]


def said(value: Any) -> str:
    """A moment as a list of differences prints it."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
