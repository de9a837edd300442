"""What several views of the offers' API read and refuse in the same way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from offers.exceptions import (
    DuplicateEan,
    InvalidDetails,
    InvalidRows,
    NoTicketing,
    OfferFrozen,
    PartnerImageRefused,
)
from offers.models import Offer
from offers.querysets import OfferQuerySet
from offers.services.details import OfferDetails
from offers.services.image import set_image
from offers.services.partner_image import checked, decoded
from offers.services.partner_offers import Changes, OwnPlace
from passpro.kernel import clock
from passpro.kernel.errors import DomainError
from passpro.partner_api import contract
from passpro.partner_api.answers import Refused, refused
from passpro.reference.categories import subcategory
from venues.api.door import Call
from venues.api.venues import NOT_FOUND, venues_of
from venues.models import KnownAddress, Venue

FROZEN = "Les offres refusées ou en attente de validation ne sont pas modifiables"
EVENTS = frozenset(contract.category_codes("event", "read"))
PRODUCTS = frozenset(contract.category_codes("product", "read"))
# Name of the contract → name of the details; the rest needs more than a copy.
_PLAIN = {
    "name": "title",
    "description": "description",
    "bookingContact": "booking_contact",
    "bookingEmail": "notification_email",
    "externalTicketOfficeUrl": "public_url",
    "itemCollectionDetails": "withdrawal_details",
}
_ACCESSIBILITY = {
    "audioDisabilityCompliant": "audio_accessible",
    "mentalDisabilityCompliant": "mental_accessible",
    "motorDisabilityCompliant": "motor_accessible",
    "visualDisabilityCompliant": "visual_accessible",
}
_MAX_DURATION = 24 * 60
_MAX_COLLECTION = 500
# The contract's key of a refusal that the portal names otherwise.
_KEYS = {
    "is_duo": "enableDoubleBookings",
    "title": "name",
    "description": "description",
    "url": "url",
}


def offers_of(call: Call) -> OfferQuerySet:
    """The one set of offers that a key sees."""
    return Offer.objects.open_to_partner(call.key.provider_id)


def event_of(call: Call, event_id: int, message: str = "The event could not be found") -> Offer:
    """404 `event_id`, also for a product."""
    offer = offers_of(call).filter(pk=event_id, subcategory_id__in=EVENTS).first()
    if offer is None:
        raise refused(404, event_id=[message])
    return offer


def venue_of(call: Call, venue_id: int, key: str = "global") -> Venue:
    """API-90."""
    venue = venues_of(call).select_related("offerer").filter(pk=venue_id).first()
    if venue is None:
        message: Any = NOT_FOUND if key == "global" else ["The venue could not be found"]
        raise refused(404, **{key: message})
    return venue


def place_of(location: dict[str, Any]) -> OwnPlace | None:
    """API-91; an unknown address is a 404."""
    if location["type"] != "address":
        return None
    known = KnownAddress.objects.filter(pk=location["addressId"]).first()
    if known is None:
        raise refused(404, **{"location.AddressLocation.addressId": ["Address not found"]})
    return OwnPlace(address=known, label=location.get("addressLabel") or "")


def page_of(call: Call, offers: OfferQuerySet) -> OfferQuerySet:
    """Filters and cursor of the lists of events and products (API-50, API-244)."""
    query = call.query
    if query["venueId"] is not None:
        venue_of(call, query["venueId"])
        offers = offers.filter(venue_id=query["venueId"])
    if query["idsAtProvider"] is not None:
        offers = offers.filter(provider_key__in=query["idsAtProvider"])
    if query["addressId"] is not None:
        offers = offers.filter(known_address_id=query["addressId"])
    return offers.filter(pk__gte=query["firstIndex"]).order_by("pk")[: query["limit"]]


def details_of(body: dict[str, Any], *, before: OfferDetails | None = None) -> dict[str, Any]:
    """The details that a body gives, by our names; null empties (API-60).

    `before`: those of the offer that changes, into which nested objects are merged (API-173).
    """
    found: dict[str, Any] = {
        ours: body[theirs] or "" for theirs, ours in _PLAIN.items() if theirs in body
    }
    problems = {}
    if len(found.get("withdrawal_details", "")) > _MAX_COLLECTION:
        most = f"ensure this value has at most {_MAX_COLLECTION} characters"
        problems["itemCollectionDetails"] = [most]
    if "eventDuration" in body:
        found["duration_minutes"] = minutes = body["eventDuration"]
        if minutes is not None and not 0 <= minutes < _MAX_DURATION:
            problems["eventDuration"] = ["ensure this value is between 0 and 1439"]
    if problems:
        raise InvalidRows(problems)
    if body.get("enableDoubleBookings") is not None:
        found["is_duo"] = body["enableDoubleBookings"]
    for theirs, ours in _ACCESSIBILITY.items():
        if theirs in (body.get("accessibility") or {}):
            found[ours] = body["accessibility"][theirs]
    if body.get("categoryRelatedFields") is not None:
        from offers.api.kinds import stored_extra

        merged = dict(before.extra_data) if before else {}
        found["extra_data"] = merged | stored_extra(body["categoryRelatedFields"])
    return found


def more_of(body: dict[str, Any]) -> dict[str, Any]:
    """What an offer keeps beside its details."""
    found = {}
    if "idAtProvider" in body:
        found["provider_key"] = body["idAtProvider"] or ""
    if "videoUrl" in body:
        found["video_url"] = body["videoUrl"] or ""
    if "bookingAllowedDatetime" in body:
        found["booking_allowed_at"] = body["bookingAllowedDatetime"]
    return found


def changes_of(body: dict[str, Any], offer: Offer, before: OfferDetails) -> Changes:
    """What a PATCH changes; the venue of an offer never does."""
    details = details_of(body, before=before)
    category = (body.get("categoryRelatedFields") or {}).get("category")
    if category is not None and category != offer.subcategory_id:
        raise refused(400, **{"categoryRelatedFields.category": ["The category cannot be changed"]})
    location = body.get("location")
    if location is None:
        return Changes(details=details, more=more_of(body))
    if location["venueId"] != offer.venue_id:
        raise refused(400, location=["The venue cannot be changed"])
    if location["type"] == "digital":
        details["url"] = location["url"]
    return Changes(
        details=details, more=more_of(body), place=place_of(location), is_moved=not offer.url
    )


def publication_of(body: dict[str, Any], *, default: Any) -> Any:
    """API-61: an instant, None to hide, or `default` when the call says nothing."""
    old, new = body.get("publicationDate"), body.get("publicationDatetime", default)
    if "publicationDate" in body:
        if "publicationDatetime" in body:
            raise refused(
                400,
                __root__=["You cannot give both `publicationDate` and `publicationDatetime`."],
            )
        new = old if old is not None else "now"
        if isinstance(new, datetime) and new <= clock.now():
            raise refused(400, publicationDate=["The datetime must be in the future."])
    if "publicationDatetime" not in body and "publicationDate" not in body:
        if body.get("isActive") is not None:
            new = "now" if body["isActive"] else None
    return clock.now() if new == "now" else new


def give_image(offer: Offer, image: dict[str, Any] | None, call: Call) -> None:
    """Last of a call: its files stay if what follows fails."""
    if image is None:
        return
    upload = checked(decoded(image["file"]))
    set_image(offer=offer, upload=upload, credit=(image.get("credit") or "")[:255], by=call.by)


def in_their_words(run: Callable[[], Any], *, label: str = "") -> Any:
    """The refusals of the offers' services, each under the key that clients know."""
    try:
        return run()
    except InvalidRows as wrong:
        raise Refused(400, dict(wrong.problems)) from None
    except OfferFrozen:
        raise refused(400, **{"global": [FROZEN]}) from None
    except (NoTicketing, PartnerImageRefused) as error:
        raise refused(400, **{error.api_key: error.message}) from None
    except DuplicateEan as error:
        raise refused(400, ean=[error.message]) from None
    except InvalidDetails as error:
        raise refused(400, **{_key_of(error): [_text_of(error, label)]}) from None


def _key_of(error: DomainError) -> str:
    key = getattr(error, "api_key", None)
    if key in {None, "global"}:
        key = _KEYS.get(error.field or "", error.field or "global")
    known = {
        "bookingContact": "offer",
        "booking_contact": "offer",
        "subcategory": "categoryRelatedFields",
    }
    return known.get(key, key)


def _text_of(error: DomainError, label: str) -> str:
    if error.field == "is_duo":
        return "the category chosen does not allow double bookings"
    if error.field == "url" and label:
        return f"Une offre de sous-catégorie {label} ne peut pas être numérique"
    if error.field == "booking_contact":
        return "Une offre qui a un ticket retirable doit avoir l'email du contact de réservation"
    return error.message


def label_of(code: str) -> str:
    return subcategory(code).label
