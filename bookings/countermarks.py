"""The countermark: drawing, QR content and what is kept of what people type (§5.4)."""

import re
import secrets

from bookings.constants import COUNTERMARK_ALPHABET, COUNTERMARK_LENGTH

QR_PREFIX = "PASSCULTURE:v3;TOKEN:"


# BKG-31: any letter or digit is looked for, the alphabet is not told.
_SHAPE = re.compile(rf"[A-Z0-9]{{{COUNTERMARK_LENGTH}}}")


def draw() -> str:
    """A new random code (BKG-30); the unique constraint says whether it was free."""
    return "".join(secrets.choice(COUNTERMARK_ALPHABET) for _ in range(COUNTERMARK_LENGTH))


def qr_content(countermark: str) -> str:
    """BKG-32."""
    return QR_PREFIX + countermark


def normalise(typed: str) -> str:
    """DSK-01: what follows the last colon, without spaces, in upper case."""
    return "".join(typed.rpartition(":")[2].split()).upper()


def is_well_formed(code: str) -> bool:
    """Six letters or digits; the rest cannot be a countermark."""
    return _SHAPE.fullmatch(code) is not None
