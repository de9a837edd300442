"""The settings of production, with what they ask for: pages are measured as they are served."""

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "passpro.settings.production",
    "SECRET_KEY": "benchmark-only-key-0123456789-0123456789-0123456789-0123456789",
    "ALLOWED_HOSTS": "localhost",
    "SITE_URL": "http://localhost",
    "EMAIL_HOST": "localhost",
    "PAYER_IBAN": "FR7630006000011234567890189",
    "PAYER_BIC": "AGRIFRPP",
    "PAYER_ID": "FR00ZZZ123456",
    "IBAN_KEYS": "benchmark-only-key-of-the-ibans-0123456789",
    "IBAN_FINGERPRINT_KEY": "benchmark-only-key-of-the-fingerprints-0123456789",
    "SECURE_SSL_REDIRECT": "0",
}
