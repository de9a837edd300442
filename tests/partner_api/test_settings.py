"""The partner's own addresses, older stocks, lists of schools (API-04, API-130 to 133, API-214)."""

import pytest

from offers.enums import WithdrawalType
from offers.models import CatalogueItem, Offer
from tests.collective.factories import InstitutionFactory
from tests.partner_api.client import software_of
from tests.partner_api.test_events import EVENTS, concert

pytestmark = pytest.mark.django_db

PROVIDER = "/public/providers/v1/provider"
VENUE = "/public/providers/v1/venues/{venue_id}"
URLS = {"bookingUrl": "https://p.example/b", "cancelUrl": "https://p.example/c"}
BOTH = {
    "ticketing_urls": "Your `booking_url` and `cancel_url` must be either both set or both unset"
}


def test_a_partner_says_where_it_is_called(cast):
    software, provider = software_of(cast.venue)

    assert software.get(PROVIDER)["name"] == provider.name
    assert software.patch(PROVIDER, {"bookingUrl": URLS["bookingUrl"]}, status=400) == BOTH
    assert software.patch(PROVIDER, {"notificationUrl": "ftp://x"}, status=400)
    assert software.patch(PROVIDER, URLS)["cancelUrl"] == URLS["cancelUrl"]
    software.post(EVENTS, concert(cast.venue, hasTicket=True))
    software.patch(VENUE, {"notificationUrl": "https://p.example/n"}, venue_id=cast.venue.pk)
    [found] = software.get("/public/offers/v1/offerer_venues")
    assert found["venues"][0]["notificationUrl"] == "https://p.example/n"
    other = software.patch(VENUE, URLS, venue_id=cast.other_venue.pk, status=404)
    assert other == {"global": "This venue cannot be found"}

    Offer.objects.filter(pk=cast.offer.pk).update(
        provider=provider, withdrawal_type=WithdrawalType.IN_APP
    )
    gone = {"bookingUrl": None, "cancelUrl": None}
    refused = software.patch(PROVIDER, gone, status=400)
    assert refused["ticketing_urls"]["blocking_events_ids"] == [cast.offer.pk]
    software.patch(VENUE, URLS, venue_id=cast.venue.pk)
    assert software.patch(PROVIDER, gone)["bookingUrl"] is None
    assert software.patch(VENUE, gone, venue_id=cast.venue.pk, status=400)


def test_stocks_of_2024_are_those_of_the_upload_by_ean(cast):
    software, _ = software_of(cast.venue)
    CatalogueItem.objects.create(
        ean="9782000000012", title="Le Passeur", subcategory_id="LIVRE_PAPIER"
    )
    row = {"ref": "9782000000012", "available": 4, "price": 21.9}
    path = "/v2/venue/{venue_id}/stocks"

    software.post(path, {"stocks": [row]}, venue_id=cast.venue.pk, status=204)

    stock = Offer.objects.get(title="Le Passeur").stocks.get()
    assert (stock.price_cents, stock.quantity) == (2190, 4)
    assert software.post(path, {"stocks": [row]}, venue_id=cast.other_venue.pk, status=404)
    wrong = software.post(
        path, {"stocks": [{**row, "price": 0}]}, venue_id=cast.venue.pk, status=400
    )
    assert list(wrong) == ["stocks.0.price"]


def test_lists_of_schools(cast):
    software, _ = software_of(cast.venue)
    school = InstitutionFactory(name="Jean-Moulin", city="Saint-Denis")
    path = "/v2/collective/educational-institutions/"

    for name in ("formats", "student-levels"):
        where = f"/v2/collective/{'offers/' if name == 'formats' else ''}{name}"
        assert software.get(where)
    assert software.get("/v2/collective/educational-domains")[0]["nationalPrograms"]
    for query in ({"name": "jean moulin"}, {"uai": school.uai}, {"city": "st"}, {"id": school.pk}):
        found = [one["id"] for one in software.get(path, query=query)]
        assert found == ([] if query == {"city": "st"} else [school.pk]), query
    assert list(software.get(path, query={"nom": "x"}, status=400)) == ["nom"]
    assert software.client.get(path.rstrip("/")).json() == software.get(path)
