"""Text prepared for searching: lower case without accents, French full text (no extension).

`Offer.search_text` is « title | everything else », normalised by `search_text`; the column
`search_vector` is generated from it by PostgreSQL, so that the two can never disagree. Each word
is kept twice: stemmed as French (« concerts » finds « concert ») and as typed (« dan » finds
« danse », and a title made of little words can be found).
"""

import re
import unicodedata
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, Func, TextField, Value

from passpro.reference.categories import SEARCH_GROUPS

if TYPE_CHECKING:
    from offers.models import Offer

CONFIG = "french"
AS_TYPED = "simple"
SEPARATOR = "|"
MOST_WORDS = 8
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_ARTISTS = ("author", "performer", "speaker", "stageDirector")
# Too frequent to narrow anything; kept when nothing else was typed.
_LITTLE_WORDS = frozenset(
    "a au aux avec ce d de des du en et l la le les ou par pour qu s sur un une".split()
)


def normalise(text: str) -> str:
    """« L’Été à Brest » → « l ete a brest »."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES).lower())
    return _NOT_A_WORD.sub(
        " ", "".join(letter for letter in plain if not unicodedata.combining(letter))
    ).strip()


def search_text(offer: "Offer") -> str:
    """« title | artists, venue, town, kind » of an offer, normalised."""
    kind, venue = offer.subcategory, offer.venue
    parts = [
        *(str(offer.extra_data.get(name, "")) for name in (*_ARTISTS, "ean")),
        "" if venue.is_virtual else venue.shown_name,
        offer.address_label,
        "" if venue.is_virtual else offer.place.city,
        kind.label,
        kind.app_label,
        SEARCH_GROUPS.get(kind.search_group, ""),
    ]
    rest = " ".join(filter(None, map(normalise, parts)))
    return f"{normalise(offer.title)} {SEPARATOR} {rest}"


def _part(number: int) -> Func:
    return Func(
        F("search_text"),
        Value(SEPARATOR),
        Value(number),
        function="split_part",
        output_field=TextField(),
    )


def generated_vector() -> Any:
    """The expression of the column `search_vector`: the title weighs more than the rest."""
    title, rest = _part(1), _part(2)
    return (
        SearchVector(title, config=CONFIG, weight="A")
        + SearchVector(title, config=AS_TYPED, weight="A")
        + SearchVector(rest, config=CONFIG, weight="C")
        + SearchVector(rest, config=AS_TYPED, weight="C")
    )


def vector() -> F:
    """The indexed column of offers, to be compared with `query`."""
    return F("search_vector")


def words_of(typed: str) -> list[str]:
    """The words that narrow a search, at most eight."""
    words = normalise(typed).split()
    return ([word for word in words if word not in _LITTLE_WORDS] or words)[:MOST_WORDS]


def query(typed: str) -> Any:
    """Every word typed must start a word of the offer; None when nothing can be searched."""
    words = words_of(typed)
    if not words:
        return None
    return reduce(and_, map(_begins, words))


def _begins(word: str) -> Any:
    stemmed = SearchQuery(f"{word}:*", config=CONFIG, search_type="raw")
    return stemmed | SearchQuery(f"{word}:*", config=AS_TYPED, search_type="raw")


def rank(wanted: Any) -> SearchRank:
    """How well an offer answers; title first."""
    return SearchRank(vector(), wanted)
