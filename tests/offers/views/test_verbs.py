"""Close the ticketing, duplicate."""

from datetime import timedelta

import pytest

from offers.models import Offer
from passpro.kernel import clock
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


def test_a_planned_publication_is_moved_or_brought_forward(cast):
    alice, later = cast.client("member"), clock.now() + timedelta(days=3)
    offer = OfferFactory(venue=cast.venue, publication_at=later)
    StockFactory(offer=offer)
    url = f"/offre/{offer.pk}/programmation"
    day = clock.today() + timedelta(days=5)

    typed = {"when": "later", "publication_day": f"{day:%Y-%m-%d}", "publication_hour": "09:15"}
    assert alice.post(url, typed | {"publication_day": "2020-01-01"}).status_code == 400
    alice.post(url, typed)
    assert Offer.objects.get(pk=offer.pk).publication_at.date() == day

    alice.post(url, {"when": "now"})
    assert Offer.objects.get(pk=offer.pk).is_released(clock.now())
    # Visible: nothing is planned any more.
    assert alice.get(url).status_code == 302
