"""The team's buttons on a person's page (§11)."""

import pytest
from django.contrib.auth.models import Group

from passpro.accounts.models import DataExport
from passpro.accounts.services.exports import make_export
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def agent(*groups):
    user = UserFactory(staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def support(client):
    user = agent("Support pro", "Administration")
    client.force_login(user)
    return user


def page(person, verb):
    return f"/admin/accounts/user/{person.pk}/{verb}/"


def test_suspend_asks_why_then_closes_and_is_seen_in_the_history(client, support):
    alice = UserFactory(first_name="Alice", last_name="Le Goff")
    address = page(alice, "suspendre")

    asked = client.get(address).text
    client.post(address, {"reason": "END_OF_CONTRACT", "comment": "Partie en mai"})

    assert "Fin de contrat" in asked
    assert "Revente" not in asked
    alice.refresh_from_db()
    assert alice.suspension_reason == "END_OF_CONTRACT"
    shown = client.get(f"/admin/accounts/user/{alice.pk}/change/").text
    assert "Partie en mai" in shown
    client.post(page(alice, "retablir"), {"comment": ""})
    alice.refresh_from_db()
    assert alice.is_active


def test_a_request_by_letter_an_erasure_and_a_confirmation_by_hand(client, support):
    alice, bob = UserFactory(), UserFactory(email_verified_at=None)

    client.post(page(alice, "suppression"), {"comment": "Lettre du 12"})
    client.post(page(bob, "renvoyer-lien"))
    assert bob.email in client.get(page(bob, "change")).text
    assert OutboxMessage.objects.get(event="accounts/verify_email").recipient == bob.email
    client.post(page(bob, "confirmer-adresse"))
    bob.refresh_from_db()
    verified = bob.email_verified_at
    client.post(page(bob, "anonymiser"), {"why": "Doublon"})

    alice.refresh_from_db()
    bob.refresh_from_db()
    assert alice.suspension_reason == "OWN_REQUEST"
    assert verified is not None
    assert bob.anonymised_at is not None


def test_a_copy_is_downloaded_by_the_agent_who_asked_only(client, support):
    alice = UserFactory()
    client.post(page(alice, "donnees"))
    export = DataExport.objects.get()
    make_export(export_id=export.pk)
    address = f"/admin/accounts/dataexport/{export.pk}/telecharger/"

    answer = client.get(address)

    assert b"".join(answer.streaming_content).startswith(b"PK")
    client.force_login(agent("Administration"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("verb", ["suspendre", "retablir", "donnees", "anonymiser", "suppression"])
def test_without_the_right_every_button_answers_403(client, verb):
    client.force_login(agent("Lecture seule"))

    assert client.post(page(UserFactory(), verb)).status_code == 403


def test_an_agent_is_closed_only_by_who_manages_agents(client):
    client.force_login(agent("Support pro"))

    assert client.get(page(UserFactory(), "suspendre")).status_code == 200
    assert client.get(page(UserFactory(staff=True), "suspendre")).status_code in {403, 404}
