"""Cancel one booking: by its beneficiary, or by the cultural venue."""

from django.db import transaction

from bookings import emails, transitions
from bookings.cancellation import (
    check_beneficiary_may_cancel,
    check_offerer_may_cancel,
    check_partner_may_cancel,
)
from bookings.enums import BookingStatus, CancellationReason
from bookings.exceptions import UnknownBooking
from bookings.models import Booking
from bookings.services import countermark as desk
from bookings.services import tickets
from bookings.services.release import lock_counters, release
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@transaction.atomic
def cancel_by_beneficiary(*, booking_id: int, beneficiary: User, by: Actor) -> Booking:
    """BKG-50: cancel one's own booking, give back places and credit; e-mails MSG-05, MSG-06.

    Already cancelled is a silent success. Raises UnknownBooking, UsedCannotBeCancelled,
    CancellationLimitPassed, TicketsNotGivenBack.
    """
    lock_counters([booking_id])
    booking = Booking.objects.of_beneficiary(beneficiary).with_mail_data().lock_if_found(booking_id)
    if booking is None:
        raise UnknownBooking
    if booking.status == BookingStatus.CANCELLED:
        return booking
    check_beneficiary_may_cancel(booking, clock.now())
    _cancel(booking, CancellationReason.BENEFICIARY, by)
    emails.queue_cancelled_by_beneficiary(booking)
    return booking


@transaction.atomic
def cancel_by_offerer(
    *,
    countermark: str,
    by: Actor,
    offerer_id: int | None = None,
    provider_id: int | None = None,
    within_limit: bool = False,
) -> Booking:
    """BKG-51, DSK-40: cancel a confirmed booking whatever its limit; e-mails MSG-10, MSG-08.

    `within_limit` is the rule of the newer partner API (API-121): CancellationLimitPassed.

    Raises UnknownCountermark, NoRightOnBooking, AlreadyCancelled,
    UsedCannotBeCancelledByOfferer, ReimbursedCannotBeCancelled, TicketsNotGivenBack.
    """
    booking_id = desk.look_up(
        countermark=countermark, by=by, offerer_id=offerer_id, provider_id=provider_id
    ).pk
    lock_counters([booking_id])
    booking = Booking.objects.with_mail_data().lock_for_change(booking_id)
    if within_limit:
        check_partner_may_cancel(booking, clock.now())
    else:
        check_offerer_may_cancel(booking)
    _cancel(booking, CancellationReason.OFFERER, by)
    emails.queue_cancelled_by_offerer(booking)
    return booking


def _cancel(booking: Booking, reason: str, by: Actor) -> None:
    """Asks the partner first, under the locks: what it refuses changes nothing here (API-275)."""
    given = tickets.give_back_now(booking)
    now = clock.now()
    transitions.move(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        at=now,
        cancelled_at=now,
        cancellation_reason=reason,
        used_at=None,
        validated_by="",
    )
    release([booking.pk], at=now, by=by, with_tickets=given is None)
    if given:
        tickets.tell_remaining(given, stock_id=booking.stock_id)
