"""How teachers find templates (§7.5): words through an index, places by exact distance."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import F, FloatField, Q, Value

from collective.enums import LocationKind
from collective.words import begins, words_of
from offers.geography import Position, circle, kilometres
from passpro.kernel.text_search import with_names
from venues.models import Venue

# A word that begins the names of more venues than this narrows nothing.
MOST_VENUES = 1_000


def with_words(templates: Any, typed: str) -> Any:
    """Every word typed begins a word of the title, the description or the venue's names.

    Venues are looked for first, so that each side of the « or » goes through its own index.
    """
    for word in words_of(typed):
        venues = with_names(Venue.objects.all(), word, "name", "public_name")
        ids = list(venues.order_by("pk").values_list("pk", flat=True)[:MOST_VENUES])
        templates = templates.filter(Q(search_vector=begins(word)) | Q(venue_id__in=ids))
    return templates


def most_relevant(templates: Any, typed: str) -> Any:
    """Best answers first; without words the latest published."""
    words = words_of(typed)
    if not words:
        return templates.order_by("-validated_at", "-pk")
    wanted = reduce(or_, [begins(word) for word in words])
    rank = SearchRank(F("search_vector"), wanted)
    return templates.annotate(rank=rank).order_by("-rank", "-validated_at", "-pk")


def in_departments(templates: Any, codes: list[str]) -> Any:
    """Where the partner is; for what happens in the school, where the partner goes (§7.5)."""
    at_school = Q(location=LocationKind.SCHOOL)
    return templates.filter(
        at_school & Q(intervention_area__overlap=codes)
        | ~at_school & Q(venue__department_code__in=codes)
    )


def within(templates: Any, position: Position, km: int) -> Any:
    """Venues at most `km` away; those whose point is unknown are not counted as near."""
    near = Venue.objects.filter(circle(position, km, ""))
    return templates.filter(venue_id__in=list(near.values_list("pk", flat=True)))


def with_distance(templates: Any, position: Position | None) -> Any:
    """Annotate `distance_km`, None when one of the two points is unknown."""
    if position is None:
        return templates.annotate(distance_km=Value(None, output_field=FloatField(null=True)))
    return templates.annotate(distance_km=kilometres(position, "venue__"))
