"""What the team does to a school booking: cancel it with its reason, bring it back (§4.9)."""

from django.db import IntegrityError, transaction

from collective import emails, notices, transitions
from collective.enums import BookingStatus, CancellationReason
from collective.exceptions import (
    BookingCancelled,
    CannotComeBack,
    InPayment,
    InsufficientFund,
    UnknownBooking,
)
from collective.models import CollectiveBooking, SchoolBudget
from collective.services.common import lock_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor


def _locked(booking_id: int) -> CollectiveBooking:
    """Under the locks of its offer and its own: a batch that pays it waits, or was first (finance,
    `batch.py`). Raises UnknownBooking."""
    found = CollectiveBooking.objects.filter(pk=booking_id).values_list("stock__offer", flat=True)
    if not found:
        raise UnknownBooking
    lock_offer(found[0])
    CollectiveBooking.objects.select_for_update(of=("self",), no_key=True).get(pk=booking_id)
    booking: CollectiveBooking = CollectiveBooking.objects.with_adage_facts().get(pk=booking_id)
    return booking


@transaction.atomic
def cancel_by_team(*, booking_id: int, reason: str, by: Actor) -> CollectiveBooking:
    """Cancel what is in no payment, used or not: the partner and ADAGE are told.

    The amount of a used booking is no longer due. Raises UnknownBooking, BookingCancelled,
    InPayment.
    """
    booking, now = _locked(booking_id), clock.now()
    if booking.status == BookingStatus.CANCELLED:
        raise BookingCancelled
    paid = booking.pricings.filter(cashflow_link__isnull=False)  # type: ignore[attr-defined]
    if booking.status == BookingStatus.REIMBURSED or paid.exists():
        raise InPayment
    transitions.move_booking(
        booking,
        BookingStatus.CANCELLED,
        by=by,
        why=CancellationReason(reason).label,
        cancelled_at=now,
        cancellation_reason=reason,
        used_at=None,
    )
    emails.queue_cancelled(booking)
    notices.queue_cancelled(booking)
    return booking


@transaction.atomic
def bring_back(*, booking_id: int, by: Actor) -> CollectiveBooking:
    """A cancelled booking lives again: pre-booked, booked, or used 48 hours after the event.

    Its budget must still hold it. Raises UnknownBooking, CannotComeBack (not cancelled, its date
    was removed, its money was taken back, the place is taken again), InsufficientFund.
    """
    booking, now = _locked(booking_id), clock.now()
    is_gone = booking.cancellation_reason in {
        CancellationReason.DATE_REMOVED, CancellationReason.FINANCE_INCIDENT,
    }  # fmt: skip
    if booking.status != BookingStatus.CANCELLED or is_gone or booking.stock.removed_at:
        raise CannotComeBack
    to, used_at = BookingStatus.PENDING, None
    if booking.confirmed_at is not None and booking.budget_id is not None:
        budget = SchoolBudget.objects.select_for_update(of=("self",), no_key=True).get(
            pk=booking.budget_id
        )
        spent = CollectiveBooking.objects.counted().filter(budget=budget).total_cents()
        if spent + booking.stock.price_cents > budget.spendable_cents:
            raise InsufficientFund
        to = BookingStatus.CONFIRMED
        if booking.stock.ended_long_ago(now):
            to, used_at = BookingStatus.USED, now
    try:
        with transaction.atomic():
            transitions.move_booking(
                booking,
                to,
                by=by,
                why="Rétablie par l’équipe",
                cancelled_at=None,
                cancellation_reason="",
                used_at=used_at,
            )
    except IntegrityError as error:
        raise CannotComeBack from error
    return booking
