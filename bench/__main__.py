"""`python -m bench`: production settings on servers of its own, then bench.runner."""

import os

import django

from passpro import embedded

os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "passpro.settings.production",
        "SECRET_KEY": "benchmark-only-key-0123456789-0123456789-0123456789-0123456789",
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "http://localhost",
        "EMAIL_HOST": "localhost",
        "PAYER_IBAN": "FR7630006000011234567890189",
        "PAYER_BIC": "AGRIFRPP",
        "PAYER_ID": "FR00ZZZ123456",
        "SECURE_SSL_REDIRECT": "0",
    }
)
embedded.use("bench")
django.setup()

# Only now: models need the settings above.
from bench.runner import main  # noqa: E402

main()
