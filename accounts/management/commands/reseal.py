"""`reseal`: write every encrypted value anew with the newest key, so that an old key can be dropped."""
from typing import Any

from django.core.management.base import BaseCommand

from accounts.resealing import reseal


class Command(BaseCommand):
    """Safe to stop and start again: rows already written with the newest key are passed over."""

    help = "用最新版本的密钥重新加密所有加密字段；可中断、可重复执行。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say for each column how many values were written anew."""
        for column, count in reseal().items():
            self.stdout.write(f"{column}：重新加密 {count} 个值")
