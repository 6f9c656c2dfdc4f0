"""`manage.py reindex`: write the search text of every case again, after an import by other means or a new rule."""
from typing import Any

from django.core.management.base import BaseCommand

from cases import search


class Command(BaseCommand):
    """Rebuild what the search reads."""

    help = "重建全部案件的检索文本"

    def handle(self, *args: Any, **options: Any) -> None:
        """All cases, in batches."""
        self.stdout.write(f"已重建 {search.reindex()} 件案件的检索文本。")
