from datetime import UTC, datetime, timedelta

import pytest

from passpro.accounts import tokens
from passpro.accounts.exceptions import EmailAlreadyVerified, EmailTaken, LinkExpired
from passpro.accounts.services.sign_up import send_verification_again, sign_up, verify_email
from passpro.kernel import clock
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


def register(email="Alice@Theatre.example"):
    return sign_up(email=email, password=PASSWORD, first_name="Alice", last_name="Le Goff")


def test_the_address_is_kept_in_lower_case_and_waits_for_its_link():
    user = register()

    assert user.email == "alice@theatre.example"
    assert user.email_verified_at is None
    assert user.check_password(PASSWORD)
    message = OutboxMessage.objects.get()
    assert message.recipient == user.email
    assert "/inscription/validation/" in message.payload["text"]


def test_a_second_account_with_the_same_address_is_refused():
    register()

    with pytest.raises(EmailTaken):
        register("ALICE@theatre.example ")


def test_the_link_opens_the_account_once():
    user = register()
    token = tokens.verification_token(user)

    assert verify_email(token=token).email_verified_at is not None
    with pytest.raises(EmailAlreadyVerified):
        verify_email(token=token)


def test_the_link_dies_after_a_week():
    with clock.at(NOON):
        token = tokens.verification_token(register())
    with clock.at(NOON + timedelta(days=7, seconds=1)), pytest.raises(LinkExpired):
        verify_email(token=token)
    with clock.at(NOON + timedelta(days=7)):
        assert verify_email(token=token).email_verified_at is not None


@pytest.mark.parametrize("token", ["", "faux", "a:b:c", "WzFd:1abc:xyz"])
def test_a_forged_link_is_refused(token):
    with pytest.raises(LinkExpired):
        verify_email(token=token)


def test_the_link_of_another_address_is_refused():
    user = register()
    token = tokens.verification_token(user)
    user.email = "autre@theatre.example"
    user.save()

    with pytest.raises(LinkExpired):
        verify_email(token=token)


def test_a_new_link_is_sent_at_most_once_a_minute_and_never_to_verified_or_unknown_people():
    UserFactory(email="verifiee@example.org")
    with clock.at(NOON):
        register()
        send_verification_again(email="alice@theatre.example")
        assert OutboxMessage.objects.count() == 1
    with clock.at(NOON + timedelta(minutes=1)):
        send_verification_again(email="Alice@theatre.example")
        send_verification_again(email="verifiee@example.org")
        send_verification_again(email="inconnue@example.org")

    assert OutboxMessage.objects.count() == 2
