"""A production environment with made-up values."""
import base64
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
    "SECRET_KEY": "a-secret-of-more-than-fifty-characters-0123456789-abcdef",
    "ALLOWED_HOSTS": "chengguan.example",
    "DATABASE_URL": "sqlite:///nowhere.sqlite3",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "CACHE_URL": "redis://127.0.0.1:6379/1",
    "FIELD_KEYS": json.dumps({"1": base64.b64encode(b"k" * 32).decode()}),
    "INDEX_KEY": "an-index-key-of-32-characters-or-more",
    "LAST_FOUR_KEY": "another-key-of-32-characters-or-more!",
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess:
    """Run a management command in a process of its own with the sample environment; None removes a value."""
    values = {key: value for key, value in (SAMPLE | changes).items() if value is not None}
    env = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **values}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
