"""Offers, prices and dates as the partner API tells them."""

from datetime import datetime
from typing import Any

from django.conf import settings

from offers.api.kinds import told_extra
from offers.enums import WithdrawalType
from offers.models import Offer, PriceCategory, Stock
from offers.querysets import OfferQuerySet
from passpro.kernel import clock
from passpro.kernel.images import address_of
from passpro.partner_api.answers import instant


def with_body_data(offers: OfferQuerySet, now: datetime) -> OfferQuerySet:
    """What `event_body` and `product_body` read, besides prices or stock."""
    return offers.with_display_status(now).select_related("venue")


def event_body(offer: Offer, prices: list[PriceCategory]) -> dict[str, Any]:
    return {
        **_common(offer),
        "eventDuration": offer.duration_minutes,
        "hasTicket": offer.withdrawal_type == WithdrawalType.IN_APP,
        "priceCategories": [price_body(one) for one in prices],
        "videoUrl": offer.video_url or None,
    }


def product_body(offer: Offer, stock: Stock | None) -> dict[str, Any]:
    return {**_common(offer), "stock": stock_body(stock) if stock else None}


def _common(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.pk,
        "accessibility": {
            "audioDisabilityCompliant": offer.audio_accessible,
            "mentalDisabilityCompliant": offer.mental_accessible,
            "motorDisabilityCompliant": offer.motor_accessible,
            "visualDisabilityCompliant": offer.visual_accessible,
        },
        "bookingAllowedDatetime": instant(offer.booking_allowed_at),
        "bookingContact": offer.booking_contact or None,
        "bookingEmail": offer.notification_email or None,
        "categoryRelatedFields": told_extra(offer.subcategory_id, offer.extra_data),
        "description": offer.description or None,
        "enableDoubleBookings": offer.is_duo,
        "externalTicketOfficeUrl": offer.public_url or None,
        "idAtProvider": offer.provider_key or None,
        "image": image_body(offer),
        "itemCollectionDetails": offer.withdrawal_details or None,
        "location": location_body(offer),
        "name": offer.title,
        "publicationDatetime": instant(offer.publication_at) if _is_planned(offer) else None,
        "status": offer.display_status,  # type: ignore[attr-defined]  # with_display_status
    }


def _is_planned(offer: Offer) -> bool:
    """Switched off, it has no publication for a software (API-61)."""
    return offer.is_active or offer.validation == "PENDING"


def image_body(offer: Offer) -> dict[str, Any] | None:
    if not offer.image_key:
        return None
    return {
        "url": settings.SITE_URL.rstrip("/") + address_of(offer.image_key, 800),
        "credit": offer.image_credit or None,
    }


def location_body(offer: Offer) -> dict[str, Any]:
    if offer.is_digital:
        return {"type": "digital", "venueId": offer.venue_id, "url": offer.url}
    if offer.is_elsewhere and offer.known_address_id is not None:
        return {
            "type": "address",
            "venueId": offer.venue_id,
            "addressId": offer.known_address_id,
            "addressLabel": offer.address_label or None,
        }
    return {"type": "physical", "venueId": offer.venue_id}


def price_body(price: PriceCategory) -> dict[str, Any]:
    return {
        "id": price.pk,
        "label": price.label,
        "price": price.price_cents,
        "idAtProvider": price.provider_key or None,
    }


def stock_body(stock: Stock) -> dict[str, Any]:
    return {
        "price": stock.price_cents,
        "quantity": "unlimited" if stock.quantity is None else stock.quantity,
        "bookedQuantity": stock.booked_quantity,
        "bookingLimitDatetime": instant(stock.booking_limit_at),
    }


def date_body(stock: Stock, price: PriceCategory) -> dict[str, Any]:
    return {
        "id": stock.pk,
        "beginningDatetime": instant(stock.beginning_at),
        "bookingLimitDatetime": instant(stock.booking_limit_at or stock.beginning_at),
        "bookedQuantity": stock.booked_quantity,
        "quantity": "unlimited" if stock.quantity is None else stock.quantity,
        "priceCategory": price_body(price),
        "idAtProvider": stock.provider_key or None,
    }


def fresh_event(pk: int) -> dict[str, Any]:
    """The answer to a write: the event as it is now."""
    offers = with_body_data(Offer.objects.filter(pk=pk), clock.now())
    offer = offers.prefetch_related("price_categories").order_by("pk")[0]
    return event_body(offer, sorted(offer.price_categories.all(), key=lambda one: one.pk))
