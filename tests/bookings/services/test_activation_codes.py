"""One code a booking, at once, once for all (STK-83 to STK-86, BKG-91, DSK-30)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import exceptions
from bookings.models import Booking
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from bookings.services.countermark import unvalidate_countermark
from bookings.services.release import lock_counters, release
from offers.models import ActivationCode, Stock
from offers.services.activation_codes import set_activation_codes
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM, Actor
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import StockFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stock():
    limit = clock.now() + timedelta(days=20)
    stock = StockFactory(undated=True, offer__digital=True, booking_limit_at=limit)
    return set_activation_codes(
        offer=stock.offer,
        codes=["AAA-1", "AAA-2"],
        by=SYSTEM,
        expires_at=limit + timedelta(days=9),
    )


def go(stock):
    user = DepositFactory().user
    return book_offer(beneficiary=user, stock_id=stock.pk, quantity=1, by=Actor.user(user))


def test_each_booking_takes_the_next_code_and_is_used_at_once(stock):
    first, second = go(stock), go(stock)

    assert [first.activation_code.code, second.activation_code.code] == ["AAA-1", "AAA-2"]
    assert Booking.objects.get(pk=first.pk).status == "USED"
    with pytest.raises(exceptions.StockNotBookable):
        go(stock)
    told = OutboxMessage.objects.filter(event="bookings/booked").last().payload["context"]
    assert told["activation_code"] == "AAA-1"
    assert told["code_until"]


def test_an_expired_code_is_not_given(stock):
    Stock.objects.filter(pk=stock.pk).update(codes_expire_at=clock.now(), booking_limit_at=None)

    with pytest.raises(exceptions.StockNotBookable):
        go(stock)


def test_it_stays_validated_and_its_code_never_serves_again(stock):
    booking = go(stock)
    user = booking.beneficiary

    with pytest.raises(exceptions.CodeCannotBeKept):
        unvalidate_countermark(
            countermark=booking.countermark,
            by=Actor.api_key("k"),
            offerer_id=booking.offerer_id,
        )
    with pytest.raises(exceptions.UsedCannotBeCancelled):
        cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))
    with transaction.atomic():
        lock_counters([booking.pk])
        release([booking.pk], at=clock.now(), by=SYSTEM)
    stock.refresh_from_db()
    assert (stock.quantity, stock.booked_quantity) == (1, 0)
    assert go(stock).activation_code.code == "AAA-2"


def test_the_database_refuses_to_give_a_code_twice(stock):
    code = ActivationCode.objects.first()
    BookingFactory(stock=stock, activation_code=code)

    with pytest.raises(IntegrityError, match="activation_code"), transaction.atomic():
        BookingFactory(stock=stock, activation_code=code)
