"""IBANs at rest: encrypted with rotating keys, found again by a fingerprint (house style D).

Fernet (AES-128-CBC with HMAC-SHA-256): the same IBAN never gives the same stored text, so nothing
is looked up by it; the fingerprint, an HMAC with a key of its own, is unique and searched.
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

# A Fernet token of 34 characters, the longest IBAN, has 140.
TOKEN_LENGTH = 200


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """Any text is a key: 256 bits are derived from it."""
    derived = (hashlib.sha256(b"passpro-iban:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _current() -> MultiFernet:
    return _box(tuple(settings.IBAN_KEYS))


def encrypt(text: str) -> str:
    return _current().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises cryptography.fernet.InvalidToken: no key of the settings wrote it."""
    return _current().decrypt(token.encode()).decode()


def rewrite(token: str) -> str:
    """The same text under the first key."""
    return _current().rotate(token.encode()).decode()


def fingerprint(text: str) -> str:
    """64 hexadecimal characters, the same for the same IBAN; tells nothing without the key."""
    key = settings.IBAN_FINGERPRINT_KEY.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.CharField):
    """Clear in Python, encrypted in the database; cannot be searched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = TOKEN_LENGTH
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        raise NotImplementedError("an encrypted column is not searched: use its fingerprint")
