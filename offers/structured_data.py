"""What an offer says to search engines (schema.org) and to the sites where it is shared.

The JSON-LD element is data, not script: browsers never run it, so the strict
Content-Security-Policy has nothing to allow. Its text cannot close the element.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from offers.models import Offer, Stock
from offers.querysets import StockFigures
from passpro.kernel import images
from passpro.kernel.money import euros

EVENT_TYPES = {
    "CINEMA": "ScreeningEvent",
    "FILM": "ScreeningEvent",
    "MUSIQUE_LIVE": "MusicEvent",
    "SPECTACLE": "TheaterEvent",
    "CONFERENCE": "EducationEvent",
    "PRATIQUE_ART": "EducationEvent",
    "MUSEE": "ExhibitionEvent",
}
SUMMARY = 200
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Share:
    """Absolute addresses, as other sites want them."""

    url: str
    title: str
    summary: str
    image: str
    image_width: int
    image_height: int


def share_of(offer: Offer, figures: StockFigures) -> Share:
    """Title, summary and image of the preview shown where the address is pasted."""
    price = ""
    if figures.min_price_cents is not None:
        price = (
            "Gratuit" if figures.max_price_cents == 0 else f"Dès {euros(figures.min_price_cents)}"
        )
    where = "En ligne" if offer.is_digital else f"{offer.place_name}, {offer.place.city}"
    facts = " · ".join(filter(None, [offer.subcategory.label, where.strip(" ,"), price]))
    words = Truncator(" ".join(offer.description.split())).chars(SUMMARY, truncate="…")
    return Share(
        url=_address(reverse("offers:app_offer", args=[offer.pk])),
        title=offer.title,
        summary=f"{facts}. {words}" if words else facts,
        image=_image(offer),
        image_width=images.PORTRAIT.widths[0] if offer.image_key else 1200,
        image_height=1200 if offer.image_key else 630,
    )


def script_of(offer: Offer, stocks: Sequence[Stock], now: datetime) -> SafeString:
    """The `application/ld+json` element: one Event a date, or one Product."""
    data: Any = (
        [_event(offer, stock, now) for stock in stocks]
        if offer.is_event
        else _product(offer, stocks, now)
    )
    text = json.dumps({"@context": "https://schema.org", "@graph": data}, ensure_ascii=False)
    return format_html(
        '<script type="application/ld+json">{}</script>', SafeString(text.translate(_ESCAPES))
    )


def _event(offer: Offer, stock: Stock, now: datetime) -> dict[str, Any]:
    assert stock.beginning_at is not None
    event = _common(offer) | {
        "@type": EVENT_TYPES.get(offer.subcategory.category_id, "Event"),
        "startDate": stock.beginning_at.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "offers": _price(offer, stock, now),
    }
    if offer.duration_minutes:
        event["duration"] = f"PT{offer.duration_minutes}M"
    if offer.is_digital:
        event["eventAttendanceMode"] = "https://schema.org/OnlineEventAttendanceMode"
        event["location"] = {"@type": "VirtualLocation", "url": event["url"]}
    else:
        event["eventAttendanceMode"] = "https://schema.org/OfflineEventAttendanceMode"
        event["location"] = _place(offer)
    performer = offer.extra_data.get("performer")
    if performer:
        event["performer"] = {"@type": "PerformingGroup", "name": str(performer)}
    return event


def _product(offer: Offer, stocks: Sequence[Stock], now: datetime) -> list[dict[str, Any]]:
    product = _common(offer) | {"@type": "Book" if offer.subcategory.is_book else "Product"}
    product["category"] = offer.subcategory.label
    if offer.extra_data.get("ean"):
        product["isbn" if offer.subcategory.is_book else "gtin13"] = str(offer.extra_data["ean"])
    if offer.extra_data.get("author"):
        product["author"] = {"@type": "Person", "name": str(offer.extra_data["author"])}
    if stocks:
        product["offers"] = _price(offer, stocks[0], now)
    return [product]


def _common(offer: Offer) -> dict[str, Any]:
    return {
        "name": offer.title,
        "description": offer.description,
        "image": [_image(offer)],
        "url": _address(reverse("offers:app_offer", args=[offer.pk])),
    }


def _place(offer: Offer) -> dict[str, Any]:
    place = offer.place
    known: dict[str, Any] = {
        "@type": "Place",
        "name": offer.place_name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.street,
            "postalCode": place.postal_code,
            "addressLocality": place.city,
            "addressCountry": "FR",
        },
    }
    if place.latitude is not None and place.longitude is not None:
        known["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(place.latitude),
            "longitude": float(place.longitude),
        }
    return known


def _price(offer: Offer, stock: Stock, now: datetime) -> dict[str, Any]:
    state = "InStock" if stock.is_bookable(now) and offer.is_open_to_booking(now) else "SoldOut"
    return {
        "@type": "Offer",
        "price": f"{stock.price_cents / 100:.2f}",
        "priceCurrency": "EUR",
        "availability": f"https://schema.org/{state}",
        "url": _address(reverse("offers:app_offer", args=[offer.pk])),
    }


def _image(offer: Offer) -> str:
    """The offer's image, else the house's card."""
    if offer.image_key:
        return _address(images.address_of(offer.image_key, images.PORTRAIT.widths[0]))
    return _address(static("img/share.png"))


def _address(path: str) -> str:
    return settings.SITE_URL + path
