"""Text prepared for searching: lower case without accents, French full text (no extension)."""

import re
import unicodedata
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector

from passpro.reference.categories import SEARCH_GROUPS

if TYPE_CHECKING:
    from offers.models import Offer

CONFIG = "french"
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_ARTISTS = ("author", "performer", "speaker", "stageDirector")


def normalise(text: str) -> str:
    """« L’Été à Brest » → « l ete a brest »."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    return _NOT_A_WORD.sub(
        " ", "".join(letter for letter in plain if not unicodedata.combining(letter))
    ).strip()


def search_text(offer: "Offer") -> str:
    """Title, venue, town, kind and artists of an offer, normalised."""
    kind, venue = offer.subcategory, offer.venue
    parts = [
        offer.title,
        "" if venue.is_virtual else venue.shown_name,
        "" if venue.is_virtual else venue.city,
        kind.label,
        kind.app_label,
        SEARCH_GROUPS.get(kind.search_group, ""),
        *(str(offer.extra_data.get(name, "")) for name in (*_ARTISTS, "ean")),
    ]
    return " ".join(filter(None, map(normalise, parts)))


def vector() -> SearchVector:
    """The expression of the index `offer_search`; use it as it is, or the index is lost."""
    return SearchVector("search_text", config=CONFIG)


def query(typed: str) -> SearchQuery | None:
    """Every word typed must start a word of the offer; None when nothing can be searched."""
    words = normalise(typed).split()
    if not words:
        return None
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw")
