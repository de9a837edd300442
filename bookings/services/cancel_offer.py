"""Cancel a whole offer: its dates ahead, or its stock, with their bookings (§3.7, seed 004)."""

from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from bookings import emails
from bookings.models import Booking
from bookings.services.withdraw import Withdrawal, cancel_held, preview_of, said
from offers.enums import OfferValidation
from offers.exceptions import NotPublished
from offers.models import Offer
from offers.services.close import end_offer, lock_stocks_ahead, stocks_ahead
from offers.services.locking import lock_editable_offer
from passpro.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class OfferCancellation:
    """What the page says before."""

    dates: int
    held: Withdrawal


def preview_cancellation(*, offer: Offer) -> OfferCancellation:
    """How many dates, bookings and euros would be cancelled now."""
    ids = list(stocks_ahead(offer).values_list("pk", flat=True))
    held = Booking.objects.filter(stock_id__in=ids)
    return OfferCancellation(len(ids), preview_of(held, is_event=offer.is_event))


@transaction.atomic
def cancel_offer(*, offer: Offer, by: Actor) -> Withdrawal:
    """Cancel what is ahead of an offer and pause it, all or nothing; past dates keep their story.

    Each person gets MSG-10, the offer's address one MSG-09 a date (STK-67); bookings being paid,
    and used ones of a good, stay (STK-66). Raises OfferFrozen, NotPublished for a draft.
    """
    locked = lock_editable_offer(offer)
    if locked.validation != OfferValidation.APPROVED:
        raise NotPublished("Un brouillon ne s’annule pas : supprimez-le.")
    ids = list(lock_stocks_ahead(locked).values_list("pk", flat=True))
    held = Booking.objects.filter(stock_id__in=ids)
    kept = preview_of(held, is_event=locked.is_event).kept
    cancelled = cancel_held(held, is_event=locked.is_event, by=by, why="Offre annulée")
    end_offer(offer=locked, stock_ids=ids, by=by)
    for stock_id, group in groupby(cancelled, key=lambda booking: booking.stock_id):
        emails.queue_withdrawn(list(group), stock_id=stock_id)
    return said(cancelled, kept)
