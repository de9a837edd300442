"""French phone numbers, as forms and software give them."""

import re

_PHONE = re.compile(r"^(?:\+33|0)[1-9]\d{8}$", re.ASCII)
_SIGNS = re.compile(r"[\s.\-\u00a0]")


def clean_phone(text: str) -> str | None:
    """« +33… » without signs; None when it is no French number."""
    plain = _SIGNS.sub("", text)
    if not _PHONE.match(plain):
        return None
    return f"+33{plain[1:]}" if plain.startswith("0") else plain
