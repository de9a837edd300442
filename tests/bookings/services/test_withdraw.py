"""Deleting a date: what it cancels, what it keeps, and who is told (STK-61 to STK-68)."""

from bookings import inconsistencies
from bookings.models import Booking
from bookings.services.withdraw import preview_withdrawal, withdraw_stock
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.models import OutboxMessage
from tests.bookings.factories import BookingFactory
from tests.offers.factories import StockFactory


def test_the_preview_announces_exactly_what_the_withdrawal_does(db):
    stock = StockFactory(price_cents=12_00)
    BookingFactory(stock=stock)
    BookingFactory(stock=stock, used=True)
    paid = BookingFactory(stock=stock, used=True, frozen_at=clock.now())

    announced = preview_withdrawal(stock=stock)
    done = withdraw_stock(stock=stock, by=SYSTEM)

    assert announced == done
    assert (done.bookings, done.cents, done.kept) == (2, 24_00, 1)
    stock.refresh_from_db()
    assert stock.deleted_at is not None
    assert stock.booked_quantity == 1
    assert Booking.objects.get(pk=paid.pk).status == "USED"
    assert not any(inconsistencies.control(now=clock.now()).values())


def test_each_person_and_the_venue_are_told_once(db):
    stock = StockFactory()
    first, second = BookingFactory(stock=stock), BookingFactory(stock=stock)

    withdraw_stock(stock=stock, by=SYSTEM)

    emails = OutboxMessage.objects.filter(kind="EMAIL")
    told = sorted(emails.values_list("recipient", flat=True))
    assert told == sorted(
        [first.beneficiary.email, second.beneficiary.email, stock.offer.notification_email]
    )


def test_a_used_good_stays_used_when_its_stock_is_deleted(db):
    stock = StockFactory(undated=True)
    used = BookingFactory(stock=stock, used=True, cancellation_limit_at=None)

    done = withdraw_stock(stock=stock, by=SYSTEM)

    assert (done.bookings, done.kept) == (0, 1)
    assert Booking.objects.get(pk=used.pk).status == "USED"
