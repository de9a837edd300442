"""Move a date to another day or hour with its bookings (« reporter », §3.6.1, STK-59, STK-5A)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from bookings import emails, transitions
from bookings.cancellation import limit_after_date_change
from bookings.enums import BookingStatus
from bookings.models import Booking
from offers.enums import OfferValidation
from offers.models import Stock
from offers.services.locking import lock_stock
from offers.services.stocks import move_stock
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Postponement:
    """What moving a date does, or has done, to its bookings.

    `reopened` validated ones become to be validated again; `limit` is the new end of the right
    to cancel, for all of them (BKG-42).
    """

    bookings: int
    places: int
    reopened: int
    limit: datetime


def preview_postponement(*, stock: Stock, beginning_at: datetime) -> Postponement:
    """Whom the change concerns if it is made now (STK-57)."""
    now = clock.now()
    rows = stock.bookings.live().values_list("quantity", "status", "frozen_at")
    used = sum(status == BookingStatus.USED and frozen is None for _, status, frozen in rows)
    return Postponement(
        bookings=len(rows),
        places=sum(quantity for quantity, _, _ in rows),
        reopened=used if _reopens(now, beginning_at) else 0,
        limit=limit_after_date_change(now, beginning_at),
    )


@transaction.atomic
def postpone_stock(
    *, stock: Stock, beginning_at: datetime, by: Actor, booking_limit_at: datetime | None = None
) -> Postponement:
    """Give a date another beginning; its bookings follow, all or nothing.

    Every booking may be cancelled again until 48 h from now, at the latest the new beginning
    (BKG-42). More than 48 h ahead, those already validated are to be validated again, except in a
    payment (STK-59). Each person gets MSG-11, also when reimbursed (STK-5A); the venue's address
    gets MSG-13, even without a booking. Finance follows by itself (§4.4). `booking_limit_at` None
    is the new beginning; the same beginning changes nothing and tells nobody.

    Raises OfferFrozen, StockGone, StockTooOld (it has begun, STK-50), InvalidStock. For other
    facts of the date (tariff, places), call offers' `change_stock` after it, in one transaction.
    """
    offer, locked = lock_stock(stock)
    preview = preview_postponement(stock=locked, beginning_at=beginning_at)
    if beginning_at == locked.beginning_at:
        return preview
    now = clock.now()
    move_stock(stock=locked, beginning_at=beginning_at, booking_limit_at=booking_limit_at, by=by)
    ids = list(locked.bookings.live().locked().order_by("pk").values_list("pk", flat=True))
    held = Booking.objects.filter(pk__in=ids)
    reopened: list[int] = []
    if _reopens(now, beginning_at):
        reopened = transitions.move_many(
            held,
            BookingStatus.USED,
            BookingStatus.CONFIRMED,
            at=now,
            by=by,
            why="Événement reporté",
            used_at=None,
            validated_by="",
        )
    held.update(cancellation_limit_at=preview.limit)
    if offer.validation != OfferValidation.DRAFT:
        told = list(held.with_mail_data().order_by("pk"))
        emails.queue_postponed(told, locked, stamp=f"{now:%Y%m%dT%H%M%S%f}")
    return Postponement(
        bookings=len(ids), places=preview.places, reopened=len(reopened), limit=preview.limit
    )


def _reopens(now: datetime, beginning_at: datetime) -> bool:
    """Far enough for the places to be given up and sold again (§3.6.1, step 4)."""
    return beginning_at > now + settings.BENEFICIARY_CANCELLATION_BEFORE_EVENT
