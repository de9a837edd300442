"""Close the ticketing, duplicate."""

import pytest

from offers.models import Offer
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory

pytestmark = pytest.mark.django_db


def test_closing_leaves_no_place_and_keeps_what_is_booked(cast):
    alice = cast.client("member")
    stock = StockFactory(offer__venue=cast.venue, quantity=10, booked_quantity=4)
    url = f"/offre/{stock.offer_id}/cloture"

    assert "Les 4 places déjà réservées" in alice.get(url).text.replace("\u00a0", " ")
    alice.post(url)

    stock.refresh_from_db()
    assert (stock.remaining, stock.booked_quantity) == (0, 4)
    assert alice.get(f"/app/offre/{stock.offer_id}").status_code == 200


def test_a_copy_begins_with_everything_but_the_dates(cast):
    alice = cast.client("member")
    offer = OfferFactory(
        venue=cast.venue,
        subcategory_id="LIVRE_AUDIO_PHYSIQUE",
        title="L" * 90,
        extra_data={"ean": "9780000000000", "author": "Jane"},
        address_label="La Cour",
        postal_code="35500",
        city="Vitré",
    )
    PriceCategoryFactory(offer=offer)

    answer = alice.post(f"/offre/{offer.pk}/copie")

    copy = Offer.objects.latest("pk")
    assert answer["Location"] == f"/offre/{copy.pk}/details"
    assert (copy.validation, copy.place_name) == ("DRAFT", "La Cour")
    assert (len(copy.title), copy.title[-8:]) == (90, " (copie)")
    assert copy.extra_data == {"author": "Jane"}
    assert copy.price_categories.count() == 1
    assert not copy.stocks.exists()
