"""PRF-02, A7: the address changes from the new mailbox only."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from passpro.accounts.exceptions import (
    EmailTaken,
    LinkExpired,
    SameEmail,
    TooManyEmailChanges,
    WrongPassword,
)
from passpro.accounts.history import of_person
from passpro.accounts.services.email_change import ask_email_change, confirm_email_change
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


@pytest.fixture
def alice():
    return UserFactory(email="alice@theatre.example", email_verified_at=NOON)


def ask(user, to="alix@theatre.example", password=PASSWORD):
    return ask_email_change(user=user, new_email=to, password=password, by=Actor.user(user))


def token():
    message = OutboxMessage.objects.filter(event="accounts/email_change").first()
    return re.search(r"/email_validation/(\S+)", message.payload["text"])[1]


def test_nothing_changes_before_the_link_and_both_mailboxes_are_told(alice):
    ask(alice, "Alix@Theatre.example ")

    alice.refresh_from_db()
    assert alice.email == "alice@theatre.example"
    told = dict(OutboxMessage.objects.values_list("event", "recipient"))
    assert told == {
        "accounts/email_change": "alix@theatre.example",
        "accounts/email_change_notice": "alice@theatre.example",
    }


def test_the_link_changes_the_address_once_and_closes_every_session(alice):
    signature = alice.get_session_auth_hash()
    ask(alice)
    link = token()

    confirm_email_change(token=link)

    alice.refresh_from_db()
    assert alice.email == "alix@theatre.example"
    assert alice.get_session_auth_hash() != signature
    assert alice.check_password(PASSWORD)
    assert OutboxMessage.objects.first().recipient == "alix@theatre.example"
    row = of_person(alice).get(kind="EMAIL_CHANGED")
    assert row.changes == {"adresse e-mail": ["alice@theatre.example", "alix@theatre.example"]}
    assert alice.email_changes.get().confirmed_at is not None
    with pytest.raises(LinkExpired):
        confirm_email_change(token=link)


def test_the_link_dies_after_a_day(alice):
    with clock.at(NOON):
        ask(alice)
        link = token()
    with clock.at(NOON + timedelta(hours=24, seconds=1)), pytest.raises(LinkExpired):
        confirm_email_change(token=link)
    alice.refresh_from_db()
    assert alice.email == "alice@theatre.example"


def test_a_later_request_stops_the_older_link(alice):
    ask(alice)
    old = token()
    ask(alice, "autre@theatre.example")

    with pytest.raises(LinkExpired):
        confirm_email_change(token=old)
    assert confirm_email_change(token=token()).email == "autre@theatre.example"


@pytest.mark.parametrize("link", ["", "faux", "a:b:c"])
def test_a_forged_link_is_refused(link):
    with pytest.raises(LinkExpired):
        confirm_email_change(token=link)


def test_a_suspended_person_changes_nothing(alice):
    ask(alice)
    alice.is_active = False
    alice.save()

    with pytest.raises(LinkExpired):
        confirm_email_change(token=token())


def test_an_address_taken_in_between_is_refused_and_nothing_is_written(alice):
    ask(alice)
    link = token()
    UserFactory(email="alix@theatre.example")

    with pytest.raises(EmailTaken):
        confirm_email_change(token=link)
    alice.refresh_from_db()
    assert (alice.email, alice.sessions_closed) == ("alice@theatre.example", 0)
    assert alice.email_changes.get().confirmed_at is None


def test_the_password_is_asked_again(alice):
    with pytest.raises(WrongPassword):
        ask(alice, password="faux")
    assert not OutboxMessage.objects.exists()


def test_ones_own_and_a_taken_address_are_refused(alice):
    UserFactory(email="bob@theatre.example")

    with pytest.raises(SameEmail):
        ask(alice, "Alice@theatre.example")
    with pytest.raises(EmailTaken):
        ask(alice, "Bob@theatre.example")


def test_the_sixth_request_of_a_day_is_refused(alice):
    with clock.at(NOON):
        for n in range(5):
            ask(alice, f"alice{n}@theatre.example")
        with pytest.raises(TooManyEmailChanges):
            ask(alice)
    with clock.at(NOON + timedelta(hours=24)):
        ask(alice)
