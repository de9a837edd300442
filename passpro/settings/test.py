"""Settings of the test suite: quick hashing, strict templates, nothing leaves the process."""

import os

os.environ.setdefault(
    "SECRET_KEY", "tests-only-key-that-is-long-enough-for-every-signing-check-0123456789"
)

from passpro.embedded import default_to

default_to("test")

from passpro.settings.base import *  # noqa: F403
from passpro.settings.base import MIDDLEWARE, STORAGES

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
API_KEY_ENVIRONMENT = "test"
PARTNER_API_CALLS_PER_MINUTE = 1_000_000
OUTBOX_NUDGE_SECONDS = 0.0
FEATURES_CACHE_SECONDS = 0.0
AXES_ENABLED = False
FORMS_PER_ADDRESS = 1_000_000
COMPONENT_GALLERY = True
ADAGE_SANDBOX = True
ADAGE_BACKEND = "sandbox"
ADAGE_API_KEY = "the-key-that-adage-holds"
SANDBOX_CLOCK = False
PAYER_NAME = "Société de test"
PAYER_IBAN = "FR7630006000011234567890189"
PAYER_BIC = "AGRIFRPP"
PAYER_ID = "FR00ZZZ123456"
