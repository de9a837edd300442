"""What everybody opens by its address: an offer and a place (Y4, Y5)."""

import json
import re

import pytest

from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db


def structured(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    (text,) = found
    return json.loads(text)["@graph"]


def test_a_shared_address_opens_without_an_account(client):
    offer = StockFactory(offer__title="Le grand soir").offer

    page = client.get(f"/app/offre/{offer.pk}")

    assert page.status_code == 200
    assert "Se connecter" in page.text
    assert "Signaler" not in page.text
    assert "favori" not in page.text
    for name in ("og:title", "og:image", "og:url", "og:description", "twitter:card"):
        assert name in page.text


def test_search_engines_read_events_that_cannot_close_the_element(client):
    venue = VenueFactory(name="Grande salle", latitude="48.38120", longitude="-4.49400")
    offer = OfferFactory(
        venue=venue, title="Danse </script><script>alert(1)</script>", subcategory_id="CONCERT"
    )
    date = StockFactory(offer=offer, price_cents=12_50)

    page = client.get(f"/app/offre/{offer.pk}")

    (event,) = structured(page)
    assert "<script>alert" not in page.text
    assert event["@type"] == "MusicEvent"
    assert event["name"] == offer.title
    assert event["startDate"] == date.beginning_at.isoformat()
    assert event["location"]["geo"]["latitude"] == 48.3812
    assert event["offers"]["price"] == "12.50"
    assert event["offers"]["availability"].endswith("InStock")
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_a_book_is_a_product_and_its_link_stays_secret(client):
    book = StockFactory(undated=True, offer__book=True, offer__extra_data={"ean": "9782070000001"})
    online = StockFactory(undated=True, offer__digital=True)

    (data,) = structured(client.get(f"/app/offre/{book.offer.pk}"))

    assert (data["@type"], data["isbn"]) == ("Book", "9782070000001")
    assert "example.org/lire" not in client.get(f"/app/offre/{online.offer.pk}").text


def test_the_page_of_a_place(client):
    venue = VenueFactory(public_name="La Grande Salle", description="Un lieu ouvert.")
    StockFactory(offer__venue=venue, offer__title="À l’affiche ce soir")
    StockFactory(offer__venue=venue, offer__title="Complet", quantity=1, booked_quantity=1)
    hidden = VenueFactory(offerer__new=True)

    page = client.get(f"/app/lieu/{venue.pk}").text

    assert "La Grande Salle" in page
    assert "À l’affiche ce soir" in page
    assert "Complet" not in page
    assert client.get(f"/app/lieu/{hidden.pk}").status_code == 404
