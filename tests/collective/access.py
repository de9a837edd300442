"""Who gets what on the URLs of offers for schools (see tests/test_access.py)."""

from collective.models.schools import start_year_of
from passpro.kernel import clock
from tests.access import for_all, pro_list, pro_page
from tests.collective.factories import (
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveStockFactory,
    CollectiveTemplateFactory,
    SchoolYearFactory,
)


def _known(cast):
    """ADAGE knows the theatre."""
    cast.venue.adage_id, cast.venue.adage_referenced_at = "128029", clock.now()
    cast.venue.save()
    return cast.venue


def _offer(cast, **facts):
    offer = CollectiveOfferFactory(venue=_known(cast), **facts)
    stock = CollectiveStockFactory(offer=offer)
    SchoolYearFactory(start_year=start_year_of(stock.starts_at))
    return {"pk": offer.pk}


def _draft(cast):
    school = CollectiveOfferFactory().institution
    return _offer(cast, draft=True, institution=school)


def _prebooked(cast):
    offer = CollectiveOfferFactory(venue=_known(cast))
    return {"pk": CollectiveBookingFactory(stock__offer=offer).stock.offer_id}


# The school's pages are entered by a signed address: nobody of the portal has a visit.
_CLOSED = for_all(403)

# ADAGE has its own key: the keys of ticketing software open nothing here.
_ADAGE_ONLY = {"anonymous": 403, "api_key": 403, "outsider_api_key": 403}


def _booking(cast):
    offer = CollectiveOfferFactory(venue=_known(cast))
    return {"pk": CollectiveBookingFactory(stock__offer=offer).pk}


def _school(cast):
    return {"year": "11", "uai": CollectiveOfferFactory(venue=_known(cast)).institution.uai}


def _shown(cast):
    return {"pk": CollectiveTemplateFactory(venue=_known(cast)).pk}


ROWS = [
    ("collective:list", None, "get", pro_list()),
    ("collective:create", None, "get", pro_list()),
    ("collective:detail", _offer, "get", pro_page()),
    ("collective:details", _draft, "get", pro_page()),
    ("collective:dates", _draft, "get", pro_page()),
    ("collective:school", _draft, "get", pro_page()),
    ("collective:summary", _draft, "get", pro_page()),
    ("collective:publish", _draft, "post", pro_page(member=302)),
    ("collective:published", _offer, "get", pro_page()),
    ("collective:deadline", _offer, "get", pro_page()),
    ("collective:lower", _offer, "get", pro_page()),
    ("collective:cancel", _prebooked, "get", pro_page()),
    ("collective:cancel", _prebooked, "post", pro_page(member=302)),
    ("collective:archive", _offer, "get", pro_page()),
    ("collective:archive", _offer, "post", pro_page(member=302)),
    ("collective:duplicate", _offer, "post", pro_page(member=302)),
    ("collective:adage_enter", None, "get", _CLOSED),
    ("collective:adage_leave", None, "post", for_all(200)),
    ("collective:adage_offers", None, "get", _CLOSED),
    ("collective:adage_offer", _offer, "get", _CLOSED),
    ("collective:adage_search", None, "get", _CLOSED),
    ("collective:adage_template", _shown, "get", _CLOSED),
    ("collective:adage_request", _shown, "get", _CLOSED),
    ("collective:adage_favourite", _shown, "post", _CLOSED),
    ("collective:adage_favourites", None, "get", _CLOSED),
    ("collective:adage_prebook", _offer, "post", _CLOSED),
    ("collective:adage_bookings", None, "get", _CLOSED),
    ("collective:adage_confirm", _prebooked, "post", _CLOSED),
    ("collective:adage_refuse", _prebooked, "post", _CLOSED),
    ("collective:adage_sandbox", None, "get", for_all(200)),
    ("collective:api_deposits", {"year": "11"}, "get", _ADAGE_ONLY),
    ("collective:api_institution", _school, "get", _ADAGE_ONLY),
    ("collective:api_school_bookings", _school, "get", _ADAGE_ONLY),
    ("collective:api_all_bookings", {"year": "11"}, "get", _ADAGE_ONLY),
    ("collective:api_confirm", _booking, "post", _ADAGE_ONLY),
    ("collective:api_refuse", _booking, "post", _ADAGE_ONLY),
    ("collective:api_move", None, "post", _ADAGE_ONLY),
    ("collective:api_venues", None, "get", _ADAGE_ONLY),
    ("collective:api_venue", lambda cast: {"pk": cast.venue.pk}, "get", _ADAGE_ONLY),
    ("collective:api_relatives", lambda cast: {"pk": cast.venue.pk}, "get", _ADAGE_ONLY),
    ("collective:api_venues_named", {"name": "theatre"}, "get", _ADAGE_ONLY),
    ("collective:api_venues_of_siret", {"siret": "0" * 14}, "get", _ADAGE_ONLY),
]
