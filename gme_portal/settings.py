"""Settings, read from the environment with django-environ. `docs/operations.md` lists every variable.

GME_MODE decides what may exist: `demo` and `rehearsal` have a rehearsal clock and an inbox page that shows what would have been sent;
`production` refuses both and insists on its own keys; `test` is for the test suite.
"""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("GME_MODE", "demo")
if MODE not in ("demo", "rehearsal", "production", "test"):
    raise ImproperlyConfigured(f"GME_MODE must be demo, rehearsal, production or test, not {MODE!r}")
PRODUCTION = MODE == "production"
DEBUG = env.bool("GME_DEBUG", False)
REHEARSAL_CLOCK = MODE in ("demo", "rehearsal")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("GME_DEBUG must be off in production")

GME_VAR = Path(env.str("GME_VAR", str(BASE_DIR / "var" / "demo"))).resolve()
GME_KEYS_FILE = Path(env.str("GME_KEYS_FILE", str(GME_VAR / "keys.json")))
GME_ACCESS_LOGGER = "gme_portal.audit.services.log_reveal"
GME_SMS_GATEWAY_URL = env.str("GME_SMS_GATEWAY_URL", "")
GME_PUBLIC_URL = env.str("GME_PUBLIC_URL", "http://127.0.0.1:8000")
GME_BEHIND_PROXY = env.bool("GME_BEHIND_PROXY", False)

SECRET_KEY = env.str("GME_SECRET_KEY") if PRODUCTION else env.str("GME_SECRET_KEY", "only-for-demo-and-tests-" * 3)
ALLOWED_HOSTS = env.list("GME_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("GME_CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "lucide",
    "rest_framework",
    "gme_portal",
    "gme_portal.clock",
    "gme_portal.pii",
    "gme_portal.files",
    "gme_portal.printing",
    "gme_portal.audit",
    "gme_portal.outbox",
    "gme_portal.accounts",
    "gme_portal.notices",
    "bases",
    "quotas",
    "applicants",
    "admissions",
]

MIDDLEWARE = [
    "gme_portal.middleware.ArrivalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gme_portal.middleware.NoticeMiddleware",
    "gme_portal.middleware.PasswordMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gme_portal.urls"
WSGI_APPLICATION = "gme_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gme_portal.context.portal",
            ],
            "builtins": [
                "django.templatetags.static",
                "gme_portal.templatetags.portal",
                "gme_portal.notices.templatetags.notices",
            ],
        },
    }
]

_database = env.db_url("GME_DATABASE_URL", default="postgres://app@/app")
_database.setdefault("OPTIONS", {})
if env.int("GME_DB_POOL", 0):
    # Only web and worker processes set it: a pool makes commands hang for its time-out when the server is down.
    # A page waits out a restart of the server of a few seconds. The pool itself gives up sooner: its pauses between attempts double, and the next
    # page begins with short ones again, so that the site is back as soon as the server is.
    _pool = {"min_size": 1, "max_size": env.int("GME_DB_POOL"), "timeout": 6, "reconnect_timeout": 5}
    _database["OPTIONS"]["pool"] = _pool
    _database["CONN_HEALTH_CHECKS"] = True
else:
    _database["CONN_MAX_AGE"] = 0
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

GME_REDIS_URL = env.str("GME_REDIS_URL", "redis://127.0.0.1:6379")
_socket = GME_REDIS_URL.startswith("unix://")
# GME_REDIS_URL is redis://host:port or unix:///path/to.sock, without a database number.
_broker = f"redis+socket://{GME_REDIS_URL.removeprefix('unix://')}?virtual_host=0" if _socket else f"{GME_REDIS_URL}/0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{GME_REDIS_URL}?db=2" if _socket else f"{GME_REDIS_URL}/2",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
CELERY_BROKER_URL = _broker
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publisher must never hang on a dead broker (R8): what has to happen is in the outbox and is found by the next beat.
# What a killed worker had taken comes back after the visibility time-out. Nothing waits for that: what beat sends expires sooner and is sent
# again, and every job finds in the database what is done already, so that a long one may safely be delivered twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "visibility_timeout": 120,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "outbox-deliver": {"task": "gme_portal.outbox.tasks.deliver_due", "schedule": 5.0, "options": {"expires": 5}},
    "audit-seal": {"task": "gme_portal.audit.tasks.seal_events", "schedule": 60.0, "options": {"expires": 60}},
    "deadlines": {"task": "admissions.tasks.follow_deadlines", "schedule": 10.0, "options": {"expires": 10}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "gme_portal.accounts.backends.IdentityBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "gme_portal.accounts.passwords.NotAboutMeValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"

# Lock-out by account and network. The account name is stored as a blind index: an ID number never stands in the attempts table.
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "gme_portal.accounts.lockout.client_ip"
AXES_USERNAME_CALLABLE = "gme_portal.accounts.lockout.blind_username"
AXES_LOCKOUT_CALLABLE = "gme_portal.accounts.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
OTP_TOTP_ISSUER = "GME Portal"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = GME_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "gme_portal.views.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("GME_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.FormParser"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "ERROR"}, "weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
