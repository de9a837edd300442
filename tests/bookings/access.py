"""Who gets what on the URLs of bookings (see tests/test_access.py)."""

from django.core.files.base import ContentFile

from bookings.models import BookingExport
from bookings.services.calendar_feed import open_feed, secret_of
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from tests.access import beneficiary_page, for_all, pro_list, pro_page
from tests.offers.factories import StockFactory


def _code(cast):
    return {"token": cast.booking.countermark}


def _keys(good):
    return {"anonymous": 401, "api_key": good, "outsider_api_key": 403}


def _stock(cast):
    return {"pk": cast.stock.pk}


def _venue(cast):
    return {"pk": cast.venue.pk}


def _structure(cast):
    return {"pk": cast.offerer.pk}


def _mine(cast):
    return {"pk": cast.booking.pk}


def _offer(cast):
    return {"pk": cast.offer.pk}


def _export(cast):
    """A file that Alice asked for."""
    export = BookingExport(user=cast.alice, format="CSV", state="DONE", finished_at=clock.now())
    export.file.save("export.csv", ContentFile(b"a;b"), save=True)
    return {"pk": export.pk}


def _venue(cast):
    return {"pk": cast.venue.pk}


def _feed(cast):
    """Whoever has the address of an open calendar reads it."""
    feed = open_feed(venue=cast.venue, by=SYSTEM)
    return {"pk": cast.venue.pk, "secret": secret_of(feed)}


def _another_date(cast):
    """A place of an offer that the young person has not booked."""
    return {"date": StockFactory(offer__venue=cast.venue).pk, "places": "1"}


# A used booking cannot be cancelled; the one of the cast is past its limit.


def _dates(cast):
    return {"dates": str(cast.stock.pk)}


ROWS = [
    ("bookings:list", None, "get", pro_list()),
    ("bookings:booking", _mine, "get", pro_page()),
    (
        "bookings:export",
        None,
        "post",
        pro_list(status=302),
        lambda cast: {"format": "CSV"},
    ),
    ("bookings:exports", None, "get", pro_list()),
    ("bookings:export_file", _export, "get", pro_page()),
    ("bookings:desk", None, "get", pro_list()),
    (
        "bookings:desk",
        None,
        "post",
        pro_page(member=302, outsider=403, staff=403),
        lambda cast: {"contremarque": cast.booking.countermark, "action": "valider"},
    ),
    ("bookings:several", None, "get", pro_list()),
    (
        "bookings:several",
        None,
        "post",
        pro_list(),
        lambda cast: {"contremarques": cast.booking.countermark},
    ),
    ("bookings:offline", None, "get", for_all(200)),
    ("bookings:desk_manifest", None, "get", for_all(200)),
    ("bookings:desk_worker", None, "get", for_all(200)),
    ("bookings:offline_day", None, "get", pro_list()),
    # An empty envelope is unreadable, for everybody who may send one.
    ("bookings:offline_send", None, "post", pro_list(status=400)),
    ("bookings:offline_seen", None, "post", pro_list(status=302)),
    ("bookings:calendars", None, "get", pro_list()),
    ("bookings:calendar_change", _venue, "post", pro_page(member=302)),
    ("bookings:calendar_feed", _feed, "get", for_all(200)),
    ("bookings:sessions", None, "get", pro_list()),
    ("bookings:session", _stock, "get", pro_page()),
    ("bookings:session_count", _stock, "get", pro_page()),
    ("bookings:session_pdf", _stock, "get", pro_page()),
    ("bookings:venue_defaults", _venue, "get", pro_page()),
    ("bookings:venue_defaults", _venue, "post", pro_page(member=302), {"parts": "withdrawal"}),
    ("bookings:structure_closing", _structure, "get", pro_page()),
    (
        "bookings:structure_closing",
        _structure,
        "post",
        pro_page(member=302),
        {"reason": "Fin de bail", "is_sure": "on"},
    ),
    ("bookings:structure_closing_off", _structure, "post", pro_page(member=302)),
    ("bookings:withdraw_many", _offer, "get", pro_page(member=302)),
    ("bookings:withdraw_many", _offer, "post", pro_page(member=302), _dates),
    ("bookings:withdraw_stock", _stock, "get", pro_page()),
    ("bookings:withdraw_stock", _stock, "post", pro_page(member=302)),
    ("bookings:postpone_stock", _stock, "get", pro_page()),
    ("bookings:tell_withdrawal", _offer, "get", pro_page()),
    ("bookings:cancel_offer", _offer, "get", pro_page()),
    ("bookings:cancel_offer", _offer, "post", pro_page(member=302)),
    ("bookings:book", _offer, "get", beneficiary_page()),
    ("bookings:book", _offer, "post", beneficiary_page(owner=302), _another_date),
    ("bookings:my_bookings", None, "get", beneficiary_page()),
    ("bookings:my_booking", _mine, "get", beneficiary_page()),
    ("bookings:file_my_booking", _mine, "post", beneficiary_page(owner=404)),
    ("bookings:my_calendar", _mine, "get", beneficiary_page()),
    ("bookings:cancel_my_booking", _mine, "get", beneficiary_page()),
    ("bookings:cancel_my_booking", _mine, "post", beneficiary_page(owner=409)),
    ("bookings:credit", None, "get", beneficiary_page()),
    ("bookings:no_token", None, "get", for_all(404)),
    ("bookings:token", _code, "get", _keys(200)),
    ("bookings:token_use", _code, "patch", _keys(204)),
    # The booking of the cast is not used yet.
    ("bookings:token_keep", _code, "patch", _keys(410)),
    ("bookings:token_cancel", _code, "patch", _keys(204)),
]
