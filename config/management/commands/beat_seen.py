"""`beat_seen`: fail unless the timetable ran lately; the beat container's health check."""
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.health import beat_state


class Command(BaseCommand):
    """Reads the time that the last beat left."""

    help = "检查定时任务最近是否运行过；没有则以错误退出。"

    def handle(self, *_args, **_options) -> None:
        """Exit with an error when the last beat is older than five minutes or unknown."""
        state = beat_state(at=timezone.now())
        if state != "ok":
            raise CommandError(f"定时任务没有按时运行（{state}）。请检查 beat 与 worker 两个服务。")
