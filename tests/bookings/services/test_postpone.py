"""Moving a date: what its bookings become, and who is told (§3.6.1, BKG-42)."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import Booking
from bookings.services.cancel import cancel_by_beneficiary
from bookings.services.postpone import postpone_stock, preview_postponement
from offers.exceptions import StockTooOld
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june():
    with clock.at(NOW):
        yield


@pytest.fixture
def stock():
    return StockFactory(beginning_at=NOW + timedelta(hours=20))


def again(booking):
    return Booking.objects.get(pk=booking.pk)


def test_a_date_moved_far_ahead_opens_everything_again(stock):
    held, used = BookingFactory(stock=stock), BookingFactory(stock=stock, used=True)
    paid = BookingFactory(stock=stock, used=True, frozen_at=NOW)
    gone = BookingFactory(stock=stock, cancelled=True)
    beginning = datetime(2026, 6, 20, 20, 0, tzinfo=UTC)

    announced = preview_postponement(stock=stock, beginning_at=beginning)
    done = postpone_stock(stock=stock, beginning_at=beginning, by=SYSTEM)

    limit = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
    assert done == announced
    assert (done.bookings, done.reopened, done.limit) == (3, 1, limit)
    assert [again(one).status for one in (held, used, paid)] == ["CONFIRMED", "CONFIRMED", "USED"]
    assert [again(one).cancellation_limit_at for one in (held, used, paid)] == [limit] * 3
    assert again(gone).cancellation_limit_at != limit
    stock.refresh_from_db()
    assert (stock.beginning_at, stock.booking_limit_at) == (beginning, beginning)
    who = held.beneficiary
    cancel_by_beneficiary(booking_id=held.pk, beneficiary=who, by=Actor.user(who))
    assert again(held).status == "CANCELLED"


def test_a_date_moved_by_some_hours_keeps_what_was_validated(stock):
    used = BookingFactory(stock=stock, used=True)
    beginning = NOW + timedelta(hours=35)

    done = postpone_stock(stock=stock, beginning_at=beginning, by=SYSTEM)

    assert (done.reopened, again(used).status) == (0, "USED")
    assert again(used).cancellation_limit_at == beginning


def test_the_venue_is_told_even_without_a_booking_and_nobody_when_nothing_moves(stock):
    postpone_stock(stock=stock, beginning_at=stock.beginning_at, by=SYSTEM)
    assert not OutboxMessage.objects.exists()

    postpone_stock(stock=stock, beginning_at=NOW + timedelta(days=9), by=SYSTEM)

    message = OutboxMessage.objects.get()
    assert message.recipient == stock.offer.venue.booking_email
    assert message.payload["context"]["bookings"] == 0


def test_a_date_that_has_begun_stays(stock):
    with clock.at(stock.beginning_at), pytest.raises(StockTooOld):
        postpone_stock(stock=stock, beginning_at=NOW + timedelta(days=9), by=SYSTEM)
