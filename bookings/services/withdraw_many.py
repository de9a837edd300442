"""Delete several dates of an event and cancel their bookings at once (STK-42, STK-64)."""

from itertools import groupby

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from bookings import emails, transitions
from bookings.cancellation import withdrawable
from bookings.enums import BookingStatus, CancellationReason
from bookings.models import Booking
from bookings.services.release import lock_counters, release
from bookings.services.withdraw import Withdrawal
from offers.models import Offer, Stock
from offers.services.locking import lock_editable_offer
from offers.services.series import discard_dates
from passpro.kernel import clock
from passpro.kernel.actor import Actor


def preview_withdrawals(*, stock_ids: list[int]) -> Withdrawal:
    """How many bookings and euros these dates carry (STK-68)."""
    cancelled = withdrawable(is_event=True)
    live = ~Q(status=BookingStatus.CANCELLED)
    totals = Booking.objects.filter(stock_id__in=stock_ids).aggregate(
        bookings=Count("pk", filter=cancelled),
        places=Sum("quantity", filter=cancelled, default=0),
        cents=Sum(F("amount_cents") * F("quantity"), filter=cancelled, default=0),
        kept=Count("pk", filter=live & ~cancelled),
    )
    return Withdrawal(**totals)


@transaction.atomic
def withdraw_dates(*, offer: Offer, stock_ids: list[int], by: Actor) -> tuple[int, Withdrawal]:
    """Cancel the bookings of these dates of one event and delete them, all or nothing (STK-64).

    Answers how many dates are gone and what was cancelled. As for one date (withdraw.py): those
    in a payment stay, each person gets MSG-10, the offer's address one MSG-09 a booked date.
    Numbers that are not live dates of this offer are left out. Raises OfferFrozen, StockTooOld.
    """
    locked = lock_editable_offer(offer)
    dates = locked.stocks.live().filter(pk__in=stock_ids, beginning_at__isnull=False)
    pks = [stock.pk for stock in dates.order_by("pk").lock_for_booking()]
    kept = preview_withdrawals(stock_ids=pks).kept
    cancelled = _cancel(pks, by)
    count = discard_dates(offer=locked, pks=pks, by=by)
    return count, Withdrawal(
        bookings=len(cancelled),
        places=sum(booking.quantity for booking in cancelled),
        cents=sum(booking.total_cents for booking in cancelled),
        kept=kept,
    )


def _cancel(stock_ids: list[int], by: Actor) -> list[Booking]:
    """The bookings cancelled, by date; places and credit are given back, people are told."""
    chosen = Booking.objects.filter(withdrawable(is_event=True), stock_id__in=stock_ids)
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
            why="Dates supprimées ensemble",
            cancelled_at=now,
            cancellation_reason=CancellationReason.OFFERER,
            used_at=None,
            validated_by="",
        )
    release(moved)
    cancelled = list(
        Booking.objects.filter(pk__in=moved).with_mail_data().order_by("stock_id", "pk")
    )
    for stock_id, group in groupby(cancelled, key=lambda booking: booking.stock_id):
        emails.queue_withdrawn(list(group), stock_id=stock_id)
    return cancelled


def dates_to_withdraw(*, offer: Offer, stock_ids: list[int]) -> list[Stock]:
    """Live dates of the offer among these numbers, for the page that asks."""
    dates = offer.stocks.live().filter(pk__in=stock_ids, beginning_at__isnull=False)
    return list(dates.select_related("price_category").order_by("beginning_at", "pk"))
