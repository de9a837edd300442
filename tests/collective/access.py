"""Who gets what on the URLs of offers for schools (see tests/test_access.py)."""

from django.core.files.base import ContentFile

from collective.models import CollectiveExport
from collective.models.schools import start_year_of
from passpro.kernel import clock
from tests.access import for_all, pro_list, pro_page
from tests.collective.factories import (
    CollectiveBookingFactory,
    CollectiveOfferFactory,
    CollectiveRequestFactory,
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


def _booking(cast):
    offer = CollectiveOfferFactory(venue=_known(cast))
    return {"pk": CollectiveBookingFactory(stock__offer=offer).pk}


def _template(cast, **facts):
    return {"pk": CollectiveTemplateFactory(venue=_known(cast), **facts).pk}


def _picture(cast):
    return {**_offer(cast), "kind": "offre"}


def _template_picture(cast):
    return {**_template(cast, image_key="e2e0" * 8), "kind": "vitrine"}


def _request(cast):
    return {"pk": CollectiveRequestFactory(template__venue=_known(cast)).pk}


def _export(cast):
    """A file that Alice asked for."""
    export = CollectiveExport(
        user=cast.alice, of="OFFERS", format="CSV", state="DONE", finished_at=clock.now()
    )
    export.file.save("export.csv", ContentFile(b"a;b"), save=True)
    return {"pk": export.pk}


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


_IFRAME = {
    **dict.fromkeys(
        (
            "authenticate", "features", "formats", "categories", "academies", "institution",
            "my_institution", "offer", "templates", "template", "favourites", "classroom",
            "new_templates", "local_venues", "new_venues", "venue_of_siret", "venue",
        ),
        "get",
    ),
    **dict.fromkeys(("request", "bookings", "keep", "preferences", "log"), "post"),
    "forget": "delete",
}  # fmt: skip
_IFRAME_KWARGS = {
    **{key: {"pk": 1} for key in ("offer", "template", "request", "keep", "forget", "venue")},
    "venue_of_siret": {"siret": "0" * 14},
    "log": {"event": "catalog-view"},
}

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
    ("collective:remove_date", _offer, "get", pro_page()),
    ("collective:remove_date", _offer, "post", pro_page(member=302)),
    ("collective:preview", _offer, "get", pro_page()),
    ("collective:archive_many", None, "get", pro_list(status=302)),
    ("collective:image", _picture, "get", pro_page()),
    ("collective:image_original", _template_picture, "get", pro_page(member=404)),
    ("collective:image_remove", _template_picture, "get", pro_page()),
    ("collective:templates", None, "get", pro_list()),
    ("collective:template_actions", None, "get", pro_list(status=302)),
    ("collective:template_create", None, "get", pro_list()),
    ("collective:template", _template, "get", pro_page()),
    ("collective:template_edit", _template, "get", pro_page()),
    ("collective:template_publish", _template, "post", pro_page(member=302)),
    ("collective:template_offer", _template, "post", pro_page(member=302)),
    ("collective:template_preview", _template, "get", pro_page()),
    ("collective:requests", None, "get", pro_list()),
    ("collective:request", _request, "get", pro_page()),
    ("collective:request_offer", _request, "post", pro_page(member=302)),
    ("collective:bookings", None, "get", pro_list()),
    ("collective:booking", _booking, "get", pro_page()),
    ("collective:export", None, "post", pro_list(status=302)),
    ("collective:operations", None, "get", pro_list()),
    ("collective:exports", None, "get", pro_list()),
    ("collective:export_file", _export, "get", pro_page()),
    ("collective:adage_enter", None, "get", _CLOSED),
    ("collective:adage_leave", None, "post", for_all(200)),
    ("collective:adage_offers", None, "get", _CLOSED),
    ("collective:adage_offer", _offer, "get", _CLOSED),
    ("collective:adage_discover", None, "get", _CLOSED),
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
    # The frame's JSON: a token of ADAGE, never a session nor a key of the portal.
    *(
        (f"collective:iframe_{name}", _IFRAME_KWARGS.get(name), method, _CLOSED)
        for name, method in _IFRAME.items()
    ),
]
