"""`setup_token`: print the one-time token of the set-up page, while nobody has an account yet."""
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Makes the token once, readable by the system's own account only; prints nothing when there are users."""

    help = "打印初始设置页 /setup/ 的一次性口令；已有用户时什么也不打印。"

    def handle(self, *_args, **_options) -> None:
        """Print the token that stands in the file, or a new one."""
        file = settings.SETUP_TOKEN_FILE
        if get_user_model().objects.exists():
            file.unlink(missing_ok=True)
            return
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        self.stdout.write(file.read_text())
