import re

import pytest
from django.core.cache import cache
from django.test import Client

from passpro.accounts.models import User
from passpro.accounts.tokens import address_token
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
TYPED = {
    "first_name": "Alice",
    "last_name": "Le Goff",
    "email": "alice@theatre.example",
    "password": PASSWORD,
    "phone": "06 12 34 56 78",
    "pseudo": "Al",
    "accepts_newsletter": "on",
}
NEW = "Un-autre-secret-2?"


def link(kind):
    text = OutboxMessage.objects.first().payload["text"]
    return re.search(rf"http://[^/]+(/{kind}/\S+)", text)[1]


def test_the_whole_way_from_sign_up_to_the_first_page(client):
    done = client.post("/inscription", TYPED, follow=True)
    assert "alice@theatre.example" in done.text
    assert client.get("/profil").status_code == 302

    opened = client.get(link("inscription/validation"), follow=True)

    assert opened.redirect_chain == [("/structures/creation", 302)]
    assert "votre compte est ouvert" in opened.text
    user = User.objects.get()
    assert (user.phone, user.pseudo) == ("+33612345678", "Al")
    assert user.accepts_newsletter is True
    assert user.accepts_contact is False


def test_every_mistake_is_told_and_nothing_typed_is_lost_but_the_password(client):
    response = client.post("/inscription", TYPED | {"password": "abc", "phone": "12"})

    assert response.status_code == 400
    for words in ("12 caractères", "une majuscule", "un chiffre", "un caractère spécial"):
        assert words in response.text
    assert "numéro de téléphone valable" in response.text
    assert 'value="Le Goff"' in response.text
    assert 'value="abc"' not in response.text
    assert not User.objects.exists()


def test_a_known_address_is_told_beside_the_field(client):
    UserFactory(email="alice@theatre.example")

    response = client.post("/inscription", TYPED)

    assert response.status_code == 409
    assert "Un compte existe déjà" in response.text


def test_a_used_link_sends_to_sign_in(client):
    client.post("/inscription", TYPED)
    address = link("inscription/validation")
    client.get(address)

    again = Client().get(address, follow=True)

    assert again.redirect_chain == [("/connexion", 302)]
    assert "déjà confirmée" in again.text


def test_a_dead_link_offers_another_one(client):
    response = client.get("/inscription/validation/faux")

    assert response.status_code == 410
    assert "Recevoir un nouveau lien" in response.text


def test_a_new_link_gets_the_same_answer_for_everybody(client):
    UserFactory(email="attend@example.org", email_verified_at=None)

    known = client.post("/inscription/nouveau-lien", {"email": "attend@example.org"}, follow=True)
    unknown = client.post("/inscription/nouveau-lien", {"email": "non@example.org"}, follow=True)

    assert "Un nouveau lien" in known.text
    assert "Un nouveau lien" in unknown.text
    assert [m.recipient for m in OutboxMessage.objects.all()] == ["attend@example.org"]


def test_a_forgotten_password_gets_the_same_page_for_everybody(client):
    UserFactory(email="alice@example.org")

    pages = []
    for email in ("alice@example.org", "non@example.org"):
        page = client.post("/demande-mot-de-passe", {"email": email}).text
        pages.append(re.sub(r'"X-CSRFToken": "\w+"', "", page.replace(email, "…")))

    assert pages[0] == pages[1]
    assert OutboxMessage.objects.count() == 1


def test_a_new_password_closes_the_sessions_opened_before(client):
    user = UserFactory(email="alice@example.org")
    client.force_login(user)
    other = Client()
    other.post("/demande-mot-de-passe", {"email": "alice@example.org"})
    address = link("mot-de-passe-perdu")

    weak = other.post(address, {"password": "abc"})
    done = other.post(address, {"password": NEW}, follow=True)

    assert weak.status_code == 400
    assert done.redirect_chain == [("/connexion", 302)]
    assert client.get("/profil").status_code == 302
    assert other.get(address).status_code == 410


def test_the_profile_shows_and_changes_the_coordinates(client):
    user = UserFactory(first_name="Alice", last_name="Le Goff")
    client.force_login(user)
    typed = {"part": "identity", "first_name": "Alix", "last_name": "Le Goff", "phone": "12"}

    assert "Le Goff" in client.get("/profil").text
    assert client.post("/profil", typed).status_code == 400
    done = client.post("/profil", typed | {"phone": "0612345678"}, follow=True)

    assert "Vos coordonnées sont enregistrées." in done.text
    user.refresh_from_db()
    assert (user.first_name, user.phone) == ("Alix", "+33612345678")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"current": "faux"}, "mot de passe actuel."),
        ({"password": PASSWORD, "confirmation": PASSWORD}, "différent de l’actuel"),
        ({"confirmation": "autre"}, "ne sont pas identiques"),
        ({"password": "abc", "confirmation": "abc"}, "une majuscule"),
    ],
)
def test_a_password_change_that_breaks_a_rule_is_refused(client, change, words):
    user = UserFactory()
    client.force_login(user)
    typed = {"part": "password", "current": PASSWORD, "password": NEW, "confirmation": NEW}

    response = client.post("/profil", typed | change)

    assert response.status_code == 400
    assert words in response.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_password_change_keeps_this_session_and_closes_the_others(client):
    user = UserFactory()
    other = Client()
    client.force_login(user)
    other.force_login(user)

    client.post(
        "/profil",
        {"part": "password", "current": PASSWORD, "password": NEW, "confirmation": NEW},
    )

    assert client.get("/profil").status_code == 200
    assert other.get("/profil").status_code == 302


def test_a_young_person_has_no_name_fields(client):
    client.force_login(UserFactory(beneficiary=True))

    page = client.get("/profil").text

    assert 'name="first_name"' not in page
    assert 'name="phone"' in page


def test_an_invited_address_is_already_typed(client):
    url = f"/inscription?invitation={address_token('lea@theatre.example')}"

    assert 'value="lea@theatre.example"' in client.get(url).text
    assert "lea@" not in client.get(url[:-2] + "xx").text


def test_one_connection_does_not_open_accounts_by_the_hundred(client, settings):
    settings.FORMS_PER_ADDRESS = 2
    cache.clear()
    for name in ("a", "b"):
        client.post("/inscription", TYPED | {"email": f"{name}@theatre.example"})

    third = client.post("/inscription", TYPED)
    settings.PROXIES_IN_FRONT = 1
    behind = client.post(
        "/inscription", TYPED, headers={"X-Forwarded-For": "1.2.3.4, 198.51.100.7"}
    )

    assert third.status_code == 429
    assert "dans une heure" in third.text
    assert 'value="alice@theatre.example"' in third.text
    assert behind.status_code == 302
