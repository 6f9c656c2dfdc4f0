"""The test suite: the local settings, tasks run at once, an N+1 query is an error."""
import atexit
import os
import shutil
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="street-test-")
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
os.environ.setdefault("CACHE_URL", "locmemcache://")
from .local import *

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: only a file has the locks that the tests of concurrent writers are about.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
INSTALLED_APPS = ["zeal", *INSTALLED_APPS]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [{"model": "sessions.Session"}]  # Django reads a session again to end it
CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = logging_config(level="WARNING", readable=True)
