"""One date of a partner's event: change it, delete it, its bookings with it (API-184, API-185)."""

from collections.abc import Callable
from typing import Any

from bookings.exceptions import TicketsAlreadySold
from bookings.services.partner_dates import change_date, delete_date
from offers.api.bodies import date_body
from offers.api.reading import event_of, in_their_words
from offers.exceptions import InvalidStock, StockGone, StockTooOld
from offers.models import PriceCategory, Stock
from passpro.partner_api.answers import refused
from venues.api.door import Call

_PAST = "Les évènements passés ne sont pas modifiables"
_STOCK = "No stock could be found"


def change(call: Call, event_id: int, stock_id: int) -> dict[str, Any]:
    stock, body = _stock_of(call, event_id, stock_id), call.body
    price = None
    if body.get("priceCategoryId") is not None:
        rows = PriceCategory.objects.filter(offer_id=stock.offer_id)
        price = rows.filter(pk=body["priceCategoryId"]).first()
        if price is None:
            raise refused(404, priceCategoryId=["No price category could be found"])
    changes: dict[str, Any] = {}
    if body.get("beginningDatetime") is not None:
        changes["beginning_at"] = body["beginningDatetime"]
    if body.get("bookingLimitDatetime") is not None:
        changes["booking_limit_at"] = body["bookingLimitDatetime"]
    if body.get("quantity") is not None:
        changes["remaining"] = body["quantity"]
    if "idAtProvider" in body:
        changes["key"] = body["idAtProvider"] or ""
    changed = _told(
        lambda: change_date(
            stock=stock,
            provider=call.provider,
            changes=changes,
            price_category=price,
            by=call.by,
        ),
        past=_PAST,
    )
    changed.refresh_from_db()
    return date_body(changed, PriceCategory.objects.filter(pk=changed.price_category_id)[0])


def delete(call: Call, event_id: int, stock_id: int) -> None:
    stock = _stock_of(call, event_id, stock_id)
    _told(lambda: delete_date(stock=stock, provider=call.provider, by=call.by), past="")


def _stock_of(call: Call, event_id: int, stock_id: int) -> Stock:
    event = event_of(call, event_id)
    live = Stock.objects.live().select_related("offer")
    stock = live.filter(offer=event, pk=stock_id).first()
    if stock is None:
        raise refused(404, stock_id=[_STOCK])
    return stock


def _told(run: Callable[[], Any], *, past: str) -> Any:
    try:
        return in_their_words(run)
    except TicketsAlreadySold as sold:
        raise refused(400, code=sold.code, **{"global": [sold.message]}) from None
    except StockTooOld as old:
        raise refused(400, **{"global": [past or old.message]}) from None
    except StockGone:
        raise refused(404, stock_id=[_STOCK]) from None
    except InvalidStock as wrong:
        key = {"limit": "bookingLimitDatetime", "date": "beginningDatetime"}.get(
            wrong.field or "", wrong.field or "global"
        )
        raise refused(400, **{key: [wrong.message]}) from None
