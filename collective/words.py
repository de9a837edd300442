"""Words of templates, prepared for searching: without accents, as French and as typed (§7.5)."""

from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector

from passpro.kernel.text_search import Plain, plain

CONFIG, AS_TYPED = "french", "simple"
MOST_WORDS = 8
_LITTLE_WORDS = frozenset("a au aux d de des du en et l la le les ou par pour sur un une".split())


def template_vector() -> Any:
    """Expression of the column `search_vector`: the title weighs more than the description."""
    title, text = Plain("title"), Plain("description")
    return (
        SearchVector(title, config=CONFIG, weight="A")
        + SearchVector(title, config=AS_TYPED, weight="A")
        + SearchVector(text, config=CONFIG, weight="C")
        + SearchVector(text, config=AS_TYPED, weight="C")
    )


def words_of(typed: str) -> list[str]:
    """The words that narrow a search, at most eight."""
    words = plain(typed).split()
    return ([word for word in words if word not in _LITTLE_WORDS] or words)[:MOST_WORDS]


def begins(word: str) -> Any:
    """A word of the text begins so, stemmed or as typed."""
    stemmed = SearchQuery(f"{word}:*", config=CONFIG, search_type="raw")
    return stemmed | SearchQuery(f"{word}:*", config=AS_TYPED, search_type="raw")
