"""Count all facts again from the cases: `manage.py rebuild_facts`; it says whether anything came out otherwise."""
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reports import facts


class Command(BaseCommand):
    """Rebuild."""

    help = "重算全部统计数据。结果与原来一致时说明一致；不一致以重算的为准。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Roll up first, so that only an error shows as a difference."""
        now = timezone.now()
        facts.roll_up(at=now)
        before = facts.fingerprint()
        after = facts.rebuild(at=now)
        self.stdout.write("与原来一致。" if before == after else "与原来不一致，已改为重算的结果。")
        self.stdout.write(f"指纹 {after}")
