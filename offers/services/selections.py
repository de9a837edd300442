"""What the beneficiary home page puts forward for a territory (STR-005)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from offers.models import Offer, Selection
from passpro.kernel import clock

RAILS = 3
OFFERS_IN_RAIL = 10


@dataclass(frozen=True, slots=True)
class Rail:
    """A selection of today and its offers that can be booked now, in the team's order."""

    selection: Selection
    offers: list[Offer]


def rails_for(*, department_code: str, now: datetime) -> list[Rail]:
    """At most three selections of this département or of everywhere, the local ones first.

    A selection whose offers can no longer be booked is left out.
    """
    today = clock.paris_day(now)
    rails: list[Rail] = []
    for selection in Selection.objects.running(today).around(department_code)[: RAILS * 2]:
        offers = list(offers_of(selection, now=now)[:OFFERS_IN_RAIL])
        if offers:
            rails.append(Rail(selection, offers))
        if len(rails) == RAILS:
            break
    return rails


def offers_of(selection: Selection, *, now: datetime) -> "models.QuerySet[Offer]":
    """Its bookable offers, in the team's order."""
    bookable: models.QuerySet[Offer] = Offer.objects.bookable(now)
    return (
        bookable.filter(selected_in__selection=selection)
        .select_related("venue__offerer")
        .order_by("selected_in__rank", "selected_in__pk")
    )
