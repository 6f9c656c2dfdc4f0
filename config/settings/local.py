"""A developer's machine and `dev.py run`: SQLite and a broker of files in var/, fixed keys, the demonstration."""
import os
from pathlib import Path

_root = Path(__file__).resolve().parent.parent.parent
_var = Path(os.environ.setdefault("VAR_DIR", str(_root / "var")))
for _folder in ("broker", "media", "cache"):
    (_var / _folder).mkdir(parents=True, exist_ok=True)
os.environ.setdefault("SECRET_KEY", "local-only")
os.environ.setdefault("ALLOWED_HOSTS", "*")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_var}/db.sqlite3")
os.environ.setdefault("REDIS_URL", "filesystem://localhost")
os.environ.setdefault("CACHE_URL", f"filecache://{_var}/cache")
os.environ.setdefault("FIELD_KEYS", '{"1": "bG9jYWwtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE="}')
os.environ.setdefault("INDEX_KEY", "local-only-index")
os.environ.setdefault("LAST_FOUR_KEY", "local-only-last-four")
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("PROXY_COUNT", "0")
from .base import *

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
if REDIS_URL.startswith("filesystem"):
    _folders = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(_var / "broker"))
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1, **_folders}
DEBUG = env.bool("DEBUG", default=False)
LOGGING = logging_config(level=env("LOG_LEVEL", default="INFO"), readable=True)
