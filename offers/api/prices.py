"""Price categories and dates of an event: list and add (§5.7); changes of dates are in bookings."""

from typing import Any

from offers.api.bodies import date_body, price_body
from offers.api.events import new_prices
from offers.api.reading import event_of, in_their_words
from offers.models import PriceCategory, Stock
from offers.services.partner_dates import NewDate, add_dates, add_prices, change_price
from passpro.partner_api.answers import refused
from venues.api.door import Call


def list_prices(call: Call, event_id: int) -> dict[str, Any]:
    """API-181: with the cursor, which the real service ignores."""
    offer, query = event_of(call, event_id), call.query
    rows = PriceCategory.objects.filter(offer=offer, pk__gte=query["firstIndex"])
    if query["idsAtProvider"] is not None:
        rows = rows.filter(provider_key__in=query["idsAtProvider"])
    return {"priceCategories": [price_body(one) for one in rows.order_by("pk")[: query["limit"]]]}


def create_prices(call: Call, event_id: int) -> dict[str, Any]:
    offer = event_of(call, event_id)
    rows = new_prices(call.body["priceCategories"])
    added = in_their_words(
        lambda: add_prices(offer=offer, rows=rows, provider=call.provider, by=call.by)
    )
    return {"priceCategories": [price_body(one) for one in added]}


def change_price_category(call: Call, event_id: int, price_category_id: int) -> dict[str, Any]:
    """API-182; null for a label or a price means unchanged, for the identifier emptied."""
    offer, body = event_of(call, event_id), call.body
    prices = PriceCategory.objects.select_related("offer")
    price = prices.filter(offer=offer, pk=price_category_id).first()
    if price is None:
        raise refused(404, price_category_id=["No price category could be found"])
    changed = in_their_words(
        lambda: change_price(
            price=price,
            provider=call.provider,
            by=call.by,
            label=body.get("label"),
            price_cents=body.get("price"),
            key=(body["idAtProvider"] or "") if "idAtProvider" in body else None,
        )
    )
    return price_body(changed)


def list_dates(call: Call, event_id: int) -> dict[str, Any]:
    """Without the deleted ones."""
    offer, query = event_of(call, event_id), call.query
    rows = Stock.objects.live().filter(offer=offer, pk__gte=query["firstIndex"])
    if query["idsAtProvider"] is not None:
        rows = rows.filter(provider_key__in=query["idsAtProvider"])
    found = rows.select_related("price_category").order_by("pk")[: query["limit"]]
    return {"dates": [date_body(one, one.price_category) for one in found]}


def create_dates(call: Call, event_id: int) -> dict[str, Any]:
    """API-183: all or none, every wrong row told."""
    offer = event_of(call, event_id)
    rows = [
        NewDate(
            beginning_at=row["beginningDatetime"],
            booking_limit_at=row["bookingLimitDatetime"],
            price_category_id=row["priceCategoryId"],
            quantity=None if row["quantity"] == "unlimited" else row["quantity"],
            key=row.get("idAtProvider") or "",
        )
        for row in call.body["dates"]
    ]
    made = in_their_words(
        lambda: add_dates(offer=offer, rows=rows, provider=call.provider, by=call.by)
    )
    return {"dates": [date_body(one, one.price_category) for one in made]}
