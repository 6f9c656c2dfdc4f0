"""Enter the published holiday tables into the work calendar."""
from typing import Any

from django.core.management.base import BaseCommand

from grid.calendar import seed_calendar


class Command(BaseCommand):
    """Years already entered stay as the office has them."""

    help = "录入 2004–2026 年的节假日和调休安排；已有的年份不改动。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, and say how many days were entered."""
        self.stdout.write(f"录入 {seed_calendar()} 天。")
