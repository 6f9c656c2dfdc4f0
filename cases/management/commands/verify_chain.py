"""`manage.py verify_chain [--case WG-2016-001]`: whether the story of each case is whole, and which row broke first."""
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import trail
from cases.models import Case


class Command(BaseCommand):
    """Ends with status 1 when a chain is broken, so that a nightly job can ring."""

    help = "核对案件办理记录的链条，指出第一条被改动、缺失的记录"

    def add_arguments(self, parser: CommandParser) -> None:
        """One case, or all of them."""
        parser.add_argument("--case", default="", help="只核对这一件，例如 WG-2016-001")

    def handle(self, *args: Any, **options: Any) -> None:
        """A sentence for every case whose chain does not hold."""
        cases = Case.objects.order_by("pk")
        if options["case"]:
            cases = cases.filter(number=options["case"])
            if not cases.exists():
                raise CommandError(f"没有案号为 {options['case']} 的案件。")
        broken = list(trail.broken_chains(cases))
        for sentence in broken:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"{len(broken)} 件案件的办理记录不完整。", returncode=1)
        self.stdout.write(f"已核对 {cases.count()} 件案件，办理记录完整。")
