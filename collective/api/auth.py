"""ADAGE calls with one shared key (§6)."""

import secrets

from django.conf import settings
from django.http import HttpRequest


def is_adage(request: HttpRequest) -> bool:
    """« Authorization: Bearer <key> », compared in constant time; without a key set, nobody is."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    expected: str = settings.ADAGE_API_KEY
    if scheme.lower() != "bearer" or not expected:
        return False
    return secrets.compare_digest(key.strip().encode(), expected.encode())
