"""Apply a venue's changes to its offers, and tell those who hold a booking (VEN-10)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from bookings import emails
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from offers.services.venue_defaults import WITHDRAWAL, apply_venue_defaults, count_editable_offers
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Venue

_TOLD_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """How many offers changed, or would; how many bookings were, or would be, written to."""

    offers: int
    bookings: int


def preview_defaults(*, venue: Venue) -> Applied:
    """What the page says before."""
    return Applied(count_editable_offers(venue), _held(venue.pk).count())


@transaction.atomic
def apply_to_offers(*, venue_id: int, parts: Iterable[str], tell: bool, by: Actor) -> Applied:
    """Copy `parts` to the venue's offers; with `tell`, e-mail each holder of a booking to come
    about the new withdrawal details, in the same transaction."""
    parts = set(parts)
    count = apply_venue_defaults(venue_id=venue_id, parts=sorted(parts), by=by)
    told = 0
    if tell and WITHDRAWAL in parts:
        told = _tell(venue_id)
    return Applied(count, told)


def _tell(venue_id: int) -> int:
    told, page = 0, []
    stamp = f"{clock.now():%Y%m%dT%H%M%S%f}"
    for booking in _held(venue_id).with_mail_data().iterator(chunk_size=_TOLD_AT_ONCE):
        page.append(booking)
        if len(page) == _TOLD_AT_ONCE:
            emails.queue_withdrawal_changed(page, stamp=stamp)
            told, page = told + len(page), []
    emails.queue_withdrawal_changed(page, stamp=stamp)
    return told + len(page)


def _held(venue_id: int) -> BookingQuerySet:
    """Confirmed bookings whose event is ahead, or whose good is to be collected."""
    held: BookingQuerySet = Booking.objects.filter(
        Q(stock__beginning_at__isnull=True) | Q(stock__beginning_at__gt=clock.now()),
        venue_id=venue_id,
        status=BookingStatus.CONFIRMED,
    )
    return held.order_by("pk")
