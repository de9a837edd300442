"""Who gets what on the URLs of offers (see tests/test_access.py)."""

from datetime import timedelta

from offers.models import BulkAction, FeedRun, OfferImport, SelectedOffer, Selection
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.access import beneficiary_page, for_all, pro_list, pro_page
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory, VenueProviderFactory


def _offer(cast):
    return {"pk": cast.offer.pk}


def _venue(cast):
    return {"pk": cast.venue.pk}


def _stock(cast):
    return {"pk": cast.offer.pk, "stock_pk": cast.stock.pk}


def _digital(cast):
    """A good on line, which may be given activation codes."""
    stock = StockFactory(undated=True, offer__venue=cast.venue, offer__digital=True)
    return {"pk": stock.offer_id}


def _free_stock(cast):
    """A date that nobody booked."""
    stock = StockFactory(offer=cast.offer, price_category=cast.stock.price_category)
    return {"pk": cast.offer.pk, "stock_pk": stock.pk}


def _draft(cast):
    return {"pk": OfferFactory(venue=cast.venue, draft=True).pk}


def _draft_ready(cast):
    offer = OfferFactory(venue=cast.venue, draft=True, subcategory_id="VISITE")
    StockFactory(offer=offer)
    return {"pk": offer.pk}


def _paused(cast):
    return {"pk": OfferFactory(venue=cast.venue, is_active=False).pk}


def _good(cast):
    return {"pk": OfferFactory(venue=cast.venue, good=True).pk}


def _feed(cast):
    """A venue whose software publishes its stocks."""
    software = ProviderFactory(feed_url="https://caisse.example/stocks")
    return VenueProviderFactory(venue=cast.venue, provider=software)


def _feed_venue(cast):
    return {"pk": _feed(cast).venue_id}


def _feed_run(cast):
    return {"pk": FeedRun.objects.create(link=_feed(cast)).pk}


def _bulk(cast):
    return {"pk": BulkAction.objects.create(user=cast.alice, verb="PAUSE", total=1).pk}


def _planned(cast):
    later = clock.now() + timedelta(days=3)
    return {"pk": OfferFactory(venue=cast.venue, publication_at=later).pk}


def _with_image(cast):
    """Its file is not on the disk: the page of the whole picture answers 404 to everybody."""
    return {"pk": OfferFactory(venue=cast.venue, image_key="0" * 32).pk}


# The catalogue is read-only for professionals and agents (Y13).
_CATALOGUE = for_all(200, anonymous=302)


def _selection(cast):
    today = clock.today()
    made = Selection.objects.create(title="Temps forts", starts_on=today, ends_on=today)
    SelectedOffer.objects.create(selection=made, offer=cast.offer)
    return {"pk": made.pk}


def _pause(cast):
    link = VenueProviderFactory(venue=cast.venue)
    return {"pk": cast.venue.pk, "provider_pk": link.provider_id, "verb": "pause"}


def _linked(cast):
    return {"pk": VenueProviderFactory(venue=cast.venue).venue_id}


def _sent_call(cast):
    payload = {"url": "https://x.example", "text": "{}", "venue_id": cast.venue.pk}
    call = OutboxMessage.objects.create(
        kind="WEBHOOK", event="partners/book", unique_key="x", recipient="x", payload=payload,
        state="FAILED",
    )  # fmt: skip
    return {"pk": cast.venue.pk, "message_pk": call.pk}


def _import(cast):
    return {"pk": OfferImport.objects.create(venue=cast.venue, kind="ICS", source="a.ics").pk}


ROWS = [
    ("offers:journal", lambda cast: {"pk": cast.venue.pk}, "get", pro_page()),
    ("offers:journal_resend", _sent_call, "post", pro_page(member=302)),
    ("offers:venue_addresses", _linked, "get", pro_page()),
    ("offers:venue_addresses", _linked, "post", pro_page(member=302), {"booking_url": ""}),
    ("offers:synchronisation_change", _pause, "get", pro_page()),
    ("offers:synchronisation_change", _pause, "post", pro_page(member=302)),
    ("offers:list", None, "get", pro_list()),
    ("offers:bulk", None, "post", pro_list(status=302), {"verb": "PAUSE"}),
    ("offers:bulk_action", _bulk, "get", pro_page()),
    ("offers:create", None, "get", pro_list()),
    ("offers:detail", _offer, "get", pro_page()),
    ("offers:details", _offer, "get", pro_page()),
    ("offers:address", _offer, "get", pro_page()),
    ("offers:image", _offer, "get", pro_page()),
    ("offers:image_original", _with_image, "get", pro_page(member=404)),
    ("offers:image_remove", _with_image, "get", pro_page()),
    ("offers:prices", _offer, "get", pro_page()),
    ("offers:stocks", _offer, "get", pro_page()),
    ("offers:series", _offer, "get", pro_page(member=302)),
    ("offers:imports", _venue, "get", pro_page()),
    ("offers:import_template", _venue, "get", pro_page()),
    ("offers:import", _import, "get", pro_page()),
    ("offers:import_rejected", _import, "get", pro_page()),
    ("offers:feed_run", _feed_run, "get", pro_page()),
    ("offers:feed_read", _feed_venue, "post", pro_page(member=302)),
    ("offers:stock", _good, "get", pro_page()),
    ("offers:codes", _digital, "get", pro_page()),
    ("offers:codes", _digital, "post", pro_page(member=400)),
    ("offers:stock_edit", _stock, "get", pro_page()),
    ("offers:stock_delete", _free_stock, "get", pro_page()),
    ("offers:stock_delete", _free_stock, "post", pro_page(member=302)),
    ("offers:stock_close", _stock, "post", pro_page(member=302)),
    ("offers:summary", _draft_ready, "get", pro_page()),
    ("offers:publish", _draft_ready, "post", pro_page(member=302), {"when": "now"}),
    ("offers:published", _offer, "get", pro_page()),
    ("offers:pause", _offer, "post", pro_page(member=302)),
    ("offers:resume", _paused, "post", pro_page(member=302)),
    ("offers:publication", _planned, "get", pro_page()),
    ("offers:close", _offer, "get", pro_page()),
    ("offers:duplicate", _offer, "post", pro_page(member=302)),
    ("offers:delete_draft", _draft, "get", pro_page()),
    ("offers:delete_draft", _draft, "post", pro_page(member=302)),
    ("offers:app_home", None, "get", _CATALOGUE),
    ("offers:app_search", None, "get", _CATALOGUE),
    ("offers:app_offer", _offer, "get", for_all(200)),
    ("offers:app_venue", _venue, "get", for_all(200)),
    ("offers:favorites", None, "get", beneficiary_page()),
    ("offers:favorite", _offer, "post", beneficiary_page(owner=302), {"keep": "1"}),
    ("offers:report", _offer, "get", beneficiary_page()),
    ("offers:report", _offer, "post", beneficiary_page(owner=302), {"reason": "IMPROPER"}),
    ("offers:app_selection", _selection, "get", _CATALOGUE),
]
