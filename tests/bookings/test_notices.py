"""Partners hear of the bookings of their offers: signed, in order, never at a private address."""

import hashlib
import hmac
import json

import pytest

from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from passpro.kernel import fetch, outbox
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import DepositFactory
from tests.offers.factories import OfferFactory, StockFactory
from tests.venues.factories import ProviderFactory, VenueProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    provider = ProviderFactory(notification_url="https://partenaire.example/avis?v=1")
    return VenueProviderFactory(provider=provider)


def stock_of(link):
    return StockFactory(
        offer=OfferFactory(
            venue=link.venue, provider=link.provider, provider_key="A-1", title="Fête à l’école 🎭"
        )
    )


def go(stock):
    user = DepositFactory().user
    return book_offer(beneficiary=user, stock_id=stock.pk, quantity=1, by=Actor.user(user))


def calls():
    return list(OutboxMessage.objects.filter(kind="WEBHOOK").order_by("pk"))


def test_a_booking_then_its_cancellation_are_told_in_order(link, monkeypatch):
    received = []

    def answered(*call):
        received.append(call)
        return fetch.Reply(204, b"")

    monkeypatch.setattr(fetch, "exchange", answered)
    booking = go(stock_of(link))
    user = booking.beneficiary
    cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))
    book, cancel = calls()

    assert not outbox.deliver(cancel.pk)
    assert outbox.deliver(book.pk)
    assert outbox.deliver(cancel.pk)

    address, body, headers = received[0]
    text = json.loads(body)
    told = json.loads(text)
    key = link.provider.signing_key.encode()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    assert address == link.provider.notification_url
    assert headers["PassCulture-Signature"] == signature
    assert (told["action"], told["offer_name"], told["offer_price"]) == (
        "BOOK", "Fête à l’école 🎭", 1000,
    )  # fmt: skip
    assert (told["booking_quantity"], told["user_email"]) == (1, user.email)
    assert json.loads(json.loads(received[1][1]))["action"] == "CANCEL"


@pytest.mark.parametrize("silence", ["no address", "stopped", "partner off"])
def test_nobody_is_told_without_an_address_or_the_trust_of_the_venue(link, silence):
    stock = stock_of(link)
    if silence == "no address":
        link.provider.notification_url = ""
    elif silence == "partner off":
        link.provider.is_active = False
    else:
        link.status = "REVOKED"
        link.save()
    link.provider.save()

    go(stock)

    assert calls() == []


def test_a_private_address_is_refused_and_the_booking_stands(link):
    link.provider.notification_url = "http://127.0.0.1/avis"
    link.provider.save()
    booking = go(stock_of(link))

    assert not outbox.deliver(calls()[0].pk)

    message = calls()[0]
    assert (message.state, message.attempts) == ("WAITING", 1)
    assert "FetchRefused" in message.last_error
    assert booking.pk
