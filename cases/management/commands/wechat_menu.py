"""Put the menu under the official account's conversation: 随手拍, 查进度, 怎么用."""
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.channels.wechat import client
from cases.wechat_outbox import silence


class Command(BaseCommand):
    """One call of the platform's interface; run again after SITE_URL has changed."""

    help = "在公众号里发布菜单（随手拍、查进度、怎么用）"

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish it, or say what is missing."""
        if silence():
            raise CommandError(silence())
        if not settings.SITE_URL:
            raise CommandError("请先设置 SITE_URL，例如 https://street.example.gov.cn，菜单要用它链到手机网页。")
        try:
            client.publish_menu(
                [
                    {"type": "view", "name": "随手拍", "url": f"{settings.SITE_URL}/m/report/"},
                    {"type": "view", "name": "查进度", "url": f"{settings.SITE_URL}/q/"},
                    {"type": "click", "name": "怎么用", "key": "report"},
                ]
            )
        except (client.ApiRefused, client.LineBroken) as error:
            raise CommandError(f"菜单没有发布：{error}") from error
        self.stdout.write("菜单已发布。")
