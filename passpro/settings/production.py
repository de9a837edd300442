"""Production settings: everything comes from the environment, nothing has a default secret."""

from passpro.settings.base import *  # noqa: F403
from passpro.settings.env import env_bool, env_int, env_list, env_str

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or [env_str("ALLOWED_HOSTS")]
SITE_URL = env_str("SITE_URL")
EMAIL_HOST = env_str("EMAIL_HOST")
PAYER_IBAN = env_str("PAYER_IBAN")
PAYER_BIC = env_str("PAYER_BIC")
PAYER_ID = env_str("PAYER_ID")
# Not SECRET_KEY: whoever replaces that one must still read the IBANs.
IBAN_KEYS = env_list("IBAN_KEYS") or [env_str("IBAN_KEYS")]
IBAN_FINGERPRINT_KEY = env_str("IBAN_FINGERPRINT_KEY")
COMPONENT_GALLERY = False
SANDBOX_CLOCK = False
ADAGE_SANDBOX = False
# Nobody plays ADAGE here.
ADAGE_BACKEND = env_str("ADAGE_BACKEND", "http" if env_str("ADAGE_URL", "") else "off")
STAFF_SECOND_FACTOR_REQUIRED = env_bool("STAFF_SECOND_FACTOR_REQUIRED", True)

SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
