"""The young people's search: the identifiers of the offers found, in order, in one query or two.

Written so that a million offers answer quickly (docs/search.md): each order walks an index that
already has it (nearest places, next dates, newest offers) and stops after `most` offers; words go
through the full text index and only the first `RANKED` matches are compared with one another.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from offers import geography, search
from offers.catalogue_filter import (
    BY_DATE,
    BY_DISTANCE,
    BY_RELEVANCE,
    ONLINE,
    CatalogueFilter,
)
from offers.models import Offer, Stock

MOST = 300
# What an empty page counts of the searches it proposes.
MOST_SHOWN = 20
RANKED = 1_000
# Dates looked at for each offer wanted, as an offer often has several.
DATES_EACH = 6


def found(form: CatalogueFilter, now: datetime, *, most: int = MOST) -> list[int]:
    """At most `most` offers that can be booked and match, in the order of the form."""
    orders = {BY_RELEVANCE: _by_relevance, BY_DISTANCE: _by_distance, BY_DATE: _by_date}
    with walking_indexes():
        return list(orders.get(form.order, _by_novelty)(form, now, most))


@contextmanager
def walking_indexes() -> Iterator[None]:
    """No plan may read a whole table: what is looked for is always a few hundred rows.

    Left free, the planner prepares joins over all the dates of the country as soon as a word is
    frequent, which is slower than looking each match up, and much slower when it is wrong.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
            " SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
            " SET LOCAL max_parallel_workers_per_gather = 0"
        )
        yield
        cursor.execute(
            "SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT;"
            " SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL jit TO DEFAULT;"
            " SET LOCAL max_parallel_workers_per_gather TO DEFAULT;"
            " SET LOCAL enable_indexscan TO DEFAULT"
        )


def offers_in_order(ids: Iterable[int]) -> list[Offer]:
    """These offers with what a card shows, in this order; one query."""
    ids = list(ids)
    by_id = {one.pk: one for one in Offer.objects.filter(pk__in=ids).select_related("venue")}
    return [by_id[pk] for pk in ids if pk in by_id]


def _matching(form: CatalogueFilter, now: datetime, *, near: bool = True) -> QuerySet[Offer]:
    """Released offers that satisfy everything said about the offer itself."""
    data = form.cleaned_data
    offers = Offer.objects.released(now).filter(**_facts(form, ""))
    if data.get("support"):
        online = Q(url__gt="")
        offers = offers.filter(online if data["support"] == ONLINE else ~online)
    if near and form.position and form.radius_km:
        offers = offers.filter(geography.around(form.position, form.radius_km))
    return offers


def _facts(form: CatalogueFilter, prefix: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if form.wanted is not None:
        facts[f"{prefix}search_vector"] = form.wanted
    if form.codes:
        facts[f"{prefix}subcategory_id__in"] = form.codes
    if form.cleaned_data.get("duo"):
        facts[f"{prefix}is_duo"] = True
    return facts


def _bookable(offers: QuerySet[Offer], stocks: QuerySet[Stock]) -> QuerySet[Offer]:
    return offers.filter(Exists(stocks.filter(offer=OuterRef("pk"))))


def _by_novelty(form: CatalogueFilter, now: datetime, most: int) -> Iterable[int]:
    offers = _bookable(_matching(form, now), form.stocks(now))
    return offers.order_by("-publication_at", "-pk").values_list("pk", flat=True)[:most]


def _by_relevance(form: CatalogueFilter, now: datetime, most: int) -> Iterable[int]:
    """Only the full text index finds words; else a frequent one is looked for row after row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
    matches = _bookable(_matching(form, now), form.stocks(now)).order_by().values("pk")[:RANKED]
    ranked = Offer.objects.filter(pk__in=matches).annotate(rank=search.rank(form.wanted))
    return list(ranked.order_by("-rank", "-pk").values_list("pk", flat=True)[:most])


def _by_distance(form: CatalogueFilter, now: datetime, most: int) -> Iterable[int]:
    """Offers at their venue and offers elsewhere, each nearest first, then put together.

    Beyond the places whose coordinates are known come those of the same département.
    """
    assert form.position is not None
    position, radius = form.position, form.radius_km
    offers = _bookable(_matching(form, now, near=False), form.stocks(now))
    lines: list[tuple[float, int]] = []
    for own in (False, True):
        near: Any = geography.nearest(offers, position, radius, own=own)
        lines += [(km, -pk) for pk, km in near.values_list("pk", "distance_km")[:most]]
    ids = [-pk for _, pk in sorted(lines)[:most]]
    for unknown in geography.somewhere_near(position, radius):
        if len(ids) < most:
            rest = offers.filter(unknown).order_by("-pk")
            ids += rest.values_list("pk", flat=True)[: most - len(ids)]
    return ids


def _by_date(form: CatalogueFilter, now: datetime, most: int) -> Iterable[int]:
    """Soonest first, walking the dates; undated offers last, unless a day was asked for."""
    offers = _matching(form, now)
    dates = form.stocks(now).filter(beginning_at__gt=now)
    dated = dates.filter(offer__in=offers).order_by("beginning_at", "-offer_id")
    rows = dated.values_list("offer_id", flat=True)[: most * DATES_EACH]
    ids = list(islice(_once(rows), most))
    asked = form.cleaned_data
    if len(ids) < most and not asked.get("du") and not asked.get("au"):
        undated = _bookable(offers, form.stocks(now).filter(beginning_at__isnull=True))
        rest = undated.exclude(pk__in=ids).order_by(F("publication_at").desc(), "-pk")
        ids += rest.values_list("pk", flat=True)[: most - len(ids)]
    return ids


def _once(ids: Iterable[int]) -> Iterator[int]:
    return iter(dict.fromkeys(ids))
