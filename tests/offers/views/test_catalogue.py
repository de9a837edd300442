"""What young people find (Y2 to Y4): never more than what they may book."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offers.enums import OfferValidation
from offers.search import search_text
from passpro.kernel import clock
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db

QUIMPER = {"latitude": "47.99630", "longitude": "-4.10270", "postal_code": "29000"}
LYON = {
    "latitude": "45.76400",
    "longitude": "4.83570",
    "postal_code": "69001",
    "city": "Lyon",
    "department_code": "69",
}


@pytest.fixture
def chloe(cast):
    return cast.client("beneficiary")


def shown(title, *, venue=None, price_cents=10_00, stock=None, **facts):
    """A bookable offer, prepared for searching as the services do."""
    offer = OfferFactory(title=title, venue=venue or VenueFactory(), **facts)
    offer.search_text = search_text(offer)
    offer.save(update_fields=["search_text"])
    undated = {"undated": True} if not offer.is_event else {}
    StockFactory(offer=offer, price_cents=price_cents, **undated, **(stock or {}))
    return offer


def titles(client, query=""):
    page = client.get(f"/app/recherche?{query}")
    assert page.status_code == 200
    return [card["offer"].title for card in page.context["results"]]


@pytest.mark.parametrize(
    "facts",
    [
        {"draft": True},
        {"is_active": False},
        {"validation": OfferValidation.PENDING, "is_active": False},
        {"validation": OfferValidation.REJECTED, "is_active": False},
        {"venue__offerer__new": True},
        {"venue__offerer__is_active": False},
    ],
    ids=["draft", "paused", "under review", "refused", "structure to validate", "closed structure"],
)
def test_what_is_not_released_leaks_nowhere(chloe, facts):
    offer = OfferFactory(title="Secret bien gardé", **facts)
    StockFactory(offer=offer)

    assert "Secret bien gardé" not in chloe.get("/app/").text
    assert "Secret bien gardé" not in chloe.get("/app/recherche").text
    if offer.validation != OfferValidation.APPROVED or not offer.venue.offerer.is_visible:
        assert chloe.get(f"/app/offre/{offer.pk}").status_code == 404


def test_a_planned_offer_waits_for_its_instant(chloe):
    offer = OfferFactory(title="Demain seulement", publication_at=clock.now() + timedelta(hours=1))
    StockFactory(offer=offer)

    assert "Demain seulement" not in chloe.get("/app/recherche").text
    assert chloe.get(f"/app/offre/{offer.pk}").status_code == 404
    with clock.at(clock.now() + timedelta(hours=2)):
        assert "Demain seulement" in chloe.get("/app/recherche").text


@pytest.mark.parametrize(
    "stock",
    [
        {"quantity": 0},
        {"quantity": 3, "booked_quantity": 3},
        {"beginning_at": clock.now() - timedelta(hours=1)},
        {"booking_limit_at": clock.now() - timedelta(hours=1)},
        {"deleted_at": clock.now()},
    ],
    ids=["no place", "full", "past", "limit passed", "deleted"],
)
def test_what_cannot_be_booked_is_not_listed(chloe, stock):
    shown("Trop tard", stock=stock)

    assert titles(chloe) == ["Le Lac des cygnes"]


def test_a_paused_offer_can_be_read_but_not_booked(chloe):
    offer = shown("En pause", is_active=False)

    page = chloe.get(f"/app/offre/{offer.pk}")

    assert page.status_code == 200
    assert "Plus rien à réserver" in page.text
    assert "/reserver" not in page.text


@pytest.mark.parametrize("typed", ["fête", "FETE", "fet", "sœurs fête", "soeurs", "Brest"])
def test_words_are_found_without_accents_and_by_their_beginning(chloe, typed):
    shown("La Fête des Sœurs")

    assert "La Fête des Sœurs" in titles(chloe, f"q={typed}")


def test_key_words_of_the_description_and_the_genre_are_found_after_titles(chloe):
    # Seed 004: precise key words make an offer easier to find.
    shown("Nuit bleue", description="Un bal mené par deux accordéons.")
    shown("Accordéon en fête", description="Toute la soirée.")
    facts = {"musicType": "501", "musicSubType": "502"}
    shown("Au large", subcategory_id="CONCERT", extra_data=facts)

    assert titles(chloe, "q=accordéon") == ["Accordéon en fête", "Nuit bleue"]
    assert titles(chloe, "q=bal accordéons") == ["Nuit bleue"]
    assert titles(chloe, "q=acid jazz") == ["Au large"]


@pytest.mark.parametrize("typed", ["' | * & !", "((", "<script>", "%00x", "fête inconnue"])
def test_odd_words_find_nothing_and_break_nothing(chloe, typed):
    shown("La Fête des Sœurs")

    assert chloe.get("/app/recherche", {"q": typed}).status_code == 200


def test_distance_narrows_and_orders(chloe):
    shown("À Brest", venue=VenueFactory())
    shown("À Quimper", venue=VenueFactory(city="Quimper", **QUIMPER))
    shown("À Lyon", venue=VenueFactory(**LYON))

    near = titles(chloe, "adresse=29200&rayon=20")
    wider = titles(chloe, "adresse=29200&rayon=100")
    all_of_france = titles(chloe, "adresse=29200")
    by_position = titles(chloe, "lat=45.75&lon=4.83&rayon=5")

    assert "À Brest" in near
    assert "À Quimper" not in near
    assert wider.index("À Brest") < wider.index("À Quimper")
    assert "À Lyon" not in wider
    assert all_of_france[-1] == "À Lyon"
    assert by_position == ["À Lyon"]


def test_a_card_does_not_name_the_structure(chloe):
    """IND-013, STR-020: a card says what, where, how far and how much, never whose."""
    venue = VenueFactory(offerer__name="Association des Amis du Port")
    shown("Concert au port", venue=venue)
    shown("Concert enregistré", venue=VenueFactory(offerer=venue.offerer), digital=True)

    page = chloe.get("/app/recherche?q=concert")

    assert set(titles(chloe, "q=concert")) == {"Concert au port", "Concert enregistré"}
    assert "Amis du Port" not in page.content.decode()


def test_the_distance_is_said(chloe):
    offer = shown("À Quimper", venue=VenueFactory(city="Quimper", **QUIMPER))

    page = chloe.get("/app/recherche?adresse=29200&rayon=100").text

    assert "52\u00a0km" in page
    assert f"/app/offre/{offer.pk}" in page


def test_a_venue_without_coordinates_is_near_in_its_departement(chloe):
    nowhere = {"latitude": None, "longitude": None}
    shown("Quelque part en Finistère", venue=VenueFactory(**nowhere))
    shown("Quelque part à Lyon", venue=VenueFactory(**LYON | nowhere))

    found = titles(chloe, "adresse=29200&rayon=5")

    assert "Quelque part en Finistère" in found
    assert "Quelque part à Lyon" not in found


@pytest.mark.parametrize("typed", ["Finistère", "29", "finistere", "29200", "Brest", "29999"])
def test_a_place_is_a_departement_a_town_or_a_postal_code(chloe, typed):
    assert chloe.get("/app/recherche", {"adresse": typed}).context["form"].position is not None


def test_an_unknown_place_is_said_and_narrows_nothing(chloe):
    page = chloe.get("/app/recherche?adresse=Atlantide&rayon=5")

    assert "Lieu inconnu" in page.text
    assert "Le Lac des cygnes" in page.text


def test_price_is_one_bound_of_one_stock(chloe):
    offer = shown("Cher", price_cents=40_00)
    shown("Libre", price_cents=0)

    assert "Cher" not in titles(chloe, "prix=39,99")
    assert "Cher" in titles(chloe, "prix=40")
    assert titles(chloe, "gratuit=on") == ["Libre"]
    cheap = PriceCategoryFactory(offer=offer, label="Réduit", price_cents=5_00)
    StockFactory(offer=offer, price_category=cheap, price_cents=5_00)
    assert "Cher" in titles(chloe, "prix=5")


def test_a_price_in_letters_is_said_and_narrows_nothing(chloe):
    page = chloe.get("/app/recherche?prix=abc")

    assert "Saisissez un montant" in page.text
    assert 'value="abc"' in page.text
    assert "Le Lac des cygnes" in page.text


def test_dates_and_price_must_hold_for_the_same_stock(chloe):
    offer = shown("Deux dates", price_cents=40_00)
    later = clock.now() + timedelta(days=40)
    cheap = PriceCategoryFactory(offer=offer, label="Réduit", price_cents=5_00)
    StockFactory(offer=offer, price_category=cheap, price_cents=5_00, beginning_at=later)
    soon = f"au={clock.today() + timedelta(days=20):%Y-%m-%d}"

    assert "Deux dates" in titles(chloe, soon)
    assert "Deux dates" not in titles(chloe, f"{soon}&prix=5")
    assert "Deux dates" in titles(chloe, "prix=5")


def test_dates_are_whole_days_and_leave_goods_out(chloe):
    shown("Un livre", book=True)
    begins = clock.now() + timedelta(days=3)
    shown("Un soir", stock={"beginning_at": begins})
    day = f"{begins.astimezone(clock.PARIS):%Y-%m-%d}"

    assert titles(chloe, f"du={day}&au={day}") == ["Un soir"]


def test_kind_and_duo(chloe):
    shown("Un livre", book=True)
    shown("À deux", duo=True)

    assert titles(chloe, "groupe=LIVRES") == ["Un livre"]
    assert titles(chloe, "duo=on") == ["À deux"]
    assert set(titles(chloe, "groupe=LIVRES&groupe=SPECTACLES")) >= {"Un livre", "À deux"}


def test_order_by_date_puts_goods_last(chloe):
    shown("Un livre", book=True)
    shown("Bientôt", stock={"beginning_at": clock.now() + timedelta(days=1)})

    found = titles(chloe, "tri=date")

    assert found[0] == "Bientôt"
    assert found[-1] == "Un livre"


def test_each_filter_in_use_can_be_taken_away(chloe):
    page = chloe.get("/app/recherche?groupe=LIVRES&groupe=SPECTACLES&prix=12,50&page=3")

    hrefs = {chip.label: chip.href for chip in page.context["chips"]}
    assert hrefs["Livres"] == "?groupe=SPECTACLES&prix=12%2C50"
    assert hrefs["12,5 € maximum"] == "?groupe=LIVRES&groupe=SPECTACLES"


def test_the_best_answers_come_first_and_little_words_are_searched_too(chloe):
    shown("Rencontre", extra_data={"speaker": "Madame Tango"})
    shown("Tango du soir")
    shown("Elle et lui")

    assert titles(chloe, "q=tango") == ["Tango du soir", "Rencontre"]
    assert titles(chloe, "q=elle") == ["Elle et lui"]
    assert titles(chloe, "q=le+tango+du+soir") == ["Tango du soir"]


def test_online_or_on_site(chloe):
    shown("À lire", digital=True)
    shown("À voir")

    assert titles(chloe, "support=en-ligne") == ["À lire"]
    assert "À lire" not in titles(chloe, "support=sur-place")


def test_an_offer_elsewhere_is_where_it_takes_place(chloe):
    elsewhere = {
        "street": "1 rue Mercière",
        "postal_code": "69002",
        "city": "Lyon",
        "address_label": "Les quais",
        "department_code": "69",
    }
    shown("Hors les murs", latitude="45.76400", longitude="4.83570", **elsewhere)
    shown("Quelque part là-bas", **elsewhere)

    near = titles(chloe, "adresse=69001&rayon=5")
    assert near == ["Hors les murs", "Quelque part là-bas"]
    assert "Hors les murs" not in titles(chloe, "adresse=29200&rayon=5")
    assert titles(chloe, "q=quais")[0] in near
    for order in ("date", "nouveautes"):
        assert set(titles(chloe, f"adresse=69001&rayon=5&tri={order}")) == set(near)


def test_an_empty_page_offers_a_way_on(chloe):
    shown("À Quimper", venue=VenueFactory(city="Quimper", **QUIMPER))

    page = chloe.get("/app/recherche?q=quimper&adresse=29200&rayon=5")

    assert page.context["results"] == []
    wider, anywhere, *_ = page.context["ways_on"]
    assert (wider.label, wider.count) == ("Chercher jusqu’à 100 km", 1)
    assert anywhere.href == "?q=quimper"
    assert titles(chloe, wider.href[1:]) == ["À Quimper"]


def test_a_word_that_names_a_place_leads_to_its_page(chloe):
    venue = VenueFactory(public_name="Le Grand Logis")

    page = chloe.get("/app/recherche?q=logis").text

    assert f"/app/lieu/{venue.pk}" in page


def test_offers_with_an_image_come_first_on_the_home_page(cast, chloe):
    cast.chloe.postal_code = "29200"
    cast.chloe.save()
    for number in range(3):
        shown(f"Sans image {number}")
    shown("Avec image", image_key="0" * 32, publication_at=clock.now() - timedelta(days=9))

    page = chloe.get("/app/")

    assert page.context["new"][0]["offer"].title == "Avec image"
    assert f"/images/{'0' * 32}/320.jpg" in page.text


def test_the_home_looks_around_the_person(cast, chloe):
    shown("À Brest", venue=VenueFactory())
    shown("À Lyon", venue=VenueFactory(**LYON))
    cast.chloe.postal_code = "69001"
    cast.chloe.save()

    page = chloe.get("/app/").text

    assert "À Lyon" in page
    assert "À Brest" not in page


def test_the_offer_page_says_everything_and_leads_to_booking(cast, chloe):
    offer = shown(
        "Le grand soir",
        duo=True,
        duration_minutes=105,
        description="Première ligne\n\n<b>Deuxième</b>",
        motor_accessible=True,
        extra_data={"stageDirector": "Maëlle Abgrall"},
    )
    full = PriceCategoryFactory(offer=offer, label="Carré d’or", price_cents=18_00)
    StockFactory(offer=offer, price_category=full, price_cents=18_00, quantity=2, booked_quantity=2)

    page = chloe.get(f"/app/offre/{offer.pk}").text

    for words in (
        "Le grand soir", "Possible à deux", "1\u00a0h\u00a045", "Handicap moteur", "Maëlle Abgrall",
        "12 quai du Port", "10 places", "Complet", "Carré d’or", "10,00\u00a0€",
        "&lt;b&gt;Deuxième&lt;/b&gt;", f"/app/offre/{offer.pk}/reserver",
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("who", ["member", "outsider", "staff"])
def test_others_look_without_booking(cast, who):
    page = cast.client(who).get(f"/app/offre/{cast.offer.pk}").text

    assert "eux seuls peuvent réserver" in page
    assert "/reserver" not in page


def test_online_links_are_not_given_before_booking(chloe):
    offer = shown("En ligne", digital=True)

    assert "example.org/lire" not in chloe.get(f"/app/offre/{offer.pk}").text


def test_as_many_queries_for_twenty_offers_as_for_one(chloe):
    def queries(path):
        chloe.get(path)
        with CaptureQueriesContext(
            connection,
        ) as found:
            chloe.get(path)
        return len(found)

    paths = ["/app/", "/app/recherche", "/app/recherche?adresse=29200&rayon=50&tri=date"]
    few = [queries(path) for path in paths]
    for number in range(20):
        shown(f"Offre {number}", book=number % 2 == 0)

    assert [queries(path) for path in paths] == few
