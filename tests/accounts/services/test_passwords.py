import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from passpro.accounts.exceptions import LinkExpired
from passpro.accounts.services.passwords import change_password, request_reset, reset_password
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)
NEW = "Un-autre-secret-2?"


def link_of(message):
    found = re.search(r"/mot-de-passe-perdu/([^/\s]+)/(\S+)", message.payload["text"])
    return {"uidb64": found[1], "token": found[2]}


def ask(email="alice@example.org", at=NOON):
    with clock.at(at):
        request_reset(email=email)
    return OutboxMessage.objects.first()


def test_a_link_is_sent_only_to_an_active_account():
    UserFactory(email="alice@example.org")
    UserFactory(email="partie@example.org", is_active=False)

    for email in ("Alice@example.org ", "partie@example.org", "inconnue@example.org"):
        request_reset(email=email)

    assert [m.recipient for m in OutboxMessage.objects.all()] == ["alice@example.org"]


def test_the_link_changes_the_password_once():
    user = UserFactory(email="alice@example.org")
    link = link_of(ask())

    with clock.at(NOON + timedelta(hours=23)):
        reset_password(**link, password=NEW)
        user.refresh_from_db()
        assert user.check_password(NEW)
        with pytest.raises(LinkExpired):
            reset_password(**link, password="Encore-un-secret-3!")
    assert OutboxMessage.objects.first().event == "accounts/password_changed"


def test_the_link_dies_after_a_day():
    UserFactory(email="alice@example.org")
    link = link_of(ask())

    with clock.at(NOON + timedelta(hours=24, seconds=1)), pytest.raises(LinkExpired):
        reset_password(**link, password=NEW)


def test_asking_again_stops_the_older_link():
    UserFactory(email="alice@example.org")
    old = link_of(ask())
    new = link_of(ask(at=NOON + timedelta(minutes=2)))

    with clock.at(NOON + timedelta(minutes=3)):
        with pytest.raises(LinkExpired):
            reset_password(**old, password=NEW)
        reset_password(**new, password=NEW)


def test_a_second_click_within_the_minute_keeps_the_link_just_sent():
    UserFactory(email="alice@example.org")
    link = link_of(ask())
    ask(at=NOON + timedelta(seconds=30))

    assert OutboxMessage.objects.count() == 1
    with clock.at(NOON + timedelta(minutes=1)):
        reset_password(**link, password=NEW)


@pytest.mark.parametrize("uidb64", ["", "é", "x", "MA", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ"])
def test_a_link_of_nobody_is_refused(uidb64):
    with pytest.raises(LinkExpired):
        reset_password(uidb64=uidb64, token="abc-def", password=NEW)


def test_the_link_of_somebody_else_is_refused():
    UserFactory(email="alice@example.org")
    bob = UserFactory()
    link = link_of(ask())

    with clock.at(NOON), pytest.raises(LinkExpired):
        reset_password(
            uidb64=urlsafe_base64_encode(force_bytes(bob.pk)), token=link["token"], password=NEW
        )


def test_a_reset_confirms_the_address_that_received_the_link():
    user = UserFactory(email="alice@example.org", email_verified_at=None)
    link = link_of(ask())

    with clock.at(NOON):
        reset_password(**link, password=NEW)

    user.refresh_from_db()
    assert user.email_verified_at == NOON


def test_a_change_is_told_by_email():
    user = UserFactory()

    change_password(user=user, password=NEW)

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)
    assert OutboxMessage.objects.get().event == "accounts/password_changed"
