"""A partner's software changes or deletes one date; its bookings follow (API-184, API-185)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.exceptions import TicketsAlreadySold
from bookings.services.postpone import postpone_stock
from bookings.services.withdraw import Withdrawal, withdraw_stock
from offers.exceptions import InvalidStock
from offers.models import PriceCategory, Stock
from offers.services.locking import lock_stock
from offers.services.partner_dates import check_date_key
from offers.services.partner_offers import lock_own
from offers.services.stocks import change_stock
from passpro.kernel.actor import Actor
from venues.models import Provider

UNLIMITED = "unlimited"


def total_of(stock: Stock, remaining: int | str | None) -> int | None:
    """API-73: what is sent is what is left to sell; None is unlimited."""
    if remaining == UNLIMITED or remaining is None:
        return None
    return int(remaining) + stock.booked_quantity


@transaction.atomic
def change_date(
    *,
    stock: Stock,
    provider: Provider,
    changes: Mapping[str, Any],
    price_category: PriceCategory | None,
    by: Actor,
) -> Stock:
    """`changes`: beginning_at, booking_limit_at, remaining, key; an absent name stays.

    The beginning it had already moves nobody (API-60); another one postpones the bookings
    (BKG-42). Raises KeptByAnother, OfferFrozen, StockTooOld, InvalidStock, KeyTaken.
    """
    offer, locked = lock_stock(stock)
    lock_own(offer, provider)
    if "key" in changes:
        check_date_key(locked, changes["key"])
    beginning_at = changes.get("beginning_at") or locked.beginning_at
    if beginning_at is None:
        raise InvalidStock("Un bien n’a pas de date.", field="date")
    limit_at = _limit(changes, locked, beginning_at)
    if beginning_at != locked.beginning_at:
        postpone_stock(stock=locked, beginning_at=beginning_at, booking_limit_at=limit_at, by=by)
        locked.refresh_from_db()
    quantity = total_of(locked, changes["remaining"]) if "remaining" in changes else locked.quantity
    wanted = price_category or locked.price_category
    before = (locked.price_category_id, locked.booking_limit_at, locked.quantity)
    if (wanted and wanted.pk, limit_at, quantity) != before:
        locked = change_stock(
            stock=locked,
            price_category=wanted,
            beginning_at=beginning_at,
            booking_limit_at=limit_at,
            quantity=quantity,
            by=by,
        )
    if "key" in changes and changes["key"] != locked.provider_key:
        locked.provider_key = changes["key"]
        locked.save(update_fields=["provider_key"])
    return locked


def _limit(changes: Mapping[str, Any], stock: Stock, beginning_at: datetime) -> datetime:
    """API-74: the same local day is right, whatever the hour; never after the beginning."""
    limit_at = changes.get("booking_limit_at")
    if limit_at is None:
        kept = stock.booking_limit_at or stock.beginning_at
        assert kept is not None
        # Without a limit of its own, it follows the beginning.
        return beginning_at if kept == stock.beginning_at else min(kept, beginning_at)
    if limit_at > beginning_at:
        day = limit_at.astimezone(beginning_at.tzinfo).date()
        if day > beginning_at.date():
            raise InvalidStock(
                "The bookingLimitDatetime must be before the beginning of the event",
                field="limit",
            )
        return beginning_at
    moment: datetime = limit_at
    return moment


@transaction.atomic
def delete_date(*, stock: Stock, provider: Provider, by: Actor) -> Withdrawal:
    """Delete softly; bookings that may be are cancelled and their people told (API-184).

    Raises TicketsAlreadySold, KeptByAnother, OfferFrozen, StockTooOld.
    """
    offer, locked = lock_stock(stock)
    lock_own(offer, provider)
    if offer.is_ticketed and locked.bookings.live().exists():
        raise TicketsAlreadySold
    return withdraw_stock(stock=locked, by=by)
