"""Delete several dates of an event and cancel their bookings at once (STK-42, STK-64)."""

from itertools import groupby

from django.db import transaction

from bookings import emails
from bookings.models import Booking
from bookings.services.withdraw import Withdrawal, cancel_held, preview_of, said
from offers.models import Offer, Stock
from offers.services.locking import lock_editable_offer
from offers.services.series import discard_dates
from passpro.kernel.actor import Actor


def preview_withdrawals(*, stock_ids: list[int]) -> Withdrawal:
    """How many bookings and euros these dates of an event carry (STK-68)."""
    return preview_of(Booking.objects.filter(stock_id__in=stock_ids), is_event=True)


@transaction.atomic
def withdraw_dates(*, offer: Offer, stock_ids: list[int], by: Actor) -> tuple[int, Withdrawal]:
    """Cancel the bookings of these dates of one event and delete them, all or nothing (STK-64).

    Answers how many dates are gone and what was cancelled. As for one date (withdraw.py): those
    in a payment stay, each person gets MSG-10, the offer's address one MSG-09 a booked date.
    Numbers that are not live dates of this offer are left out. Raises OfferFrozen, MadeByPartner,
    StockTooOld.
    """
    locked = lock_editable_offer(offer)
    dates = locked.stocks.live().filter(pk__in=stock_ids, beginning_at__isnull=False)
    pks = [stock.pk for stock in dates.order_by("pk").lock_for_booking()]
    kept = preview_withdrawals(stock_ids=pks).kept
    bookings = Booking.objects.filter(stock_id__in=pks)
    cancelled = cancel_held(bookings, is_event=True, by=by, why="Dates supprimées ensemble")
    count = discard_dates(offer=locked, pks=pks, by=by)
    for stock_id, group in groupby(cancelled, key=lambda booking: booking.stock_id):
        emails.queue_withdrawn(list(group), stock_id=stock_id)
    return count, said(cancelled, kept)


def dates_to_withdraw(*, offer: Offer, stock_ids: list[int]) -> list[Stock]:
    """Live dates of the offer among these numbers, for the page that asks."""
    dates = offer.stocks.live().filter(pk__in=stock_ids, beginning_at__isnull=False)
    return list(dates.select_related("price_category").order_by("beginning_at", "pk"))
