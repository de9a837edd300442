"""Names found by the beginnings of their words, accents and case ignored, through an index.

No extension is available (ADR 2), so accents are taken off by the built-in `translate`. The
index and the query must use the same expression: both come from here.
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Func, QuerySet, TextField

CONFIG = "simple"
_ACCENTED = "àáâäãåçèéêëìíîïñòóôöõùúûüýÿ’'-"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy   "
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class Plain(Func):
    """Lower case without accents, in the database."""

    function = "translate"
    template = "%(function)s(lower(%(expressions)s), '{}', '{}')".format(
        _ACCENTED.replace("'", "''"), _PLAIN
    )
    output_field = TextField()


def names_vector(*columns: str) -> SearchVector:
    """The expression of an index on these columns."""
    return SearchVector(*[Plain(column) for column in columns], config=CONFIG)


def plain(text: str) -> str:
    """« L’Été » → « l ete », as the index holds it."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return _NOT_A_WORD.sub(" ", "".join(x for x in letters if not unicodedata.combining(x))).strip()


def with_names(rows: QuerySet, typed: str, *columns: str) -> QuerySet:
    """Rows in which every word typed begins a word of one of the columns; none without a word."""
    words = plain(typed).split()
    if not words:
        return rows.none()
    query: Any = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw"
    )
    found: QuerySet = rows.annotate(found_by_name=names_vector(*columns))
    return found.filter(found_by_name=query)
