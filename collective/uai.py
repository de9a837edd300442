"""UAI codes of schools: seven digits and a check letter (collective.md §2.7, seed 000)."""

import re

from django.core.exceptions import ValidationError

# The letter is the number's remainder by 23: I, O and Q are never used.
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPE = re.compile(r"^\d{7}[A-Z]$")


def clean_uai(text: str) -> str:
    """A code as people type it, in capitals without spaces."""
    return "".join(text.split()).upper()


def is_uai(code: str) -> bool:
    """True for seven digits followed by the letter that they give."""
    return bool(_SHAPE.match(code)) and _LETTERS[int(code[:7]) % 23] == code[7]


def validate_uai(code: str) -> None:
    """Validator of the model; raises ValidationError."""
    if not is_uai(code):
        raise ValidationError(
            "Un code UAI est fait de 7 chiffres et d’une lettre de contrôle, par exemple 0910620E.",
            code="uai",
        )
