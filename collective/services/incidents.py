"""Money goes back to a school after an event (§4.9, §10): the partner and ADAGE are told."""

from django.db import transaction

from collective import emails, notices, transitions
from collective.enums import BookingStatus, CancellationReason, RefundReason
from collective.exceptions import InvalidIncident
from collective.models import CollectiveBooking
from collective.services.common import lock_offer
from passpro.kernel import action_log, clock, money
from passpro.kernel.actor import Actor
from passpro.kernel.models import ActionLog


@transaction.atomic
def tell_incident(
    *, booking_id: int, reason: str, cents: int, details: str = "", by: Actor
) -> CollectiveBooking:
    """Tell the partner by e-mail and the school by a notice that `cents` are taken back.

    For bookings whose event is over, up to their price; the money itself moves in finance. The
    booking keeps its state, its history holds the line. Raises InvalidIncident.
    """
    found = CollectiveBooking.objects.filter(pk=booking_id).values_list("stock__offer", flat=True)
    lock_offer(found[0])
    booking: CollectiveBooking = CollectiveBooking.objects.with_adage_facts().get(pk=booking_id)
    if booking.status not in {BookingStatus.USED, BookingStatus.REIMBURSED}:
        raise InvalidIncident("L’événement n’est pas terminé : annulez plutôt la réservation.")
    if not 0 < cents <= booking.stock.price_cents:
        price = money.euros(booking.stock.price_cents)
        raise InvalidIncident(f"Le montant va de 0,01 € à {price}.", field="cents")
    line = action_log.record(
        booking,
        ActionLog.Kind.MODIFIED,
        by=by,
        changes={"repris": ["–", money.euros(cents)]},
        why=RefundReason(reason).label,
    )
    assert line is not None
    emails.queue_incident(booking, reason=reason, cents=cents, stamp=str(line.pk))
    notices.queue_refunded(booking, reason=reason, cents=cents, details=details)
    return booking


@transaction.atomic
def cancel_reimbursed(
    *, booking_id: int, details: str, tells_partner: bool, by: Actor
) -> CollectiveBooking | None:
    """A paid booking taken back whole by finance is cancelled (finance.md §15.3).

    The school's budget has its money again by itself, and ADAGE is told; None when the booking is
    not paid (any more).
    """
    found = CollectiveBooking.objects.filter(pk=booking_id).values_list("stock__offer", flat=True)
    lock_offer(found[0])
    booking: CollectiveBooking = CollectiveBooking.objects.with_adage_facts().get(pk=booking_id)
    if booking.status != BookingStatus.REIMBURSED:
        return None
    transitions.move_booking(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        why="Incident de remboursement",
        cancelled_at=clock.now(),
        cancellation_reason=CancellationReason.FINANCE_INCIDENT,
    )
    cents, reason = booking.stock.price_cents, RefundReason.NO_EVENT
    notices.queue_refunded(booking, reason=reason, cents=cents, details=details)
    if tells_partner:
        tell_partner_taken_back(booking)
    return booking


def tell_partner_taken_back(booking: CollectiveBooking, *, stamp: str = "finance") -> None:
    """The e-mail of a booking taken back whole; again when `stamp` is another one."""
    emails.queue_incident(
        booking, reason=RefundReason.NO_EVENT, cents=booking.stock.price_cents, stamp=stamp
    )
