"""From « Créer une offre » to publication; a refusal says why beside the field, nothing is lost."""

from datetime import timedelta

import pytest

from offers.enums import OfferValidation
from offers.models import Offer
from passpro.kernel import clock
from tests.offers.factories import OfferFactory, PriceCategoryFactory, StockFactory
from tests.venues.factories import VenueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast):
    return cast.client("member")


@pytest.fixture
def draft(cast):
    return OfferFactory(venue=cast.venue, draft=True, subcategory_id="VISITE", title="Visite")


def details(cast, **typed):
    return {
        "subcategory_id": "CONCERT",
        "title": "Carte blanche",
        "venue": cast.venue.pk,
        "music": "501:503",
        "withdrawal_type": "no_ticket",
        "booking_contact": "billetterie@example.org",
        "withdrawal_details": "Entrée rue du Port, une pièce d’identité à la main.",
        "accessibility": ["motor"],
    } | typed


def prices(*rows, **typed):
    data = {"tarifs-TOTAL_FORMS": len(rows), "tarifs-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"tarifs-{number}-{name}": value for name, value in row.items()}
    return data | typed


def date(stock_of, **typed):
    begins = clock.today() + timedelta(days=30)
    tariff = stock_of.price_categories.first().pk
    return {
        "date": f"{begins:%Y-%m-%d}",
        "hour_1": "20:30",
        f"tariff_{tariff}": "on",
        f"places_{tariff}": "50",
    } | typed


def test_an_event_is_walked_through_from_kind_to_publication(cast, alice):
    choice = alice.get("/offre/creation")
    created = alice.post("/offre/creation?nature=evenement", details(cast))
    offer = Offer.objects.get(title="Carte blanche")
    assert "Un événement daté" in choice.text
    assert created["Location"] == f"/offre/{offer.pk}/adresse"
    assert (offer.validation, offer.is_duo, offer.author) == ("DRAFT", True, cast.alice)

    priced = alice.post(
        f"/offre/{offer.pk}/tarifs",
        prices({"label": "Plein", "price": "12,50"}, {"label": "Gratuit", "is_free": "on"}),
    )
    assert priced["Location"] == f"/offre/{offer.pk}/dates"
    assert list(offer.price_categories.values_list("price_cents", flat=True)) == [12_50, 0]
    offer.refresh_from_db()
    assert not offer.is_duo

    dated = alice.post(f"/offre/{offer.pk}/dates", date(offer, end_hour="22:00"))
    assert dated["Location"] == f"/offre/{offer.pk}/dates"
    offer.refresh_from_db()
    assert offer.duration_minutes == 90

    summary = alice.get(f"/offre/{offer.pk}/recapitulatif").text
    assert "Carte blanche" in summary
    done = alice.post(f"/offre/{offer.pk}/publication", {"when": "now"}, follow=True)
    assert "C’est publié" in done.text
    offer.refresh_from_db()
    assert offer.is_released(clock.now())


def test_a_digital_good_has_one_stock_and_no_venue_to_choose(cast, alice):
    created = alice.post(
        "/offre/creation?nature=bien-numerique",
        {
            "subcategory_id": "LIVRE_NUMERIQUE",
            "title": "E-book",
            "offerer": cast.offerer.pk,
            "url": "https://example.org/lire?code={token}",
            "accessibility": ["none"],
        },
    )
    offer = Offer.objects.get(title="E-book")
    assert created["Location"] == f"/offre/{offer.pk}/image"
    assert offer.venue.is_virtual

    saved = alice.post(f"/offre/{offer.pk}/stock", {"price": "9,99", "quantity": ""})

    assert saved["Location"] == f"/offre/{offer.pk}/recapitulatif"
    stock = offer.stocks.get()
    assert (stock.price_cents, stock.quantity, stock.beginning_at) == (9_99, None, None)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "Donnez un titre à l’offre."),
        ({"title": "T" * 91}, "Le titre compte au plus 90 caractères."),
        ({"subcategory_id": "LIVRE_PAPIER"}, "Choisissez une sous-catégorie de la liste."),
        ({"subcategory_id": ""}, "Choisissez une sous-catégorie."),
        ({"music": ""}, "Choisissez\u00a0: genre musical."),
        ({"withdrawal_type": ""}, "Dites comment le bénéficiaire obtient son billet."),
        ({"withdrawal_type": "in_app"}, "Sélectionnez un choix valide."),  # OFF-63
        ({"booking_contact": "pas une adresse"}, "adresse"),
        ({"accessibility": []}, "Cochez au moins une case"),
        ({"accessibility": ["none", "motor"]}, "ne se coche pas avec une autre case"),
        ({"duration": "longtemps"}, "Saisissez la durée en heures et minutes"),
        ({"is_notified": "on"}, "Donnez l’adresse à prévenir."),
        ({"venue": ""}, "Choisissez le lieu de l’offre."),
    ],
)
def test_wrong_details_are_refused_beside_the_field_and_kept(cast, alice, typed, words):
    answer = alice.post(
        "/offre/creation?nature=evenement",
        details(cast, description="À garder absolument") | typed,
    )

    assert answer.status_code == 400
    assert answer.text.count(words) >= 2  # in the summary and beside the field
    assert "À garder absolument" in answer.text
    assert "19/1000" in answer.text
    assert not Offer.objects.filter(description="À garder absolument").exists()


def test_the_venue_of_somebody_else_cannot_be_chosen(cast, alice):
    answer = alice.post(
        "/offre/creation?nature=evenement", details(cast, venue=cast.other_venue.pk)
    )

    assert answer.status_code == 400
    assert "Choisissez un lieu de la liste." in answer.text


@pytest.mark.parametrize(
    ("code", "nature", "asked", "not_asked"),
    [
        ("CONCERT", "evenement", {"music", "performer", "withdrawal_type"}, {"show", "ean", "url"}),
        ("SPECTACLE_REPRESENTATION", "evenement", {"show", "stageDirector"}, {"music", "ean"}),
        ("VISITE", "evenement", {"duration"}, {"music", "show", "withdrawal_type", "author"}),
        ("LIVRE_PAPIER", "bien", {"author", "ean"}, {"duration", "withdrawal_type"}),
        ("LIVRE_NUMERIQUE", "bien-numerique", {"url", "author"}, {"venue", "music"}),
        ("RENCONTRE_EN_LIGNE", "evenement-numerique", {"url", "speaker"}, {"venue", "ean"}),
    ],
)
def test_the_subcategory_decides_which_questions_are_asked(alice, code, nature, asked, not_asked):
    page = alice.post(
        f"/offre/creation?nature={nature}",
        {"subcategory_id": code, "title": "Déjà tapé", "refresh": "1"},
    )

    fields = set(page.context["form"].fields)
    assert page.status_code == 200
    assert asked <= fields
    assert not not_asked & fields
    assert 'value="Déjà tapé"' in page.text


def test_questions_that_appear_keep_what_the_venue_brings(cast, alice):
    page = alice.post(
        "/offre/creation?nature=evenement", {"subcategory_id": "CONCERT", "refresh": "1"}
    )

    assert cast.venue.booking_email in page.text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"label": "Plein", "price": "dix euros"}], "Saisissez un montant en euros"),
        ([{"label": "Plein", "price": "300,01"}], "ne peut pas dépasser"),
        ([{"label": "Plein", "price": "-1"}], "montant"),
        ([{"label": "", "price": "10"}], "Donnez un intitulé à ce tarif."),
        ([{"label": "Plein", "price": "5"}] * 2, "apparaît deux fois"),
    ],
)
def test_wrong_prices_are_refused_and_kept(alice, draft, rows, words):
    answer = alice.post(f"/offre/{draft.pk}/tarifs", prices(*rows))

    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{rows[0]["price"]}"' in answer.text
    assert not draft.price_categories.exists()


def test_adding_and_removing_a_price_line_saves_nothing(alice, draft):
    row = {"label": "Plein", "price": "dix"}

    more = alice.post(f"/offre/{draft.pk}/tarifs", prices(row, add="1"))
    fewer = alice.post(f"/offre/{draft.pk}/tarifs", prices(row, {"label": "Deux"}, remove="1"))

    assert (more.status_code, fewer.status_code) == (200, 200)
    assert 'name="tarifs-1-label"' in more.text
    assert 'name="tarifs-1-label"' not in fewer.text
    assert 'value="dix"' in more.text
    assert not draft.price_categories.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"date": "2020-01-01"}, "La date et l’heure doivent être à venir."),
        ({"date": "31 juin"}, "date"),
        ({"hour_1": "25:00"}, "heure"),
        ({"places": "0"}, "Saisissez au moins 1 place"),
        ({"places": "beaucoup"}, "nombre"),
        ({"limit_days": "-1"}, "ne peut pas être négatif"),
    ],
)
def test_a_wrong_date_is_refused_and_kept(alice, draft, typed, words):
    tariff = PriceCategoryFactory(offer=draft).pk
    if "places" in typed:
        typed = {f"places_{tariff}": typed["places"]}

    answer = alice.post(f"/offre/{draft.pk}/dates", date(draft) | typed)

    assert answer.status_code == 400
    assert words in answer.text
    if "hour_1" not in typed:
        assert "20:30" in answer.text
    assert not draft.stocks.exists()


def test_dates_need_a_price_first(alice, draft):
    answer = alice.get(f"/offre/{draft.pk}/dates", follow=True)

    assert answer.redirect_chain[-1][0] == f"/offre/{draft.pk}/tarifs"
    assert "Donnez d’abord un tarif" in answer.text


def test_a_date_is_read_in_the_time_of_the_venue(cast, alice):
    venue = VenueFactory(offerer=cast.offerer, department_code="972", postal_code="97200")
    offer = OfferFactory(venue=venue, draft=True, subcategory_id="VISITE")
    PriceCategoryFactory(offer=offer)

    alice.post(f"/offre/{offer.pk}/dates", date(offer, date="2030-06-01"))

    assert f"{offer.stocks.get().beginning_at:%Y-%m-%d %H:%M}" == "2030-06-02 00:30"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"when": "later"}, "Renseignez la date de publication."),
        (
            {"when": "later", "publication_day": "2020-01-01", "publication_hour": "09:00"},
            "La date de publication doit être à venir.",
        ),
        (
            {"when": "later", "publication_day": "2099-01-01", "publication_hour": "09:00"},
            "plus de deux ans",
        ),
    ],
)
def test_a_wrong_publication_date_is_refused(alice, draft, typed, words):
    StockFactory(offer=draft)

    answer = alice.post(f"/offre/{draft.pk}/publication", typed)

    assert answer.status_code == 400
    assert words in answer.text
    draft.refresh_from_db()
    assert draft.validation == OfferValidation.DRAFT


def test_an_offer_without_date_cannot_be_published(alice, draft):
    answer = alice.post(f"/offre/{draft.pk}/publication", {"when": "now"})

    assert answer.status_code == 400
    assert "Ajoutez d’abord une date" in answer.text


def test_a_second_click_publishes_once(alice, draft):
    StockFactory(offer=draft)

    alice.post(f"/offre/{draft.pk}/publication", {"when": "now"})
    alice.post(f"/offre/{draft.pk}/publication", {"when": "now"})

    assert draft.transitions.filter(after="APPROVED").count() == 1


@pytest.mark.parametrize("screen", ["details", "tarifs", "dates"])
@pytest.mark.parametrize("validation", ["PENDING", "REJECTED"])
def test_a_frozen_offer_leads_back_to_its_page(cast, alice, screen, validation):
    offer = OfferFactory(venue=cast.venue, draft=True, validation=validation)

    answer = alice.get(f"/offre/{offer.pk}/{screen}", follow=True)

    assert answer.redirect_chain[-1][0] == f"/offre/{offer.pk}"
    assert "ne peut pas être modifiée" in answer.text


def test_a_published_offer_keeps_its_kind_and_its_venue(cast, alice):
    other = VenueFactory(offerer=cast.offerer)

    alice.post(
        f"/offre/{cast.offer.pk}/details",
        details(cast, title="Nouveau titre", venue=other.pk, subcategory_id="VISITE")
        | {"show": "300:302"},
    )

    cast.offer.refresh_from_db()
    assert cast.offer.title == "Nouveau titre"
    assert cast.offer.venue == cast.venue
    assert cast.offer.subcategory_id == "SPECTACLE_REPRESENTATION"


def test_a_person_without_structure_is_told_what_to_do_first(cast):
    assert "Pas encore de structure" in cast.client("staff").get("/offre/creation").text
