"""The only settings file. What differs between installations comes from the environment, and what
cannot be used is refused by `portal.environment` before the first request."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from editing.editor import EDITOR
from portal import environment
from portal.environment import BASE_DIR, env

# Where this installation lives

VAR_DIR = environment.read_path("VAR_DIR", default=BASE_DIR / "var")
HOST = env.str("HOST", default="") or "127.0.0.1"
PORT = environment.read_int("PORT", default=8000, lowest=1, highest=65535)
ALLOW_HTTP = environment.read_bool("ALLOW_HTTP", default=False)
SITE_URL = environment.read_site_url(port=PORT, allow_http=ALLOW_HTTP)
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
ALLOWED_HOSTS = environment.read_allowed_hosts(SITE_URL)
TRUSTED_PROXIES = environment.read_trusted_proxies()
WEB_CONCURRENCY = environment.read_int("WEB_CONCURRENCY", default=2, lowest=1, highest=64)
SECRET_KEY = environment.read_secret_key(VAR_DIR)
# Former ones: what they have signed and sealed is still read.
SECRET_KEY_FALLBACKS = environment.read_list("SECRET_KEY_FALLBACKS")

# Applications

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it extends
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "portal.apps.PortalStaticFilesConfig",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "ckeditor",
    "simple_history",
    "editing",
    "news",
    "contacts",
    "stats",
    "portal",
]

# Outermost first. The visit counter stands outside everything that could still change the status.
MIDDLEWARE = [
    "portal.middleware.HeadWithoutBodyMiddleware",
    "portal.middleware.OwnOriginMiddleware",
    "portal.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stats.middleware.VisitCounterMiddleware",
    "portal.middleware.DatabaseGoneMiddleware",
    "portal.middleware.CleanAddressMiddleware",
    "portal.middleware.LanguageFromAddressMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Keeps the request at hand for what allauth does; it reads neither session nor database.
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.StaffLanguageMiddleware",
    "portal.maintenance.MaintenanceMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "portal.middleware.RedirectMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    # What readers see (`portal.templating`).
    {
        "BACKEND": "portal.templating.Pages",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "portal.templating.environment",
            "context_processors": ["portal.context_processors.site"],
        },
    },
    # What extends the admin's templates, mails, and files for programs.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates/django"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "portal.test_runner.PytestRunner"

# Data

DATABASES = {"default": environment.read_database(VAR_DIR)}

CACHES = {"default": environment.read_cache(VAR_DIR)}

# Whether public pages are kept as ready bytes (`portal.page_cache`).
PAGE_CACHE = environment.read_bool("PAGE_CACHE", default=True)
# Where the processes of this host tell each other which of them are good.
MARKS_DIR = environment.make_folder(environment.read_path("MARKS_DIR", default=VAR_DIR / "pages"))

MEDIA_ROOT = environment.read_path("MEDIA_ROOT", default=VAR_DIR / "media")
MEDIA_URL = "/media/"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "editing.uploads.BoundedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# The virus scanner that is asked about every file that is attached.
CLAMD = environment.read_clamd()

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.joined.Joined",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Language and time

LANGUAGE_CODE = "vi"
# One more language is one more pair here, and what docs/languages.md says.
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # grouping is asked for where a figure is shown, never in an address

MODELTRANSLATION_DEFAULT_LANGUAGE = "vi"
# A name that is missing in a third language is given in English before it is in Vietnamese.
MODELTRANSLATION_FALLBACK_LANGUAGES = {
    "default": ("vi",),
    **{code: ("en", "vi") for code, _name in LANGUAGES if code not in ("vi", "en")},
}

# Security

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-report",
        **({"upgrade-insecure-requests": True} if IS_HTTPS else {}),
    },
}

PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "display-capture",
        "camera",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
}

AUTH_USER_MODEL = "editing.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.access.validators.LocalPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "admin:index"

# Second factor and sessions: allauth, of whose addresses `portal.access.urls` opens only these.

REQUIRE_TWO_FACTOR = environment.read_require_two_factor(SITE_URL)
ACCOUNT_ADAPTER = "portal.access.adapters.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # asked by its checks; nobody signs up
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # they lock an account for everybody: `portal.signing_in` does better
ACCOUNT_FORMS = {"reauthenticate": "portal.access.forms.PasswordAgainForm"}
MFA_ADAPTER = "portal.access.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # clocks of telephones go half a minute wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
MFA_FORMS = {
    "authenticate": "portal.access.forms.CodeForm",
    "authenticate_webauthn": "portal.access.forms.PasskeyForm",
    "reauthenticate": "portal.access.forms.CodeAgainForm",
    "reauthenticate_webauthn": "portal.access.forms.PasskeyAgainForm",
    "activate_totp": "portal.access.forms.FirstCodeForm",
    "add_webauthn": "portal.access.forms.NewPasskeyForm",
}
# A browser that needs no second factor for thirty days.
TRUSTED_COOKIE_NAME = f"{_COOKIE_PREFIX}trusted"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"

# The editor is used as a widget only, and what it sends is cleaned by `editing.richtext`.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

CKEDITOR_CONFIGS = {"default": EDITOR}

# Mail

vars().update(environment.read_email())
HAS_MAIL_SERVER = bool(env.str("EMAIL_URL", default=""))
EMAIL_TIMEOUT = 10  # seconds
# Who is told of errors in the code, besides the log.
ADMINS = [("", address) for address in environment.read_list("ERROR_MAIL")]
# The server, run by the agency, that is told of them too.
ERROR_DSN = environment.read_error_dsn()

# Backups

BACKUP_TO = environment.read_backup_to(VAR_DIR)
BACKUP_KEY = environment.read_backup_keys()
BACKUP_NIGHTLY = environment.read_bool("BACKUP_NIGHTLY", default=True)

# Counting visits

STATS_SPOOL_DIR = VAR_DIR / "spool"
# Whether a script in the page counts, because a cache in front of the portal answers pages.
STATS_BEACON = environment.read_bool("STATS_BEACON", default=False)
STATS_IPV6_PREFIX = environment.read_int("STATS_IPV6_PREFIX", default=64, lowest=1, highest=128)
STATS_CLOCK_HEADER = environment.read_clock_header(SITE_URL)

# Log to standard error, where the service manager collects it; readers' addresses are not in it.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "portal.logs.LineFormatter"},
        "json": {"()": "portal.logs.JSONFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": environment.read_choice("LOG_FORMAT", ["line", "json"]),
        },
        "mail": {"class": "portal.logs.ErrorMail"},
        **(
            {"report": {"class": "portal.error_reports.ErrorReport", "dsn": ERROR_DSN}}
            if ERROR_DSN
            else {}
        ),
    },
    "root": {
        "handlers": ["console", *(["mail"] if ADMINS else []), *(["report"] if ERROR_DSN else [])],
        "level": "WARNING",
    },
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
