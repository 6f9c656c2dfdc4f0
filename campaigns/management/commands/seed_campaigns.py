"""`seed_campaigns`: the periods of the law, the usual kinds of entries, the measures of an alert, as rows to edit."""
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from campaigns.lawful import seed_periods
from campaigns.patrols_roster import seed_measures
from campaigns.seeding import seed_kinds


class Command(BaseCommand):
    """Lays down what is missing; rows that somebody changed stay as they are, and a second run changes nothing."""

    help = "建立强拆法定期间、整治类别和重污染应急措施的初始行，之后由系统管理员修改。重复运行不改已有的行。"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Seed."""
        periods, kinds, measures = seed_periods(), seed_kinds(), seed_measures()
        self.stdout.write(f"新建法定期间 {periods} 行、整治类别 {kinds} 个、应急措施 {measures} 行。")
