"""Delete a date or a stock and cancel its bookings (« annuler une date », STK-61 to STK-68)."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from bookings import emails, transitions
from bookings.cancellation import withdrawable
from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from bookings.services.release import lock_counters, release
from offers.models import Stock
from offers.services.locking import lock_stock
from offers.services.stocks import withdraw_stock as delete_stock
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal cancels, or has cancelled; `kept` are being paid or, for a good, used."""

    bookings: int
    places: int
    cents: int
    kept: int


def preview_withdrawal(*, stock: Stock) -> Withdrawal:
    """How many bookings and euros would be cancelled now (STK-68)."""
    return preview_of(stock.bookings.all(), is_event=stock.offer.is_event)


def preview_of(bookings: BookingQuerySet, *, is_event: bool) -> Withdrawal:
    """What cancelling all of these would do."""
    cancelled = withdrawable(is_event=is_event)
    live = ~Q(status=BookingStatus.CANCELLED)
    totals = bookings.order_by().aggregate(
        bookings=Count("pk", filter=cancelled),
        places=Sum("quantity", filter=cancelled, default=0),
        cents=Sum(F("amount_cents") * F("quantity"), filter=cancelled, default=0),
        kept=Count("pk", filter=live & ~cancelled),
    )
    return Withdrawal(**totals)


@transaction.atomic
def withdraw_stock(*, stock: Stock, by: Actor) -> Withdrawal:
    """Cancel the bookings of a date or a stock, then delete it softly, all or nothing.

    Confirmed ones, and used ones of an event; those in a payment stay (STK-66). Each person gets
    MSG-10, the offer's address one MSG-09 (STK-67). Raises OfferFrozen (STK-61) and
    StockTooOld (STK-62).
    """
    offer, locked = lock_stock(stock)
    kept = preview_withdrawal(stock=locked).kept
    cancelled = cancel_held(
        locked.bookings.all(), is_event=offer.is_event, by=by, why="Date ou stock supprimé"
    )
    locked.refresh_from_db(fields=["booked_quantity"])
    delete_stock(stock=locked, by=by)
    emails.queue_withdrawn(cancelled, stock_id=locked.pk)
    return said(cancelled, kept)


def cancel_held(
    bookings: BookingQuerySet,
    *,
    is_event: bool,
    by: Actor,
    why: str,
    reason: CancellationReason = CancellationReason.OFFERER,
) -> list[Booking]:
    """Cancel all of these that may be (STK-66), give places and credit back; nobody is told.

    The caller holds the locks of the offer and of the stocks. Answers them with what e-mails need.
    """
    chosen = bookings.filter(withdrawable(is_event=is_event))
    ids = list(chosen.order_by("pk").values_list("pk", flat=True))
    lock_counters(ids)
    now, moved = clock.now(), []
    for status in (BookingStatus.CONFIRMED, BookingStatus.USED):
        moved += transitions.move_many(
            Booking.objects.filter(pk__in=ids),
            status,
            BookingStatus.CANCELLED,
            at=now,
            by=by,
            why=why,
            cancelled_at=now,
            cancellation_reason=reason,
            used_at=None,
            validated_by="",
        )
    release(moved, at=now, by=by)
    return list(Booking.objects.filter(pk__in=moved).with_mail_data().order_by("stock_id", "pk"))


def said(cancelled: list[Booking], kept: int) -> Withdrawal:
    return Withdrawal(
        bookings=len(cancelled),
        places=sum(booking.quantity for booking in cancelled),
        cents=sum(booking.total_cents for booking in cancelled),
        kept=kept,
    )
