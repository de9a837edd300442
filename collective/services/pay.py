"""Used bookings whose statement is made are paid: « Payée », with its date (§14, seed 000)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from collective import transitions
from collective.enums import BookingStatus, DisplayStatus
from collective.models import CollectiveBooking, CollectiveOffer
from passpro.kernel.actor import Actor


@transaction.atomic
def mark_reimbursed(*, booking_ids: Sequence[int], now: datetime, by: Actor) -> int:
    """Those that are USED become REIMBURSED at `now`; answers how many.

    Again: nothing is left to move. Set-based: the rows of their offers are locked first, one line
    of history each.
    """
    found = CollectiveBooking.objects.filter(pk__in=booking_ids, status=BookingStatus.USED)
    offers = CollectiveOffer.objects.filter(stock__bookings__in=found).order_by("pk")
    list(offers.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    # Again under the locks.
    bookings = list(found.select_related("stock").order_by("pk"))
    transitions.move_many(bookings, BookingStatus.REIMBURSED, by=by, reimbursed_at=now)
    transitions.log_many(
        [(booking.stock.offer_id, now) for booking in bookings],
        DisplayStatus.ENDED,
        DisplayStatus.REIMBURSED,
        by=by,
        why="Justificatif de remboursement émis",
    )
    return len(bookings)
