import pytest

from tests.accounts.factories import UserFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory, siret
from venues.models import ApiKey, Venue

pytestmark = pytest.mark.django_db
VENUE = {
    "name": "Studio",
    "public_name": "",
    "activity": "PERFORMING_ARTS",
    "street": "1 quai",
    "postal_code": "29200",
    "city": "Brest",
    "accessibility": ["motor"],
    "booking_email": "resa@theatre.example",
}


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
    with django_assert_num_queries(5) as few:
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


def test_a_venue_is_opened_and_changed(cast, browse):
    client, number = browse("member"), siret(cast.offerer.siren, 4321)

    made = client.post(
        f"/structures/{cast.offerer.pk}/lieux/creation",
        VENUE | {"siret": number, "latitude": "48,38333", "longitude": "-4,495"},
        follow=True,
    )
    venue = Venue.objects.get(siret=number)
    changed = client.post(f"/lieux/{venue.pk}", VENUE | {"public_name": "Le Quai"}, follow=True)

    assert "Le lieu «\u00a0Studio\u00a0» est créé." in made.text
    assert (str(venue.latitude), str(venue.longitude)) == ("48.38333", "-4.49500")
    assert (venue.motor_accessible, venue.audio_accessible) == (True, False)
    assert "Le lieu «\u00a0Le Quai\u00a0» est enregistré." in changed.text
    assert 'name="siret"' not in client.get(f"/lieux/{venue.pk}").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"siret": "123"}, "vous en avez saisi 3"),
        ({"siret": "30000001500010"}, "autre structure"),
        ({}, "Donnez un SIRET"),
        ({"comment": "Plein air", "accessibility": []}, "Cochez au moins une case"),
        ({"comment": "Plein air", "accessibility": ["none", "motor"]}, "ne va pas avec"),
        ({"comment": "Plein air", "latitude": "48"}, "ou aucune des deux"),
        ({"comment": "Plein air", "latitude": "100", "longitude": "0"}, "90"),
        ({"comment": "Plein air", "booking_email": "resa"}, "e-mail"),
        ({"comment": "Plein air", "activity": "CIRQUE"}, "choix"),
    ],
)
def test_mistakes_in_a_venue_are_told(cast, browse, change, words):
    response = browse("member").post(
        f"/structures/{cast.offerer.pk}/lieux/creation", VENUE | change
    )

    assert response.status_code == 400
    assert words in response.text
    assert 'value="Studio"' in response.text
    assert Venue.objects.count() == 2


def test_a_used_siret_is_told_beside_the_field(cast, browse):
    response = browse("member").post(
        f"/structures/{cast.offerer.pk}/lieux/creation", VENUE | {"siret": cast.venue.siret}
    )

    assert response.status_code == 409
    assert "Un lieu existe déjà avec ce SIRET." in response.text


def test_the_digital_venue_has_no_form(cast, browse):
    virtual = VenueFactory(virtual=True, offerer=cast.offerer)

    assert browse("member").get(f"/lieux/{virtual.pk}").status_code == 404


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
