"""Take in the borders and key sites of a street from a folder of files."""
import csv
import io
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grid.importing import ImportRefused, load_key_sites, load_territory


class Command(BaseCommand):
    """The folder holds outline.geojson, communities.geojson, grids.geojson and, if there are any, key_sites.csv."""

    help = "从文件夹导入街道、社区、网格的边界和重点点位；重复导入不产生重复。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Load, and say what happened; problems are printed line by line and nothing is stored."""
        now = timezone.now()
        try:
            names = ("outline", "communities", "grids")
            texts = {name: (folder / f"{name}.geojson").read_text(encoding="utf-8") for name in names}
            self._say("边界", load_territory(**texts, by=None, at=now))
            sites = folder / "key_sites.csv"
            if sites.exists():
                rows = csv.DictReader(io.StringIO(sites.read_text(encoding="utf-8-sig")))
                self._say("重点点位", load_key_sites(rows, by=None, at=now))
        except FileNotFoundError as error:
            raise CommandError(f"找不到文件 {error.filename}。请核对文件夹。") from error
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused

    def _say(self, what: str, report: Any) -> None:
        self.stdout.write(f"{what}：新增 {report.created}，改动 {report.changed}，未变 {report.unchanged}。")
        for warning in report.warnings:
            self.stdout.write(f"  注意：{warning}")
