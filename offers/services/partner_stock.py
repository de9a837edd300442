"""The single stock of a partner's good; the quantity that is sent is what remains (API-73)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from offers.exceptions import InvalidRows
from offers.models import Offer, Stock
from offers.services.partner_offers import lock_own
from offers.services.stocks import set_good_stock
from passpro.kernel.actor import Actor
from venues.models import Provider


@transaction.atomic
def write_stock(*, offer: Offer, provider: Provider, sent: Mapping[str, Any], by: Actor) -> Stock:
    """Create or change it: `sent` has price (cents), quantity (a number, « unlimited » or None),
    bookingLimitDatetime; an absent name stays (API-201).

    Raises InvalidRows (no price yet, limit before the publication), KeptByAnother, InvalidStock.
    """
    locked = lock_own(offer, provider)
    stock = locked.stocks.live().lock_for_booking().order_by("pk").first()
    price_cents = sent.get("price")
    if price_cents is None:
        if stock is None:
            raise InvalidRows({"stock.price": ["Required"]})
        price_cents = stock.price_cents
    limit_at = sent.get("bookingLimitDatetime", stock.booking_limit_at if stock else None)
    visible_at = locked.publication_at
    if limit_at and visible_at and limit_at < visible_at:
        raise InvalidRows(
            {"__root__": ["The `bookingLimitDatetime` must be after the `publicationDatetime`"]}
        )
    return set_good_stock(
        offer=locked,
        price_cents=price_cents,
        quantity=_total(sent, stock),
        booking_limit_at=limit_at,
        by=by,
    )


def _total(sent: Mapping[str, Any], stock: Stock | None) -> int | None:
    if "quantity" not in sent:
        return stock.quantity if stock else None
    remaining = sent["quantity"]
    if remaining is None or remaining == "unlimited":
        return None
    return int(remaining) + (stock.booked_quantity if stock else 0)
