"""Settings of the site, read once from the environment. Reference: docs/reference/settings.md.

`JUNHENG_MODE` decides how much has to be given: `production` (the default) demands every secret and
starts nowhere without them, `demo` makes its own and answers this machine only, `test` is for the
test-suite. A secret may also come from a file named by the variable with `_FILE` at its end.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from junheng.errors import JunhengError
from junheng.i18n import LOCALE_DIR, Message, say
from junheng.web import logs

# Lets model fields name their types, as in TextField[str, str].
django_stubs_ext.monkeypatch()

WEB_DIR = Path(__file__).resolve().parent
CHECKOUT_DIR = WEB_DIR.parents[2]


class SettingError(JunhengError, ImproperlyConfigured):
    """A variable of the environment is missing or wrong; the message names it and the way out."""


# --- reading the environment ----------------------------------------------------------------------


def env_text(name: str, default: str | None = None) -> str:
    """Return a variable, the content of the file named by `<name>_FILE`, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path and name not in os.environ:
        return _read_secret(f"{name}_FILE", Path(path))
    value = os.environ.get(name, default)
    if value is None:
        raise SettingError(say("{name} is not set; see docs/reference/settings.md.", name=name))
    return value


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """Return a variable that must be one of `choices`."""
    value = env_text(name, default)
    if value not in choices:
        raise _wrong(name, value, say("one of {choices}", choices=", ".join(choices)))
    return value


def env_bool(name: str, default: bool) -> bool:
    """Return a variable that says yes (1, true, yes, on) or no (0, false, no, off)."""
    value = env_text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise _wrong(name, value, say("yes or no (1 or 0)"))


def env_int(name: str, default: int, *, at_least: int = 0) -> int:
    """Return a variable that is a whole number not below `at_least`."""
    value = env_text(name, str(default))
    if not value.isdecimal() or int(value) < at_least:
        raise _wrong(name, value, say("a whole number of at least {least}", least=at_least))
    return int(value)


def env_list(name: str, default: str | None = None) -> list[str]:
    """Return a variable that lists values parted by commas."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_key_ring(name: str, default: str | None = None) -> dict[str, bytes]:
    """Return keys written as `id:base64,id:base64`; each has 32 bytes, the first one is in use."""
    ring = dict(_parse_key(name, entry) for entry in env_list(name, default))
    if not ring:
        raise SettingError(say("{name} holds no key; see docs/reference/settings.md.", name=name))
    return ring


def env_database(name: str, default: str) -> dict[str, Any]:
    """Return Django's form of `sqlite:///path` or `postgresql://user@host[,host]/name?option=value`."""
    url = urlsplit(env_text(name, default))
    if url.scheme == "sqlite":
        return _sqlite(Path(unquote(url.path.removeprefix("/"))))
    if url.scheme in {"postgresql", "postgres"}:
        return _postgresql(name, url.netloc, unquote(url.path.removeprefix("/")), url.query)
    raise SettingError(
        say(
            "{name} begins with “{found}”; expected sqlite:///path or postgresql://...",
            name=name,
            found=url.scheme,
        )
    )


def _wrong(name: str, value: str, expected: Message) -> SettingError:
    message = say(
        "{name} is “{value}”; expected {expected}.", name=name, value=value, expected=expected
    )
    return SettingError(message)


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = error.strerror or ""
        message = say(
            "{name} names {path}, which cannot be read: {reason}.",
            name=name,
            path=path,
            reason=reason,
        )
        raise SettingError(message) from error


def _parse_key(name: str, entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not key_id.isalnum() or len(key) != 32:
        # The entry itself is a secret and stays out of the message.
        expected = say("{name} must hold keys as id:base64 of 32 bytes each.", name=name)
        raise SettingError(expected)
    return key_id, key


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # FULL: an acknowledged write survives a power cut. The walls of the journal are triggers, which
    # INSERT OR REPLACE would pass by without recursive_triggers.
    pragmas = (
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={'FULL' if MODE == 'production' else 'OFF'}",
        "PRAGMA foreign_keys=ON",
        "PRAGMA recursive_triggers=ON",
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "; ".join(pragmas),
        },
        # A file also for tests: workers and threads then see one database, as on a real site.
        "TEST": {"NAME": path.with_name(f"test_{path.name}")},
    }


def _postgresql(name: str, netloc: str, database: str, query: str) -> dict[str, Any]:
    credentials, _, hosts = netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    places = [
        place.rpartition(":") if ":" in place else (place, "", "") for place in hosts.split(",")
    ]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(user),
        "PASSWORD": unquote(password) or env_text("JUNHENG_DATABASE_PASSWORD", ""),
        "HOST": ",".join(unquote(host) for host, _, _ in places),
        "PORT": ",".join(port for _, _, port in places).strip(","),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(query)),
    }


# --- mode, places, secrets ------------------------------------------------------------------------

MODE = env_choice("JUNHENG_MODE", ("production", "demo", "test"), "production")
IS_DEMO = MODE == "demo"
DEBUG = env_bool("JUNHENG_DEBUG", default=False)
if DEBUG and MODE == "production":
    raise SettingError(say("JUNHENG_DEBUG shows secrets to readers; it needs JUNHENG_MODE=demo."))

_is_checkout = (CHECKOUT_DIR / "pyproject.toml").is_file()
VAR_DIR = Path(
    env_text("JUNHENG_VAR", str((CHECKOUT_DIR if _is_checkout else Path.cwd()) / "var"))
).resolve()
DATA_DIR = VAR_DIR / MODE


def _demo_secrets() -> dict[str, str]:
    """Return the demo's secrets, made once and kept beside its database."""
    path = DATA_DIR / "secrets.json"
    if path.is_file():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    made = {
        "secret_key": secrets.token_urlsafe(50),
        "field_keys": "demo:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "index_key": "demo:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(made), encoding="utf-8")
    return made


def _test_secrets() -> dict[str, str]:
    # Fixed, worthless, and only ever used for databases that are thrown away.
    key = base64.b64encode(bytes(range(32))).decode()
    return {"secret_key": "test" * 16, "field_keys": f"test:{key}", "index_key": f"test:{key}"}


def _default_secrets() -> dict[str, str]:
    """Return what stands in for secrets that are not given: nothing at all in production."""
    if MODE == "production":
        return {}
    return _demo_secrets() if IS_DEMO else _test_secrets()


_defaults = _default_secrets()
SECRET_KEY = env_text("JUNHENG_SECRET_KEY", _defaults.get("secret_key"))
SECRET_KEY_FALLBACKS = env_list("JUNHENG_SECRET_KEY_FALLBACKS", "")
FIELD_KEYS = env_key_ring("JUNHENG_FIELD_KEYS", _defaults.get("field_keys"))
INDEX_KEY = next(iter(env_key_ring("JUNHENG_INDEX_KEY", _defaults.get("index_key")).values()))

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = (
    env_list("JUNHENG_ALLOWED_HOSTS")
    if MODE == "production"
    else [*LOOPBACK, *(["testserver"] if MODE == "test" else [])]
)
CSRF_TRUSTED_ORIGINS = env_list("JUNHENG_TRUSTED_ORIGINS", "")

# --- the application ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_tasks",
    "django_vite",
    "junheng.apps.foundation",
    "junheng.apps.accounts",
    "junheng.apps.registry",
    "junheng.apps.jobs",
    "junheng.apps.balance",
    "junheng.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "junheng.web.middleware.demo_answers_this_machine_only",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "junheng.web.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Fail closed: a view answers strangers only where it says login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "junheng.apps.accounts.middleware.reader_and_scope",
    "junheng.web.middleware.ErrorPages",
]

ROOT_URLCONF = "junheng.web.urls"
ASGI_APPLICATION = "junheng.web.asgi.application"
WSGI_APPLICATION = "junheng.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_loaders: list[Any] = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB_DIR / "templates"],
        "OPTIONS": {
            "loaders": _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "junheng.web.context.site_context",
                "junheng.web.navigation.frame_context",
            ],
        },
    },
]

# --- stores ---------------------------------------------------------------------------------------

DATABASES = {
    "default": env_database("JUNHENG_DATABASE_URL", f"sqlite:///{DATA_DIR / 'junheng.sqlite3'}")
}
MEDIA_ROOT = Path(env_text("JUNHENG_FILES", str(DATA_DIR / "files")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_LIMIT_MB = env_int("JUNHENG_UPLOAD_LIMIT_MB", 50, at_least=1)

TASKS = {"default": {"BACKEND": "junheng.apps.jobs.backend.LeaseBackend", "QUEUES": ["default"]}}
JOB_LEASE_S = env_int("JUNHENG_JOB_LEASE_S", 30, at_least=2)
JOB_ATTEMPTS = env_int("JUNHENG_JOB_ATTEMPTS", 3, at_least=1)
JOB_KEEP_DAYS = env_int("JUNHENG_JOB_KEEP_DAYS", 30, at_least=1)

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    # Argon2 takes a tenth of a second a password on purpose.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = env_int("JUNHENG_SESSION_HOURS", 8, at_least=1) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [LOCALE_DIR]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
BUREAU_TERM = env_text("JUNHENG_BUREAU_TERM", "教育局")

# --- static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
DIST_DIR = WEB_DIR / "static" / "dist"
# The build gives every file a name with its hash, so files are served where they lie.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/dist/assets/.+[-.][\w-]{8}\.\w+$"
VITE_DEV = env_bool("JUNHENG_VITE_DEV", default=False)
VITE_DEV_PORT = env_int("JUNHENG_VITE_PORT", 5173, at_least=1)
DJANGO_VITE = {
    "default": {
        "dev_mode": VITE_DEV,
        "dev_server_host": "127.0.0.1",
        "dev_server_port": VITE_DEV_PORT,
        "static_url_prefix": "dist",
        "manifest_path": DIST_DIR / "manifest.json",
    }
}

# --- what browsers may do -------------------------------------------------------------------------

_vite = [f"http://127.0.0.1:{VITE_DEV_PORT}", f"ws://127.0.0.1:{VITE_DEV_PORT}"] if VITE_DEV else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF, *_vite],
        "img-src": [SELF, "data:", "blob:", *_vite],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Cookies and addresses are bound to TLS everywhere but on the machine itself.
IS_TLS = MODE == "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env_bool("JUNHENG_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs -----------------------------------------------------------------------------------------

LOGGING = logs.configure("WARNING" if MODE == "test" else "INFO")
