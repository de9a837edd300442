"""How partners know that a message is ours (API-252): two signatures over the same text.

The HMAC uses the key that the partner and we share; Ed25519 ours alone, whose public half is
published. Both cover the inner JSON text, in UTF-8, before it is encoded once more as a string.
"""

import base64
import hashlib
import hmac
import json
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


def hmac_of(text: str, key: str) -> str:
    """Hexadecimal HMAC-SHA256 of the inner text."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def ed25519_of(text: str) -> str:
    """Hexadecimal Ed25519 signature of the inner text."""
    return _private_key(settings.PARTNER_SIGNING_SEED).sign(text.encode()).hex()


def public_key() -> str:
    """The key that verifies `ed25519_of`, raw, in base64."""
    raw = _private_key(settings.PARTNER_SIGNING_SEED).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def headers_of(text: str, hmac_signature: str) -> dict[str, str]:
    """The headers of a call to a partner."""
    return {
        "Content-Type": "application/json",
        "PassCulture-Signature": hmac_signature,
        "PassCulture-ed25519-Signature": ed25519_of(text),
    }


def body_of(text: str) -> bytes:
    """API-251: a JSON string that holds the signed JSON."""
    return json.dumps(text).encode()


@cache
def _private_key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
