"""Words as both registers write and compare them."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_SMALL = frozenset("a à au aux d de des du en et l la le les ou par sous sur un une".split())
# Street types as the company register shortens them.
_STREET_TYPES = {
    "ALL": "allée",
    "AV": "avenue",
    "BD": "boulevard",
    "CHE": "chemin",
    "CRS": "cours",
    "IMP": "impasse",
    "LD": "lieu-dit",
    "PAS": "passage",
    "PL": "place",
    "QU": "quai",
    "QUAI": "quai",
    "RES": "résidence",
    "RTE": "route",
    "RUE": "rue",
    "SQ": "square",
    "ZA": "ZA",
}


def normalise(text: str) -> str:
    """« L’Été à Brest » → « l ete a brest »."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    return _NOT_A_WORD.sub(
        " ", "".join(letter for letter in plain if not unicodedata.combining(letter))
    ).strip()


def street_type(short: str) -> str:
    """« BD » → « boulevard »; an unknown type stays, in lower case."""
    return _STREET_TYPES.get(short.upper(), short.lower())


def readable(capitals: str, *, inside: bool = False) -> str:
    """« SAINT-JEAN DU DOIGT » → « Saint-Jean du Doigt »; what has lower case letters stays.

    `inside`: words come before, so that the first one is small too (« rue » + « du Port »).
    """
    if capitals != capitals.upper():
        return capitals
    return " ".join(
        _word(word, first=at == 0 and not inside) for at, word in enumerate(capitals.split())
    )


def _word(word: str, *, first: bool) -> str:
    lower = word.lower()
    if lower in _SMALL and not first:
        return lower
    return "-".join(
        part if part in _SMALL and at else _capital(part)
        for at, part in enumerate(lower.split("-"))
    )


def _capital(part: str) -> str:
    for article in ("d'", "l'"):
        if part.startswith(article):
            return article + part[2:].capitalize()
    return part.capitalize()
