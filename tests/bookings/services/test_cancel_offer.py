"""Cancelling a whole offer: what is ahead goes, what is past or being paid stays (§3.7)."""

from datetime import timedelta

import pytest

from bookings import inconsistencies
from bookings.models import Booking
from bookings.services.cancel_offer import cancel_offer, preview_cancellation
from offers.exceptions import NotPublished
from offers.models import Offer
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


def test_the_dates_ahead_go_with_their_bookings_as_announced():
    offer = OfferFactory()
    first = StockFactory(offer=offer, price_cents=12_00)
    second = StockFactory(offer=offer, price_category=first.price_category, price_cents=12_00)
    past = StockFactory(
        offer=offer,
        price_category=first.price_category,
        beginning_at=clock.now() - timedelta(hours=3),
    )
    gone = [BookingFactory(stock=first), BookingFactory(stock=second, used=True)]
    paid = BookingFactory(stock=second, used=True, frozen_at=clock.now())
    came = BookingFactory(stock=past, used=True)

    announced = preview_cancellation(offer=offer)
    done = cancel_offer(offer=offer, by=SYSTEM)

    assert announced.held == done
    assert (announced.dates, done.bookings, done.cents, done.kept) == (2, 2, 24_00, 1)
    states = dict(Booking.objects.values_list("pk", "status"))
    assert [states[one.pk] for one in (*gone, paid, came)] == [
        "CANCELLED",
        "CANCELLED",
        "USED",
        "USED",
    ]
    assert list(offer.stocks.live()) == [past]
    assert not Offer.objects.get(pk=offer.pk).is_active
    # Each person once, and the offer's address once a date.
    assert OutboxMessage.objects.filter(kind="EMAIL").count() == 4
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_a_draft_is_deleted_not_cancelled():
    with pytest.raises(NotPublished):
        cancel_offer(offer=OfferFactory(draft=True), by=SYSTEM)
