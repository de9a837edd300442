"""The partner cancels (§4.5)."""

from django.db import transaction

from collective import emails, lifecycle, notices, transitions
from collective.enums import Action, BookingStatus, CancellationReason
from collective.exceptions import NothingToCancel
from collective.models import CollectiveBooking
from collective.services.common import lock_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@transaction.atomic
def cancel_booking(*, offer_id: int, by: Actor) -> CollectiveBooking:
    """Cancel the pre-booking or booking of an offer, until 48 h after the event (§3.5).

    The offer is not sold again: it can be duplicated. Raises ActionNotAllowed, NothingToCancel.
    """
    is_software = by.kind == "API_KEY"
    reason = CancellationReason.PUBLIC_API if is_software else CancellationReason.OFFERER
    offer, now = lock_offer(offer_id), clock.now()
    lifecycle.require(offer, Action.CANCEL, now, by=by)
    booking = offer.last_booking()
    if booking is None or booking.status not in {BookingStatus.PENDING, BookingStatus.CONFIRMED}:
        raise NothingToCancel
    transitions.move_booking(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        why=reason.label,
        cancelled_at=now,
        cancellation_reason=reason,
    )
    emails.queue_cancelled_by_partner(booking)
    notices.queue_cancelled(booking)
    return booking
