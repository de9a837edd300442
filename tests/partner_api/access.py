"""Who gets what on the partner API (see tests/test_access.py); test_door.py walks it whole."""

from tests.access import for_all, partner_route
from tests.collective.factories import CollectiveBookingFactory, CollectiveStockFactory


def _event(cast):
    return {"event_id": cast.offer.pk}


def _price(cast):
    return {"event_id": cast.offer.pk, "price_category_id": cast.stock.price_category_id}


def _date(cast):
    return {"event_id": cast.offer.pk, "stock_id": cast.stock.pk}


def _code(cast):
    return {"token": cast.booking.countermark}


def _school_offer(cast):
    """Made in the portal: software may not read it (API-22)."""
    return {"offer_id": CollectiveStockFactory(offer__venue=cast.venue).offer_id}


def _school_booking(cast):
    return {"booking_id": CollectiveBookingFactory(stock__offer__venue=cast.venue).pk}


ROWS = [
    ("api_nowhere", {"start": "public", "rest": "offers/v9/x"}, "get", for_all(404)),
    ("bookings_api:bookings", None, "get", partner_route(200)),
    ("bookings_api:token", _code, "get", partner_route(200, 404)),
    ("bookings_api:use", _code, "patch", partner_route(204, 404)),
    ("bookings_api:keep", _code, "patch", partner_route(403, 404)),
    ("bookings_api:cancel", _code, "patch", partner_route(403, 404)),
    ("venues_api:offerer_venues", None, "get", partner_route(200)),
    ("venues_api:collective_offerer_venues", None, "get", partner_route(200)),
    ("venues_api:collective_venues", None, "get", partner_route(200)),
    (
        "venues_api:venue",
        lambda cast: {"siret": cast.venue.siret},
        "get",
        partner_route(200, 404),
    ),
    # Without a body: 400 before any look-up (API-42).
    ("venues_api:addresses", None, "post", partner_route(400)),
    ("venues_api:address_search", None, "get", partner_route(400)),
    ("venues_api:address", {"address_id": 0}, "get", partner_route(404)),
    ("offers_api:event_categories", None, "get", partner_route(200)),
    ("offers_api:product_categories", None, "get", partner_route(200)),
    ("offers_api:older_music_types", None, "get", partner_route(200)),
    ("offers_api:music_types", None, "get", partner_route(200)),
    ("offers_api:event_music_types", None, "get", partner_route(200)),
    ("offers_api:show_types", None, "get", partner_route(200)),
    ("offers_api:events", None, "get", partner_route(200)),
    ("offers_api:events", None, "post", partner_route(400)),
    ("offers_api:cinema_sessions", None, "put", partner_route(400)),
    ("offers_api:event", _event, "get", partner_route(200, 404)),
    ("offers_api:event", _event, "patch", partner_route(400)),
    ("offers_api:prices", _event, "get", partner_route(200, 404)),
    ("offers_api:prices", _event, "post", partner_route(400)),
    ("offers_api:price", _price, "patch", partner_route(400)),
    ("offers_api:dates", _event, "get", partner_route(200, 404)),
    ("offers_api:dates", _event, "post", partner_route(400)),
    ("bookings_api:date", _date, "patch", partner_route(400)),
    ("bookings_api:date", _date, "delete", partner_route(400, 404)),
    ("bookings_api:products", None, "get", partner_route(200)),
    ("bookings_api:products", None, "post", partner_route(400)),
    ("bookings_api:products", None, "patch", partner_route(400)),
    ("offers_api:product", {"product_id": 0}, "get", partner_route(404)),
    ("offers_api:eans", None, "get", partner_route(400)),
    ("offers_api:eans", None, "post", partner_route(400)),
    ("offers_api:ean_availability", None, "get", partner_route(400)),
    ("offers_api:image", lambda cast: {"offer_id": cast.offer.pk}, "post", partner_route(400)),
    ("offers_api:provider", None, "get", partner_route(200)),
    ("offers_api:provider", None, "patch", partner_route(400)),
    (
        "offers_api:provider_venue",
        lambda cast: {"venue_id": cast.venue.pk},
        "patch",
        partner_route(400),
    ),
    (
        "offers_api:older_stocks",
        lambda cast: {"venue_id": cast.venue.pk},
        "post",
        partner_route(400),
    ),
    ("collective_api:offers", None, "get", partner_route(200)),
    ("collective_api:offers", None, "post", partner_route(400)),
    ("collective_api:offer", _school_offer, "get", partner_route(403)),
    ("collective_api:offer", _school_offer, "patch", partner_route(400)),
    ("collective_api:archive", None, "post", partner_route(400)),
    ("collective_api:booking", _school_booking, "patch", partner_route(204, 404)),
    ("collective_api:mock_book", _school_offer, "post", partner_route(403, 404)),
    ("collective_api:mock_confirm", _school_booking, "post", partner_route(404)),
    ("collective_api:mock_cancel", _school_booking, "post", partner_route(204, 404)),
    ("collective_api:mock_pending", _school_booking, "post", partner_route(204, 404)),
    ("collective_api:mock_reimburse", _school_booking, "post", partner_route(403, 404)),
    ("collective_api:mock_use", _school_booking, "post", partner_route(403, 404)),
    *[
        (f"collective_api:{name}", None, "get", partner_route(200))
        for name in (
            "formats",
            "domains",
            "institutions",
            "national_programs",
            "student_levels",
            "additional_fee_types",
            "older_categories",
            "older_subcategories",
        )
    ],
]
