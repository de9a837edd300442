"""Money: integer euro cents everywhere, euros only at the edges; rounding in one place."""

import re
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
_TYPED = re.compile(r"^\d{1,8}([.,]\d{1,2})?$")


class NotAnAmount(ValueError):
    """The text typed is not an amount in euros."""


def round_cents(value: Decimal) -> int:
    """Half away from zero to the whole cent (finance.md §0-3)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def apply_rate(cents: int, rate: Decimal) -> int:
    """`cents` × `rate`, rounded once to the cent."""
    return round_cents(Decimal(cents) * rate)


def euros(cents: int, *, sign: bool = False) -> str:
    """1234567 → « 12 345,67 € » with no-break spaces; `sign` adds + to positive amounts."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", NARROW_NBSP)
    prefix = "−" if cents < 0 else "+" if sign and cents > 0 else ""
    return f"{prefix}{grouped},{rest:02d}{NBSP}€"


def decimal_comma(cents: int) -> str:
    """1234567 → « 12345,67 », for files read by a spreadsheet."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole},{rest:02d}"


def parse_euros(text: str) -> int:
    """Cents from what a person types (« 12 », « 12,5 », « 12.50 € »); raises NotAnAmount."""
    cleaned = re.sub(r"[\s\u00a0\u202f€]", "", text)
    if not _TYPED.match(cleaned):
        raise NotAnAmount(text)
    return int(Decimal(cleaned.replace(",", ".")) * 100)
