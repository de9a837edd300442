"""Settings shared by every environment, read from top to bottom."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy

from passpro.settings.env import (
    celery_url,
    database_from_url,
    env_bool,
    env_int,
    env_list,
    env_str,
    origin_of,
)

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = env_str("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env_str("SITE_URL", "http://localhost:8000")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "passpro.kernel",
    "passpro.accounts",
    "venues",
    "offers",
    "bookings",
    "collective",
    "finance",
    "passpro.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "passpro.kernel.middleware.ContentSecurityPolicyMiddleware",
    "collective.frame.SchoolFrameMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "passpro.accounts.sessions.SessionLifeMiddleware",
    "passpro.accounts.guards.SecondFactorMiddleware",
    "passpro.accounts.guards.SeeingAsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "passpro.portal.audience.AudienceMiddleware",
    "passpro.kernel.middleware.FeatureMiddleware",
    "passpro.kernel.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "passpro.urls"
WSGI_APPLICATION = "passpro.wsgi.application"
FORM_RENDERER = "passpro.kernel.widgets.QuickRenderer"
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
                "passpro.portal.shell.context",
            ],
            "builtins": ["django.templatetags.static", "passpro.kernel.templatetags.ui"],
        },
    }
]

DATABASES = {"default": database_from_url(env_str("DATABASE_URL"))}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env_bool("DATABASE_PREPARES", True):
    # For passpro.kernel.db only; 0 when a pooler stands between that forgets prepared statements.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "passpro.kernel.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "passpro",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "passpro.accounts.backends.PersonBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "passpro.accounts.validators.MixedCharactersValidator"},
    {"NAME": "passpro.accounts.validators.NotTheAddressValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_AGE = 90 * 24 * 3600  # LOG-03: never longer, whatever is done with it
# Silence after which a session ends: agents (LOG-04), ordinary, « rester connecté » (LOG-03).
SESSION_IDLE_STAFF = timedelta(minutes=120)
SESSION_IDLE = timedelta(hours=12)
SESSION_IDLE_REMEMBERED = timedelta(days=30)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Lock-out after repeated failures, per account and address.
AXES_FAILURE_LIMIT = 11  # LOG-02: ten attempts a minute; the eleventh gets 429
# The name under which the sign-in page passes the address to authenticate().
AXES_USERNAME_FORM_FIELD = "username"
AXES_COOLOFF_TIME = timedelta(minutes=1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "passpro.accounts.lockout.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Agents type a code of their telephone after the password; enrolled ones always do.
STAFF_SECOND_FACTOR_REQUIRED = env_bool("STAFF_SECOND_FACTOR_REQUIRED")
OTP_TOTP_ISSUER = "PassPro"
# An agent sees the portal as a professional, read-only, for this long.
SEEING_AS_MINUTES = 30

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "passpro" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = env_str("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "passpro.kernel.vendor.VendorFinder",
]
# Browser code of others: vendor/<name> → file of the npm package (package-lock.json).
NODE_MODULES = BASE_DIR / "node_modules"
BROWSER_PACKAGES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "montserrat-500.woff2": "@fontsource/montserrat/files/montserrat-latin-500-normal.woff2",
    "montserrat-600.woff2": "@fontsource/montserrat/files/montserrat-latin-600-normal.woff2",
    "montserrat-700.woff2": "@fontsource/montserrat/files/montserrat-latin-700-normal.woff2",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.js.map": "leaflet/dist/leaflet.js.map",
    # Named by its style sheet.
    "images/layers.png": "leaflet/dist/images/layers.png",
    "images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "qr/decode.js": "qr/decode.js",
    "qr/index.js": "qr/index.js",
}
MEDIA_URL = "/media/"

# Files go through django-storages: local by default, S3 protocol by setting.
_FILES_BACKEND: dict = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": env_str("MEDIA_ROOT", str(BASE_DIR / ".local" / "media"))},
}
if env_bool("USE_S3"):
    _FILES_BACKEND = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env_str("S3_BUCKET"),
            "endpoint_url": env_str("S3_ENDPOINT_URL"),
            "access_key": env_str("S3_ACCESS_KEY"),
            "secret_key": env_str("S3_SECRET_KEY"),
            "region_name": env_str("S3_REGION", "fr-par"),
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
STORAGES = {
    "default": _FILES_BACKEND,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
# Messages of busy paths leave together, at most this long after their commit.
OUTBOX_NUDGE_SECONDS = 1.0
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "PassPro <ne-pas-repondre@passpro.example>")
SUPPORT_EMAIL = env_str("SUPPORT_EMAIL", "support@passpro.example")
# Where offers reported by young people are announced (MSG-23).
FRAUD_EMAIL = env_str("FRAUD_EMAIL", "controle@passpro.example")

CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1700
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "passpro.kernel.api.errors.exception_handler",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "API des partenaires",
    "DESCRIPTION": "Offres, réservations et contremarques pour les logiciels des lieux culturels.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["passpro.partner_api.openapi.with_shapes"],
}

# Tiles behind the maps, for example https://tiles.example/{z}/{x}/{y}.png; without, a plain ground.
MAP_TILE_URL = env_str("MAP_TILE_URL", "")
MAP_ATTRIBUTION = env_str("MAP_ATTRIBUTION", "")

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    # Unfold's admin needs inline handlers; its pages get their own policy.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([origin_of(MAP_TILE_URL)] if MAP_TILE_URL else [])],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# The team's admin: queues first (passpro/portal/back_office.py), in the product's violet.
UNFOLD = {
    "SITE_TITLE": "Administration PassPro",
    "SITE_HEADER": "PassPro",
    "SITE_SUBHEADER": "Administration",
    "SITE_SYMBOL": "confirmation_number",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("css/admin.css")],
    "DASHBOARD_CALLBACK": "passpro.portal.back_office.dashboard",
    "ACCOUNT": {
        "navigation": [
            {"title": "Second facteur", "link": reverse_lazy("accounts:second_factor_setup")},
        ],
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "passpro.portal.back_office.navigation",
    },
    "COLORS": {
        "primary": {
            "50": "#f6f1ff",
            "100": "#f3edff",
            "200": "#dccbff",
            "300": "#c1a3ff",
            "400": "#9a6bf2",
            "500": "#7a43e8",
            "600": "#6123df",
            "700": "#4f15c4",
            "800": "#320096",
            "900": "#25026c",
            "950": "#16004a",
        },
    },
}

X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "passpro.portal.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # One line per step of every PDF is too much.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools")},
}

# First word of the keys of ticketing software (KEY-01); their hash key may outlive SECRET_KEY.
API_KEY_ENVIRONMENT = env_str("API_KEY_ENVIRONMENT", "production")
API_KEYS_HASH_KEY = env_str("API_KEYS_HASH_KEY", SECRET_KEY)
PARTNER_API_CALLS_PER_MINUTE = env_int("PARTNER_API_CALLS_PER_MINUTE", 200)  # API-30, a key

# Key of the Ed25519 signature of our calls to partners (API-252); it may outlive SECRET_KEY too.
PARTNER_SIGNING_SEED = env_str("PARTNER_SIGNING_SEED", SECRET_KEY)
# Ticketing of partners (bookings/ticketing.py): http (the real addresses) or sandbox (invented
# tickets, nothing leaves). API-271: longest wait for an answer, in seconds; API-276: what waits
# before tickets that no booking holds are given back.
TICKETING = env_str("TICKETING", "http")
TICKETING_TIMEOUT_SECONDS = 8.0
ORPHAN_TICKETS_WAIT = timedelta(seconds=60)

# A switch closed by the team acts everywhere within this delay (passpro/kernel/features.py).
FEATURES_CACHE_SECONDS = 2.0

# True lets the product's clock be moved (demo, integration environment); never in production.
SANDBOX_CLOCK = env_bool("SANDBOX_CLOCK")

# USR-11: sign-ups, and messages asked without an account, an hour from one IP address; which
# address that is, when reverse proxies of ours stand in front.
FORMS_PER_ADDRESS = env_int("FORMS_PER_ADDRESS", 30)
PROXIES_IN_FRONT = env_int("PROXIES_IN_FRONT", 0)

# Outside registers (passpro/registers): sandbox (bundled, offline), http (real) or off (typed).
ADDRESS_BASE = env_str("ADDRESS_BASE", "sandbox")
ADDRESS_BASE_URL = env_str("ADDRESS_BASE_URL", "https://api-adresse.data.gouv.fr")
# `host:port` that may be fetched from although they are private (an image library of one's own);
# everything else typed as a web address must be public (kernel/fetch.py).
FETCH_TRUSTED_HOSTS = env_list("FETCH_TRUSTED_HOSTS")

# Feeds of stocks of partners' software (passpro/registers/feeds.py), how often each is read.
STOCK_FEEDS = env_str("STOCK_FEEDS", "sandbox")
STOCK_FEED_EVERY = timedelta(hours=env_int("STOCK_FEED_EVERY_HOURS", 4))
OPENAGENDA = env_str("OPENAGENDA", "sandbox")
OPENAGENDA_URL = env_str("OPENAGENDA_URL", "https://openagenda.com")
COMPANY_REGISTER = env_str("COMPANY_REGISTER", "sandbox")
COMPANY_REGISTER_URL = env_str(
    "COMPANY_REGISTER_URL", "https://api.insee.fr/entreprises/sirene/V3.11"
)
COMPANY_REGISTER_TOKEN = env_str("COMPANY_REGISTER_TOKEN", "")

# OFF-10: integration environments of software houses do not wait for the team.
VALIDATE_STRUCTURES_AT_ONCE = env_bool("VALIDATE_STRUCTURES_AT_ONCE")

# INV-07; INV-06: by default an invited person waits for the team like everybody else.
INVITATION_VALIDITY = timedelta(days=30)
INVITED_PEOPLE_JOIN_AT_ONCE = env_bool("INVITED_PEOPLE_JOIN_AT_ONCE")
# SIR-08: a company that the register says ceased is closed by the nightly check.
CLOSE_CEASED_STRUCTURES = env_bool("CLOSE_CEASED_STRUCTURES", True)

# Delays and amounts that the sources disagree on: one setting each (docs/rules.md).
BENEFICIARY_CANCELLATION_AFTER_BOOKING = timedelta(hours=48)  # BKG-41
BENEFICIARY_CANCELLATION_BEFORE_EVENT = timedelta(hours=48)  # BKG-41
AUTO_VALIDATION_DELAY = timedelta(hours=72)  # seed 004
BOOK_EXPIRY_DELAY = timedelta(days=7)  # seed 003
GOODS_EXPIRY_DELAY = timedelta(days=30)  # BKG-70
BOOK_EXPIRY_REMINDER = timedelta(days=5)  # BKG-71, before the expiry
GOODS_EXPIRY_REMINDER = timedelta(days=7)  # BKG-71
EXPIRY_PUSH = timedelta(days=3)  # BKG-71, before the expiry
CODES_SHOWN = timedelta(days=30)  # BKG-92: then they are among what is over
# Days after its validation at which a structure without any offer is written to (MSG-18, MSG-19).
NO_OFFER_REMINDERS = (5, 10)
# Where mail must not reach people (an environment of tests): these are logged instead (MSG-33).
# "bookings/expired,bookings/expired_pro,bookings/expiring,bookings/tomorrow,bookings/in_seven_days"
EMAILS_ONLY_LOGGED = frozenset(env_list("EMAILS_ONLY_LOGGED"))
# Hours of the scheduled jobs, where they differ from passpro/jobs.py (Paris time, cron fields):
# JOB_CADENCES="expire_bookings=0 5 * * *; remind_venues=30 7 * * *".
JOB_CADENCES = env_str("JOB_CADENCES", "")
DEPOSIT_VERSIONS_SWITCH_AT = env_str("DEPOSIT_VERSIONS_SWITCH_AT", "")  # CRD-10, ISO day
EXPORTS_KEPT = timedelta(hours=24)  # personal data: files of bookings, from their asking
MAX_PRICE_CATEGORIES = 50
MAX_STOCKS_PER_OFFER = env_int("MAX_STOCKS_PER_OFFER", 2500)  # STK-20
SERIES_AT_ONCE = 1000  # dates written while the person waits; beyond, by a worker with progress
MAX_PRICE_CENTS = 30_000
# collective.md §4.4; seed 001 said 15 days.
HEAD_CANCELLATION_BEFORE_EVENT = timedelta(days=env_int("HEAD_CANCELLATION_DAYS", 30))
# §4.2: a third of a ministry's year at most for events of September to December.
SCHOOL_MINISTRY_CEILING = env_bool("SCHOOL_MINISTRY_CEILING", False)

# Teachers and heads of school enter by an address that ADAGE signs (RS256, PEM public key).
# The sandbox signs addresses itself, for integration environments and demonstrations only.
ADAGE_PUBLIC_KEY = env_str("ADAGE_PUBLIC_KEY", "")
ADAGE_AUDIENCE = env_str("ADAGE_AUDIENCE", "passpro")
# Origins (https://adage.example) in whose frame the schools' pages may be shown; none by default.
ADAGE_FRAME_ORIGINS = env_list("ADAGE_FRAME_ORIGINS")
ADAGE_SANDBOX = env_bool("ADAGE_SANDBOX", SANDBOX_CLOCK)
# The key with which ADAGE calls us (/adage/v1); without one, every call is refused.
ADAGE_API_KEY = env_str("ADAGE_API_KEY", "")
# Our calls to ADAGE (collective/adage_client.py): http, sandbox (this installation plays ADAGE) or
# off (no notice is written); the base address and the key it gave us.
ADAGE_URL = env_str("ADAGE_URL", "")
ADAGE_KEY = env_str("ADAGE_KEY", "")
_ADAGE_DEFAULT = "http" if ADAGE_URL else "sandbox" if ADAGE_SANDBOX else "off"
ADAGE_BACKEND = env_str("ADAGE_BACKEND", _ADAGE_DEFAULT)

# IBANs are stored encrypted: the first key writes, all of them read (`rotate_iban_keys` rewrites).
# They, and the key of the fingerprints that find an IBAN again, outlive SECRET_KEY in production.
IBAN_KEYS = env_list("IBAN_KEYS") or [SECRET_KEY]
IBAN_FINGERPRINT_KEY = env_str("IBAN_FINGERPRINT_KEY", SECRET_KEY)

# Paying company (finance.md §11.4): without these, no transfer file.
PAYER_NAME = env_str("PAYER_NAME", "PassPro")
PAYER_IBAN = env_str("PAYER_IBAN", "")
PAYER_BIC = env_str("PAYER_BIC", "")
PAYER_ID = env_str("PAYER_ID", "")
PAYER_LEGAL_LINE = env_str("PAYER_LEGAL_LINE", "PassPro")
TRANSFER_EXECUTION_DELAY_DAYS = 7
# A second person must accept a batch above this amount.
BATCH_SECOND_PERSON_ABOVE_CENTS = env_int("BATCH_SECOND_PERSON_ABOVE_CENTS", 100_000_00)
# Right after a batch, its justificatifs are made without waiting for a person (§21-7).
FINANCE_AUTOMATIC_INVOICES = env_bool("FINANCE_AUTOMATIC_INVOICES")
# Pricing points (venue ids) whose pricings already in a batch are kept when a late use arrives.
FINANCE_KEEP_FROZEN_POINTS = [int(pk) for pk in env_list("FINANCE_KEEP_FROZEN_POINTS")]
# §11.4: beyond what the bank takes in one message, a batch leaves as several.
TRANSFER_FILE_MOST_PAYMENTS = env_int("TRANSFER_FILE_MOST_PAYMENTS", 10_000)
TRANSFER_FILE_MOST_BYTES = env_int("TRANSFER_FILE_MOST_BYTES", 20_000_000)
TRANSFER_CATEGORY_PURPOSE = env_str("TRANSFER_CATEGORY_PURPOSE", "GOVT")  # §11.4
