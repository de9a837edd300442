"""Text prepared for searching: lower case without accents, French full text (no extension).

`Offer.search_text` is « title | facts | description », normalised by `search_text`; the column
`search_vector` is generated from it by PostgreSQL, so that the two can never disagree. Words of
the title and of the facts are kept twice: stemmed as French (« concerts » finds « concert ») and
as typed (a title made of little words can be found); those of the description only stemmed.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import F, Func, TextField, Value

from passpro.reference.artistic_types import MUSIC_TYPES, SHOW_TYPES, label_of
from passpro.reference.categories import SEARCH_GROUPS

if TYPE_CHECKING:
    from offers.models import Offer

CONFIG = "french"
AS_TYPED = "simple"
SEPARATOR = "|"
MOST_WORDS = 8
# Of a description: beyond, nobody reads, and the index would grow.
MOST_LETTERS = 1_000
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
    """« title | artists, genre, venue, town, kind | description » of an offer, normalised."""
    kind, venue, extra = offer.subcategory, offer.venue, offer.extra_data
    facts = [
        *(str(extra.get(name, "")) for name in (*_ARTISTS, "ean")),
        _genre(extra, MUSIC_TYPES, "musicType", "musicSubType"),
        _genre(extra, SHOW_TYPES, "showType", "showSubType"),
        "" if venue.is_virtual else venue.shown_name,
        offer.address_label,
        "" if venue.is_virtual else offer.place.city,
        kind.label,
        kind.app_label,
        SEARCH_GROUPS.get(kind.search_group, ""),
    ]
    known = " ".join(filter(None, map(normalise, facts)))
    told = normalise(offer.description[:MOST_LETTERS])
    return f" {SEPARATOR} ".join([normalise(offer.title), known, told])


def _genre(extra: dict[str, Any], tree: Any, first: str, second: str) -> str:
    if not extra.get(first):
        return ""
    return label_of(tree, int(extra[first]), int(extra[second]) if extra.get(second) else None)


def title_words() -> Func:
    """The title alone, in `search_text`."""
    return _part(1)


def _part(number: int) -> Func:
    return Func(
        F("search_text"),
        Value(SEPARATOR),
        Value(number),
        function="split_part",
        output_field=TextField(),
    )


def generated_vector() -> Any:
    """The expression of the column `search_vector`: title first, then facts, then description."""
    title, facts, description = _part(1), _part(2), _part(3)
    return (
        SearchVector(title, config=CONFIG, weight="A")
        + SearchVector(title, config=AS_TYPED, weight="A")
        + SearchVector(facts, config=CONFIG, weight="C")
        + SearchVector(facts, config=AS_TYPED, weight="C")
        + SearchVector(description, config=CONFIG, weight="D")
    )


def vector() -> F:
    """The indexed column of offers, to be compared with `query`."""
    return F("search_vector")


def words_of(typed: str) -> list[str]:
    """The words that narrow a search, at most eight."""
    words = normalise(typed).split()
    return ([word for word in words if word not in _LITTLE_WORDS] or words)[:MOST_WORDS]


def query(typed: str, *, is_narrowed: bool = False) -> Any:
    """Every word typed must start a word of the offer; None when nothing can be searched.

    `is_narrowed`: something else leaves out most offers, a distance for instance.
    """
    words = words_of(typed)
    if not words:
        return None
    beginnings = [_beginning(word) for word in words]
    if len(words) == 1 and not is_narrowed:
        # Said twice, a word that very many offers have seems as frequent to the planner as it is:
        # it looks into a few venues instead of reading the whole list of the index (search.md).
        beginnings = [f"({beginnings[0]} | {words[0]}:*)"]
    return SearchQuery(" & ".join(beginnings), config=AS_TYPED, search_type="raw")


@lru_cache(maxsize=10_000)
def _beginning(word: str) -> str:
    """What the words found begin with: the stem, and the word where its stem is another one.

    « theatr » finds what « theatre » would: the list of the index is read once, not twice.
    """
    if not word.isalpha():
        return f"{word}:*"
    with connection.cursor() as cursor:
        cursor.execute("SELECT ts_lexize('french_stem', %s)", [word])
        stem = "".join(cursor.fetchone()[0] or [])
    if word.startswith(stem or word):
        return f"{stem or word}:*"
    return f"({stem}:* | {word}:*)"


def rank(wanted: Any) -> SearchRank:
    """How well an offer answers; title first."""
    return SearchRank(vector(), wanted)
