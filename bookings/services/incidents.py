"""What a finance incident changes of bookings already reimbursed (finance.md §15.3)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from bookings import transitions
from bookings.enums import BookingStatus, CancellationReason, Ceiling, LocalMovementKind
from bookings.models import Booking, Deposit, LocalCredit, LocalMovement
from bookings.services.release import lock_counters, release
from passpro.kernel.actor import Actor

WHY = "Incident de remboursement"


@transaction.atomic
def cancel_reimbursed(*, booking_ids: list[int], now: datetime, by: Actor) -> list[int]:
    """REIMBURSED → CANCELLED, places and credits given back; answers the ids that moved."""
    lock_counters(booking_ids)
    moved = transitions.move_many(
        Booking.objects.filter(pk__in=booking_ids),
        BookingStatus.REIMBURSED,
        BookingStatus.CANCELLED,
        at=now,
        by=by,
        why=WHY,
        cancelled_at=now,
        cancellation_reason=CancellationReason.FINANCE_INCIDENT,
        used_at=None,
        validated_by="",
    )
    release(moved, at=now, by=by)
    return moved


@transaction.atomic
def give_back_part(*, booking_id: int, cents: int, now: datetime, by: Actor) -> bool:
    """A reimbursed booking costs its young person `cents` less (CRD-06); False if already done.

    The national credit gets it back first, then the local ones that paid the rest.
    """
    lock_counters([booking_id])
    booking = Booking.objects.lock_for_change(booking_id)
    if booking.status != BookingStatus.REIMBURSED or booking.returned_cents:
        return False
    national = min(cents, booking.deposit_cents)
    if national and booking.deposit_id:
        _lower_deposit(booking.deposit_id, booking.ceiling, national)
    left = cents - national
    for spent in booking.local_movements.filter(kind=LocalMovementKind.SPENT).order_by("-pk"):
        part = min(left, spent.cents)
        if part:
            _give_back_local(spent, part, now=now, by=by)
            left -= part
    booking.returned_cents = cents
    booking.save(update_fields=["returned_cents"])
    return True


def _lower_deposit(deposit_id: int, ceiling: str, cents: int) -> None:
    changes = {"spent_cents": F("spent_cents") - cents}
    if ceiling == Ceiling.DIGITAL:
        changes["digital_spent_cents"] = F("digital_spent_cents") - cents
    elif ceiling == Ceiling.PHYSICAL:
        changes["physical_spent_cents"] = F("physical_spent_cents") - cents
    Deposit.objects.filter(pk=deposit_id).update(**changes)


def _give_back_local(spent: LocalMovement, cents: int, *, now: datetime, by: Actor) -> None:
    LocalMovement.objects.create(
        credit_id=spent.credit_id,
        booking_id=spent.booking_id,
        kind=LocalMovementKind.BACK,
        cents=cents,
        at=now,
        **by.as_columns(),
    )
    LocalCredit.objects.filter(pk=spent.credit_id).update(spent_cents=F("spent_cents") - cents)


@transaction.atomic
def keep_cancelled(*, booking_ids: list[int], now: datetime) -> int:
    """A gesture is paid for them: nobody brings these cancelled bookings back any more."""
    return Booking.objects.filter(
        pk__in=booking_ids, status=BookingStatus.CANCELLED, frozen_at__isnull=True
    ).update(frozen_at=now)
