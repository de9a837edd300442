"""Who gets what on the partner API (see tests/test_access.py); test_door.py walks it whole."""

from tests.access import for_all, partner_route


def _code(cast):
    return {"token": cast.booking.countermark}


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
]
