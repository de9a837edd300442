"""Ways around a search: each filter as a chip that takes it away, and ways on when it is empty."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from offers import finding
from offers.catalogue_filter import LINKED, CatalogueFilter

WIDER_KM = "100"
WAYS = 3


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class WayOn:
    """A wider search that does find something."""

    label: str
    href: str
    count: int
    is_more: bool


def chips_of(asked: QueryDict, form: CatalogueFilter) -> list[Chip]:
    """Each filter in use, with the address of the same search without it."""
    return [
        Chip(words, f"?{without(asked, name, value).urlencode()}")
        for name, value, words in form.removable()
    ]


def without(asked: QueryDict, name: str, value: str = "") -> QueryDict:
    """The same search without a filter, or without one of its values."""
    query = asked.copy()
    query.pop("page", None)
    if value:
        query.setlist(name, [one for one in query.getlist(name) if one != value])
        return query
    for key in LINKED.get(name, (name,)):
        query.pop(key, None)
    return query


def ways_on(asked: QueryDict, form: CatalogueFilter, now: datetime) -> list[WayOn]:
    """Wider searches that find something, one filter given up at a time; at most three."""
    ways: list[WayOn] = []
    for label, query in _wider(asked, form):
        wider = CatalogueFilter(query)
        count = len(finding.found(wider, now, most=finding.MOST_SHOWN + 1))
        if count:
            is_more = count > finding.MOST_SHOWN
            shown = min(count, finding.MOST_SHOWN)
            ways.append(WayOn(label, f"?{query.urlencode()}", shown, is_more))
        if len(ways) == WAYS:
            break
    return ways


def _wider(asked: QueryDict, form: CatalogueFilter) -> list[tuple[str, QueryDict]]:
    used = {name for name, _, _ in form.removable()}
    ways = []
    if form.radius_km and form.radius_km < int(WIDER_KM):
        query = without(asked, "page")
        query["rayon"] = WIDER_KM
        ways.append((f"Chercher jusqu’à {WIDER_KM} km", query))
    if form.radius_km:
        ways.append(("Chercher dans toute la France", without(asked, "adresse")))
    for name, label in (
        ("du", "À n’importe quelle date"),
        ("prix", "À tous les prix"),
        ("gratuit", "Payantes aussi"),
        ("duo", "Pour une personne aussi"),
        ("support", "Sur place et en ligne"),
        ("groupe", "Dans toutes les catégories"),
        ("q", "Sans les mots cherchés"),
    ):
        if name in used:
            ways.append((label, without(asked, name)))
    # Nothing with one filter less: then with the words alone, or the place alone.
    if "q" in used:
        ways.append((f"Seulement « {form.words} », partout", _only(asked, "q")))
    if "adresse" in used:
        ways.append(("Tout ce qui se passe autour", _only(asked, *LINKED["adresse"])))
    return ways


def _only(asked: QueryDict, *names: str) -> QueryDict:
    query = asked.copy()
    for name in set(asked) - set(names):
        del query[name]
    return query
