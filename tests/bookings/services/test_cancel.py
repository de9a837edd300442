"""Cancellation by the beneficiary (BKG-50)."""

from datetime import timedelta

import pytest

from bookings import exceptions
from bookings.enums import Ceiling
from bookings.models import BookingTransition
from bookings.services.book import book_offer
from bookings.services.cancel import cancel_by_beneficiary
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.models import OutboxMessage
from tests.accounts.factories import UserFactory
from tests.bookings.factories import BookingFactory, DepositFactory
from tests.offers.factories import OfferFactory, StockFactory

pytestmark = pytest.mark.django_db


def cancel(booking, user=None):
    user = user or booking.beneficiary
    return cancel_by_beneficiary(booking_id=booking.pk, beneficiary=user, by=Actor.user(user))


def ahead(**facts):
    return BookingFactory(cancellation_limit_at=clock.now() + timedelta(hours=1), **facts)


def test_places_and_credit_come_back_and_both_sides_are_told():
    booking = ahead(quantity=2)

    cancel(booking)

    booking.refresh_from_db()
    booking.stock.refresh_from_db()
    booking.deposit.refresh_from_db()
    assert (booking.status, booking.cancellation_reason) == ("CANCELLED", "BENEFICIARY")
    assert booking.cancelled_at is not None
    assert (booking.stock.booked_quantity, booking.deposit.spent_cents) == (0, 0)
    assert list(booking.transitions.values_list("before", "after")) == [("CONFIRMED", "CANCELLED")]
    assert set(OutboxMessage.objects.filter(kind="EMAIL").values_list("event", "recipient")) == {
        ("bookings/cancelled", booking.beneficiary.email),
        ("bookings/cancelled_pro", "reservations@example.org"),
    }


def test_the_digital_ceiling_comes_back_even_if_the_offer_changed():
    deposit = DepositFactory()
    stock = StockFactory(undated=True, offer=OfferFactory(digital=True))
    booking = book_offer(
        beneficiary=deposit.user, stock_id=stock.pk, quantity=1, by=Actor.user(deposit.user)
    )
    assert booking.ceiling == Ceiling.DIGITAL
    stock.offer.url = ""
    stock.offer.save()

    cancel(booking)

    deposit.refresh_from_db()
    assert (deposit.spent_cents, deposit.digital_spent_cents) == (0, 0)


def test_an_undated_booking_has_no_limit():
    booking = BookingFactory(stock__undated=True, cancellation_limit_at=None)

    assert cancel(booking).status == "CANCELLED"


def test_a_second_cancellation_is_a_silent_success():
    booking = ahead()

    cancel(booking)
    cancel(booking)

    assert BookingTransition.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="EMAIL").count() == 2


@pytest.mark.parametrize("state", ["used", "reimbursed"])
def test_what_was_used_cannot_be_cancelled(state):
    with pytest.raises(exceptions.UsedCannotBeCancelled):
        cancel(ahead(**{state: True}))


def test_once_the_limit_has_passed_it_cannot_be_cancelled():
    now = clock.now()
    booking = BookingFactory(cancellation_limit_at=now)

    with clock.at(now), pytest.raises(exceptions.CancellationLimitPassed):
        cancel(booking)
    with clock.at(now - timedelta(seconds=1)):
        assert cancel(booking).status == "CANCELLED"


def test_someone_elses_booking_does_not_exist():
    with pytest.raises(exceptions.UnknownBooking):
        cancel(ahead(), UserFactory(beneficiary=True))


def test_a_booking_without_credit_charged_is_cancelled_too():
    deposit = DepositFactory()
    booking = ahead(deposit=None, beneficiary=deposit.user, stock__price_cents=0)

    assert cancel(booking).status == "CANCELLED"
