"""Change a product: taking its stock away cancels its bookings (API-105, API-201)."""

from typing import Any

from bookings.services.withdraw import withdraw_stock
from offers.api.events import change as change_offer
from offers.api.products import NOT_FOUND, fresh_product, products_of
from offers.api.reading import in_their_words, label_of
from offers.models import Offer, Stock
from offers.services.partner_offers import lock_own
from offers.services.partner_stock import write_stock
from passpro.partner_api import contract
from passpro.partner_api.answers import refused
from venues.api.door import Call


def change(call: Call) -> dict[str, Any]:
    """`stock`: absent stays, an object changes or creates, null deletes."""
    offer = products_of(call).filter(pk=call.body["offerId"]).first()
    if offer is None:
        raise refused(404, offerId=[NOT_FOUND])
    if offer.subcategory_id not in contract.category_codes("product", "create"):
        raise refused(400, **{"product.subcategory": ["Only creatable categories can be edited"]})
    in_their_words(lambda: _change(call, offer), label=label_of(offer.subcategory_id))
    return fresh_product(offer.pk)


def _change(call: Call, offer: Offer) -> None:
    change_offer(call, offer, call.body)
    if "stock" not in call.body:
        return
    sent = call.body["stock"]
    if sent is not None:
        write_stock(offer=offer, provider=call.provider, sent=sent, by=call.by)
        return
    lock_own(offer, call.provider)
    stock = Stock.objects.live().select_related("offer").filter(offer=offer).first()
    if stock is not None:
        withdraw_stock(stock=stock, by=call.by)
