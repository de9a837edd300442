"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.production")
application = get_wsgi_application()
# The pages and what they import are loaded now, not while the first visitor waits.
get_resolver().url_patterns  # noqa: B018
