"""Apply a venue's changes to its offers, and tell those who hold a booking (VEN-10)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from bookings.services.withdrawal_news import held_bookings, tell_held
from offers.services.venue_defaults import WITHDRAWAL, apply_venue_defaults, count_editable_offers
from passpro.kernel.actor import Actor
from venues.models import Venue


@dataclass(frozen=True, slots=True)
class Applied:
    """How many offers changed, or would; how many bookings were, or would be, written to."""

    offers: int
    bookings: int


def preview_defaults(*, venue: Venue) -> Applied:
    """What the page says before."""
    return Applied(count_editable_offers(venue), held_bookings(venue=venue).count())


@transaction.atomic
def apply_to_offers(*, venue_id: int, parts: Iterable[str], tell: bool, by: Actor) -> Applied:
    """Copy `parts` to the venue's offers; with `tell`, e-mail each holder of a booking to come
    about the new withdrawal details, in the same transaction."""
    parts = set(parts)
    count = apply_venue_defaults(venue_id=venue_id, parts=sorted(parts), by=by)
    told = 0
    if tell and WITHDRAWAL in parts:
        told = tell_held(venue_id=venue_id)
    return Applied(count, told)
