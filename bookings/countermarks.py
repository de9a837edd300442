"""The countermark: drawing, QR content and what is kept of what people type (§5.4)."""

import csv
import io
import re
import secrets

from bookings.constants import COUNTERMARK_ALPHABET, COUNTERMARK_LENGTH

QR_PREFIX = "PASSCULTURE:v3;TOKEN:"

# In a pile of codes: the heading of their column, and what may separate them.
_HEADING = "CONTREMARQUE"
_SEPARATORS = ";\t, "


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


def codes_in(text: str) -> list[str]:
    """The codes of a paste or of a CSV file, in order.

    A heading « Contremarque » names the column (that of our exports); without it every cell is a
    code, whatever separates them: line, semicolon, comma, tab or space.
    """
    lines = text.replace("\ufeff", "").splitlines()
    heading = next((line for line in lines if line.strip()), "")
    delimiter = next((one for one in _SEPARATORS if one in heading), ";")
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    names = [cell.strip().upper() for cell in next((row for row in rows if any(row)), [])]
    if _HEADING in names:
        column = names.index(_HEADING)
        cells = [row[column] for row in rows if len(row) > column]
        return [cell for cell in cells if cell.strip() and cell.strip().upper() != _HEADING]
    for separator in _SEPARATORS:
        text = text.replace(separator, "\n")
    return [cell.strip('" ') for cell in text.replace("\ufeff", "").splitlines() if cell.strip()]
