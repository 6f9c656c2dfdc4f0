"""`load_street FOLDER`: the demonstration of the street: territory, people, the cases of 2016, a present day."""
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.demo_loading.loading import LoadRefused, load


class Command(BaseCommand):
    """Loads what is not there yet, and says so line by line; a second run changes nothing."""

    help = "载入街道演示数据：边界、人员、类别、2016 年案件（逐件走完流程）和一批在办案件。重复载入不产生重复。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and for tests the present moment."""
        parser.add_argument("folder", type=Path, help="演示数据文件夹，例如 config/demo/2016")
        parser.add_argument("--now", default="", help="当前时间（ISO 格式），默认为现在")
        parser.add_argument("--no-present", action="store_true", help="不载入在办案件")
        parser.add_argument("--quiet", action="store_true", help="不显示进度")

    def handle(self, *args: Any, folder: Path, now: str, no_present: bool, quiet: bool, **options: Any) -> None:
        """Load."""
        say = (lambda line: None) if quiet else self._say
        try:
            load(folder, now=_moment(now), with_present=not no_present, say=say)
        except LoadRefused as refused:
            raise CommandError(str(refused)) from refused

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _moment(words: str) -> datetime:
    """The given moment, in Beijing unless it names its zone; or now."""
    if not words:
        return timezone.now()
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--now 的“{words}”不是时间。请写成 2016-12-21T14:20 的样子。")
    return moment if moment.tzinfo else timezone.make_aware(moment)
