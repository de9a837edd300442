"""What the sandbox plays in ADAGE's and the fortnight's place (§9.6); refused in production.

The rules are those of the real services; only the two moves that nobody has elsewhere are here.
"""

from django.conf import settings
from django.db import transaction

from collective import notices, transitions
from collective.enums import BookingStatus, CancellationReason
from collective.exceptions import (
    AlreadyCancelled,
    NotResettable,
    OnlyConfirmed,
    OnlyUsed,
    OnSandboxOnly,
    Paid,
)
from collective.models import CollectiveBooking
from collective.services.book import locked_booking
from collective.services.pay import mark_reimbursed
from passpro.kernel import clock
from passpro.kernel.actor import Actor


def _check_sandbox() -> None:
    if not settings.ADAGE_SANDBOX:
        raise OnSandboxOnly


@transaction.atomic
def cancel(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """As the partner's own cancellation, from any state before the use.

    Raises AlreadyCancelled, Paid (used: its amount is due), UnknownBooking.
    """
    _check_sandbox()
    booking = locked_booking(booking_id)
    if booking.status == BookingStatus.CANCELLED:
        raise AlreadyCancelled
    if booking.status in {BookingStatus.USED, BookingStatus.REIMBURSED}:
        raise Paid
    transitions.move_booking(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        why=CancellationReason.PUBLIC_API.label,
        cancelled_at=clock.now(),
        cancellation_reason=CancellationReason.PUBLIC_API,
    )
    notices.queue_cancelled(booking)
    return booking


@transaction.atomic
def reset(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """Back to « Préréservée », from « Réservée » or « Annulée »; the budget is free again.

    A pre-booking stays as it is. Raises NotResettable, UnknownBooking.
    """
    _check_sandbox()
    booking = locked_booking(booking_id)
    if booking.status in {BookingStatus.USED, BookingStatus.REIMBURSED}:
        raise NotResettable(booking.status)
    others = booking.stock.bookings.exclude(pk=booking.pk)
    if others.exclude(status=BookingStatus.CANCELLED).exists():
        raise NotResettable(booking.status)
    if booking.status != BookingStatus.PENDING:
        transitions.reset_booking(booking, by=by)
    return booking


@transaction.atomic
def use(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """The event took place: its amount is due. Raises OnlyConfirmed, UnknownBooking."""
    _check_sandbox()
    booking = locked_booking(booking_id)
    if booking.status != BookingStatus.CONFIRMED:
        raise OnlyConfirmed
    transitions.move_booking(
        booking,
        BookingStatus.USED,
        by=by,
        why="Effectuée, dans le bac à sable",
        used_at=clock.now(),
    )
    return booking


@transaction.atomic
def reimburse(*, booking_id: int, by: Actor) -> None:
    """As the fortnight's statement does. Raises OnlyUsed, UnknownBooking."""
    _check_sandbox()
    booking = locked_booking(booking_id)
    if booking.status != BookingStatus.USED:
        raise OnlyUsed(booking.status)
    mark_reimbursed(booking_ids=[booking.pk], now=clock.now(), by=by)
