"""The team refuses an offer: its bookings that are still ahead end with it (MOD-03, §2.10)."""

from itertools import groupby

from django.db import transaction

from bookings import emails
from bookings.enums import CancellationReason
from bookings.models import Booking
from bookings.services.withdraw import cancel_held
from offers.models import Offer
from passpro.kernel.actor import Actor


@transaction.atomic
def cancel_of_refused(offer: Offer, by: Actor) -> None:
    """Cancel what is booked and not yet used (reason FRAUD); each person gets MSG-10.

    Called by `offers.services.moderate.reject_offer`, which holds the lock of the offer. Used
    bookings, and those in a payment, stay: what was seen is paid.
    """
    stocks = offer.stocks.filter(booked_quantity__gt=0).order_by("pk").lock_for_booking()
    held = Booking.objects.filter(stock_id__in=[stock.pk for stock in stocks])
    cancelled = cancel_held(
        held, is_event=False, by=by, why="Offre refusée", reason=CancellationReason.FRAUD
    )
    for stock_id, group in groupby(cancelled, key=lambda booking: booking.stock_id):
        emails.queue_withdrawn(list(group), stock_id=stock_id)
