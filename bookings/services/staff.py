"""What the team does to a booking: cancel one with its reason, or bring one back as used."""

from django.db import IntegrityError, transaction

from bookings import emails, exceptions, transitions
from bookings.enums import BookingStatus, CancellationReason, ValidationAuthor
from bookings.models import Booking, Deposit
from bookings.services.book import check_credit, spending
from bookings.services.release import lock_counters, release
from offers.exceptions import NotEnoughPlaces
from offers.services.places import taking_places
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.db import write

# §5.7.1: those that the team may choose.
REASONS = [
    CancellationReason.EVENT_CANCELLED,
    CancellationReason.OVERBOOKING,
    CancellationReason.BENEFICIARY_REQUEST,
    CancellationReason.OFFER_MODIFIED,
    CancellationReason.WRONG_INFORMATION,
    CancellationReason.BUSINESS_CLOSED,
    CancellationReason.FRAUD,
    CancellationReason.FRAUD_SUSPICION,
    CancellationReason.FRAUD_INAPPROPRIATE,
    CancellationReason.BACKOFFICE,
]


@transaction.atomic
def cancel_by_team(*, booking_id: int, reason: str, by: Actor, why: str = "") -> Booking:
    """BKG-60: cancel a booking, used or not, that is in no payment; MSG-06 to the venue, nothing
    to the beneficiary (MSG-31).

    Raises UnknownBooking, AlreadyCancelled, ReimbursedCannotBeCancelled (in a payment).
    """
    lock_counters([booking_id])
    booking = Booking.objects.with_mail_data().lock_if_found(booking_id)
    if booking is None:
        raise exceptions.UnknownBooking
    if booking.status == BookingStatus.CANCELLED:
        raise exceptions.AlreadyCancelled
    if booking.is_in_payment:
        raise exceptions.ReimbursedCannotBeCancelled
    now = clock.now()
    transitions.move(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        at=now,
        why=why,
        cancelled_at=now,
        cancellation_reason=reason,
        used_at=None,
        validated_by="",
    )
    release([booking.pk], at=now, by=by)
    emails.queue_cancelled_by_team(booking)
    return booking


@transaction.atomic
def revive(*, booking_id: int, by: Actor, why: str = "") -> Booking:
    """LST-32: a cancelled booking becomes used, its places and its credit taken again (BKG-25).

    Raises UnknownBooking, NotCancelled, CannotBeRevived (tickets of a partner, local credit, a
    finance incident), AlreadyBooked, NotEnoughPlaces, InsufficientCredit and its ceilings.
    """
    lock_counters([booking_id])
    booking = Booking.objects.with_mail_data().lock_if_found(booking_id)
    if booking is None:
        raise exceptions.UnknownBooking
    if booking.status != BookingStatus.CANCELLED:
        raise exceptions.NotCancelled
    if booking.has_tickets or booking.local_cents or booking.is_in_payment:
        raise exceptions.CannotBeRevived
    now = clock.now()
    booking.stock.refresh_from_db(fields=["quantity", "booked_quantity"])
    write(*_places(booking))
    if booking.deposit_id and booking.total_cents:
        deposit = Deposit.objects.get(pk=booking.deposit_id)
        check_credit(deposit, booking.total_cents, booking.ceiling, now)
        write(*spending(deposit, booking.total_cents, booking.ceiling))
    try:
        with transaction.atomic():
            transitions.move(
                booking,
                BookingStatus.USED,
                by=by,
                at=now,
                why=why,
                cancelled_at=None,
                cancellation_reason="",
                used_at=now,
                validated_by=ValidationAuthor.BACKOFFICE,
            )
    except IntegrityError:
        raise exceptions.BookedAgainSince from None
    return booking


def _places(booking: Booking) -> tuple:
    try:
        return tuple(taking_places(stock=booking.stock, quantity=booking.quantity))
    except NotEnoughPlaces:
        raise exceptions.NoPlaceToRevive from None
