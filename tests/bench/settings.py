"""Production settings for measuring: the same middleware, caches and static names, over plain HTTP on this machine."""
import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.gettempdir() + "/street-bench")
os.makedirs(os.environ["VAR_DIR"], exist_ok=True)
os.environ.setdefault("SECRET_KEY", "measured-on-this-machine-only-and-never-anywhere-else")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")
os.environ.setdefault("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/bench_street")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/7")
os.environ.setdefault("CACHE_URL", "redis://127.0.0.1:6379/8")
os.environ.setdefault("FIELD_KEYS", '{"1": "bG9jYWwtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE="}')
os.environ.setdefault("INDEX_KEY", "measured-on-this-machine-only-index")
os.environ.setdefault("LAST_FOUR_KEY", "measured-on-this-machine-only-last-four")
os.environ.setdefault("PROXY_COUNT", "0")
os.environ.setdefault("LOG_LEVEL", "ERROR")
from config.settings.base import *  # noqa: E402, F403

SECURE_SSL_REDIRECT = False
STATIC_ROOT = VAR_DIR / "static"  # noqa: F405
if os.environ.get("BENCH_FLOOR") == "1":
    ROOT_URLCONF, MIDDLEWARE = "tests.bench.floor", []
