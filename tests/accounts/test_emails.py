"""The words of every e-mail about accounts (§16), as they are sent."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from passpro.accounts.services.email_change import ask_email_change, confirm_email_change
from passpro.accounts.services.erasure import anonymise, run_retention
from passpro.accounts.services.exports import ask_export, make_export
from passpro.accounts.services.leaving import leave_for
from passpro.accounts.services.passwords import change_password, request_reset
from passpro.accounts.services.sign_up import sign_up
from passpro.accounts.services.suspension import suspend, unsuspend
from passpro.accounts.tokens import email_change_token
from passpro.kernel import clock, outbox
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.at(NOW):
        yield


@pytest.fixture
def alice():
    return UserFactory(
        email="alice@theatre.example", first_name="Alice", last_name="Le Goff", created_at=NOW
    )


def sent(*events):
    """The latest message of each event; links and keys of the database are taken out."""
    shown = []
    for event in events:
        message = OutboxMessage.objects.filter(event=f"accounts/{event}").first()
        content = outbox.content_of(message)
        text = re.sub(r"https?://\S+", "https://passpro.example/…", content["text"])
        text = re.sub(r"personne n°\s\d+", "personne n° 1", text)
        shown.append(f"{event} → {message.recipient}\nObjet : {content['subject']}\n{text}")
    return shown


def test_sign_up_and_passwords(snapshot):
    alice = sign_up(
        email="alice@theatre.example",
        password=PASSWORD,
        first_name="Alice",
        last_name="Le Goff",
    )
    request_reset(email=alice.email)
    change_password(user=alice, password="Un-autre-secret-2?")

    assert sent("verify_email", "password_reset", "password_changed") == snapshot


def test_change_of_address(alice, snapshot):
    change = ask_email_change(
        user=alice, new_email="alix@theatre.example", password=PASSWORD, by=Actor.user(alice)
    )
    confirm_email_change(token=email_change_token(change))

    assert sent("email_change", "email_change_notice", "email_changed") == snapshot


def test_suspension_and_return(alice, snapshot):
    suspend(user_id=alice.pk, reason="END_OF_CONTRACT", by=SYSTEM)
    unsuspend(user_id=alice.pk, by=SYSTEM)

    assert sent("suspended", "unsuspended") == snapshot


def test_leaving(alice, snapshot):
    leave_for(user_id=alice.pk, by=SYSTEM)
    late = NOW + timedelta(days=51)
    with clock.at(late):
        run_retention(now=late)

    assert sent("leaving", "leaving_soon") == snapshot


def test_silence_and_erasure(alice, snapshot):
    late = NOW + timedelta(days=3 * 365 - 20)
    with clock.at(late):
        run_retention(now=late)
        warning = sent("erasure_warning")
        anonymise(user_id=alice.pk, by=SYSTEM)

    assert [*warning, *sent("erased")] == snapshot


def test_copies_of_data(alice, snapshot):
    farid = UserFactory(staff=True, email="farid@passpro.example", first_name="Farid")
    mails = []
    for person in (alice, farid):
        export = ask_export(person=alice, asked_by=person, by=Actor.user(person))
        make_export(export_id=export.pk)
        mails += sent("export_ready")

    assert mails == snapshot
