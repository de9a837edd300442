"""Products: list, create, read, by EAN (API-200 to API-204); the PATCH is in bookings."""

from datetime import datetime
from typing import Any

from offers.api.bodies import product_body, with_body_data
from offers.api.events import offer_is_open
from offers.api.reading import (
    PRODUCTS,
    details_of,
    give_image,
    in_their_words,
    label_of,
    more_of,
    offers_of,
    page_of,
    place_of,
    publication_of,
    venue_of,
)
from offers.models import Offer, PartnerUpload, Stock
from offers.querysets import OfferQuerySet
from offers.services.details import OfferDetails
from offers.services.partner_eans import availability_of
from offers.services.partner_image import checked, decoded
from offers.services.partner_offers import Changes, draft_for_partner, publish_for_partner
from offers.services.partner_stock import write_stock
from offers.services.partner_uploads import queue_upload
from passpro.kernel import clock
from passpro.partner_api.answers import refused
from passpro.reference.categories import subcategory
from venues.api.door import Call

NOT_FOUND = "The product offer could not be found"


def products_of(call: Call) -> OfferQuerySet:
    return offers_of(call).filter(subcategory_id__in=PRODUCTS)


def list_products(call: Call) -> dict[str, Any]:
    page = page_of(call, with_body_data(products_of(call), clock.now()))
    return {"products": bodies_of(list(page))}


def read_product(call: Call, product_id: int) -> dict[str, Any]:
    if not products_of(call).filter(pk=product_id).exists():
        raise refused(404, product_id=[NOT_FOUND])
    return fresh_product(product_id)


def bodies_of(offers: list[Offer]) -> list[dict[str, Any]]:
    stocks = Stock.objects.live().filter(offer__in=offers).order_by("-pk")
    by_offer = {stock.offer_id: stock for stock in stocks} if offers else {}
    return [product_body(offer, by_offer.get(offer.pk)) for offer in offers]


def fresh_product(pk: int) -> dict[str, Any]:
    """The answer to a write: the product as it is now."""
    rows = with_body_data(Offer.objects.filter(pk=pk), clock.now())
    return bodies_of(list(rows.order_by("pk")))[0]


def create_product(call: Call) -> dict[str, Any]:
    """The checks of an event's creation, with one stock at most (API-200)."""
    venue = venue_of(call, call.body["location"]["venueId"])
    label = label_of(call.body["categoryRelatedFields"]["category"])
    offer = in_their_words(lambda: _create(call, call.body, venue), label=label)
    return fresh_product(offer.pk)


def _create(call: Call, body: dict[str, Any], venue: Any) -> Offer:
    location = body["location"]
    publication_at = publication_of(body, default="now")
    if body.get("image"):
        checked(decoded(body["image"]["file"]))
    kind = subcategory(body["categoryRelatedFields"]["category"])
    offer = draft_for_partner(
        provider=call.provider,
        venue=venue,
        details=OfferDetails(
            subcategory_id=kind.id, url=location.get("url", ""), **details_of(body)
        ),
        has_ticket=False,
        changes=Changes(
            more=more_of(body), place=place_of(location), is_moved=location["type"] == "address"
        ),
        by=call.by,
    )
    stock = body.get("stock")
    if stock:
        limit_at = stock.get("bookingLimitDatetime")
        if limit_at and publication_at and limit_at < publication_at:
            raise refused(
                400,
                __root__=["The `bookingLimitDatetime` must be after the `publicationDatetime`"],
            )
        write_stock(offer=offer, provider=call.provider, sent=stock, by=call.by)
    publish_for_partner(offer=offer, publication_at=publication_at, by=call.by)
    if offer_is_open(offer):
        give_image(offer, body.get("image"), call)
    return offer


def read_by_ean(call: Call) -> dict[str, Any]:
    """Newest first, those found."""
    venue = venue_of(call, call.query["venueId"], key="venue_id")
    rows = products_of(call).filter(venue=venue, extra_data__ean__in=call.query["eans"])
    return {"products": bodies_of(list(with_body_data(rows, clock.now()).order_by("-pk")))}


def upload(call: Call) -> None:
    """API-203: 204 at once; a worker does it, a few statements whatever the number of rows."""
    location = call.body["location"]
    venue = venue_of(call, location["venueId"])
    if venue.is_virtual or location["type"] != "physical":
        raise refused(400, location=["EAN products are sold at a physical venue"])
    rows = []
    for row in call.body["products"]:
        stock, quantity = row["stock"], row["stock"].get("quantity")
        at = row.get("publicationDatetime", "now")
        rows.append(
            {
                "ean": row["ean"],
                "price_cents": stock["price"],
                "remaining": None if quantity in {None, "unlimited"} else quantity,
                "booking_limit_at": _text(stock.get("bookingLimitDatetime")),
                "public_url": row.get("externalTicketOfficeUrl"),
                "publication_at": _text(clock.now() if at == "now" else at),
                "booking_allowed_at": _text(row.get("bookingAllowedDatetime")),
            }
        )
    queue_upload(
        provider=call.provider,
        venue=venue,
        kind=PartnerUpload.Kind.EANS,
        sent=rows,
        by=call.by,
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def check_availability(call: Call) -> dict[str, Any]:
    found = availability_of(call.query["eans"])
    return {
        "available": found.available,
        "rejected": {
            "notFound": found.not_found,
            "subcategoryNotAllowed": found.not_sold,
            "notCompliantWithCgu": found.refused,
        },
    }
