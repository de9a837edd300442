"""Settings of `make demo` and of a developer's machine."""

import os

os.environ.setdefault(
    "SECRET_KEY", "development-only-key-never-used-in-production-0123456789abcdef"
)
os.environ.setdefault("API_KEY_ENVIRONMENT", "demo")
os.environ.setdefault("PAYER_NAME", "PassPro (démonstration)")
os.environ.setdefault("PAYER_IBAN", "FR7630006000011234567890189")
os.environ.setdefault("PAYER_BIC", "AGRIFRPP")
os.environ.setdefault("PAYER_ID", "FR00ZZZ123456")

from passpro.embedded import default_to

default_to("demo")

from passpro.settings.base import *  # noqa: F403
from passpro.settings.base import STORAGES
from passpro.settings.env import env_bool, env_str

DEBUG = env_bool("DEBUG", True)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
COMPONENT_GALLERY = True
WHITENOISE_USE_FINDERS = True  # static files are served from where they are written
SANDBOX_CLOCK = True
ADAGE_SANDBOX = True
TICKETING = env_str("TICKETING", "sandbox")
ADAGE_BACKEND = env_str("ADAGE_BACKEND", "sandbox")
ADAGE_API_KEY = env_str("ADAGE_API_KEY", "demo-adage-key")
FINANCE_AUTOMATIC_INVOICES = env_bool("FINANCE_AUTOMATIC_INVOICES", True)
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Messages are read in the admin ("Messages sortants"); EMAIL_HOST sends them for real.
if not os.environ.get("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
