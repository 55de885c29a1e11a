"""Settings: an embedded register by default; production by environment variables.

SHUCE_HOME      where the register, the node, keys and files live (default: ./home)
SHUCE_DATABASE  a PostgreSQL URL; without it, SQLite in SHUCE_HOME
SHUCE_HOSTS     comma-separated host names that may be asked for
SHUCE_FONTS     a folder of fonts for documents, searched before our own
SHUCE_ADDRESS   where people reach the register, for links in messages: https://shuce.example.cn
SHUCE_MAIL      the mail server: smtp://user:password@host:587?tls=1, or smtps://…
SHUCE_MAIL_FROM the sender's address; without both, no e-mail is sent
SHUCE_WEBHOOK_HOSTS  comma-separated inner hosts (host or host:port) that webhooks may reach
SHUCE_HTTPS     1 where the register is served over HTTPS: secure cookies and HSTS
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF

HOME = Path(os.environ.get("SHUCE_HOME", "home")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
HERE = Path(__file__).resolve().parent


def _kept_secret(name: str) -> str:
    """Return the secret kept in HOME under `name`, made at first use and readable only by us."""
    file = HOME / "keys" / name
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text()


def _database(url: str | None) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "register.sqlite3",
            "OPTIONS": {
                # A command reads before it writes, so it must own the write lock from the start.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;",
            },
            # Tests use a file, as the product does: threads cannot share a database in memory.
            "TEST": {"NAME": HOME / "test-register.sqlite3"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


SECRET_KEY = _kept_secret("django")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SHUCE_HOSTS", "127.0.0.1,localhost,testserver").split(",")
DATABASES = {"default": _database(os.environ.get("SHUCE_DATABASE"))}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "shuce.web",
    "shuce.foundation.office",
    "shuce.foundation.organizations",
    "shuce.foundation.evidence",
    "shuce.foundation.numbering",
    "shuce.foundation.search",
    "shuce.foundation.attachments",
    "shuce.foundation.jobs",
    "shuce.foundation.exports",
    "shuce.foundation.notices",
    "shuce.foundation.approvals",
    "shuce.foundation.succession",
    *(
        f"shuce.{floor}.{room}"
        for floor, rooms in (
            (
                "lifecycle",
                "sources inventory register quality books upkeep directory lineage valuation rights"
                " cleanroom market revenue disposal",
            ),
            ("supervision", "watch oversight reporting"),
        )
        for room in rooms.split()
        if (HERE.parent / floor / room / "apps.py").exists()
    ),
    "django_htmx",
    "django_tables2",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "ninja",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shuce.foundation.office.middleware.refusals",
    "shuce.web.text.OnlyKeepableText",
    "shuce.foundation.organizations.requests.sign_requests",
    "shuce.foundation.evidence.middleware.only_commands_write",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "shuce.web.urls"
WSGI_APPLICATION = "shuce.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "shuce.web.context.desk",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False

AUTH_USER_MODEL = "organizations.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "shuce.web.accounts.ClosedDoor"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
SHUCE_ADDRESS = os.environ.get("SHUCE_ADDRESS", "").rstrip("/")
SHUCE_WEBHOOK_HOSTS = [h for h in os.environ.get("SHUCE_WEBHOOK_HOSTS", "").split(",") if h]
SHUCE_MAIL_FROM = ""
if mail_server := os.environ.get("SHUCE_MAIL"):
    SHUCE_MAIL_FROM = os.environ.get("SHUCE_MAIL_FROM", "")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    _mail = urlsplit(mail_server)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        unquote(_mail.username or ""),
        unquote(_mail.password or ""),
    )
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and "tls=1" in _mail.query
    EMAIL_TIMEOUT = 10

SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if os.environ.get("SHUCE_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # ECharts and Tabler set style attributes; they cannot load anything.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

SHUCE_FONTS = os.environ.get("SHUCE_FONTS")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024
DJANGO_TABLES2_TEMPLATE = "office/table.html"
NINJA_PAGINATION_PER_PAGE = 50
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": HOME / "shuce.log",
            "maxBytes": 10_000_000,
            "backupCount": 5,
            "formatter": "line",
            "delay": True,
        },
    },
    "root": {"handlers": ["file"], "level": "INFO"},
}
