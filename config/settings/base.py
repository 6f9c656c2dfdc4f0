"""Production: what differs between installations comes from the environment, and a missing value stops the start."""
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.logs import logging_config
from config.tiles import hosts_of, read_tiles

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

# --- what an installation must say -------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
DATABASES = {"default": env.db("DATABASE_URL")}
REDIS_URL = env("REDIS_URL")
# AES-256 keys by version, base64 of 32 bytes each; the highest version writes, all of them read (docs/operations.md).
FIELD_KEYS = env.json("FIELD_KEYS")
INDEX_KEY = env("INDEX_KEY")
LAST_FOUR_KEY = env("LAST_FOUR_KEY")

# --- what an installation may say --------------------------------------------------------------------------------
DEBUG = False
DEMO = env.bool("DEMO", default=False)
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
FONT_DIR = Path(env("FONT_DIR", default=str(BASE_DIR / "fonts")))
SETUP_TOKEN_FILE = VAR_DIR / "setup-token"
# Reverse proxies in front: the client's address is that many places from the right of X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=1)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Base maps are optional: without one the grid polygons are the ground, and no request leaves the office network.
MAP_TILES = read_tiles(env.json("MAP_TILES", default=[]))

# The site's own address (https://name) in messages that go out; answers to a request know it by themselves.
SITE_URL = env("SITE_URL", default="").rstrip("/")
# The official account (公众号). Without a token its door is closed (404); with an AES key plain messages are refused.
WECHAT_TOKEN = env("WECHAT_TOKEN", default="")
WECHAT_AES_KEY = env("WECHAT_AES_KEY", default="")
WECHAT_APP_ID = env("WECHAT_APP_ID", default="")
WECHAT_APP_SECRET = env("WECHAT_APP_SECRET", default="")
WECHAT_API_URL = env("WECHAT_API_URL", default="https://api.weixin.qq.com").rstrip("/")
# After the 48 hours of customer messages: a template of the account, and which of its fields takes code, text, time.
WECHAT_TEMPLATE_ID = env("WECHAT_TEMPLATE_ID", default="")
WECHAT_TEMPLATE_FIELDS = env.json("WECHAT_TEMPLATE_FIELDS", default={})

# The phone's way to a case: a map of another firm, opened when somebody presses it; empty offers none.
NAVIGATION_URL = env(
    "NAVIGATION_URL", default="https://uri.amap.com/navigation?to={lon},{lat}&coordinate=gaode&callnative=1"
)
NAVIGATION_NAME = env("NAVIGATION_NAME", default="高德地图")
NAVIGATION_DATUM = env("NAVIGATION_DATUM", default="gcj02")
# A case is offered the components of its class within so many metres; farther from it than the second, a typed code
# is taken for a misread one.
THINGS_NEAR_M = env.int("THINGS_NEAR_M", default=60)
THINGS_FAR_M = env.int("THINGS_FAR_M", default=500)

# What one device, and one address (a carrier's phones share it), may upload in a day without a login, in MB.
UPLOAD_DEVICE_MB_A_DAY = env.int("UPLOAD_DEVICE_MB_A_DAY", default=500)
UPLOAD_ADDRESS_MB_A_DAY = env.int("UPLOAD_ADDRESS_MB_A_DAY", default=5000)
# Below so much free space for evidence, or above so much uploaded in a day without a login, the admins are told.
DISK_LEAST_FREE_GB = env.int("DISK_LEAST_FREE_GB", default=5)
UPLOAD_ALARM_GB_A_DAY = env.int("UPLOAD_ALARM_GB_A_DAY", default=10)

# --- the apps, bottom of the import graph first ------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "accounts",
    "sheets",
    "grid",
    "cases",
    "campaigns",
    "coal_to_electric",
    "reports",
    "config",
]
MIDDLEWARE = [
    "config.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.permissions_policy",
    "config.middleware.no_zero_bytes",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- the database ------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN: a reader that turns writer would otherwise fail at once, not wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# --- jobs and cache: rows are the record, these only carry ---------------------------------------------------------
# Its own Redis database: clearing the cache must not empty the queue.
CACHES = {"default": env.cache_url("CACHE_URL")}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not hold a request: the sweep of unannounced rows catches up later.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"

# --- language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- files: static ones are public, evidence is served only by views that ask who is looking ------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "static_built"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.HashedStaticStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a bulk form of several hundred rows

# --- who may enter -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StreetBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", default=10)
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "real_name"]},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]
# Counted by accounts.guard: one account at one address, and, since the office shares one, an address generously.
LOGIN_FAILURE_LIMIT = 5
LOGIN_ADDRESS_LIMIT = 100
LOGIN_LOCK_MINUTES = 15

# --- the browser's walls -------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The office's host lies under a district domain that is not its own: HSTS must not bind its neighbours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_refused"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *hosts_of(MAP_TILES)],
        "connect-src": [SELF],
        "font-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()"

# --- the API -------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.explain",
    "PAGE_SIZE": 50,
    # A script that runs wild must not slow the desk; the pages themselves are not counted here.
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env("API_RATE", default="600/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "苹果园街道社会治理综合指挥中心",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = logging_config(level=env("LOG_LEVEL", default="INFO"), readable=False)
