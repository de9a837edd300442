"""Events: list, create, read, change (API-170 to API-174)."""

from typing import Any

from offers.api.bodies import event_body, fresh_event, with_body_data
from offers.api.reading import (
    EVENTS,
    changes_of,
    details_of,
    event_of,
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
from offers.enums import WithdrawalType
from offers.models import Offer
from offers.services.details import OfferDetails, stored_details
from offers.services.partner_dates import NewPrice, add_prices
from offers.services.partner_image import checked, decoded
from offers.services.partner_offers import (
    Changes,
    change_for_partner,
    draft_for_partner,
    publish_for_partner,
    set_publication,
)
from passpro.kernel import clock
from passpro.reference.categories import subcategory
from venues.api.door import Call

NOT_FOUND = "The event offer could not be found"


def list_events(call: Call) -> dict[str, Any]:
    offers = offers_of(call).filter(subcategory_id__in=EVENTS)
    page = with_body_data(offers, clock.now()).prefetch_related("price_categories")
    return {"events": [_body(one) for one in page_of(call, page)]}


def read_event(call: Call, event_id: int) -> dict[str, Any]:
    offer = event_of(call, event_id, NOT_FOUND)
    return fresh_event(offer.pk)


def create_event(call: Call) -> dict[str, Any]:
    """API-170: the checks in the order of the real service, all or nothing."""
    body = call.body
    location = body["location"]
    venue = venue_of(call, location["venueId"])
    offer = in_their_words(
        lambda: _create(call, body, venue, location),
        label=label_of(body["categoryRelatedFields"]["category"]),
    )
    return fresh_event(offer.pk)


def _create(call: Call, body: dict[str, Any], venue: Any, location: dict[str, Any]) -> Offer:
    publication_at = publication_of(body, default="now")
    if body.get("image"):
        checked(decoded(body["image"]["file"]))
    kind = subcategory(body["categoryRelatedFields"]["category"])
    details = details_of(body)
    # API-171: two places unless the call or the category says no.
    asked = body.get("enableDoubleBookings")
    details["is_duo"] = kind.can_be_duo if asked is None else asked
    ticket = kind.needs_withdrawal_type and not body["hasTicket"]
    offer = draft_for_partner(
        provider=call.provider,
        venue=venue,
        details=OfferDetails(
            subcategory_id=kind.id,
            url=location.get("url", ""),
            withdrawal_type=_withdrawal(has_ticket=body["hasTicket"], asked=bool(ticket)),
            **details,
        ),
        has_ticket=body["hasTicket"],
        changes=Changes(
            more=more_of(body), place=place_of(location), is_moved=location["type"] == "address"
        ),
        by=call.by,
    )
    add_prices(
        offer=offer,
        rows=new_prices(body.get("priceCategories") or []),
        provider=call.provider,
        by=call.by,
    )
    publish_for_partner(offer=offer, publication_at=publication_at, by=call.by)
    if offer_is_open(offer):
        give_image(offer, body.get("image"), call)
    return offer


def offer_is_open(offer: Offer) -> bool:
    """Held back by a rule, it takes nothing more until the team has decided."""
    offer.refresh_from_db(fields=["validation"])
    return offer.can_be_edited


def _withdrawal(*, has_ticket: bool, asked: bool) -> str:
    if has_ticket:
        return WithdrawalType.IN_APP
    return WithdrawalType.NO_TICKET if asked else ""


def new_prices(rows: list[dict[str, Any]]) -> list[NewPrice]:
    return [
        NewPrice(label=row["label"], price_cents=row["price"], key=row.get("idAtProvider") or "")
        for row in rows
    ]


def change_event(call: Call, event_id: int) -> dict[str, Any]:
    """API-101, API-173: absent keys stay; publication alone for an event made elsewhere."""
    offer, body = event_of(call, event_id, NOT_FOUND), call.body
    in_their_words(lambda: change(call, offer, body), label=label_of(offer.subcategory_id))
    return fresh_event(offer.pk)


def change(call: Call, offer: Offer, body: dict[str, Any]) -> None:
    """Events and products alike."""
    publication = {"publicationDatetime", "isActive"} & body.keys()
    if publication:
        at = publication_of(body, default=None)
        set_publication(offer=offer, publication_at=at, by=call.by)
    if body.keys() - {"publicationDatetime", "isActive", "offerId", "stock"}:
        changes = changes_of(body, offer, stored_details(offer))
        change_for_partner(offer=offer, provider=call.provider, changes=changes, by=call.by)
        if offer_is_open(offer):
            give_image(offer, body.get("image"), call)


def _body(offer: Offer) -> dict[str, Any]:
    return event_body(offer, sorted(offer.price_categories.all(), key=lambda one: one.pk))
