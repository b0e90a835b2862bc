"""Settings of the site, read once from the environment. Reference: docs/reference/settings.md.

`JUNHENG_MODE` decides how much has to be given: `production` (the default) demands every secret and
starts nowhere without them, `demo` makes its own and answers this machine only, `test` is for the
test-suite. A secret may also come from a file named by the variable with `_FILE` at its end.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from junheng.i18n import LOCALE_DIR, say
from junheng.web import logs
from junheng.web.environment import Environment, SettingError

# Lets model fields name their types, as in TextField[str, str].
django_stubs_ext.monkeypatch()

WEB_DIR = Path(__file__).resolve().parent
CHECKOUT_DIR = WEB_DIR.parents[2]


env = Environment()
ENVIRONMENT = env.known

# --- mode, places, secrets ------------------------------------------------------------------------

MODE = env.choice("JUNHENG_MODE", ("production", "demo", "test"), "production")
IS_DEMO = MODE == "demo"
DEBUG = env.flag("JUNHENG_DEBUG", default=False)
if DEBUG and MODE == "production":
    raise SettingError(say("JUNHENG_DEBUG shows secrets to readers; it needs JUNHENG_MODE=demo."))

_is_checkout = (CHECKOUT_DIR / "pyproject.toml").is_file()
VAR_DIR = Path(
    env.text("JUNHENG_VAR", str((CHECKOUT_DIR if _is_checkout else Path.cwd()) / "var"))
).resolve()
# A demonstration of another district has a folder of its own.
_district = env.text("JUNHENG_DEMO_DISTRICT", "")
DATA_DIR = VAR_DIR / (f"demo-{_district}" if IS_DEMO and _district else MODE)


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
SECRET_KEY = env.text("JUNHENG_SECRET_KEY", _defaults.get("secret_key"))
SECRET_KEY_FALLBACKS = env.items("JUNHENG_SECRET_KEY_FALLBACKS", "")
FIELD_KEYS = env.key_ring("JUNHENG_FIELD_KEYS", _defaults.get("field_keys"))
INDEX_KEY = next(iter(env.key_ring("JUNHENG_INDEX_KEY", _defaults.get("index_key")).values()))

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = (
    env.items("JUNHENG_ALLOWED_HOSTS")
    if MODE == "production"
    else [*LOOPBACK, *(["testserver"] if MODE == "test" else [])]
)
_foreign_hosts = set(env.items("JUNHENG_ALLOWED_HOSTS", "")) - set(LOOPBACK)
if IS_DEMO and _foreign_hosts:
    raise SettingError(
        say(
            "The demo lets anyone in without a password and starts under no name but this "
            "machine's: take {hosts} out of JUNHENG_ALLOWED_HOSTS.",
            hosts=", ".join(sorted(_foreign_hosts)),
        )
    )
CSRF_TRUSTED_ORIGINS = env.items("JUNHENG_TRUSTED_ORIGINS", "")

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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "junheng.apps.audit",
    "junheng.apps.registry",
    "junheng.apps.groups",
    "junheng.apps.jobs",
    "junheng.apps.operation",
    "junheng.apps.it",
    "junheng.apps.balance",
    "junheng.apps.privacy",
    "junheng.apps.catalogue",
    "junheng.apps.intake",
    "junheng.apps.hub",
    "junheng.apps.reports",
    "junheng.apps.evidence",
    "junheng.apps.selfassessment",
    "junheng.apps.survey",
    "junheng.apps.centres",
    "junheng.apps.workspace",
    "junheng.web",
]

MIDDLEWARE = [
    "junheng.apps.operation.requests.counted",
    "junheng.apps.audit.requests.origin_known",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "junheng.web.middleware.demo_answers_this_machine_only",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "junheng.web.middleware.chosen_language",
    "junheng.apps.hub.middleware.answers_as_api",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "junheng.apps.accounts.gatekeeping.session_limits",
    "junheng.apps.hub.middleware.token_known",
    # Fail closed: a view answers strangers only where it says login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "junheng.apps.hub.middleware.requests_counted",
    "junheng.apps.foundation.row_security.one_transaction",
    "junheng.apps.accounts.middleware.reader_and_scope",
    "junheng.apps.accounts.gatekeeping.DueFirst",
    "junheng.web.middleware.ErrorPages",
    "junheng.apps.hub.middleware.Problems",
    "junheng.apps.audit.visits.Visits",
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
    "default": env.database(
        "JUNHENG_DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'junheng.sqlite3'}",
        is_durable=MODE == "production",
    )
}
# PostgreSQL's own wall behind the scopes of the site: docs/how-to/row-security.md.
ROW_SECURITY = env.flag("JUNHENG_ROW_SECURITY", default=False)
MEDIA_ROOT = Path(env.text("JUNHENG_FILES", str(DATA_DIR / "files")))
# Where `junheng backup` puts its folders, for the page that tells of the last one.
BACKUPS_DIR = Path(env.text("JUNHENG_BACKUPS", str(DATA_DIR / "backups")))
# Where the fonts of printed papers lie: Noto Serif CJK and Noto Sans CJK.
FONT_FOLDERS = [Path(one) for one in env.items("JUNHENG_FONTS", "/usr/share/fonts/opentype/noto")]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_LIMIT_MB = env.number("JUNHENG_UPLOAD_LIMIT_MB", 50, at_least=1)

# Counters of tries to sign in: in the database, so that every process counts the same.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_shared_counter",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Parts of pages: each process keeps its own.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

TASKS = {"default": {"BACKEND": "junheng.apps.jobs.backend.LeaseBackend", "QUEUES": ["default"]}}
JOB_LEASE_S = env.number("JUNHENG_JOB_LEASE_S", 30, at_least=2)
JOB_ATTEMPTS = env.number("JUNHENG_JOB_ATTEMPTS", 3, at_least=1)
JOB_KEEP_DAYS = env.number("JUNHENG_JOB_KEEP_DAYS", 30, at_least=1)

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_ENGINE = "junheng.apps.accounts.sessions"
ACCOUNT_ADAPTER = "junheng.apps.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Failed tries: by address, and by the account that was named (whether it exists or not).
# A school stands behind one address, and tries still under way count until they succeed.
TRIES_PER_ADDRESS = env.number("JUNHENG_TRIES_PER_ADDRESS", 60, at_least=5)
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"{TRIES_PER_ADDRESS}/5m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# One click opens the demo, which is for this machine only; tests that ask for a factor say so.
SECOND_FACTOR_ASKED = MODE == "production"
MFA_ADAPTER = "junheng.apps.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "junheng.apps.accounts.factor_forms.CodeForm",
    "reauthenticate": "junheng.apps.accounts.factor_forms.CodeAgainForm",
    "authenticate_webauthn": "junheng.apps.accounts.factor_forms.PasskeyForm",
    "login_webauthn": "junheng.apps.accounts.factor_forms.PasskeySignInForm",
    "reauthenticate_webauthn": "junheng.apps.accounts.factor_forms.PasskeyAgainForm",
    "add_webauthn": "junheng.apps.accounts.factor_forms.PasskeyAddForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "均衡"
# A scan in the bureau's messenger, through its OpenID Connect service: off unless it is named.
SCAN_SERVER = env.text("JUNHENG_SCAN_SERVER", "")
SCAN_NAME = env.text("JUNHENG_SCAN_NAME", "企业微信")
if SCAN_SERVER:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_ADAPTER = "junheng.apps.accounts.scan.ScanAdapter"
    SOCIALACCOUNT_STORE_TOKENS = False
    SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "scan",
                    "name": SCAN_NAME,
                    "client_id": env.text("JUNHENG_SCAN_CLIENT"),
                    "secret": env.text("JUNHENG_SCAN_SECRET"),
                    "settings": {"server_url": SCAN_SERVER},
                }
            ],
        }
    }
# Clocks of phones are some seconds off, and people type slowly: one code before, one after.
MFA_TOTP_TOLERANCE = 1
PASSWORD_HASHERS = [
    "junheng.apps.accounts.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    # Argon2 takes its time on purpose.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": "junheng.apps.accounts.passwords.StrengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_HOURS = env.number("JUNHENG_SESSION_HOURS", 8, at_least=1)
IDLE_MINUTES = env.number("JUNHENG_IDLE_MINUTES", 30 if MODE == "production" else 480, at_least=1)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
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
BUREAU_TERM = env.text("JUNHENG_BUREAU_TERM", "教育局")

# --- static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
DIST_DIR = WEB_DIR / "static" / "dist"
# The build gives every file a name with its hash, so files are served where they lie.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/dist/assets/.+[-.][\w-]{8}\.\w+$"
VITE_DEV = env.flag("JUNHENG_VITE_DEV", default=False)
VITE_DEV_PORT = env.number("JUNHENG_VITE_PORT", 5173, at_least=1)
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


def _origins(url: str) -> list[str]:
    """Return the origin of an address as a list; none for no address."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


_vite = [f"http://127.0.0.1:{VITE_DEV_PORT}", f"ws://127.0.0.1:{VITE_DEV_PORT}"] if VITE_DEV else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF, *_vite],
        "img-src": [SELF, "data:", "blob:", *_vite],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Browsers hold a form to this after a redirect, too.
        "form-action": [SELF, *_origins(SCAN_SERVER)],
        "frame-ancestors": [NONE],
    }
}
# Cookies and addresses are bound to TLS everywhere but on the machine itself.
IS_TLS = MODE == "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_TLS
# Asked by machines beside the site, in the clear; none shows anything of people.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.flag("JUNHENG_BEHIND_PROXY", default=False):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- personal data --------------------------------------------------------------------------------

UNMASK_PER_DAY = env.number("JUNHENG_UNMASK_PER_DAY", 50)
EXPORT_ROWS_ALONE = env.number("JUNHENG_EXPORT_ROWS_ALONE", 100)
API_PER_MINUTE = env.number("JUNHENG_API_PER_MINUTE", 300, at_least=1)

# --- processes ------------------------------------------------------------------------------------

# Python computes on one core a process; more than four are for those who know their machine.
SERVER_PROCESSES = env.number(
    "JUNHENG_PROCESSES", 1 if MODE == "test" else min(os.cpu_count() or 1, 4), at_least=1
)

# --- watching over the site -----------------------------------------------------------------------

METRICS_FROM = env.networks("JUNHENG_METRICS_FROM", "127.0.0.1,::1")
DISK_FREE_MB = env.number("JUNHENG_DISK_FREE_MB", 1024)
AUDIT_HEAD_FILE = Path(env.text("JUNHENG_AUDIT_HEADS", str(DATA_DIR / "audit-heads.jsonl")))

# --- logs -----------------------------------------------------------------------------------------

# Whoever tries the demo reads the console; a site's log is kept, and the head of the chain with it.
LOGGING = logs.configure("INFO" if MODE == "production" else "WARNING")
