import pytest
from django.core.cache import cache

from tests.accounts.factories import UserFactory
from tests.venues.factories import MembershipFactory, OffererFactory, VenueFactory
from venues.models import Membership, Offerer, Venue
from venues.views import registration

pytestmark = pytest.mark.django_db
START = "/structures/creation"
IDENTITY = f"{START}/identification"
ACTIVITY = f"{START}/activite"
CONFIRM = f"{START}/validation"
PLACE = {
    "public_name": "La Cale",
    "street": "1 quai du Port",
    "postal_code": "29200",
    "city": "Brest",
}
WHAT = {
    "activity": "PERFORMING_ARTS",
    "audience": ["INDIVIDUAL", "EDUCATIONAL"],
    "web_presence": "lacale.example\nhttps://social.example/lacale",
}


@pytest.fixture(autouse=True)
def _forgetful_cache():
    cache.clear()


@pytest.fixture
def newcomer(client):
    client.force_login(UserFactory(email="alice@theatre.example"))
    return client


def test_the_whole_journey_from_a_siren_to_a_structure_with_its_venue(newcomer):
    first = newcomer.get(START).text
    assert "Gratuit et sans engagement" in first
    assert "régie directe" in first

    identity = newcomer.post(START, {"number": "780 000 089"}, follow=True)
    assert identity.redirect_chain == [(IDENTITY, 302)]
    for words in ("LA CALE SÈCHE", "780\u00a0000\u00a0089", 'value="1 quai du Port"', "29200"):
        assert words in identity.text

    activity = newcomer.post(IDENTITY, PLACE, follow=True)
    assert activity.redirect_chain == [(ACTIVITY, 302)]
    recap = newcomer.post(ACTIVITY, WHAT, follow=True)
    assert recap.redirect_chain == [(CONFIRM, 302)]
    for words in ("La Cale", "Spectacle vivant", "Au grand public et à des groupes scolaires",
                  "https://lacale.example"):  # fmt: skip
        assert words in recap.text
    assert not Offerer.objects.exists(), "nothing exists before the last step"

    done = newcomer.post(CONFIRM, follow=True)

    offerer = Offerer.objects.get()
    assert done.redirect_chain == [(f"/structures/{offerer.pk}", 302)]
    assert "est enregistrée" in done.text
    assert "vos offres seront visibles dès la validation" in done.text
    assert Venue.objects.filter(offerer=offerer, siret="78000008900018").exists()
    assert newcomer.get(CONFIRM).status_code == 302, "the draft is gone"


def test_what_was_typed_stays_when_going_back(newcomer):
    newcomer.post(START, {"number": "780000089"})
    newcomer.post(IDENTITY, PLACE | {"street": "2 bis impasse des Lilas"})
    newcomer.post(ACTIVITY, WHAT)

    assert 'value="2 bis impasse des Lilas"' in newcomer.get(IDENTITY).text
    assert "social.example" in newcomer.get(ACTIVITY).text
    assert "Une inscription est en cours" in newcomer.get(START).text
    newcomer.post(START, {"number": "780000089"})
    assert "impasse des Lilas" in newcomer.get(IDENTITY).text
    newcomer.post(START, {"number": "780000048"})
    assert "impasse des Lilas" not in newcomer.get(IDENTITY).text, "another company, anew"


def test_leaving_forgets_the_draft(newcomer):
    newcomer.post(START, {"number": "780000089"})

    newcomer.post(f"{START}/abandon")

    assert newcomer.get(IDENTITY).status_code == 302


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("12345678", 400, "vous en avez saisi 8"),
        ("abcdefghi", 400, "que des chiffres"),
        ("123456789", 400, "n’existe pas"),
        ("", 400, "obligatoire"),
        ("780000212", 400, "n’existe pas dans le répertoire"),
        ("780000162", 400, "ne pas diffuser ses données"),
        ("780000170", 400, "cessé son activité"),
    ],
)
def test_a_number_that_cannot_sign_up_is_told_and_stays(newcomer, number, status, words):
    response = newcomer.post(START, {"number": number})

    assert response.status_code == status
    assert words in response.text
    assert f'value="{number}"' in response.text or not number
    assert newcomer.get(IDENTITY).status_code == 302


@pytest.mark.parametrize(
    ("url", "typed", "words"),
    [
        (IDENTITY, PLACE | {"street": ""}, "obligatoire"),
        (IDENTITY, PLACE | {"postal_code": "99999"}, "code postal français"),
        (ACTIVITY, WHAT | {"activity": ""}, "obligatoire"),
        (ACTIVITY, WHAT | {"audience": []}, "Cochez au moins un public"),
        (ACTIVITY, WHAT | {"web_presence": "pas une adresse"}, "n’est pas une adresse de site"),
        (ACTIVITY, WHAT | {"web_presence": "a.example " * 11}, "au plus 10"),
    ],
)
def test_mistakes_of_a_step_are_told(newcomer, url, typed, words):
    newcomer.post(START, {"number": "780000089"})
    newcomer.post(IDENTITY, PLACE)

    response = newcomer.post(url, typed)

    assert response.status_code == 400
    assert words in response.text


def test_the_name_is_shown_beside_the_field_while_typing(newcomer):
    def shown(number):
        return newcomer.get(f"{START}/entreprise", {"number": number}).text

    assert "LA CALE SÈCHE" in shown("780000089")
    assert "a cessé son activité" in shown("780000170")
    assert "vous saisirez vous-même" in shown("780000188")
    assert shown("78").strip() == ""
    OffererFactory(siren="780000048")
    assert "Déjà inscrite" in shown("780000048")


def test_somebody_who_tries_many_numbers_is_slowed_down(newcomer, monkeypatch):
    monkeypatch.setattr(registration, "LOOKUPS_PER_MINUTE", 1)
    newcomer.post(START, {"number": "780000089"})

    response = newcomer.post(START, {"number": "780000089"})

    assert response.status_code == 429
    assert "réessayez dans une minute" in response.text


def test_a_silent_register_lets_people_type(newcomer):
    page = newcomer.post(START, {"number": "780000188"}, follow=True).text
    assert "ne répond pas" in page
    assert newcomer.post(IDENTITY, PLACE).status_code == 400, "the name is asked"

    newcomer.post(IDENTITY, PLACE | {"name": "Compagnie du Phare"})
    newcomer.post(ACTIVITY, WHAT)
    assert "à vérifier par nos équipes" in newcomer.get(CONFIRM).text
    newcomer.post(CONFIRM)

    assert Offerer.objects.get().needs_identity_check


def test_a_school_and_a_town_get_their_advice(newcomer):
    school = newcomer.post(START, {"number": "780000105"}, follow=True).text
    town = newcomer.post(START, {"number": "78000003000020"}, follow=True).text

    assert "établissement scolaire" in school
    assert "Collectivité territoriale" in town
    assert "MUSÉE DES BEAUX-ARTS" in town


def test_a_known_siren_is_joined_after_a_look_at_its_venues(newcomer):
    offerer = OffererFactory(siren="780000030", name="Ville de Brest")
    VenueFactory(offerer=offerer, name="Bibliothèque")

    page = newcomer.post(START, {"number": "780000030"}, follow=True)
    assert page.redirect_chain == [(f"{START}/deja-inscrite", 302)]
    assert "Bibliothèque" in page.text
    asked = newcomer.post(f"{START}/deja-inscrite", follow=True)

    assert asked.redirect_chain == [(f"{START}/demande-envoyee", 302)]
    assert "Ville de Brest" in asked.text
    assert Membership.objects.get().status == "PENDING"
    again = newcomer.post(START, {"number": "780000030"})
    assert again.status_code == 409
    assert "étudie votre demande" in again.text
    assert newcomer.post(f"{START}/deja-inscrite").status_code == 302


def test_a_known_siren_may_be_joined_with_a_new_place(newcomer):
    OffererFactory(siren="780000030", name="Ville de Brest")
    newcomer.post(START, {"number": "78000003000020"})

    newcomer.post(f"{START}/deja-inscrite", {"add": "1"})
    newcomer.post(IDENTITY, PLACE | {"public_name": "Le musée"})
    newcomer.post(ACTIVITY, WHAT)
    done = newcomer.post(CONFIRM, follow=True)

    assert done.redirect_chain == [(f"{START}/demande-envoyee", 302)]
    assert Venue.objects.get(siret="78000003000020").public_name == "Le musée"
    assert Membership.objects.get().status == "PENDING"


def test_a_refusal_at_the_last_step_keeps_what_was_typed(newcomer):
    newcomer.post(START, {"number": "780000089"})
    newcomer.post(IDENTITY, PLACE)
    newcomer.post(ACTIVITY, WHAT)
    OffererFactory(siren="780000089", status="CLOSED")

    response = newcomer.post(CONFIRM)

    assert response.status_code == 409
    assert "est fermée" in response.text
    assert "votre saisie est gardée" in response.text


def test_a_person_with_a_structure_attaches_another_one(client):
    membership = MembershipFactory()
    client.force_login(membership.user)

    page = client.get(START).text

    assert "Rattacher une structure supplémentaire" in page


def test_a_person_without_account_learns_what_will_be_needed(client):
    """B8: number, activity, audience, then the list; the number is offered again afterwards."""
    start = "/inscription/preparation"
    assert client.get(f"{start}/resultats", follow=True).redirect_chain[-1][0] == start
    unknown = client.post(start, {"number": "732829320"})
    assert unknown.status_code in {400, 404, 409}
    assert "existe pas" in unknown.text

    told = client.post(start, {"number": "780000089"}, follow=True)
    client.post(f"{start}/activite", {"activity": "MOVIE"})
    missing = client.post(f"{start}/publics", {})
    page = client.post(f"{start}/publics", {"audience": ["EDUCATIONAL"]}, follow=True)

    assert told.redirect_chain[-1][0] == f"{start}/activite"
    assert "Cochez au moins un public" in missing.text
    for words in (
        "Vous pouvez vous inscrire",
        "référencement ADAGE",
        "780\u00a0000\u00a0089",
        "cinéma",
        "RIB",
        "/inscription",
    ):
        assert words in page.text
    assert not Offerer.objects.exists()
