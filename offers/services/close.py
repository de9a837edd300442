"""Stop an offer: « clôturer la billetterie » of all its dates, or take them away (STK-69)."""

from django.db import transaction
from django.db.models import F, Q

from offers import transitions
from offers.models import Offer, Stock
from offers.querysets import StockQuerySet
from offers.services.locking import CLOSING, lock_own_offer
from passpro.kernel import clock
from passpro.kernel.actor import Actor


@transaction.atomic
def close_offer(*, offer: Offer, by: Actor) -> int:
    """Stop the bookings of every date ahead, or of the good; those made are kept.

    No place is left and the limit is now, so that a place given up is not sold again. Answers
    how many dates were closed. Raises OfferFrozen, MadeByPartner.
    """
    locked = lock_own_offer(offer, by=by, changes=CLOSING)
    now = clock.now()
    ids = list(lock_stocks_ahead(locked).values_list("pk", flat=True))
    open_ones = Stock.objects.filter(pk__in=ids).filter(
        Q(booking_limit_at__isnull=True) | Q(booking_limit_at__gt=now)
    )
    count = open_ones.update(booking_limit_at=now, quantity=F("booked_quantity"))
    if count:
        transitions.note(locked, by=by, why="Billetterie clôturée")
    return count


def stocks_ahead(offer: Offer) -> StockQuerySet:
    """Live dates that have not begun, or the stock of a good."""
    live: StockQuerySet = offer.stocks.live()
    return live.filter(Q(beginning_at__isnull=True) | Q(beginning_at__gt=clock.now()))


def lock_stocks_ahead(offer: Offer) -> StockQuerySet:
    """The same rows, locked in the order of every use case; the caller holds the offer."""
    return stocks_ahead(offer).order_by("pk").lock_for_booking()


@transaction.atomic
def end_offer(*, offer: Offer, stock_ids: list[int], by: Actor) -> None:
    """Take these dates away and pause the offer, whose bookings the caller has just cancelled.

    For the use case of bookings that cancels a whole offer and holds its locks. Bookings being
    paid stay attached to their date (STK-66).
    """
    now = clock.now()
    Stock.objects.filter(pk__in=stock_ids).update(deleted_at=now)
    offer.is_active, offer.updated_at = False, now
    offer.save(update_fields=["is_active", "updated_at"])
    transitions.note(offer, by=by, why="Offre annulée")
