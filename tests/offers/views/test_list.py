"""The portal's list of offers (E1): filters, states, pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offers.models import ImportedOffer
from offers.views import list as list_view
from passpro.kernel import clock
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast):
    return cast.client("member")


def titles(client, query=""):
    page = client.get(f"/offres?{query}")
    assert page.status_code == 200
    return [offer.title for offer, *_ in page.context["rows"]]


def test_only_the_offers_of_my_structures(cast, alice):
    OfferFactory(venue=cast.other_venue, title="Chez le voisin")

    assert titles(alice) == ["Le Lac des cygnes"]
    assert titles(cast.client("outsider")) == ["Chez le voisin"]
    assert "Pas encore d’offre" in cast.client("staff").get("/offres").text


def test_newest_first_twenty_a_page_the_address_keeps_the_filters(cast, alice):
    OfferFactory.create_batch(30, venue=cast.venue, title="Concert")

    first = alice.get("/offres?nom=concert")
    second = alice.get("/offres?nom=concert&page=2")

    assert len(first.context["rows"]) == 20
    assert len(second.context["rows"]) == 10
    assert "nom=concert&amp;page=2" in first.text
    assert "30 offres" in first.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cygnes", True),
        ("CYGNES", True),
        ("lac", False),  # up to three letters: the whole title
        ("jazz", False),
    ],
)
def test_search_by_title(alice, typed, found):
    assert bool(titles(alice, f"nom={typed}")) is found


def test_search_by_ean_venue_category_and_period(cast, alice):
    other = VenueFactory(offerer=cast.offerer, name="Petite salle")
    book = OfferFactory(
        venue=other, title="Un livre", book=True, extra_data={"ean": "9782070000012"}
    )
    begins = cast.stock.beginning_at.astimezone(clock.PARIS)

    assert titles(alice, "nom=9782070000012") == [book.title]
    assert titles(alice, f"lieu={other.pk}") == [book.title]
    assert titles(alice, "categorie=LIVRE") == [book.title]
    assert titles(alice, f"du={begins:%Y-%m-%d}&au={begins:%Y-%m-%d}") == [cast.offer.title]
    assert titles(alice, f"du={begins + timedelta(days=1):%Y-%m-%d}") == []
    assert len(titles(alice, "lieu=999999&categorie=rien&du=hier")) == 2


def test_the_venue_of_somebody_else_is_no_filter(cast, alice):
    assert titles(alice, f"lieu={cast.other_venue.pk}") == ["Le Lac des cygnes"]


def test_states_are_counted_and_filter(cast, alice):
    OfferFactory(venue=cast.venue, title="Brouillon de novembre", draft=True)
    OfferFactory(venue=cast.venue, title="Sans date")

    page = alice.get("/offres?statut=DRAFT")

    counts = {chip["label"]: chip["count"] for chip in page.context["chips"]}
    assert counts == {"Toutes": 3, "Publiées": 1, "Épuisées": 1, "Brouillons": 1}
    assert titles(alice, "statut=DRAFT") == ["Brouillon de novembre"]
    assert titles(alice, "statut=SOLD_OUT") == ["Sans date"]


def test_nothing_found_says_what_to_do(alice):
    page = alice.get("/offres?nom=introuvable").text

    assert "Aucune offre ne correspond" in page
    assert "Afficher toutes les offres" in page


def test_as_many_queries_for_twenty_offers_as_for_one(cast, alice):
    def queries():
        alice.get("/offres")
        with CaptureQueriesContext(connection) as found:
            alice.get("/offres")
        return len(found)

    few = queries()
    StockFactory.create_batch(10, offer__venue=cast.venue)
    StockFactory.create_batch(9, offer__venue=cast.venue, offer__good=True, undated=True)

    assert queries() == few


def test_offers_are_found_by_how_they_were_made_and_sorted(cast, alice):
    by_hand = OfferFactory(venue=cast.venue, title="Zola")
    taken = OfferFactory(venue=cast.venue, title="Abysses")
    ImportedOffer.objects.create(offer=taken, venue=cast.venue, kind="ICS", key="a")

    def found(query):
        return [offer.pk for offer, *_ in alice.get(f"/offres?{query}").context["rows"]]

    assert found("creation=synchronise") == [taken.pk]
    assert taken.pk not in found("creation=manuel")
    assert found("nom=Zola&creation=manuel") == [by_hand.pk]
    assert found("sort=titre")[0] == taken.pk
    assert found("sort=-titre")[0] == by_hand.pk


def test_the_period_is_in_the_days_of_each_venue(cast, alice):
    # Half past eight in the evening in Martinique: the next day in Paris.
    overseas = VenueFactory(offerer=cast.offerer, department_code="972", postal_code="97200")
    evening = datetime(2027, 6, 2, 0, 30, tzinfo=UTC)
    offer = StockFactory(offer__venue=overseas, beginning_at=evening).offer

    day = alice.get("/offres?du=2027-06-01&au=2027-06-01").context["rows"]
    next_day = alice.get("/offres?du=2027-06-02&au=2027-06-02").context["rows"]

    assert [one.pk for one, *_ in day] == [offer.pk]
    assert list(next_day) == []


def test_a_very_long_list_stops_counting(cast, alice, monkeypatch):
    monkeypatch.setattr(list_view, "MOST_LISTED", 3)
    OfferFactory.create_batch(4, venue=cast.venue, draft=True)

    page = alice.get("/offres")

    assert len(page.context["rows"]) == 3
    assert "Plus de 3 offres" in page.text
    assert {chip["count"] for chip in page.context["chips"]} == {None}
    assert len(page.context["chips"]) == len(list_view.CHIPS)
    few = alice.get("/offres?statut=ACTIVE")
    assert "1 offre<" in few.text
