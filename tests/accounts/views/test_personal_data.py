import re

import pytest
from django.test import Client

from passpro.accounts.history import of_person
from passpro.accounts.models import DataExport, User
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def link(event, path):
    text = OutboxMessage.objects.filter(event=event).first().payload["text"]
    return re.search(rf"(/{path}/\S+)", text)[1]


def test_a_copy_is_asked_made_mailed_and_downloaded_once_signed_in(
    client, django_capture_on_commit_callbacks
):
    alice = UserFactory()
    client.force_login(alice)

    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post("/profil/mes-donnees", follow=True)
    address = link("accounts/export_ready", "profil/mes-donnees")
    answer = client.get(address)

    assert "Votre demande est enregistrée" in asked.text
    assert answer["Content-Disposition"] == 'attachment; filename="mes-donnees.zip"'
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert address in client.get("/profil").text
    assert of_person(alice).first().kind == "EXPORTED"
    other = Client()
    other.force_login(UserFactory())
    assert other.get(address).status_code == 404
    DataExport.objects.update(file="")
    assert client.get(address).status_code == 410


def test_leaving_needs_the_address_and_signs_out(client):
    alice = UserFactory(email="alice@theatre.example")
    client.force_login(alice)

    wrong = client.post("/profil/suppression", {"email": "bob@theatre.example"})
    done = client.post("/profil/suppression", {"email": "alice@theatre.example"}, follow=True)

    assert wrong.status_code == 400
    assert "Saisissez l’adresse e-mail de votre compte" in wrong.text
    assert 'value="bob@theatre.example"' in wrong.text
    assert done.redirect_chain == [("/connexion", 302)]
    assert "Votre compte est fermé" in done.text
    assert "_auth_user_id" not in client.session
    assert not User.objects.get().is_active


def test_the_link_of_the_mail_asks_before_it_reopens(client):
    alice = UserFactory(email="alice@theatre.example")
    client.force_login(alice)
    client.post("/profil/suppression", {"email": alice.email})
    address = link("accounts/leaving", "retour")

    shown = client.get(address)
    alice.refresh_from_db()
    was_closed = not alice.is_active
    done = client.post(address, follow=True)

    assert "Rouvrir mon compte" in shown.text
    assert was_closed
    assert "Votre compte est rouvert" in done.text
    assert client.post(address).status_code == 410
    signed = client.post("/connexion", {"email": alice.email, "password": PASSWORD})
    assert signed.status_code == 302


def test_an_address_is_changed_from_the_new_mailbox(client):
    alice = UserFactory(email="alice@theatre.example")
    client.force_login(alice)
    typed = {"part": "email", "email": "Alix@theatre.example", "current": PASSWORD}

    wrong = client.post("/profil", typed | {"current": "faux"})
    asked = client.post("/profil", typed, follow=True)
    address = link("accounts/email_change", "email_validation")
    opened = Client().get(address)

    assert wrong.status_code == 400
    assert "Ce n’est pas votre mot de passe actuel." in wrong.text
    assert 'value="alix@theatre.example"' in wrong.text or "Alix@theatre" in wrong.text
    assert "Un lien vous attend" in asked.text
    assert "Votre adresse est changée" in opened.text
    assert client.get("/profil").status_code == 302
    assert Client().get(address).status_code == 410


def test_the_choice_of_e_mails_is_kept(client):
    alice = UserFactory()
    client.force_login(alice)

    client.post("/profil", {"part": "preferences", "wanted": ["bank"], "accepts_newsletter": "on"})

    alice.refresh_from_db()
    assert alice.muted_notifications == ["team"]
    assert alice.accepts_newsletter


def test_a_robot_that_fills_the_hidden_field_gets_the_usual_page_and_no_account(client):
    typed = {
        "email": "robot@example.org", "password": "Mot-de-passe-1!", "first_name": "R",
        "last_name": "Obot", "website": "https://example.org",
    }  # fmt: skip

    answer = client.post("/inscription", typed)

    assert answer["Location"] == "/inscription/confirmation"
    assert not User.objects.exists()
