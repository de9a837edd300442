import pytest
from axes.models import AccessAttempt
from django.urls import reverse

from passpro.accounts.services.passwords import reset_password
from passpro.accounts.tokens import reset_tokens
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
URL = "/connexion"


def sign_in(client, email="alice@example.org", password=PASSWORD, **more):
    return client.post(URL, {"email": email, "password": password, **more})


def test_the_right_password_opens_the_session_whatever_the_case_of_the_address(client):
    user = UserFactory(email="alice@example.org")

    response = sign_in(client, email=" ALICE@example.org")

    assert response.status_code == 302
    assert response["Location"] == reverse("portal:root")
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("email", ["alice@example.org", "inconnue@example.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client, email):
    UserFactory(email="alice@example.org")

    response = sign_in(client, email=email, password="faux")

    assert response.status_code == 400
    assert "Adresse e-mail ou mot de passe incorrect." in response.text
    assert f'value="{email}"' in response.text
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_costs_one_hash_like_a_known_one(client, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    calls = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: calls.append(1) or encode(*a, **k)
    )

    sign_in(client, email="inconnue@example.org", password="faux")

    assert len(calls) == 1


def test_an_inactive_account_gets_the_ordinary_refusal(client):
    UserFactory(email="alice@example.org", is_active=False)

    assert "mot de passe incorrect" in sign_in(client).text


def test_an_unverified_address_is_explained_with_a_button_only_to_who_knows_the_password(client):
    UserFactory(email="alice@example.org", email_verified_at=None)

    right = sign_in(client)
    wrong = sign_in(client, password="faux")

    assert right.status_code == 400
    assert "pas encore confirmée" in right.text
    assert "Recevoir un nouveau lien" in right.text
    assert "pas encore confirmée" not in wrong.text
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/structures?q=a", "/structures?q=a"),
        ("https://mechant.example/", "/"),
        ("//mechant.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/structures", "http://testserver/structures"),
    ],
)
def test_the_page_asked_for_is_kept_if_it_is_on_this_site(client, asked, target):
    UserFactory(email="alice@example.org")

    assert sign_in(client, next=asked)["Location"] == target


def test_a_page_that_needs_a_person_sends_to_sign_in_and_back(client):
    response = client.get("/profil")

    assert response["Location"] == "/connexion?next=/profil"
    assert 'name="next" value="/profil"' in client.get(response["Location"]).text


def test_sign_out_closes_the_session(client):
    client.force_login(UserFactory())

    response = client.post("/deconnexion", follow=True)

    assert "Vous êtes déconnecté." in response.text
    assert "_auth_user_id" not in client.session


@pytest.fixture
def _lock_out(settings):
    settings.AXES_ENABLED = True


@pytest.mark.usefixtures("_lock_out")
def test_the_eleventh_failure_in_a_minute_locks_the_account_for_that_address_until_a_reset(
    client, settings
):
    user = UserFactory(email="alice@example.org")
    answers = [sign_in(client, password="faux").status_code for _ in range(11)]

    locked = sign_in(client)

    assert answers == [400] * 10 + [429]
    assert locked.status_code == 429
    assert locked["Retry-After"] == "60"
    assert "Trop de tentatives" in locked.text
    assert "une minute" in locked.text
    assert sign_in(client, email="autre@example.org").status_code == 400

    token = reset_tokens.make_token(user)
    from django.utils.http import urlsafe_base64_encode

    uid = urlsafe_base64_encode(str(user.pk).encode())
    reset_password(uidb64=uid, token=token, password="Un-autre-secret-2?")
    assert sign_in(client, password="Un-autre-secret-2?").status_code == 302


@pytest.mark.usefixtures("_lock_out")
def test_a_success_forgets_the_failures(client):
    UserFactory(email="alice@example.org")
    for _ in range(9):
        sign_in(client, password="faux")
    sign_in(client)

    assert not AccessAttempt.objects.exists()


@pytest.mark.usefixtures("_lock_out")
def test_unknown_addresses_are_locked_with_the_same_words(client):
    for _ in range(11):
        response = sign_in(client, email="inconnue@example.org", password="faux")

    assert response.status_code == 429
