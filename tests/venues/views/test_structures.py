import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passpro.kernel.actor import SYSTEM
from tests.accounts.factories import UserFactory
from tests.finance.factories import BankAccountFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory
from venues.models import ApiKey, Membership, OpeningRange
from venues.services.offerers import reject_offerer, validate_offerer

pytestmark = pytest.mark.django_db


def test_a_person_without_structure_sees_the_first_step(client):
    client.force_login(UserFactory())

    page = client.get("/structures").text

    assert "Rattachez votre première structure" in page
    assert "/structures/creation" in page


def test_structures_are_searched_by_words_and_waiting_ones_do_not_open(cast, browse):
    other = OffererFactory(name="Cinéma du Phare", city="Quimper")
    MembershipFactory(user=cast.alice, offerer=other, pending=True)
    client = browse("member")

    everything = client.get("/structures").text
    found = client.get("/structures?q=phare quimper").text
    nothing = client.get("/structures?q=zzz").text

    assert "Théâtre des Embruns" in everything
    assert f"/structures/{other.pk}" not in everything
    assert "Rattachement en attente" in found
    assert "Théâtre des Embruns</a>" not in found
    assert "Aucune structure ne correspond" in nothing
    assert client.get(f"/structures/{other.pk}").status_code == 404
    assert client.get("/structures?q=%00&page=999").status_code == 200


def test_the_list_costs_the_same_for_one_and_for_twenty(client, django_assert_num_queries):
    alice = UserFactory()
    MembershipFactory(user=alice)
    client.force_login(alice)
    client.get("/structures")
    with CaptureQueriesContext(connection) as few:
        client.get("/structures")
    MembershipFactory.create_batch(25, user=alice)
    with django_assert_num_queries(len(few)):
        page = client.get("/structures")
    assert "?page=2" in page.text


def test_the_structure_page_shows_venues_team_and_keys(cast, browse):
    MembershipFactory(offerer=cast.offerer, pending=True, user__email="zoe@example.org")
    VenueFactory(offerer=cast.offerer, without_siret=True, name="Chapiteau")

    page = browse("member").get(f"/structures/{cast.offerer.pk}").text

    for words in ("Grande salle", "Chapiteau itinérant", "zoe@example.org", "Administrateur"):
        assert words in page
    assert cast.api_key.prefix in page
    assert "seront visibles dès la validation" not in page


def test_a_key_is_shown_once_and_never_again(cast, browse):
    client, url = browse("member"), f"/structures/{cast.offerer.pk}/cles-api"

    made = client.post(url, {"label": "Caisse"})

    key = ApiKey.objects.get(label="Caisse")
    assert f"{key.prefix}_" in made.text
    assert "no-store" in made["Cache-Control"]
    later = client.get(f"/structures/{cast.offerer.pk}").text
    assert key.prefix in later
    assert f"{key.prefix}_" not in later


def test_the_sixth_key_is_refused_on_the_page(cast, browse):
    client, url = browse("member"), f"/structures/{cast.offerer.pk}/cles-api"
    for n in range(4):
        client.post(url, {"label": f"Caisse {n}"})

    refused = client.post(url, {"label": "Une de trop"})

    assert refused.status_code == 409
    assert "au plus 5 clés" in refused.text
    assert 'value="Une de trop"' in refused.text
    assert "Générer une clé" not in client.get(f"/structures/{cast.offerer.pk}").text


def test_deleting_a_key_asks_first_and_is_final(cast, browse):
    client = browse("member")
    url = f"/structures/{cast.offerer.pk}/cles-api/{cast.api_key.pk}/suppression"

    asked = client.get(url).text
    done = client.post(url, follow=True)

    assert "coupé aussitôt" in asked
    assert "est supprimée" in done.text
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_a_member_who_is_not_administrator_may_not_touch_keys(cast, client):
    carol = MembershipFactory(offerer=cast.offerer, member=True).user
    client.force_login(carol)
    base = f"/structures/{cast.offerer.pk}"

    assert "Seul l’administrateur" in client.get(base).text
    assert client.post(f"{base}/cles-api", {"label": "Caisse"}).status_code == 403
    url = f"{base}/cles-api/{cast.api_key.pk}/suppression"
    assert client.post(url).status_code == 403
    assert ApiKey.objects.live().filter(pk=cast.api_key.pk).exists()


def test_a_young_person_enters_the_portal_only_with_an_attachment(cast, browse):
    client = browse("beneficiary")
    assert client.get("/structures").status_code == 403

    MembershipFactory(user=cast.chloe, offerer=cast.offerer, pending=True)

    assert client.get("/structures").status_code == 200


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("theatre", True),
        ("THÉÂTRE embruns", True),
        ("oeuvres brest", True),
        ("300 000 015", True),
        ("300000", True),
        ("thea", False),
        ("embrun", False),
        ("theatre quimper", False),
        ("*", False),
        ("%' OR 1=1", False),
    ],
)
def test_structures_are_searched_by_whole_words_without_accents(client, words, is_found):
    """Seed 003: « Saisissez un ou plusieurs mots complets »."""
    membership = MembershipFactory(
        offerer__name="Théâtre des Embruns & Œuvres", offerer__siren="300000015"
    )
    client.force_login(membership.user)

    page = client.get("/structures", {"q": words}).text

    assert ("Théâtre des Embruns &amp; Œuvres</a>" in page) is is_found


def test_the_structure_page_tells_its_history_and_its_bank_accounts(cast, browse):
    reject_offerer(offerer_id=cast.offerer.pk, reason="Pièce manquante", by=SYSTEM)
    validate_offerer(offerer_id=cast.offerer.pk, by=SYSTEM)
    Membership.objects.update(status="VALIDATED")
    client = browse("member")

    page = client.get(f"/structures/{cast.offerer.pk}").text

    for words in ("Demande refusée", "Pièce manquante", "Structure validée"):
        assert words in page
    assert f"/structures/{cast.offerer.pk}/banque" in page
    bank = client.get(f"/structures/{cast.offerer.pk}/banque").text
    assert "Aucun compte bancaire" in bank
    account = BankAccountFactory(offerer=cast.offerer)
    assert account.label in client.get(f"/structures/{cast.offerer.pk}/banque").text


def test_a_closed_structure_is_shown_without_what_would_change_it(cast, browse):
    type(cast.offerer).objects.update(status="CLOSED", identity_checked_at=None)

    page = browse("member").get(f"/structures/{cast.offerer.pk}").text

    assert "Structure fermée" in page
    assert "Ajouter un lieu" not in page
    assert "Générer une clé" not in page
    assert "à vérifier par nos équipes" in page


def test_a_structure_with_many_venues_costs_the_same(cast, browse, django_assert_num_queries):
    client = browse("member")
    url = f"/structures/{cast.offerer.pk}"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    VenueFactory.create_batch(40, offerer=cast.offerer)
    MembershipFactory.create_batch(10, offerer=cast.offerer, member=True)

    with django_assert_num_queries(len(few)):
        client.get(url)


def test_many_venues_are_searched_and_shown_by_pages(cast, browse, monkeypatch):
    monkeypatch.setattr("venues.views.structures.VENUES_SHOWN_ON_STRUCTURE", 2)
    for name, city in [("Médiathèque", "Quimper"), ("Salle verte", "Brest"), ("Scène", "Morlaix")]:
        VenueFactory(offerer=cast.offerer, name=name, city=city)
    VenueFactory(offerer=cast.offerer, virtual=True)
    client, address = browse("member"), f"/structures/{cast.offerer.pk}"

    everything = client.get(address)
    by_town = client.get(f"{address}?lieu=mediat quimp").text
    nothing = client.get(f"{address}?lieu=zzz").text

    assert len(everything.context["venues"].object_list) == 2
    assert "?page=2" in everything.text
    assert "Médiathèque</h3>" in by_town
    assert "Salle verte</h3>" not in by_town
    assert "Aucun lieu ne correspond" in nothing
    assert "Ajoutez un lieu" not in nothing


def test_the_digital_venue_has_a_page_that_changes_nothing(cast, browse):
    online = VenueFactory(offerer=cast.offerer, virtual=True)
    client = browse("member")

    page = client.get(f"/lieux/{online.pk}/numerique").text

    assert "Choisir le SIRET" in page
    assert f"/offres?lieu={online.pk}" in page
    assert client.get(f"/lieux/{online.pk}").status_code == 404
    assert client.get(f"/lieux/{cast.venue.pk}/numerique").status_code == 404


def test_the_preview_shows_the_venue_as_young_people_see_it(cast, browse):
    venue = VenueFactory(
        offerer=cast.offerer, public_name="Le Grand Bleu", description="Au bord de l’eau."
    )
    OpeningRange.objects.create(venue=venue, weekday=0, opens_minute=600, closes_minute=1140)

    page = browse("member").get(f"/lieux/{venue.pk}/apercu").text.replace("\xa0", " ")

    assert "Au bord de l’eau." in page
    assert "10 h – 19 h" in page
    assert "Une image" in page
    assert "Les horaires d’ouverture" not in page
